/** Invalid options or operands. The message is one or more sentences for the user; the process exits with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
}

/** Parses a whole number in decimal digits; undefined for anything else, such as `1e3`, `0x10` or an empty text. */
export function parseInteger(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
