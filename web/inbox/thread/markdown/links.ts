const schemes = ['http:', 'https:', 'mailto:'];

/**
 * Returns an absolute http, https or mailto URL, or undefined for anything else. A link for the vendor's own client
 * (`dingtalk://…/page/link?url=…`) is replaced by the URL that it contains.
 */
export function safeUrl(text: string | undefined, schemesAllowed: readonly string[] = schemes): string | undefined {
  const url = parseUrl(text);
  if (!url) return undefined;
  if (url.protocol === 'dingtalk:') return unwrap(url, schemesAllowed);
  return schemesAllowed.includes(url.protocol) ? url.href : undefined;
}

/** Like `safeUrl`, for pictures: http and https only. */
export function pictureUrl(text: string | undefined): string | undefined {
  return safeUrl(text, ['http:', 'https:']);
}

function unwrap(url: URL, schemesAllowed: readonly string[]): string | undefined {
  const inner = url.searchParams.get('url') ?? undefined;
  return inner?.startsWith('dingtalk:') ? undefined : safeUrl(inner, schemesAllowed);
}

function parseUrl(text: string | undefined): URL | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

/** A part of a text, the offset of its first character, and its URL if it is a link. */
export type Piece = { readonly text: string; readonly at: number; readonly url?: string };

/** Longer texts are truncated to this many characters. */
const mostLinked = 100_000;

/** A URL in a sentence, without punctuation or Chinese characters that follow it directly. */
const web = /(https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]*[\w\-~/#@$&*+=%])/;

/** Splits a plain text into links and the text between them. */
export function splitLinks(text: string): readonly Piece[] {
  if (text.length > mostLinked) return [{ text: `${text.slice(0, mostLinked)}…`, at: 0 }];
  let end = 0;
  const pieces = text.split(web).map((piece): Piece => {
    const at = end;
    end += piece.length;
    const url = /^https?:\/\//.test(piece) ? safeUrl(piece) : undefined;
    return url === undefined ? { text: piece, at } : { text: piece, at, url };
  });
  return pieces.filter((piece) => piece.text !== '');
}
