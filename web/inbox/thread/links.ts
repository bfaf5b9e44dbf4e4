const schemes = ['http:', 'https:', 'mailto:'];

/**
 * Where a link of a message may lead: http, https or mailto, as an absolute URL. What a sender wrapped for the vendor's own client
 * (`dingtalk://…/page/link?url=…`) is taken out of its wrapping. Everything else leads nowhere.
 */
export function safeUrl(text: string | undefined, schemesAllowed: readonly string[] = schemes): string | undefined {
  const url = parsed(text);
  if (!url) return undefined;
  if (url.protocol === 'dingtalk:') return wrapped(url, schemesAllowed);
  return schemesAllowed.includes(url.protocol) ? url.href : undefined;
}

/** Where a picture may come from. */
export function pictureUrl(text: string | undefined): string | undefined {
  return safeUrl(text, ['http:', 'https:']);
}

function wrapped(url: URL, schemesAllowed: readonly string[]): string | undefined {
  const inner = url.searchParams.get('url') ?? undefined;
  return inner?.startsWith('dingtalk:') ? undefined : safeUrl(inner, schemesAllowed);
}

function parsed(text: string | undefined): URL | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

export type Piece = { readonly text: string; readonly url?: string };

/** A URL within a sentence: neither the sentence's punctuation nor Chinese letters that follow without a space belong to it. */
const web = /(https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]*[\w\-~/#@$&*+=%])/;

/** A plain text in pieces, of which some are links. */
export function linked(text: string): readonly Piece[] {
  return text
    .split(web)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const url = /^https?:\/\//.test(piece) ? safeUrl(piece) : undefined;
      return url === undefined ? { text: piece } : { text: piece, url };
    });
}
