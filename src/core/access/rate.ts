import type { Clock } from '../clock.ts';

/** Counts calls in a second for each key. */
export type RateLimit = {
  /** Counts a call; answers 0 when it is within the limit, else the seconds to wait. */
  over(key: string): number;
};

/** @param limit calls a second; 0 switches it off */
export function createRateLimit(clock: Clock, limit: number): RateLimit {
  if (limit === 0) return { over: () => 0 };
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
