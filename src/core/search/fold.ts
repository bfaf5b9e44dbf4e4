/**
 * Folds texts for searching. This is done in the process, not in the database, so that every engine finds the same.
 * Case, width and accents are ignored: `ＡＢＣ`, `İ` and `é` fold to `abc`, `i` and `e`. Invisible characters are removed.
 */

/**
 * Accents of Latin, Greek and Cyrillic letters, and invisible characters. Marks of other scripts distinguish words, so
 * they are kept.
 */
const removed = /[\u0300-\u036f\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A cluster (a character with its combining marks) that needs `foldCluster`. All other characters (ASCII, kana, Han or
 * Hangul without marks) fold to their lower case, which has the same length. The half-width voicing marks of kana are
 * separate characters, so they are included as marks.
 */
const special =
  /.[\u0300-\u036f\u3099\u309a\uff9e\uff9f]+|[^\0-\x7f\u3001-\u3003\u3008-\u3011\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]/gsu;

/** Cache of folded clusters. Texts repeat few different ones, and normalizing one takes a microsecond. */
const cached = new Map<string, string>();
const mostCached = 4096;

function foldCluster(text: string): string {
  const known = cached.get(text);
  if (known !== undefined) return known;
  const bare = text.normalize('NFKD').replace(removed, '').normalize('NFKC');
  // Twice lower: ẞ becomes ß, then SS, then ss.
  const folded = bare.toLowerCase().toUpperCase().toLowerCase().replace(removed, '');
  if (cached.size === mostCached) cached.clear();
  cached.set(text, folded);
  return folded;
}

/** Folds a text (NFC, lower case and special characters), so that searches can compare it. */
export function fold(text: string): string {
  return text.normalize('NFC').replace(special, foldCluster).toLowerCase();
}

/** A folded text, with the offsets in the original for each of its UTF-16 code units. */
export type FoldedText = {
  readonly folded: string;
  /** The start of the original cluster that a unit belongs to. */
  readonly starts: readonly number[];
  /** The end of that cluster, exclusive. */
  readonly ends: readonly number[];
};

/** Like `fold`, for a text in NFC, with the offsets that map a match back to the original. */
export function foldWithOffsets(text: string): FoldedText {
  const starts: number[] = [];
  const ends: number[] = [];
  const plainUntil = (end: number, from: number) => {
    for (let at = from; at < end; at++) ends[starts.push(at) - 1] = at + 1;
  };
  let from = 0;
  for (const { 0: found, index } of text.matchAll(special)) {
    plainUntil(index, from);
    from = index + found.length;
    for (let unit = foldCluster(found).length; unit > 0; unit--) ends[starts.push(index) - 1] = from;
  }
  plainUntil(text.length, from);
  return { folded: fold(text), starts, ends };
}

/** Returns the distinct folded words of a query; none if it contains nothing visible. */
export function splitWords(query: string): readonly string[] {
  const words = query.split(/\s+/).map(fold);
  return [...new Set(words.filter((word) => word !== ''))];
}
