import { StoreError } from '../engine/sql.ts';

type Parts<I, O> = {
  /** Writes several items of an organization in one transaction. Resolves with their results in the same order. */
  readonly writeBatch: (corpId: number, items: readonly I[]) => Promise<readonly O[]>;
  /** Writes one item in a transaction of its own. */
  readonly writeOne: (corpId: number, item: I) => Promise<O>;
  /** Returns the name of an item. Items with the same name are never in the same batch. */
  readonly nameOf: (item: I) => unknown;
};

/** Maximum number of items in one transaction. */
const limit = 32;

/**
 * Milliseconds after which the next batch no longer waits for the previous one. It takes seconds to detect a connection
 * that died silently, and the organization's writes should not wait so long. If the earlier transaction is still open,
 * database locks keep the order.
 */
const stallTimeout = 2000;

type Waiting<I, O> = {
  readonly item: I;
  readonly resolve: (answer: O | Promise<O>) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Batches writes, separately for each organization. Items that arrive in one event-loop turn, or while an earlier
 * transaction of the organization is running, share one transaction. If a batch fails, each item is written again in a
 * transaction of its own, so that only faulty items fail. If it fails with a StoreError, all its items fail, because it
 * is not known what was stored.
 */
export function createBatchWriter<I, O>({ writeBatch: together, writeOne: alone, nameOf }: Parts<I, O>) {
  const queues = new Map<number, Waiting<I, O>[]>();
  const writeAlone = async (corpId: number, { item, resolve }: Waiting<I, O>) => {
    const answer = alone(corpId, item);
    resolve(answer);
    await answer.catch(() => {});
  };
  const write = async (corpId: number, batch: readonly Waiting<I, O>[]): Promise<void> => {
    const [first] = batch;
    if (batch.length === 1 && first) return writeAlone(corpId, first);
    try {
      const items = batch.map(({ item }) => item);
      const answers = await together(corpId, items);
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as O);
    } catch (error) {
      if (error instanceof StoreError) for (const { reject } of batch) reject(error);
      else await Promise.all(batch.map((one) => writeAlone(corpId, one)));
    }
  };
  const writeAll = async (corpId: number, queue: Waiting<I, O>[]) => {
    while (queue.length > 0) await waitAtMost(stallTimeout, write(corpId, takeBatch(queue, nameOf)));
    queues.delete(corpId);
  };
  return (corpId: number, item: I): Promise<O> =>
    new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const known = queues.get(corpId);
      if (known) return void known.push(waiting);
      const queue = [waiting];
      queues.set(corpId, queue);
      setImmediate(() => void writeAll(corpId, queue));
    });
}

/** Resolves when the work has settled, or after the given milliseconds. */
function waitAtMost(milliseconds: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}

/** Removes the next batch from a queue. Items with the same name as one in the batch stay in the queue. */
function takeBatch<I, O>(queue: Waiting<I, O>[], nameOf: (item: I) => unknown): readonly Waiting<I, O>[] {
  const names = new Set<unknown>();
  const batch: Waiting<I, O>[] = [];
  const rest: Waiting<I, O>[] = [];
  for (const one of queue) {
    const name = nameOf(one.item);
    if (batch.length >= limit || names.has(name)) rest.push(one);
    else {
      names.add(name);
      batch.push(one);
    }
  }
  queue.splice(0, queue.length, ...rest);
  return batch;
}
