import { expect, test } from 'vitest';
import { createSeededBytes } from '../access/random.ts';
import { createSystemClock } from '../clock.ts';
import { findNextTry, parseRetryAfter, webhookDelays } from './schedule.ts';

const now = Date.UTC(2026, 0, 1);
const at = (first: number) => ({
  clock: { ...createSystemClock(), now: () => now },
  randomBytes: () => Uint8Array.of(first, first),
});

test('an event is tried for 75.6 hours, each delay up to a tenth shorter or longer', () => {
  expect(webhookDelays.reduce((sum, delay) => sum + delay, 0) / 3_600_000).toBeCloseTo(75.585, 2);
  expect(findNextTry(at(0), 1)).toBe(now + 4500);
  expect(findNextTry(at(255), 1)).toBe(now + 5500);
  expect(findNextTry(at(0), 9)).toBe(now + 24 * 3_600_000 * 0.9);
  expect(findNextTry(at(0), 10)).toBeUndefined();
});

test('with a seed the delays are the same in every run, and differ from try to try', () => {
  const delaysOf = (seed: string) => {
    const parts = { clock: at(0).clock, randomBytes: createSeededBytes(seed).next };
    return Array.from({ length: 20 }, () => (findNextTry(parts, 2) ?? 0) - now);
  };
  const delays = delaysOf('one');
  expect(delaysOf('one')).toEqual(delays);
  expect(delaysOf('two')).not.toEqual(delays);
  expect(new Set(delays).size).toBeGreaterThan(15);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(270_000);
  expect(Math.max(...delays)).toBeLessThanOrEqual(330_000);
});

test('a longer Retry-After replaces the delay, up to a day', () => {
  expect(findNextTry(at(0), 1, 60_000)).toBe(now + 60_000);
  expect(findNextTry(at(0), 1, 1000)).toBe(now + 4500);
  expect(findNextTry(at(0), 1, 1e12)).toBe(now + 24 * 3_600_000);
});

test('Retry-After has seconds or a date', () => {
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(parseRetryAfter('Thu, 01 Jan 2020 00:00:00 GMT', now)).toBe(0);
  for (const other of [undefined, '', 'soon', '-5']) expect(parseRetryAfter(other, now) ?? 0).toBe(0);
});
