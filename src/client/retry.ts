import type { Answer } from './answer.ts';
import { ApiError, ClientError, ConnectionError, isThrottled } from './errors.ts';
import { type ApiRequest, sendRequest } from './exchange.ts';
import type { Settings } from './options.ts';

const firstWait = 500;
const throttledWait = 1000;

/** Milliseconds. If `Retry-After` is longer than this, the call fails instead of waiting. */
const longestWait = 60_000;

/**
 * Sends a request and retries it if that is safe. A throttled call was not processed, so it can always be retried; a
 * call without a usable response is retried only if `repeatable`. Waits grow exponentially with random jitter, and are
 * at least the server's `Retry-After`.
 */
export async function callWithRetries(settings: Settings, request: ApiRequest, repeatable: boolean): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendRequest(settings, request, attempt);
    } catch (error) {
      const wait = attempt > settings.retries ? undefined : computeWait(settings, error, attempt, repeatable);
      if (wait === undefined) throw error;
      const { method, path } = request;
      settings.on({ type: 'retry', method, path, attempt, error: error as ClientError, wait });
      await settings.wait(wait, request.signal);
    }
  }
}

/** Returns the milliseconds until the next attempt, or undefined if the call must not be retried. */
function computeWait({ random }: Settings, error: unknown, attempt: number, repeatable: boolean): number | undefined {
  const throttled = isThrottled(error);
  if (!throttled && !(repeatable && isTransient(error))) return undefined;
  const grown = (throttled ? throttledWait : firstWait) * 2 ** (attempt - 1) * (0.5 + random());
  const wait = Math.max(grown, (error instanceof ApiError && error.retryAfter) || 0);
  return wait > longestWait ? undefined : wait;
}

/**
 * Whether another attempt may succeed: there was no response, or a 5xx. A 2xx with an invalid body would not change.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.code !== 'invalidAnswer' || (error.status ?? 0) >= 500;
  return error instanceof ApiError && error.status >= 500;
}

/** Returns a ClientError unchanged; rethrows anything else, such as the reason of an aborted signal. */
export function toClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  throw error;
}
