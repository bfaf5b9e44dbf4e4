import { createHmac } from 'node:crypto';
import { deriveSealKey, openSecret, sealSecret } from '../callbacks/sealed.ts';
import type { Context } from '../context.ts';

/** Bytes of a token and of a secret; their texts are hexadecimal. */
const secretBytes = 32;
const sealUse = 'custom robot';

/** Creates the token of a webhook: 64 hexadecimal digits. */
export function createWebhookToken({ randomBytes }: Pick<Context, 'randomBytes'>): string {
  return Buffer.from(randomBytes(secretBytes)).toString('hex');
}

/** Creates a secret for signatures: `SEC` and 64 hexadecimal digits. */
export function createSignSecret({ randomBytes }: Pick<Context, 'randomBytes'>): string {
  return `SEC${Buffer.from(randomBytes(secretBytes)).toString('hex')}`;
}

/** Encrypts a token or secret for storage. The same text always gives the same result. */
export function encryptSecret(context: Pick<Context, 'seal'>, text: string): string {
  return sealSecret(deriveSealKey(context, sealUse), text);
}

/** Decrypts a stored token or secret; undefined if it was encrypted with another server secret. */
export function decryptSecret(context: Pick<Context, 'seal'>, stored: string): string | undefined {
  return openSecret(deriveSealKey(context, sealUse), stored);
}

/** Returns the signature of a time, as programs put it in the `sign` parameter. */
export function createSignature(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
}
