/** Makes guessing slow: who failed often with a key (an app, an address) waits before the next answer. */
export type SlowDown = {
  /** Waits as long as the worst of the keys has earned. */
  wait(keys: readonly string[]): Promise<void>;
  failed(keys: readonly string[]): void;
  succeeded(keys: readonly string[]): void;
};

type Failures = { readonly count: number; readonly last: number };

const free = 5;
const first = 50;
const longest = 2_000;
const forgottenAfter = 10 * 60_000;
const mostKeys = 10_000;

/**
 * Five failures are free; then each next answer takes twice as long, from 50 ms to 2 s. Time here is the machine's, since a frozen
 * clock must not stop an answer.
 */
export function createSlowDown(): SlowDown {
  const failures = new Map<string, Failures>();
  const countOf = (key: string) => {
    const known = failures.get(key);
    return known && Date.now() - known.last <= forgottenAfter ? known.count : 0;
  };
  const delayOf = (key: string) => {
    const count = countOf(key);
    return count < free ? 0 : Math.min(longest, first * 2 ** (count - free));
  };
  return {
    async wait(keys) {
      const delay = Math.max(0, ...keys.map(delayOf));
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    },
    failed(keys) {
      if (failures.size > mostKeys) failures.clear();
      for (const key of keys) failures.set(key, { count: countOf(key) + 1, last: Date.now() });
    },
    succeeded(keys) {
      for (const key of keys) failures.delete(key);
    },
  };
}
