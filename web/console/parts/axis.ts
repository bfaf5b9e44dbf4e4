export type Positions = { readonly at: readonly number[]; readonly names?: readonly string[] };

/** Formats the label of a position on the horizontal axis. `step` is the distance between two labels in seconds. */
export type Namer = (value: number, step?: number) => string;

/**
 * Returns the function that labels positions: by their names if there are any, otherwise as times, with a precision
 * that fits the distance between two labels.
 */
export function createNamer({ at, names }: Positions, locale: string): Namer {
  if (names) return (value) => names[value] ?? '';
  const between = (Number(at[1] ?? 0) - Number(at[0] ?? 0)) / 1000;
  const day = { month: 'short', day: 'numeric' } as const;
  const minute = { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false } as const;
  const exact = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false } as const;
  const [days, minutes, seconds] = [day, minute, exact].map((parts) => new Intl.DateTimeFormat(locale, parts));
  return (value, step = between) => {
    const isDays = between >= daySeconds || step >= daySeconds;
    return (isDays ? days : step >= 60 ? minutes : seconds)?.format(value * 1000) ?? '';
  };
}

const daySeconds = 86_400;
const hourSeconds = 3600;

/** The distances between two time labels that uPlot may choose from, in seconds. */
export const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].flatMap((step) => [step, step * 60]),
  ...[1, 2, 3, 6, 12].map((step) => step * hourSeconds),
  ...[1, 2, 5, 10, 20, 50, 100].map((step) => step * daySeconds),
].toSorted((a, b) => a - b);

/** The distances between two count labels that uPlot may choose from; whole numbers only. */
export const countSteps = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** What one label needs, in pixels. */
export const labelRoom = { name: 64, time: 100 };

/** The width of the axes on both sides of a plot, in pixels. */
const axesWidth = 64;

/**
 * Every nth position, as many as a plot of this width (in pixels) has room for labels, at least two; each label is
 * below its bar.
 */
export function labelsAt(positions: readonly number[], width: number, room: number): number[] {
  const every = Math.ceil(positions.length / Math.max(2, Math.floor((width - axesWidth) / room)));
  return positions.filter((_, index) => index % every === 0);
}

/**
 * The range of an axis of bars, in seconds: half a step more on both sides, so that the first and the last bar are
 * whole; a second for a single bar.
 */
export function barRange(at: readonly number[]): [least: number, most: number] {
  const [first = 0, second = first, last = first] = [at[0], at[1], at.at(-1)];
  const half = (second - first) / 2000 || 1;
  return [first / 1000 - half, last / 1000 + half];
}
