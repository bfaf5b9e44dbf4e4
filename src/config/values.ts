/** Invalid options or operands. The message is one or more sentences for the user; the process exits with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Parses a duration such as `90s`, `1.5h` or `90d` (units ms, s, m, h, d) to milliseconds; undefined for any other
 * text.
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * units[unit as keyof typeof units]);
}

/** Formats milliseconds in the largest unit that needs no fraction: `90d`, `100ms`. */
export function formatDuration(milliseconds: number): string {
  const fitting = Object.entries(units).filter(([, size]) => milliseconds % size === 0);
  const [unit, size] = fitting.at(-1) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

/** Parses a whole number in decimal digits; undefined for anything else, such as `1e3`, `0x10` or an empty text. */
export function parseInteger(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
