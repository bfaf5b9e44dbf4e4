import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Attempt, type Attempts, createAttemptLimiter } from './attempts.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const refused = (retryAfter: number) => new Error(`refused for ${retryAfter} s`);
const wrong = () => undefined;
const right = () => 'right';

/** The duration of an attempt in milliseconds of the system clock. */
async function took(attempts: Attempts, attempt: Attempt, check: () => string | undefined = wrong): Promise<number> {
  const began = Date.now();
  const ended = attempts.run(attempt, check, refused).then(() => Date.now() - began);
  await vi.runAllTimersAsync();
  return ended;
}

/** Whether an attempt is delayed; its check throws, which is neither a failure nor a success. */
async function isSlowed(attempts: Attempts, attempt: Attempt): Promise<boolean> {
  const began = Date.now();
  const check = () => Promise.reject(new Error('not checked'));
  const delayed = attempts.run(attempt, check, refused).catch(() => Date.now() > began);
  await vi.runAllTimersAsync();
  return (await delayed) === true;
}

async function fail(attempts: Attempts, count: number, attempt: Attempt): Promise<void> {
  for (let i = 0; i < count; i++) await took(attempts, attempt);
}

test('five failures are free, then each attempt is delayed twice as long, up to two seconds', async () => {
  const attempts = createAttemptLimiter();
  const delays: number[] = [];
  for (let i = 0; i < 13; i++) delays.push(await took(attempts, { queue: 'a' }));
  expect(delays).toEqual([0, 0, 0, 0, 0, 50, 100, 200, 400, 800, 1600, 2000, 2000]);
});

test('the longest delay of an attempt’s keys applies, and other queues are not delayed', async () => {
  const attempts = createAttemptLimiter();
  await fail(attempts, 6, { queue: 'a from 1', also: ['a'] });
  expect(await took(attempts, { queue: 'a from 2', also: ['a'] }, right)).toBe(100);
  expect(await took(attempts, { queue: 'b from 1', also: ['b'] }, right)).toBe(0);
});

test('failures of one queue count once for the spread key', async () => {
  const attempts = createAttemptLimiter();
  await fail(attempts, 9, { queue: 'a from 1', spread: 'address 1' });
  expect(await took(attempts, { queue: 'b from 1', spread: 'address 1' })).toBe(0);
  for (const app of ['c', 'd', 'e']) await took(attempts, { queue: `${app} from 1`, spread: 'address 1' });
  expect(await took(attempts, { queue: 'f from 1', spread: 'address 1' })).toBe(50);
});

test('a success clears the failures of all its keys', async () => {
  const attempts = createAttemptLimiter();
  const attempt = { queue: 'a from 1', also: ['a'], spread: 'address 1' };
  await fail(attempts, 9, attempt);
  await took(attempts, attempt, right);
  expect(await isSlowed(attempts, attempt)).toBe(false);
});

test('failures are cleared ten minutes after the last one', async () => {
  const attempts = createAttemptLimiter();
  await fail(attempts, 9, { queue: 'a' });
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(await isSlowed(attempts, { queue: 'a' })).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isSlowed(attempts, { queue: 'a' })).toBe(false);
});

test('delayed attempts of a queue are checked one at a time, and too many are refused at once', async () => {
  const attempts = createAttemptLimiter({ expensive: 2, cheap: 3 });
  await fail(attempts, 8, { queue: 'a' });
  const began = Date.now();
  const ends: number[] = [];
  const all = Promise.allSettled(
    Array.from({ length: 2000 }, () =>
      attempts.run({ queue: 'a' }, wrong, refused).then(() => ends.push(Date.now() - began)),
    ),
  );
  await vi.runAllTimersAsync();
  const outcomes = await all;
  expect(ends).toEqual([400, 1200, 2800]);
  const reasons = outcomes.filter((one) => one.status === 'rejected').map(({ reason }) => String(reason));
  expect([reasons.length, new Set(reasons)]).toEqual([1997, new Set(['Error: refused for 1 s'])]);
});

test('an expensive check is queued even before the first failure', async () => {
  const attempts = createAttemptLimiter();
  const attempt = { queue: 'a', expensive: true };
  let ends = () => {};
  const slow = () => new Promise<string>((resolve) => (ends = () => resolve('done')));
  const first = attempts.run(attempt, slow, refused);
  const second = attempts.run(attempt, right, refused);
  await expect(attempts.run(attempt, right, refused)).rejects.toThrow('refused for 1 s');
  await vi.runAllTimersAsync();
  ends();
  expect([await first, await second]).toEqual(['done', 'right']);
});

test('equal attempts share one check, so their number is not limited', async () => {
  const attempts = createAttemptLimiter();
  let checks = 0;
  const check = async () => {
    checks++;
    return 'right';
  };
  const attempt = { queue: 'a', same: 'secret', expensive: true };
  const all = Array.from({ length: 50 }, () => attempts.run(attempt, check, refused));
  await vi.runAllTimersAsync();
  expect([new Set(await Promise.all(all)), checks]).toEqual([new Set(['right']), 1]);
});

test('a check that throws is not a failure and does not block the queue', async () => {
  const attempts = createAttemptLimiter();
  const attempt = { queue: 'a', expensive: true };
  const broken = attempts.run(attempt, () => Promise.reject(new Error('store')), refused);
  await expect(broken).rejects.toThrow('store');
  expect(await attempts.run(attempt, right, refused)).toBe('right');
});

test('many names evict the oldest keys, but not those with recent failures', async () => {
  const attempts = createAttemptLimiter();
  await fail(attempts, 6, { queue: 'victim' });
  for (let i = 0; i < 9_000; i++) await attempts.run({ queue: `app ${i}` }, wrong, refused);
  expect(await isSlowed(attempts, { queue: 'victim' })).toBe(true);
  await took(attempts, { queue: 'victim' });
  for (let i = 0; i < 9_999; i++) await attempts.run({ queue: `more ${i}` }, wrong, refused);
  expect(await isSlowed(attempts, { queue: 'victim' })).toBe(true);
});
