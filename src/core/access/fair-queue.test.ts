import { expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

/** A queue of jobs that end when the test calls `end`; `started` has their names in the order in which they started. */
function bench(workers: number) {
  const queue = createFairQueue(workers);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (group: string, name: string) =>
    queue.run(group, () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { queue, started, add, end };
}

test('runs as many jobs at a time as there are workers', async () => {
  const { started, add, end } = bench(2);
  const jobs = ['a1', 'a2', 'a3'].map((name) => add('a', name));
  expect(started).toEqual(['a1', 'a2']);
  await end('a2');
  expect(started).toEqual(['a1', 'a2', 'a3']);
  await end('a1');
  await end('a3');
  expect(await Promise.all(jobs)).toEqual(['a1', 'a2', 'a3']);
});

test('the first job of another group waits for running jobs only', async () => {
  const { started, add, end } = bench(1);
  for (let i = 0; i < 300; i++) void add('busy', `busy ${i}`);
  void add('other', 'other');
  await end('busy 0');
  await end('busy 1');
  expect(started).toEqual(['busy 0', 'busy 1', 'other']);
});

test('a failed job rejects only its own promise and frees its worker', async () => {
  const { queue, add, end } = bench(1);
  const failed = queue.run('a', () => Promise.reject(new Error('broken')));
  const after = add('a', 'after');
  await expect(failed).rejects.toThrow('broken');
  await end('after');
  expect(await after).toBe('after');
});
