/** Whether this is a run that may take an hour: `npm run test:all` sets HUIZHI_LONG=1. */
export const isLong = process.env.HUIZHI_LONG === '1';

/** How often a test tries something: what its own variable says, otherwise a number for an ordinary or a long run. */
export function repeats(variable: string, ordinary: number, long: number): number {
  return Number(process.env[variable] ?? (isLong ? long : ordinary));
}
