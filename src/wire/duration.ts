/** Durations as text: a number and a unit. */

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

type Unit = keyof typeof units;

// Beyond a hundred years sums with an epoch time would soon leave what a date can hold.
const longest = 36_525 * units.d;

/** The form of a duration: digits, perhaps a fraction, and `ms`, `s`, `m`, `h` or `d`. */
export const durationPattern = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;

/** Milliseconds of a text such as `25h`, `1.5s` or `250ms`, rounded; undefined for any other text and beyond a hundred years. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const milliseconds = Math.round(Number(amount) * units[unit as Unit]);
  return milliseconds <= longest ? milliseconds : undefined;
}

/** The shortest text for whole milliseconds: in the largest unit that needs no fraction. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const fits = (Object.keys(units) as Unit[]).find((unit) => milliseconds % units[unit] === 0) ?? 'ms';
  return `${milliseconds / units[fits]}${fits}`;
}
