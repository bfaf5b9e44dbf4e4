/** The page that the server serves now: the one that runs here, another one after an upgrade, or none that can be reached. */
export type Served = { readonly is: 'same' | 'newer'; readonly build: string } | { readonly is: 'unreachable' };

const reloadedKey = 'huizhi.reloadedFor';
const entry = /<script type="module"[^>]* src="([^"]+)"/;

/** The name of the entry script, which changes with every build. */
const running = document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? '';

/** Asks the server which build it serves. `page` is the address of the page without its routes, `/` or `/console`. */
export async function askServed(page: string): Promise<Served> {
  try {
    const answer = await fetch(page, { cache: 'no-store', credentials: 'same-origin' });
    const [, build] = answer.ok ? (entry.exec(await answer.text()) ?? []) : [];
    if (build === undefined) return { is: 'unreachable' };
    return { is: build === running ? 'same' : 'newer', build };
  } catch {
    return { is: 'unreachable' };
  }
}

/**
 * Claims the one automatic reload for a build; returns false when it was used already, or when the browser keeps nothing and a loop
 * could not be noticed.
 */
export function claimReload(build: string): boolean {
  try {
    if (sessionStorage.getItem(reloadedKey) === build) return false;
    sessionStorage.setItem(reloadedKey, build);
    return sessionStorage.getItem(reloadedKey) === build;
  } catch {
    return false;
  }
}

/** A page has loaded, so the next chunk that is gone may reload again. */
export function allowReload(): void {
  try {
    sessionStorage.removeItem(reloadedKey);
  } catch {
    // Nothing was claimed either.
  }
}
