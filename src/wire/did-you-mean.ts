/** The known word that a mistyped one most likely meant, or undefined when none is close. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, '');
  const scored = known.map((candidate) => ({ candidate, far: distance(plain(word), plain(candidate)) }));
  const whole = known.filter(
    (candidate) => plain(word).length >= shortestPart && plain(candidate).includes(plain(word)),
  );
  if (whole.length === 1) return whole[0];
  const best = scored.sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

/** Letters of a word that is taken for a part of a longer one. */
const shortestPart = 6;

/** How many edits lead from one word to the other: a letter more, less, another, or two swapped. */
function distance(from: string, to: string): number {
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

/** ` Did you mean port?` when a known word is close to the mistyped one, otherwise nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** A sentence about the first name that is not known, `there is no pth. Did you mean path?`; undefined when all are known. */
export function describeUnknown(names: readonly string[], known: readonly string[]): string | undefined {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const shown = unknown.length > longestShown ? `${unknown.slice(0, longestShown)}…` : unknown;
  return `there is no ${shown}.${didYouMean(shown, known)}`;
}

/** Throws a TypeError for a value that is no object, and for a member that is not known: a program without types may well have mistyped one. */
export function refuseUnknown(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what} must be an object, not ${Array.isArray(given) ? 'a list' : String(given)}.`);
  const unknown = describeUnknown(Object.keys(given), known);
  if (unknown !== undefined) throw new TypeError(`${what}: ${unknown}`);
}

/** Characters of a wrong name that a sentence repeats. */
const longestShown = 60;
