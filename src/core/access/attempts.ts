import { huizhiError } from '../../wire/errors.ts';

/** Limits how fast credentials can be guessed. */
export type Attempts = {
  /**
   * Checks credentials, after a delay if there were failures. `check` returns undefined if they are wrong; its result
   * is returned. Rejects with the error that `refuse` returns, without a check, if too many attempts are waiting in the
   * queue.
   */
  run<T>(
    attempt: Attempt,
    check: () => Promise<T | undefined> | T | undefined,
    refuse: (retryAfter: number) => Error,
  ): Promise<T | undefined>;
};

export type Attempt = {
  /** The name of the queue in which attempts are checked one at a time, such as `app X from 127.0.0.1`. */
  readonly queue: string;
  /** Further keys whose failures delay this attempt, such as the app or the address. */
  readonly also?: readonly string[];
  /** A key that counts only the first failure of each queue. It detects callers that try many apps. */
  readonly spread?: string;
  /** Concurrent attempts in one queue with the same text share one check and its result. */
  readonly same?: string;
  /** The check is expensive (scrypt), so it is queued even if there were no failures. */
  readonly expensive?: boolean;
};

type Failures = { readonly count: number; readonly last: number };
type Queue = { length: number; last: Promise<unknown> };

/** The maximum number of attempts in a queue, for expensive and for cheap checks. */
export type QueueLengths = { readonly expensive: number; readonly cheap: number };

const defaultLengths: QueueLengths = { expensive: 2, cheap: 8 };

const freeFailures = 5;
/** Durations in milliseconds. */
const firstDelay = 50;
const longestDelay = 2_000;
const forgottenAfter = 10 * 60_000;
const mostKeys = 10_000;

/**
 * The first five failures of a key cause no delay. From then on each attempt is delayed, twice as long as the one
 * before, from 50 ms to 2 s, and the attempts of a queue are checked one at a time. Delays use the system clock,
 * because a frozen emulator clock must not block a response.
 */
export function createAttemptLimiter(longest: QueueLengths = defaultLengths): Attempts {
  const failures = createFailures();
  const queues = new Map<string, Queue>();
  const shared = new Map<string, Promise<unknown>>();
  const keysOf = ({ queue, also = [], spread = queue }: Attempt) => [...new Set([queue, ...also, spread])];
  const delayOf = (attempt: Attempt) => Math.max(...keysOf(attempt).map(failures.delayOf));

  const checkNow = async <T>(attempt: Attempt, check: () => Promise<T | undefined> | T | undefined) => {
    const found = await check();
    if (found !== undefined) failures.forget(keysOf(attempt));
    else failures.add(failures.has(attempt.queue) ? [attempt.queue, ...(attempt.also ?? [])] : keysOf(attempt));
    return found;
  };
  const enqueue = <T>(attempt: Attempt, check: () => Promise<T | undefined> | T | undefined) => {
    const queue = queues.get(attempt.queue) ?? { length: 0, last: Promise.resolve() };
    queues.set(attempt.queue, queue);
    queue.length++;
    const turn = queue.last.then(async () => {
      await wait(delayOf(attempt));
      return checkNow(attempt, check);
    });
    queue.last = turn.then(leave, leave);
    function leave() {
      queue.length--;
      if (queue.length === 0) queues.delete(attempt.queue);
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
      if (delay === 0 && !attempt.expensive) return checkNow(attempt, check);
      const name = attempt.same === undefined ? undefined : `${attempt.queue}\0${attempt.same}`;
      const joined = name === undefined ? undefined : shared.get(name);
      if (joined) return joined as Promise<T | undefined>;
      const most = attempt.expensive ? longest.expensive : longest.cheap;
      if ((queues.get(attempt.queue)?.length ?? 0) >= most) throw refuse(Math.max(1, Math.ceil(delay / 1000)));
      const turn = enqueue(attempt, check);
      if (name !== undefined) share(shared, name, turn);
      return turn;
    },
  };
}

/** The error for too many attempts on the inbox's and the console's own calls; `retryAfter` in seconds. */
export function createTooManyAttemptsError(retryAfter: number): Error {
  const reason = 'too many sign-in attempts from this address';
  return huizhiError('huizhi.tooManyRequests', reason, { retryAfter });
}

function share(shared: Map<string, Promise<unknown>>, name: string, turn: Promise<unknown>): void {
  shared.set(name, turn);
  const end = () => void shared.delete(name);
  turn.then(end, end);
}

function wait(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Counts failures by key. With too many keys, the one whose last failure is the oldest is evicted. */
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
