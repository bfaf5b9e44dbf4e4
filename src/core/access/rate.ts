import type { Clock } from '../clock.ts';

/** Limits the calls per second of each key. */
export type RateLimit = {
  /** Counts a call. Returns 0 if it is within the limit, otherwise the number of seconds to wait. */
  over(key: string): number;
};

/** @param limit calls per second and key; for 0, no limit, there is nothing to count and undefined is returned */
export function createRateLimit(clock: Clock, limit: number): RateLimit | undefined {
  if (limit === 0) return undefined;
  const counts = new Map<string, number>();
  let second = 0;
  return {
    over(key) {
      const now = Math.floor(clock.now() / 1000);
      if (now !== second) counts.clear();
      second = now;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count > limit ? 1 : 0;
    },
  };
}
