import type { Answer } from './answer.ts';
import { ApiError, ClientError, ConnectionError, isThrottled } from './errors.ts';
import { type Ask, exchange } from './exchange.ts';
import type { Settings } from './options.ts';

const firstWait = 500;
const throttledWait = 1000;

/** A server that wants more patience than this, in milliseconds, gets the error to its caller instead. */
const longestWait = 60_000;

/**
 * Asks, and repeats where that is safe. A throttled call has not happened and may always be repeated; one without a usable answer only
 * when it is `repeatable`. Waits grow, are spread by chance, and are never shorter than the server's `Retry-After`.
 */
export async function persist(settings: Settings, ask: Ask, repeatable: boolean): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchange(settings, ask, attempt);
    } catch (error) {
      const wait = attempt > settings.retries ? undefined : waitAfter(settings, error, attempt, repeatable);
      if (wait === undefined) throw error;
      const { method, path } = ask;
      settings.on({ type: 'retry', method, path, attempt, error: error as ClientError, wait });
      await settings.wait(wait, ask.signal);
    }
  }
}

/** Milliseconds until the next attempt, or undefined when there must be none. */
function waitAfter({ random }: Settings, error: unknown, attempt: number, repeatable: boolean): number | undefined {
  const throttled = isThrottled(error);
  if (!throttled && !(repeatable && isPassing(error))) return undefined;
  const grown = (throttled ? throttledWait : firstWait) * 2 ** (attempt - 1) * (0.5 + random());
  const wait = Math.max(grown, (error instanceof ApiError && error.retryAfter) || 0);
  return wait > longestWait ? undefined : wait;
}

/** Whether the next attempt may succeed: nothing came, or a server has failed. A success that makes no sense will not change. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.code !== 'invalidAnswer' || (error.status ?? 0) >= 500;
  return error instanceof ApiError && error.status >= 500;
}

/** The error of a call as one of ours; whatever else was thrown, such as the reason of a signal, is thrown on. */
export function clientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  throw error;
}
