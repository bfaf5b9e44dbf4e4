import type { Context } from '../context.ts';

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/**
 * Milliseconds from each attempt of a webhook to the next one, as the makers of Standard Webhooks publish them. The
 * first attempt is at once, so that an event is tried for 75.6 hours.
 */
export const webhookDelays: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** The share by which a delay is shorter or longer, so that the attempts of many events spread. */
const jitter = 0.1;

/** The longest time for which an endpoint can ask to be left alone, in milliseconds. */
const longestRetryAfter = 24 * hour;

/**
 * Returns when an event is tried again, in epoch milliseconds; undefined after the last attempt.
 *
 * @param tries number of attempts so far
 * @param retryAfter milliseconds for which the endpoint has asked to wait
 */
export function findNextTry(
  { clock, randomBytes }: Pick<Context, 'clock' | 'randomBytes'>,
  tries: number,
  retryAfter = 0,
): number | undefined {
  const delay = webhookDelays[tries - 1];
  if (delay === undefined) return undefined;
  const [high = 0, low = 0] = randomBytes(2);
  const share = 1 + jitter * (((high * 256 + low) / 65_535) * 2 - 1);
  return clock.now() + Math.max(Math.round(delay * share), Math.min(retryAfter, longestRetryAfter));
}

/** Parses the header `Retry-After`: seconds, or a date. Returns milliseconds; undefined if it is absent or invalid. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * second;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
