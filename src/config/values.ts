/** The caller asked for something huizhi does not offer; the message is a sentence for people and the process ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `90s`, `1.5h` or `90d` (units ms, s, m, h, d); undefined when it is not one. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * units[unit as keyof typeof units]);
}

/** A number of milliseconds in the largest unit that leaves it whole: `90d`, `100ms`. */
export function durationText(milliseconds: number): string {
  const fitting = Object.entries(units).filter(([, size]) => milliseconds % size === 0);
  const [unit, size] = fitting.at(-1) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

/** A whole number written in digits; undefined for anything else, so `1e3`, `0x10` and `` are refused. */
export function parseInteger(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
