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

/** A part of a text, the position of its first character, and where it leads if it is a link. */
export type Piece = { readonly text: string; readonly at: number; readonly url?: string };

/** Longest text in which links are looked for, in characters. */
const mostLinked = 100_000;

/** A URL within a sentence: neither the sentence's punctuation nor Chinese letters that follow without a space belong to it. */
const web = /(https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]*[\w\-~/#@$&*+=%])/;

/** A plain text in pieces, of which some are links. */
export function linked(text: string): readonly Piece[] {
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
