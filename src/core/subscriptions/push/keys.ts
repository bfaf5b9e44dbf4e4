import type { Subscription } from '../../../store/subscriptions/subscriptions.ts';
import type { PushKeys } from '../../callbacks/encrypted.ts';
import { deriveSealKey, openSecret, sealSecret } from '../../callbacks/sealed.ts';
import type { Context } from '../../context.ts';
import { listSecrets } from '../secrets.ts';

const sealUse = 'push';

/** Encrypts the keys of a subscription for storage. */
export function sealPushKeys(context: Pick<Context, 'seal'>, { token, aesKey, ownerKey }: PushKeys): string {
  return sealSecret(deriveSealKey(context, sealUse), JSON.stringify({ token, aesKey, ownerKey }));
}

/** Decrypts stored keys; undefined if they were encrypted with another server secret. */
export function openPushKeys(context: Pick<Context, 'seal'>, sealed: string): PushKeys | undefined {
  const text = openSecret(deriveSealKey(context, sealUse), sealed);
  return text === undefined ? undefined : (JSON.parse(text) as PushKeys);
}

/**
 * Returns the keys of a subscription that are valid: those that pushes are encrypted with, and for a day after a change
 * the ones before, which answers may still be encrypted with. Empty if they were encrypted with another server secret.
 */
export function findPushKeys(
  context: Pick<Context, 'seal' | 'clock'>,
  subscription: Subscription,
): readonly PushKeys[] {
  const [keys, ...old] = listSecrets(subscription, context.clock.now()).map((one) => openPushKeys(context, one));
  return keys ? [keys, ...old.flatMap((one) => one ?? [])] : [];
}
