/**
 * Returns the known word that a mistyped one most likely means, or undefined if none is close: the only one that
 * contains it, or the one with the fewest edits.
 */
function findNearest(word: string, known: readonly string[]): string | undefined {
  const normalize = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, '');
  const scored = known.map((candidate) => ({ candidate, far: countEdits(normalize(word), normalize(candidate)) }));
  const whole = known.filter(
    (candidate) => normalize(word).length >= shortestPart && normalize(candidate).includes(normalize(word)),
  );
  if (whole.length === 1) return whole[0];
  const best = scored.sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** A word of at least this many letters may match a known word that contains it. */
const shortestPart = 6;

/**
 * Counts the edits between two words (optimal string alignment): insertions, deletions, substitutions and swaps of
 * adjacent letters.
 */
function countEdits(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= to.length; j++) {
      const other = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? at(i - 2, j - 2) + 1 : other;
      row.push(Math.min(other, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(from.length, to.length);
}

/** Returns ` Did you mean port?` if a known word is close to the mistyped one, otherwise an empty text. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = findNearest(word, known);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/**
 * Describes the first unknown name, such as `there is no pth. Did you mean path?`; undefined if all names are known.
 */
export function describeUnknown(names: readonly string[], known: readonly string[]): string | undefined {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const shown = unknown.length > longestShown ? `${unknown.slice(0, longestShown)}…` : unknown;
  return `there is no ${shown}.${didYouMean(shown, known)}`;
}

/** Throws a TypeError if the value is not an object or has an unknown member: a JavaScript program may mistype one. */
export function refuseUnknown(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what} must be an object, not ${Array.isArray(given) ? 'a list' : String(given)}.`);
  const unknown = describeUnknown(Object.keys(given), known);
  if (unknown !== undefined) throw new TypeError(`${what}: ${unknown}`);
}

/** An error message repeats at most this many characters of an unknown name. */
const longestShown = 60;
