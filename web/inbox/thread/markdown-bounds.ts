import { type MarkedExtension, Tokenizer } from 'marked';

/** Longest text that is parsed as Markdown, in characters; the server takes 15,000 bytes, older databases may hold more. */
const maxLength = 30_000;

/** Longest HTML of one message, in characters. */
const maxHtml = 200_000;

/** Most elements of one message. */
export const maxElements = 20_000;

/** Elements within each other, those of raw HTML that are never closed among them. */
const maxOpen = 200;

/** Blockquotes, lists, emphasis and links within each other; deeper ones stay as they were written. */
const maxNesting = 20;

/** Rows times columns of a table: a short row is filled up to the number of columns. */
const maxCells = 10_000;

/** Characters that emphasis is searched for in: an opening mark without a closing one reads all that follows. */
const maxScanned = 300_000;

/** Characters of a bare URL. */
const maxUrl = 2048;

/** A long run of spaces makes the patterns for line breaks and headings quadratic. */
const longSpace = /[ \t]{200,}/g;

/** The text to parse, or undefined when it is too long. */
export function boundedText(markdown: string): string | undefined {
  return markdown.length > maxLength ? undefined : markdown.replace(longSpace, (run) => run.slice(0, 200));
}

const letter = /[\p{L}\p{N}]$/u;

type Bounds = Required<Pick<MarkedExtension, 'tokenizer'>> & {
  /** Begins another text. */
  reset(): void;
};

const original = Tokenizer.prototype;

/**
 * Bounds the recursion and the work of marked. What exceeds a bound is no token, so its characters are text.
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
        // An underscore within a word opens nothing, and neither does a mark before a space: those search for no end.
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

/** Elements that the HTML parser opens again in every block that follows while they are not closed. */
const formatting = new Set(['a', 'b', 'code', 'em', 'font', 'i', 's', 'strong']);
const voids = new Set(['br', 'hr', 'img', 'input']);

/**
 * Whether HTML may become at most `maxElements` elements. An end tag counts when it closes the newest open element; an element that is closed
 * in any other way counts as open to the end, and an open formatting element counts once for each element that follows.
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
