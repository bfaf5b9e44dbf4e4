import type { Eventually } from '../engine/sql.ts';

type Find<V> = (corpId: number, keys: readonly number[]) => Eventually<ReadonlyMap<number, V>>;

/** Reads the value of one key. `take` maps the value, or undefined, to the result. */
export type Gather<V> = <R>(corpId: number, key: number, take: (found: V | undefined) => Eventually<R>) => Promise<R>;

/**
 * Batches reads of single keys, separately for each organization. Keys that are requested at the same time, or while a
 * query is running, share one query of at most `limit` keys. The next batch is sent before the previous result is
 * processed, so the database and this process work in parallel.
 *
 * Measured: with one query for each key, a readStatus on PostgreSQL took 202 us of processor time instead of 78 us.
 * With two concurrent queries, or with a wait of one event-loop turn before each query, the throughput was a fifth
 * lower.
 *
 * @param find reads the values of some keys; missing keys have no entry in its result
 */
export function createGather<V>(find: Find<V>, limit: number): Gather<V> {
  const lines = new Map<number, Group<V>[]>();
  const answerAll = async (corpId: number, line: Group<V>[]) => {
    for (let group = line.shift(); group; ) {
      const found = answered(find, corpId, group.keys);
      await found.catch(() => {});
      const { resolve } = group;
      group = line.shift();
      // The next query is sent within a few microtasks. `nextTick` runs after these.
      if (group) process.nextTick(resolve, found);
      else resolve(found);
    }
    lines.delete(corpId);
  };
  const begun = (corpId: number): Group<V>[] => {
    const line: Group<V>[] = [];
    lines.set(corpId, line);
    queueMicrotask(() => void answerAll(corpId, line));
    return line;
  };
  return (corpId, key, take) => {
    const line = lines.get(corpId) ?? begun(corpId);
    const last = line.at(-1);
    const group = last && last.keys.size < limit ? last : newGroup<V>();
    if (group !== last) line.push(group);
    group.keys.add(key);
    return group.found.then((all) => take(all.get(key)));
  };
}

async function answered<V>(find: Find<V>, corpId: number, keys: ReadonlySet<number>): Promise<ReadonlyMap<number, V>> {
  return find(corpId, [...keys]);
}

type Group<V> = {
  readonly keys: Set<number>;
  readonly found: Promise<ReadonlyMap<number, V>>;
  readonly resolve: (found: Promise<ReadonlyMap<number, V>>) => void;
};

function newGroup<V>(): Group<V> {
  const { promise: found, resolve } = Promise.withResolvers<ReadonlyMap<number, V>>();
  return { keys: new Set(), found, resolve };
}

/**
 * Repeats the last key until the number of keys is a power of two or, above 32, a multiple of 32, so that a few
 * prepared statements are enough for any number of keys.
 */
export function padded<K>(keys: readonly K[]): readonly K[] {
  const last = keys.at(-1);
  if (last === undefined) return keys;
  const size = keys.length > 32 ? Math.ceil(keys.length / 32) * 32 : 2 ** Math.ceil(Math.log2(keys.length));
  return [...keys, ...Array.from({ length: size - keys.length }, () => last)];
}
