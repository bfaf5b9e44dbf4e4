import { expect, test } from 'vitest';
import { createBatchReader } from './batch-reads.ts';

/** Creates a find function that returns the double of even numbers and records its calls. */
function doubles(fail = false) {
  const calls: (readonly [corpId: number, keys: readonly number[]])[] = [];
  const find = async (corpId: number, keys: readonly number[]) => {
    calls.push([corpId, keys]);
    if (fail) throw new Error('away');
    return new Map(keys.flatMap((key) => (key % 2 === 0 ? [[key, key * 2] as const] : [])));
  };
  return { calls, find };
}

function createReader(find: ReturnType<typeof doubles>['find'], limit: number) {
  const read = createBatchReader(find, limit);
  return (corpId: number, key: number) => read(corpId, key, (found) => found);
}

test('keys requested in one turn share one query for each organization', async () => {
  const { calls, find } = doubles();
  const read = createReader(find, 10);
  const found = await Promise.all([read(1, 2), read(1, 4), read(2, 6), read(1, 2), read(1, 3)]);
  expect(found).toEqual([4, 8, 12, 4, undefined]);
  expect(calls).toEqual([
    [1, [2, 4, 3]],
    [2, [6]],
  ]);
});

test('no query exceeds the limit, and every request gets a result', async () => {
  const { calls, find } = doubles();
  const read = createReader(find, 3);
  const keys = Array.from({ length: 20 }, (_, i) => i * 2);
  expect(await Promise.all(keys.map((key) => read(1, key)))).toEqual(keys.map((key) => key * 2));
  expect(calls.flatMap(([, some]) => some)).toEqual(keys);
  expect(Math.max(...calls.map(([, some]) => some.length))).toBe(3);
});

test('a key requested after its query has started is read by a new query', async () => {
  const { calls, find } = doubles();
  const read = createReader(find, 10);
  const first = read(1, 2);
  await first;
  expect(await read(1, 2)).toBe(4);
  expect(calls).toHaveLength(2);
});

test('the next query is sent before the previous result is processed', async () => {
  const results = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const steps: string[] = [];
  const read = createBatchReader<number>(async (_, keys) => {
    steps.push(`sent ${keys}`);
    await results[keys.includes(1) ? 0 : 1]?.promise;
    return new Map(keys.map((key) => [key, key]));
  }, 10);
  const used = (key: number) => read(1, key, (found) => steps.push(`used ${found}`));
  const first = used(1);
  await Promise.resolve();
  const others = [used(2), used(3)];
  results[0]?.resolve();
  await first;
  expect(steps).toEqual(['sent 1', 'sent 2,3', 'used 1']);
  results[1]?.resolve();
  await Promise.all(others);
  expect(steps.slice(3)).toEqual(['used 2', 'used 3']);
});

test('a query that fails rejects all requests of its batch, and no later ones', async () => {
  const { find, calls } = doubles(true);
  const read = createReader(find, 2);
  const all = await Promise.allSettled([read(1, 1), read(1, 2), read(1, 3)]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(read(1, 4)).rejects.toThrow('away');
  expect(calls).toHaveLength(3);
});
