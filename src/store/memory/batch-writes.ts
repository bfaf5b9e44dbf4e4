import { StoreError } from '../engine/sql.ts';

type Parts<I, O> = {
  /** Writes several things of an organization in one transaction; answers in their order. */
  readonly together: (corpId: number, items: readonly I[]) => Promise<readonly O[]>;
  /** Writes one. */
  readonly alone: (corpId: number, item: I) => Promise<O>;
  /** What two items must not have in common to be written together. */
  readonly nameOf: (item: I) => unknown;
};

/** So many at the most share a transaction. */
const limit = 32;

/**
 * Milliseconds after which the next group no longer waits for the one before. A connection that has died silently takes seconds to be
 * found out, and must not hold up an organization for so long. If the earlier transaction is still open, the locks of the database keep the
 * order.
 */
const stallTimeout = 2000;

type Waiting<I, O> = {
  readonly item: I;
  readonly resolve: (answer: O | Promise<O>) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Writes together what is to be written at the same time: all that came by the end of the event loop's turn or, while an earlier
 * transaction of the same organization is under way, until that has ended. If a group fails, each is written again alone, so that one does
 * not take others with it; if the database cannot be used, all fail, for nobody knows what was written.
 */
export function createWriteTogether<I, O>({ together, alone, nameOf }: Parts<I, O>) {
  const queues = new Map<number, Waiting<I, O>[]>();
  const writeAlone = async (corpId: number, { item, resolve }: Waiting<I, O>) => {
    const answer = alone(corpId, item);
    resolve(answer);
    await answer.catch(() => {});
  };
  const write = async (corpId: number, group: readonly Waiting<I, O>[]): Promise<void> => {
    const [first] = group;
    if (group.length === 1 && first) return writeAlone(corpId, first);
    try {
      const items = group.map(({ item }) => item);
      const answers = await together(corpId, items);
      for (const [i, { resolve }] of group.entries()) resolve(answers[i] as O);
    } catch (error) {
      if (error instanceof StoreError) for (const { reject } of group) reject(error);
      else await Promise.all(group.map((one) => writeAlone(corpId, one)));
    }
  };
  const writeAll = async (corpId: number, queue: Waiting<I, O>[]) => {
    while (queue.length > 0) await settledWithin(stallTimeout, write(corpId, takeGroup(queue, nameOf)));
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

/** Resolves when the work has settled, or after so many milliseconds. */
function settledWithin(milliseconds: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}

/** Takes the first out of a queue that may be written together; who has the same name as one of them stays. */
function takeGroup<I, O>(queue: Waiting<I, O>[], nameOf: (item: I) => unknown): readonly Waiting<I, O>[] {
  const names = new Set<unknown>();
  const group: Waiting<I, O>[] = [];
  const rest: Waiting<I, O>[] = [];
  for (const one of queue) {
    const name = nameOf(one.item);
    if (group.length >= limit || names.has(name)) rest.push(one);
    else {
      names.add(name);
      group.push(one);
    }
  }
  queue.splice(0, queue.length, ...rest);
  return group;
}
