import type { Eventually } from './sql.ts';

type Find<V> = (corpId: number, keys: readonly number[]) => Eventually<ReadonlyMap<number, V>>;

/** Questions that are under way at once. With more of them each has less in it; with one, the database waits for the next. */
const atOnce = 2;

/**
 * Finds together what is wanted one by one: all that was asked for by the end of the event loop's turn, or while `atOnce` questions were
 * under way, is one question for each organization, of at most `limit` keys. Across a network a question costs more than what is in it.
 */
export function createGather<V>(find: Find<V>, limit: number): (corpId: number, key: number) => Promise<V | undefined> {
  let groups: Group<V>[] = [];
  let scheduled = false;
  let underWay = 0;
  const ended = () => {
    underWay--;
    schedule();
  };
  const send = () => {
    scheduled = false;
    const next = groups.slice(0, atOnce - underWay);
    groups = groups.slice(next.length);
    underWay += next.length;
    for (const { corpId, keys, resolve } of next) {
      const found = answered(find, corpId, keys);
      resolve(found);
      found.then(ended, ended);
    }
  };
  const schedule = () => {
    if (scheduled || groups.length === 0 || underWay >= atOnce) return;
    scheduled = true;
    setImmediate(send);
  };
  const groupOf = (corpId: number) => {
    const known = groups.findLast((group) => group.corpId === corpId);
    if (known && known.keys.size < limit) return known;
    const made = newGroup<V>(corpId);
    groups.push(made);
    schedule();
    return made;
  };
  return (corpId, key) => {
    const { keys, found } = groupOf(corpId);
    keys.add(key);
    return found.then((all) => all.get(key));
  };
}

async function answered<V>(find: Find<V>, corpId: number, keys: ReadonlySet<number>): Promise<ReadonlyMap<number, V>> {
  return find(corpId, [...keys]);
}

type Group<V> = {
  readonly corpId: number;
  readonly keys: Set<number>;
  readonly found: Promise<ReadonlyMap<number, V>>;
  readonly resolve: (found: Promise<ReadonlyMap<number, V>>) => void;
};

function newGroup<V>(corpId: number): Group<V> {
  const { promise: found, resolve } = Promise.withResolvers<ReadonlyMap<number, V>>();
  return { corpId, keys: new Set(), found, resolve };
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
