/** Whether this run may take an hour: `npm run test:all` sets HUIZHI_LONG=1. */
export const isLong = process.env.HUIZHI_LONG === '1';

/** The repetitions of a test: its own variable, otherwise a number for an ordinary or a long run. */
export function repeats(variable: string, ordinary: number, long: number): number {
  return Number(process.env[variable] ?? (isLong ? long : ordinary));
}

/** The cases of a table: all of them in a long run, otherwise every `step`-th, beginning with the one at `start`. */
export function sample<T>(cases: readonly T[], step: number, start = 0): T[] {
  return cases.filter((_, i) => isLong || i % step === start);
}
