import type { Eventually } from '../engine/sql.ts';

type Find<V> = (corpId: number, keys: readonly number[]) => Eventually<ReadonlyMap<number, V>>;

/** Finds one by one; `take` makes of what was found, or undefined, what is answered. */
export type Gather<V> = <R>(corpId: number, key: number, take: (found: V | undefined) => Eventually<R>) => Promise<R>;

/**
 * Finds together what is wanted one by one: for each organization all that was asked for in one go or, while a question is under way, until
 * that is answered, in one question of at most `limit` keys. Across a network a question costs more than what is in it, and one that is
 * out gives the next the time to fill: with two at once, or a turn of the event loop between the asking and the question, there were a
 * fifth fewer receipts a second. The database has the next question before the answers to the last are made use of: otherwise it would wait for
 * this process, and this process then for it.
 */
export function createGather<V>(find: Find<V>, limit: number): Gather<V> {
  const lines = new Map<number, Group<V>[]>();
  const answerAll = async (corpId: number, line: Group<V>[]) => {
    for (let group = line.shift(); group; ) {
      const found = answered(find, corpId, group.keys);
      await found.catch(() => {});
      const { resolve } = group;
      group = line.shift();
      // Asking takes some steps of promises; after the last of them.
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
 * The keys with the last one repeated until their number is a power of two or, beyond 32, a multiple of 32, so that a few prepared
 * statements serve any number.
 */
export function padded<K>(keys: readonly K[]): readonly K[] {
  const last = keys.at(-1);
  if (last === undefined) return keys;
  const size = keys.length > 32 ? Math.ceil(keys.length / 32) * 32 : 2 ** Math.ceil(Math.log2(keys.length));
  return [...keys, ...Array.from({ length: size - keys.length }, () => last)];
}
