import { createHmac } from 'node:crypto';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import { deriveSealKey, openSecret, sealSecret } from '../callbacks/sealed.ts';
import type { Context } from '../context.ts';
import { listSecrets } from './secrets.ts';

const secretPrefix = 'whsec_';
const secretBytes = 32;

/** Creates the secret of an endpoint: `whsec_` and base64 of 32 bytes. */
export function createEndpointSecret({ randomBytes }: Pick<Context, 'randomBytes'>): string {
  return `${secretPrefix}${Buffer.from(randomBytes(secretBytes)).toString('base64')}`;
}

/** Encrypts the secret of an endpoint for storage. */
export function sealEndpointSecret(context: Pick<Context, 'seal'>, secret: string): string {
  return sealSecret(deriveSealKey(context, 'endpoint'), secret);
}

/** Decrypts the secret of an endpoint; undefined if it was encrypted with another server secret. */
export function openEndpointSecret(context: Pick<Context, 'seal'>, sealed: string): string | undefined {
  return openSecret(deriveSealKey(context, 'endpoint'), sealed);
}

/** What is signed: the id of the event, the time of the attempt in epoch seconds, and the body. */
type Signed = { readonly id: string; readonly timestamp: number; readonly body: string };

/** Returns a signature of Standard Webhooks, `v1,` and base64 of HMAC-SHA256. */
function signWebhook(secret: string, { id, timestamp, body }: Signed): string {
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * Returns the headers of a webhook. While a secret is being rotated there are two signatures, the new one first. Returns
 * undefined if no secret can be decrypted.
 */
export function createWebhookHeaders(
  context: Pick<Context, 'seal' | 'clock'>,
  subscription: Pick<Subscription, 'secret' | 'oldSecret' | 'oldSecretUntil'>,
  id: string,
  body: string,
): Readonly<Record<string, string>> | undefined {
  const now = context.clock.now();
  const timestamp = Math.floor(now / 1000);
  const secrets = listSecrets(subscription, now).flatMap((one) => openEndpointSecret(context, one) ?? []);
  if (secrets.length === 0) return undefined;
  return {
    'content-type': 'application/json',
    'user-agent': 'huizhi',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': secrets.map((one) => signWebhook(one, { id, timestamp, body })).join(' '),
  };
}
