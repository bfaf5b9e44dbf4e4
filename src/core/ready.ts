import { StoreError } from '../store/engine/sql.ts';
import { wireError } from '../wire/errors.ts';
import type { Context } from './context.ts';

/** Proves that this process can write. Throws `huizhi.newerSchema` when it never will again, and `system.error` when it cannot now. */
export async function checkReady({ store, clock }: Context): Promise<void> {
  try {
    await store.ping(clock.now());
  } catch (cause) {
    if (cause instanceof StoreError && cause.reason === 'newer')
      throw wireError('huizhi.newerSchema', { why: cause.message, fill: { reason: cause.message }, cause });
    throw wireError('system.error', { why: 'the store cannot write', cause });
  }
}
