import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSlowDown, type SlowDown } from './slow-down.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** How long a caller waits, in milliseconds of the machine. */
async function waited(slowDown: SlowDown, ...keys: string[]): Promise<number> {
  const began = Date.now();
  const waiting = slowDown.wait(keys).then(() => Date.now() - began);
  await vi.runAllTimersAsync();
  return waiting;
}

function fails(slowDown: SlowDown, count: number, ...keys: string[]): void {
  for (let i = 0; i < count; i++) slowDown.failed(keys);
}

test('five failures are free, then each answer takes twice as long, up to two seconds', async () => {
  const slowDown = createSlowDown();
  const waits: number[] = [];
  for (let i = 0; i < 13; i++) {
    waits.push(await waited(slowDown, 'app a'));
    slowDown.failed(['app a']);
  }
  expect(waits).toEqual([0, 0, 0, 0, 0, 50, 100, 200, 400, 800, 1600, 2000, 2000]);
});

test('who has not failed does not wait, and the worst of the keys decides', async () => {
  const slowDown = createSlowDown();
  fails(slowDown, 6, 'app a', 'address 1');
  fails(slowDown, 1, 'app a');
  expect(await waited(slowDown, 'app b', 'address 2')).toBe(0);
  expect(await waited(slowDown, 'app b', 'address 1')).toBe(100);
  expect(await waited(slowDown, 'app a', 'address 1')).toBe(200);
  expect(await waited(slowDown)).toBe(0);
});

test('a success makes up for all failures', async () => {
  const slowDown = createSlowDown();
  fails(slowDown, 9, 'app a');
  slowDown.succeeded(['app a']);
  expect(await waited(slowDown, 'app a')).toBe(0);
  fails(slowDown, 1, 'app a');
  expect(await waited(slowDown, 'app a')).toBe(0);
});

test('failures are forgotten after ten minutes, altogether', async () => {
  const slowDown = createSlowDown();
  fails(slowDown, 9, 'app a');
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(await waited(slowDown, 'app a')).toBe(800);
  await vi.advanceTimersByTimeAsync(10 * 60_000 + 1);
  expect(await waited(slowDown, 'app a')).toBe(0);
  fails(slowDown, 1, 'app a');
  expect(await waited(slowDown, 'app a')).toBe(0);
});

test('callers who wait do not hold up each other', async () => {
  const slowDown = createSlowDown();
  fails(slowDown, 6, 'slow');
  const order: string[] = [];
  const slow = slowDown.wait(['slow']).then(() => order.push('slow'));
  await slowDown.wait(['quick']).then(() => order.push('quick'));
  await vi.runAllTimersAsync();
  await slow;
  expect(order).toEqual(['quick', 'slow']);
});

test('a flood of names does not fill the memory without end', async () => {
  const slowDown = createSlowDown();
  for (let i = 0; i < 30_000; i++) slowDown.failed([`app ${i}`]);
  fails(slowDown, 6, 'app a');
  expect(await waited(slowDown, 'app a')).toBe(100);
});
