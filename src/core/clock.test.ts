import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSystemClock, createTestClock } from './clock.ts';

const second = 1000;
const day = 86_400_000;
const machine = Date.UTC(2026, 0, 1);

// The machine's time is faked: it moves only when a test advances it.
beforeEach(() => {
  vi.useFakeTimers({ now: machine, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the system clock', () => {
  test('runs callbacks when they fall due by the machine’s time, and not those that were cancelled', async () => {
    const clock = createSystemClock();
    const ran: string[] = [];
    clock.at(machine + 2 * second, () => void ran.push('second'));
    clock.at(machine + second, () => void ran.push(`first at ${clock.now() - machine}`));
    const cancel = clock.at(machine + second, () => void ran.push('never'));
    cancel();
    await vi.advanceTimersByTimeAsync(second - 1);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(1 + second);
    expect(ran).toEqual(['first at 1000', 'second']);
    cancel();
  });

  test('runs a callback immediately if its time has passed', async () => {
    const clock = createSystemClock();
    let ran = false;
    clock.at(machine - day, () => {
      ran = true;
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(ran).toBe(true);
  });

  test('can wait longer than the longest timer of Node', async () => {
    const clock = createSystemClock();
    let ran = false;
    clock.at(machine + 60 * day, () => {
      ran = true;
    });
    await vi.advanceTimersByTimeAsync(60 * day - 1);
    expect(ran).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(ran).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a test clock', () => {
  test('runs with the machine’s clock, and keeps running after it was moved', async () => {
    const clock = createTestClock();
    const ran: number[] = [];
    for (const time of [second, 3 * second]) clock.at(machine + time, () => void ran.push(clock.now() - machine));
    await vi.advanceTimersByTimeAsync(second);
    expect([clock.now() - machine, ran]).toEqual([second, [second]]);
    await clock.advance(day);
    expect(ran).toEqual([second, 3 * second]);
    await vi.advanceTimersByTimeAsync(second);
    expect(clock.now()).toBe(machine + day + 2 * second);
  });

  test('an advance runs due callbacks at their times, and at the same time in the order they were added', async () => {
    const clock = createTestClock();
    const ran: string[] = [];
    const at = (time: number, name: string) =>
      clock.at(machine + time, () => void ran.push(`${name} ${clock.now() - machine}`));
    at(300, 'c');
    at(100, 'a');
    at(300, 'd');
    at(200, 'b');
    at(401, 'not yet');
    await clock.advance(400);
    expect(ran).toEqual(['a 100', 'b 200', 'c 300', 'd 300']);
    expect(clock.now()).toBe(machine + 400);
    await clock.advance(1);
    expect(ran.at(-1)).toBe('not yet 401');
  });

  test('a callback added during an advance runs in the same advance if it falls due', async () => {
    const clock = createTestClock();
    const ran: number[] = [];
    const every = () => {
      ran.push(clock.now() - machine);
      clock.at(clock.now() + 100, every);
    };
    clock.at(machine + 100, every);
    await clock.advance(350);
    expect(ran).toEqual([100, 200, 300]);
    await clock.advance(50);
    expect(ran).toEqual([100, 200, 300, 400]);
  });

  test('a callback cancelled during an advance does not run', async () => {
    const clock = createTestClock();
    const ran: string[] = [];
    clock.at(machine + 1, () => {
      ran.push('first');
      cancel();
    });
    const cancel = clock.at(machine + 2, () => void ran.push('second'));
    await clock.advance(10);
    expect(ran).toEqual(['first']);
  });

  test('an advance runs callbacks one after the other and awaits each, even if they take real time', async () => {
    const clock = createTestClock();
    const ran: string[] = [];
    const slowly = (name: string) => async () => {
      ran.push(`${name} begins`);
      clock.at(machine + day, () => {});
      // Simulates waiting for a disk or a network, so that the machine's timers can run.
      await vi.advanceTimersByTimeAsync(50);
      ran.push(`${name} ends`);
    };
    for (const [i, name] of ['a', 'b', 'c'].entries()) clock.at(machine + i + 1, slowly(name));
    await clock.advance(second);
    expect(ran).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('concurrent advances run one after the other', async () => {
    const clock = createTestClock();
    const ran: number[] = [];
    for (const time of [1, 2, 3, 4]) {
      clock.at(machine + time * second, async () => {
        await Promise.resolve();
        ran.push(clock.now() - machine);
      });
    }
    await Promise.all([clock.advance(2 * second), clock.advance(2 * second)]);
    expect(clock.now()).toBe(machine + 4 * second);
    expect(ran).toEqual([second, 2 * second, 3 * second, 4 * second]);
  });

  test('an advance rejects if a callback fails, and later callbacks still run when due', async () => {
    const clock = createTestClock();
    let ran = false;
    clock.at(machine + 1, () => Promise.reject(new Error('it went wrong')));
    clock.at(machine + 2, () => {
      ran = true;
    });
    await expect(clock.advance(10)).rejects.toThrow('it went wrong');
    await clock.advance(10);
    expect(ran).toBe(true);
  });

  test('stops when frozen, can still be moved, and continues from there when unfrozen', async () => {
    const clock = createTestClock();
    let ran = 0;
    clock.freeze(true);
    clock.at(machine + 1, () => void ran++);
    await vi.advanceTimersByTimeAsync(day);
    expect([clock.now(), ran]).toEqual([machine, 0]);
    await clock.advance(5);
    expect([clock.now(), ran]).toEqual([machine + 5, 1]);
    clock.at(machine + 20, () => void ran++);
    clock.freeze(true);
    clock.freeze(false);
    expect(clock.now()).toBe(machine + 5);
    await vi.advanceTimersByTimeAsync(14);
    expect([clock.now(), ran]).toEqual([machine + 19, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ran).toBe(2);
  });

  test.each([true, false])(
    'set forward runs due callbacks, set backward undoes nothing (frozen: %s)',
    async (frozen) => {
      const clock = createTestClock();
      const ran: string[] = [];
      clock.freeze(frozen);
      clock.at(machine + second, () => void ran.push('first'));
      clock.at(machine + 3 * second, () => void ran.push('second'));
      await clock.set(machine + 2 * second);
      expect([clock.now(), ran]).toEqual([machine + 2 * second, ['first']]);
      await clock.set(machine - day);
      expect([clock.now(), ran]).toEqual([machine - day, ['first']]);
      await clock.advance(day + 3 * second - 1);
      expect(ran).toEqual(['first']);
      await clock.advance(1);
      expect(ran).toEqual(['first', 'second']);
    },
  );

  test('restores a saved state', async () => {
    const clock = createTestClock();
    await clock.advance(day);
    const running = clock.state();
    clock.freeze(true);
    const standing = clock.state();
    await clock.advance(day);
    clock.restore(running);
    await vi.advanceTimersByTimeAsync(second);
    expect(clock.now()).toBe(machine + day + second);
    clock.restore(standing);
    await vi.advanceTimersByTimeAsync(second);
    expect(clock.now()).toBe(machine + day);
    expect(JSON.parse(JSON.stringify(standing))).toEqual(standing);
  });

  test('uses at most one timer of the machine', () => {
    const clock = createTestClock();
    const cancels = Array.from({ length: 20 }, (_, i) => clock.at(machine + (i + 1) * second, () => {}));
    expect(vi.getTimerCount()).toBe(1);
    for (const cancel of cancels) cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a move of a hundred years runs an hourly callback only once before each other due callback', async () => {
  const clock = createTestClock({ time: 0, frozen: true });
  const [hour, year] = [3_600_000, 365 * 86_400_000];
  const runs: string[] = [];
  const repeat = () => {
    clock.at(
      clock.now() + hour,
      () => {
        runs.push(`hourly ${clock.now() / hour}`);
        repeat();
      },
      hour,
    );
  };
  repeat();
  clock.at(10 * hour, () => void runs.push('other 10'));
  clock.at(20.5 * hour, () => void runs.push('other 20.5'));
  await clock.advance(100 * year);
  expect(runs).toEqual(['hourly 9', 'other 10', 'hourly 20', 'other 20.5', `hourly ${(100 * year) / hour}`]);
  expect(clock.now()).toBe(100 * year);
});
