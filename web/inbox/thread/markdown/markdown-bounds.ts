import { type MarkedExtension, Tokenizer } from 'marked';

/**
 * Longest text that is parsed as Markdown, in characters. The server accepts 15,000 bytes; older databases may hold
 * longer texts.
 */
const maxLength = 30_000;

/** Longest HTML of one message, in characters. */
const maxHtml = 200_000;

/** Maximum number of elements of one message. */
export const maxElements = 20_000;

/** Maximum depth of nested HTML elements, including those that raw HTML never closes. */
const maxOpen = 200;

/** Maximum depth of nested blockquotes, lists, emphasis and links; deeper ones are shown as plain text. */
const maxNesting = 20;

/** Maximum of rows times columns of a table, because short rows are padded to the number of columns. */
const maxCells = 10_000;

/**
 * Maximum number of characters scanned for emphasis. An opening mark without a closing one scans the rest of the text.
 */
const maxScanned = 300_000;

/** Maximum length of a bare URL, in characters. */
const maxUrl = 2048;

/** Runs of spaces are shortened, since they make marked's patterns for line breaks and headings take quadratic time. */
const longSpace = /[ \t]{200,}/g;

/** Returns the text to parse, or undefined if it is too long. */
export function boundedText(markdown: string): string | undefined {
  return markdown.length > maxLength ? undefined : markdown.replace(longSpace, (run) => run.slice(0, 200));
}

const letter = /[\p{L}\p{N}]$/u;

type Bounds = Required<Pick<MarkedExtension, 'tokenizer'>> & {
  /** Resets the counters before another text is parsed. */
  reset(): void;
};

const original = Tokenizer.prototype;

/**
 * Limits the recursion and the work of marked. Syntax beyond a limit is not a token, so it is shown as text.
 */
export function createBounds(): Bounds {
  let depth = 0;
  let scanned = 0;
  const nest = <T>(tokenize: () => T): T | undefined => {
    if (depth >= maxNesting) return undefined;
    depth += 1;
    try {
      return tokenize();
    } finally {
      depth -= 1;
    }
  };
  const scan = <T extends { readonly raw: string }>(src: string, tokenize: () => T | undefined): T | undefined => {
    if (scanned >= maxScanned) return undefined;
    return nest(() => {
      const token = tokenize();
      scanned += token?.raw.length ?? src.length;
      return token;
    });
  };
  return {
    reset() {
      depth = 0;
      scanned = 0;
    },
    tokenizer: {
      blockquote(src) {
        return nest(() => original.blockquote.call(this, src));
      },
      list(src) {
        return nest(() => original.list.call(this, src));
      },
      table(src) {
        const [, head = '', , rows = ''] = this.rules.block.table.exec(src) ?? [];
        const cells = head.split('|').length * rows.split('\n').length;
        return cells > maxCells ? undefined : original.table.call(this, src);
      },
      link(src) {
        return nest(() => original.link.call(this, src));
      },
      reflink(src, links) {
        return nest(() => original.reflink.call(this, src, links));
      },
      emStrong(src, masked, previous = '') {
        // An underscore inside a word or a mark before a space cannot open emphasis, so marked does not scan for its
        // end.
        const opens = this.rules.inline.emStrongLDelim.exec(src)?.slice(1).some(Boolean);
        if (!opens || (src.startsWith('_') && letter.test(previous))) return undefined;
        return scan(src, () => original.emStrong.call(this, src, masked, previous));
      },
      del(src, masked, previous) {
        return scan(src, () => original.del.call(this, src, masked, previous));
      },
      url(src) {
        const end = src.search(/[\s<]/);
        return (end === -1 ? src.length : end) > maxUrl ? undefined : original.url.call(this, src);
      },
    },
  };
}

/** Formatting elements: while they are not closed, the HTML parser reopens them in every following block. */
const formatting = new Set(['a', 'b', 'code', 'em', 'font', 'i', 's', 'strong']);
const voids = new Set(['br', 'hr', 'img', 'input']);

/**
 * Whether parsing the HTML yields at most `maxElements` elements. This is an upper estimate: only end tags that match
 * the innermost open element close it, other elements count as open to the end, and an open formatting element is
 * counted again for each element that follows.
 */
export function isBounded(html: string): boolean {
  if (html.length > maxHtml) return false;
  const open: string[] = [];
  let reopened = 0;
  let elements = 0;
  for (const [, slash, given = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    const name = given.toLowerCase();
    if (slash === '/') {
      if (open.at(-1) !== name) continue;
      open.pop();
      if (formatting.has(name)) reopened -= 1;
      continue;
    }
    elements += 1 + reopened;
    if (elements > maxElements) return false;
    if (voids.has(name)) continue;
    if (open.push(name) > maxOpen) return false;
    if (formatting.has(name)) reopened += 1;
  }
  return true;
}
