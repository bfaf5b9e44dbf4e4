import type { Eventually } from '../engine/sql.ts';

type Find<V> = (corpId: number, keys: readonly number[]) => Eventually<ReadonlyMap<number, V>>;

/** Reads the value of one key. `map` maps the value, or undefined, to the result. */
export type BatchReader<V> = <R>(
  corpId: number,
  key: number,
  map: (found: V | undefined) => Eventually<R>,
) => Promise<R>;

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
export function createBatchReader<V>(find: Find<V>, limit: number): BatchReader<V> {
  const queues = new Map<number, Batch<V>[]>();
  const runBatches = async (corpId: number, queue: Batch<V>[]) => {
    for (let batch = queue.shift(); batch; ) {
      const found = runFind(find, corpId, batch.keys);
      await found.catch(() => {});
      const { resolve } = batch;
      batch = queue.shift();
      // The next query is sent within a few microtasks. `nextTick` runs after these.
      if (batch) process.nextTick(resolve, found);
      else resolve(found);
    }
    queues.delete(corpId);
  };
  const startQueue = (corpId: number): Batch<V>[] => {
    const queue: Batch<V>[] = [];
    queues.set(corpId, queue);
    queueMicrotask(() => void runBatches(corpId, queue));
    return queue;
  };
  return (corpId, key, map) => {
    const queue = queues.get(corpId) ?? startQueue(corpId);
    const last = queue.at(-1);
    const batch = last && last.keys.size < limit ? last : createBatch<V>();
    if (batch !== last) queue.push(batch);
    batch.keys.add(key);
    return batch.found.then((all) => map(all.get(key)));
  };
}

async function runFind<V>(find: Find<V>, corpId: number, keys: ReadonlySet<number>): Promise<ReadonlyMap<number, V>> {
  return find(corpId, [...keys]);
}

type Batch<V> = {
  readonly keys: Set<number>;
  readonly found: Promise<ReadonlyMap<number, V>>;
  readonly resolve: (found: Promise<ReadonlyMap<number, V>>) => void;
};

function createBatch<V>(): Batch<V> {
  const { promise: found, resolve } = Promise.withResolvers<ReadonlyMap<number, V>>();
  return { keys: new Set(), found, resolve };
}
