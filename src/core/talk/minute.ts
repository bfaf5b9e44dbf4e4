import { huizhiError } from '../../wire/errors.ts';

/**
 * Returns the `huizhi.tooManyRequests` of somebody who has used up what is allowed in the minute of `at` (epoch
 * milliseconds). It says when the next minute begins.
 *
 * @param allowed what is allowed, such as `60 messages`
 */
export function tooManyInMinute(allowed: string, at: number) {
  const retryAfter = Math.ceil((60_000 - (at % 60_000)) / 1000);
  return huizhiError('huizhi.tooManyRequests', `${allowed} in a minute are allowed`, { retryAfter });
}
