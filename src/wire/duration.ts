/** Durations as text: a number and a unit. */

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

type Unit = keyof typeof units;

// Longer durations, added to an epoch time, could exceed the range of a Date.
const longest = 36_525 * units.d;

/** Matches a duration: digits, an optional fraction, and `ms`, `s`, `m`, `h` or `d`. */
export const durationPattern = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;

/**
 * Parses a text such as `25h`, `1.5s` or `250ms` to whole milliseconds; undefined for any other text and for more than
 * `maximum`, a hundred years by default.
 */
export function parseDuration(text: string, maximum: number = longest): number | undefined {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const milliseconds = Math.round(Number(amount) * units[unit as Unit]);
  return milliseconds <= maximum ? milliseconds : undefined;
}

/** Formats whole milliseconds in the largest unit that needs no fraction. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const fits = (Object.keys(units) as Unit[]).find((unit) => milliseconds % units[unit] === 0) ?? 'ms';
  return `${milliseconds / units[fits]}${fits}`;
}
