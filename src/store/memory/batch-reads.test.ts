import { expect, test } from 'vitest';
import { createBatchReader, padKeys } from './batch-reads.ts';

/** Finds the double of every even number, and remembers what it was asked. */
function doubles(fail = false) {
  const asked: (readonly [corpId: number, keys: readonly number[]])[] = [];
  const find = async (corpId: number, keys: readonly number[]) => {
    asked.push([corpId, keys]);
    if (fail) throw new Error('away');
    return new Map(keys.flatMap((key) => (key % 2 === 0 ? [[key, key * 2] as const] : [])));
  };
  return { asked, find };
}

function gathered(find: ReturnType<typeof doubles>['find'], limit: number) {
  const gather = createBatchReader(find, limit);
  return (corpId: number, key: number) => gather(corpId, key, (found) => found);
}

test('asks once for all that was wanted in one turn, and once for each organization', async () => {
  const { asked, find } = doubles();
  const gather = gathered(find, 10);
  const found = await Promise.all([gather(1, 2), gather(1, 4), gather(2, 6), gather(1, 2), gather(1, 3)]);
  expect(found).toEqual([4, 8, 12, 4, undefined]);
  expect(asked).toEqual([
    [1, [2, 4, 3]],
    [2, [6]],
  ]);
});

test('asks for no more than its limit at a time, and forgets nobody', async () => {
  const { asked, find } = doubles();
  const gather = gathered(find, 3);
  const keys = Array.from({ length: 20 }, (_, i) => i * 2);
  expect(await Promise.all(keys.map((key) => gather(1, key)))).toEqual(keys.map((key) => key * 2));
  expect(asked.flatMap(([, some]) => some)).toEqual(keys);
  expect(Math.max(...asked.map(([, some]) => some.length))).toBe(3);
});

test('what is wanted while a question is under way gets an answer from after that', async () => {
  const { asked, find } = doubles();
  const gather = gathered(find, 10);
  const first = gather(1, 2);
  await first;
  expect(await gather(1, 2)).toBe(4);
  expect(asked).toHaveLength(2);
});

test('the next question is asked before use is made of what the last one found', async () => {
  const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const steps: string[] = [];
  const gather = createBatchReader<number>(async (_, keys) => {
    steps.push(`asked ${keys}`);
    await answers[keys.includes(1) ? 0 : 1]?.promise;
    return new Map(keys.map((key) => [key, key]));
  }, 10);
  const used = (key: number) => gather(1, key, (found) => steps.push(`used ${found}`));
  const first = used(1);
  await Promise.resolve();
  const others = [used(2), used(3)];
  answers[0]?.resolve();
  await first;
  expect(steps).toEqual(['asked 1', 'asked 2,3', 'used 1']);
  answers[1]?.resolve();
  await Promise.all(others);
  expect(steps.slice(3)).toEqual(['used 2', 'used 3']);
});

test('a question that fails fails for all who asked it, and for nobody after them', async () => {
  const { find, asked } = doubles(true);
  const gather = gathered(find, 2);
  const all = await Promise.allSettled([gather(1, 1), gather(1, 2), gather(1, 3)]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(gather(1, 4)).rejects.toThrow('away');
  expect(asked).toHaveLength(3);
});

test('keys are padded to a power of two with the last of them', () => {
  expect([padKeys([7]), padKeys([1, 2, 3]), padKeys([1, 2, 3, 4])]).toEqual([[7], [1, 2, 3, 3], [1, 2, 3, 4]]);
});
