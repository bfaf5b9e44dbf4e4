import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPaced } from './paced.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an action runs at once, and once more after a pause in which it was asked for', () => {
  const action = vi.fn();
  const { run } = createPaced(action, 1000);
  for (let i = 0; i < 5; i++) run();
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(999);
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(action).toHaveBeenCalledTimes(2);
  run();
  expect(action).toHaveBeenCalledTimes(3);
});

test('an action that keeps being asked for runs once in each pause, and not after its end', () => {
  const action = vi.fn();
  const { run, stop } = createPaced(action, 1000);
  for (let at = 0; at < 10_000; at += 100) {
    run();
    vi.advanceTimersByTime(100);
  }
  expect(action).toHaveBeenCalledTimes(11);
  run();
  stop();
  vi.advanceTimersByTime(5000);
  expect(action).toHaveBeenCalledTimes(11);
});

test('without a pause an action runs every time', () => {
  const action = vi.fn();
  const { run } = createPaced(action, 0);
  for (let i = 0; i < 3; i++) run();
  expect(action).toHaveBeenCalledTimes(3);
});
