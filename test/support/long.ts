/** Whether this run may take an hour: `npm run test:all` sets HUIZHI_LONG=1. */
export const isLong = process.env.HUIZHI_LONG === '1';

/** The repetitions of a test: its own variable, otherwise a number for an ordinary or a long run. */
export function repeats(variable: string, ordinary: number, long: number): number {
  return Number(process.env[variable] ?? (isLong ? long : ordinary));
}
