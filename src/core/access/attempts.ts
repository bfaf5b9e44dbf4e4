import { wireError } from '../../wire/errors.ts';

/** Bounds how fast credentials can be guessed. */
export type Attempts = {
  /**
   * Checks credentials; `check` resolves with undefined when they are wrong. Resolves as `check` does. Rejects with the error of `refuse`
   * when too many attempts wait in the same queue; nothing was checked then.
   */
  run<T>(
    attempt: Attempt,
    check: () => Promise<T | undefined> | T | undefined,
    refuse: (retryAfter: number) => Error,
  ): Promise<T | undefined>;
};

export type Attempt = {
  /** The queue of attempts that are checked one after the other, such as `app X from 127.0.0.1`. */
  readonly queue: string;
  /** Other keys whose failures delay this attempt, such as the app or the address. */
  readonly also?: readonly string[];
  /** A key of which only the first failure of each queue counts: who tries one app after the other. */
  readonly spread?: string;
  /** Attempts of one queue with the same text share one check and its result. */
  readonly same?: string;
  /** The check costs much (scrypt): it waits in its queue even before the first failure. */
  readonly expensive?: boolean;
};

type Failures = { readonly count: number; readonly last: number };
type Line = { length: number; last: Promise<unknown> };

/** How many attempts a queue holds, by whether their checks are expensive. */
export type QueueLengths = { readonly expensive: number; readonly cheap: number };

const defaultLengths: QueueLengths = { expensive: 2, cheap: 8 };

const freeFailures = 5;
const firstDelay = 50;
const longestDelay = 2_000;
const forgottenAfter = 10 * 60_000;
const mostKeys = 10_000;

/**
 * Five failures of a key are free; then each further attempt is delayed for twice as long, from 50 ms to 2 s, and attempts of one queue
 * wait for each other. A queue holds a few attempts at most. Delays use the machine's time, since a frozen emulator clock must not
 * stop an answer.
 */
export function createAttempts(longest: QueueLengths = defaultLengths): Attempts {
  const failures = createFailures();
  const lines = new Map<string, Line>();
  const shared = new Map<string, Promise<unknown>>();
  const keysOf = ({ queue, also = [], spread = queue }: Attempt) => [...new Set([queue, ...also, spread])];
  const delayOf = (attempt: Attempt) => Math.max(...keysOf(attempt).map(failures.delayOf));

  const settle = async <T>(attempt: Attempt, check: () => Promise<T | undefined> | T | undefined) => {
    const found = await check();
    if (found !== undefined) failures.forget(keysOf(attempt));
    else failures.add(failures.has(attempt.queue) ? [attempt.queue, ...(attempt.also ?? [])] : keysOf(attempt));
    return found;
  };
  const inTurn = <T>(attempt: Attempt, check: () => Promise<T | undefined> | T | undefined) => {
    const line = lines.get(attempt.queue) ?? { length: 0, last: Promise.resolve() };
    lines.set(attempt.queue, line);
    line.length++;
    const turn = line.last.then(async () => {
      await wait(delayOf(attempt));
      return settle(attempt, check);
    });
    line.last = turn.then(leave, leave);
    function leave() {
      line.length--;
      if (line.length === 0) lines.delete(attempt.queue);
    }
    return turn;
  };
  return {
    async run<T>(
      attempt: Attempt,
      check: () => Promise<T | undefined> | T | undefined,
      refuse: (retryAfter: number) => Error,
    ): Promise<T | undefined> {
      const delay = delayOf(attempt);
      if (delay === 0 && !attempt.expensive) return settle(attempt, check);
      const name = attempt.same === undefined ? undefined : `${attempt.queue}\0${attempt.same}`;
      const joined = name === undefined ? undefined : shared.get(name);
      if (joined) return joined as Promise<T | undefined>;
      const most = attempt.expensive ? longest.expensive : longest.cheap;
      if ((lines.get(attempt.queue)?.length ?? 0) >= most) throw refuse(Math.max(1, Math.ceil(delay / 1000)));
      const turn = inTurn(attempt, check);
      if (name !== undefined) share(shared, name, turn);
      return turn;
    },
  };
}

/** The refusal of our own surfaces. */
export function tooManyAttempts(retryAfter: number): Error {
  const reason = 'too many sign-in attempts from this address';
  return wireError('huizhi.tooManyRequests', { why: reason, fill: { reason }, retryAfter });
}

function share(shared: Map<string, Promise<unknown>>, name: string, turn: Promise<unknown>): void {
  shared.set(name, turn);
  const end = () => void shared.delete(name);
  turn.then(end, end);
}

function wait(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Failures by key; of too many keys the one whose last failure is the oldest is evicted. */
function createFailures() {
  const failures = new Map<string, Failures>();
  const countOf = (key: string) => {
    const known = failures.get(key);
    return known && Date.now() - known.last <= forgottenAfter ? known.count : 0;
  };
  return {
    has: (key: string) => countOf(key) > 0,
    delayOf(key: string): number {
      const count = countOf(key);
      return count < freeFailures ? 0 : Math.min(longestDelay, firstDelay * 2 ** (count - freeFailures));
    },
    add(keys: readonly string[]) {
      for (const key of keys) {
        const count = countOf(key) + 1;
        failures.delete(key);
        failures.set(key, { count, last: Date.now() });
        const [oldest] = failures.size > mostKeys ? failures.keys() : [];
        if (oldest !== undefined) failures.delete(oldest);
      }
    },
    forget(keys: readonly string[]) {
      for (const key of keys) failures.delete(key);
    },
  };
}
