import type { Interval } from './stats.ts';

/** The bound of a figure: `at least` and `at most` include it, `under` does not. */
export type Floor = { readonly bound: 'at least' | 'at most' | 'under'; readonly value: number };

/** One measured number. `name` is unique within its section. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  /** Empty for a ratio. */
  readonly unit: string;
  readonly floor?: Floor;
  /** A target beyond the bound. */
  readonly ambition?: number;
  readonly met?: boolean;
  /** The single measurements behind the value. */
  readonly samples?: readonly number[];
  /** The interval of the true median, for a median of ratios. */
  readonly interval?: Interval;
};

/** A figure without a bound, for comparison. */
export function plain(name: string, value: number, unit: string, samples?: readonly number[]): Figure {
  return { name, value, unit, ...(samples ? { samples } : {}) };
}

/** A figure with its bound, a target beyond it if there is one, and whether the figure meets the bound. */
export function bounded(figure: Figure, { ambition, ...floor }: Floor & Pick<Figure, 'ambition'>): Figure {
  return { ...figure, floor, ...(ambition !== undefined && { ambition }), met: keeps(figure.value, floor) };
}

function keeps(value: number, { bound, value: limit }: Floor): boolean {
  if (bound === 'at least') return value >= limit;
  return bound === 'at most' ? value <= limit : value < limit;
}

/** A line of the printed report. */
export function line({ name, value, unit, floor, ambition, met, interval }: Figure): string {
  const head = `  ${name.padEnd(62)} ${renderNumber(value, unit).padStart(12)} ${unit.padEnd(12)}`;
  if (interval) return `${head} ${renderInterval(interval)}`;
  if (!floor) return head.trimEnd();
  const wish = ambition === undefined ? '' : ` (ambition ${ambition})`;
  return `${head} ${floor.bound} ${floor.value}${wish}: ${met ? 'met' : 'MISSED'}`;
}

function renderInterval({ low, high, coverage }: Interval): string {
  return `${(coverage * 100).toFixed(0)} % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function renderNumber(value: number, unit: string): string {
  const digits = unit === '' ? 3 : Math.abs(value) < 100 ? 2 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
