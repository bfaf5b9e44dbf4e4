/** The build of the page that the server serves: the one running here, a newer one after an upgrade, or unknown. */
export type ServedBuild = { readonly is: 'same' | 'newer'; readonly build: string } | { readonly is: 'unreachable' };

const reloadedKey = 'huizhi.reloadedFor';
const entry = /<script type="module"[^>]* src="([^"]+)"/;

/** The URL of the running entry script. It contains a hash of the content, so it changes with every build. */
const running = document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? '';

/** Requests the page to find out which build the server serves. `page` is its path, `/` or `/console`. */
export async function fetchServedBuild(page: string): Promise<ServedBuild> {
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
 * Claims the one automatic reload of a build. Returns false if it was claimed before, or if the browser blocks storage:
 * a reload loop could not be detected then.
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

/** Allows another automatic reload. Call it when a page has loaded. */
export function allowReload(): void {
  try {
    sessionStorage.removeItem(reloadedKey);
  } catch {
    // The browser blocks storage, so no reload was claimed.
  }
}
