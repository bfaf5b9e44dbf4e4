import type { Settings } from './options.ts';

/** A little more than a second, since the way to the server is not always equally long. */
const window = 1050;

/** Lets each API be called so many times a second and no more; resolves when it is the caller's turn. */
export function createPace({ callsPerSecond, now, wait }: Settings) {
  /** When the last calls were, or will be, allowed; by path. */
  const turns = new Map<string, number[]>();
  return async (path: string, signal: AbortSignal | undefined): Promise<void> => {
    if (callsPerSecond <= 0) return;
    const given = turns.get(path) ?? [];
    turns.set(path, given);
    const time = now();
    const turn = given.length < callsPerSecond ? time : Math.max(time, (given.shift() ?? 0) + window);
    given.push(turn);
    if (turn > time) await wait(turn - time, signal);
  };
}

/** Pieces of a list of at most `size` each. */
export function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** Does the work for every item, at most `concurrency` at once; results in the order of the items. */
export async function each<T, R>(
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
