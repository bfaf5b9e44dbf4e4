import { type FoldedText, foldWithOffsets } from './fold.ts';

/** Offsets of a match in UTF-16 code units; `end` is exclusive. */
export type Mark = { readonly start: number; readonly end: number };
export type Excerpt = { readonly excerpt: string; readonly marks: readonly Mark[] };

/** Maximum length of an excerpt without ellipses, and of its part before the first match, in UTF-16 code units. */
const length = 120;
const lead = 24;

/**
 * Returns the part of a text (in NFC, on one line) around the first match of the words, or undefined if none matches.
 */
export function createExcerpt(text: string, words: readonly string[]): Excerpt | undefined {
  const folded = foldWithOffsets(text);
  const marks = findMarks(folded, words);
  const [first] = marks;
  if (!first) return undefined;
  const start = boundary(
    folded,
    text.length <= length ? 0 : Math.max(0, Math.min(first.start - lead, text.length - length)),
  );
  const end = Math.max(
    boundary(folded, Math.min(text.length, start + length)),
    Math.min(first.end, start + 2 * length),
  );
  const before = start > 0 ? '…' : '';
  const shift = before.length - start;
  return {
    excerpt: `${before}${text.slice(start, end)}${end < text.length ? '…' : ''}`,
    marks: marks.flatMap((mark) =>
      mark.start >= end ? [] : [{ start: mark.start + shift, end: Math.min(mark.end, end) + shift }],
    ),
  };
}

/** All matches, sorted and merged where they overlap. */
function findMarks({ folded, starts, ends }: FoldedText, words: readonly string[]): readonly Mark[] {
  const found: Mark[] = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + word.length)) {
      found.push({ start: starts[at] ?? 0, end: ends[at + word.length - 1] ?? 0 });
    }
  }
  const merged: Mark[] = [];
  for (const mark of found.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && mark.start <= last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, mark.end) };
    else merged.push(mark);
  }
  return merged;
}

/** The nearest start of a character at or before an offset, so that no character is cut in two. */
function boundary({ starts, ends }: FoldedText, offset: number): number {
  const cut = starts.findLastIndex((start) => start <= offset);
  const [start = 0, end = 0] = [starts[cut], ends[cut]];
  return end <= offset ? offset : start;
}
