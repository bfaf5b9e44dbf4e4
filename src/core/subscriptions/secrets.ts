import type { Subscription, SubscriptionChange } from '../../store/subscriptions/subscriptions.ts';
import { secretOverlap } from '../../wire/limits.ts';

type Secrets = Pick<Subscription, 'secret' | 'oldSecret' | 'oldSecretUntil'>;

/** Returns the change that replaces the secret of a subscription. The old one stays valid for 24 hours. */
export function replaceSecret({ secret: oldSecret }: Secrets, secret: string, now: number) {
  return { secret, oldSecret, oldSecretUntil: now + secretOverlap } satisfies SubscriptionChange;
}

/** Returns until when the old secret is valid, in epoch milliseconds; null if it is not valid now. */
export function findOldSecretEnd({ oldSecretUntil }: Pick<Secrets, 'oldSecretUntil'>, now: number): number | null {
  return (oldSecretUntil ?? 0) > now ? oldSecretUntil : null;
}

/** Returns the encrypted secrets that are valid, the newest first. */
export function listSecrets(secrets: Secrets, now: number): readonly [string, ...string[]] {
  const { secret, oldSecret } = secrets;
  return oldSecret !== null && findOldSecretEnd(secrets, now) !== null ? [secret, oldSecret] : [secret];
}
