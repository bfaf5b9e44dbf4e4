import { wireError } from '../wire/errors.ts';
import { idempotencyWindow, maxIdempotencyKey } from '../wire/limits.ts';

/**
 * Returns the claim of a call with an idempotency-key, as the store takes it; nothing without a key. Throws
 * `invalidParameter.param.invalid` if the key is empty or too long.
 *
 * @param call the name or path of the call; undefined for batchSend
 * @param content the hash of what the call sends
 */
export function describeClaim(call: string | undefined, key: string | undefined, now: number, content: string) {
  if (key === undefined) return {};
  if (key === '' || key.length > maxIdempotencyKey) {
    throw wireError('invalidParameter.param.invalid', {
      why: `idempotency-key has ${key.length} characters; 1 to ${maxIdempotencyKey} are allowed`,
    });
  }
  return { idempotency: { code: renderClaimCode(call, key), since: now - idempotencyWindow, content } };
}

/**
 * Returns the code under which a key of a call is stored, so that keys of different calls are never equal: the call and
 * a space come first. Keys of batchSend are stored as they are, as in earlier releases, unless they begin like another
 * call.
 */
export function renderClaimCode(call: string | undefined, key: string): string {
  if (call !== undefined) return `${call} ${key}`;
  return /^\S*\/\S* /.test(key) ? `batchSend ${key}` : key;
}
