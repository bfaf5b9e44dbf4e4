import { expect, test } from 'vitest';
import { createTestClock } from '../clock.ts';
import { createRateLimit } from './rate.ts';

async function limited(limit: number) {
  const clock = createTestClock();
  clock.freeze(true);
  await clock.set(Date.UTC(2026, 0, 1));
  const rate = createRateLimit(clock, limit);
  return { clock, calls: (count: number, key = 'app') => Array.from({ length: count }, () => rate?.over(key) ?? 0) };
}

test('calls up to the limit pass within a second, and the next one has to wait', async () => {
  const { clock, calls } = await limited(3);
  expect(calls(5)).toEqual([0, 0, 0, 1, 1]);
  await clock.advance(999);
  expect(calls(1)).toEqual([1]);
  await clock.advance(1);
  expect(calls(4)).toEqual([0, 0, 0, 1]);
});

test('keys are counted separately', async () => {
  const { calls } = await limited(1);
  expect([calls(2, 'a'), calls(1, 'b'), calls(1, 'a')]).toEqual([[0, 1], [0], [1]]);
});

test('a limit of 0 is no limit', async () => {
  const { calls } = await limited(0);
  expect(calls(1000)).toEqual(Array(1000).fill(0));
});

test('a clock that is set back does not block calls', async () => {
  const { clock, calls } = await limited(1);
  expect(calls(2)).toEqual([0, 1]);
  await clock.set(clock.now() - 3_600_000);
  expect(calls(1)).toEqual([0]);
});
