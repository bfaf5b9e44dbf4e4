import { StoreError } from '../store/engine/sql.ts';
import { huizhiError, wireError } from '../wire/errors.ts';
import type { Context } from './context.ts';

/**
 * Checks by a write that the store is writable. Throws `huizhi.newerSchema` if a newer release has migrated the
 * database, after which this process cannot write any more, and `system.error` if it cannot write at the moment.
 */
export async function checkReady({ store, clock }: Context): Promise<void> {
  try {
    await store.ping(clock.now());
  } catch (cause) {
    if (cause instanceof StoreError && cause.reason === 'newer')
      throw huizhiError('huizhi.newerSchema', cause.message, { cause });
    throw wireError('system.error', { why: 'the store cannot write', cause });
  }
}
