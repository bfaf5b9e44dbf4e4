import type { Settings } from './options.ts';

/** Milliseconds. A little more than a second, because the network delay of requests varies. */
const window = 1050;

/**
 * Creates a client-side rate limiter: the returned function resolves when another call to this path is within
 * `callsPerSecond`.
 */
export function createRateLimiter({ callsPerSecond, now, wait }: Settings) {
  /** By path: when the last `callsPerSecond` calls were or will be allowed. */
  const turnsByPath = new Map<string, number[]>();
  return async (path: string, signal: AbortSignal | undefined): Promise<void> => {
    if (callsPerSecond <= 0) return;
    const given = turnsByPath.get(path) ?? [];
    turnsByPath.set(path, given);
    const time = now();
    const turn = given.length < callsPerSecond ? time : Math.max(time, (given.shift() ?? 0) + window);
    given.push(turn);
    if (turn > time) await wait(turn - time, signal);
  };
}

/** Splits a list into chunks of at most `size` items. */
export function splitIntoChunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** Runs `work` for every item, at most `concurrency` in parallel. Resolves to the results in the order of the items. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
