import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
import type { Context } from '../context.ts';

/** Bytes of a token and of a secret; their texts are hexadecimal. */
const secretBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Creates the token of a webhook: 64 hexadecimal digits. */
export function createWebhookToken({ randomBytes }: Pick<Context, 'randomBytes'>): string {
  return Buffer.from(randomBytes(secretBytes)).toString('hex');
}

/** Creates a secret for signatures: `SEC` and 64 hexadecimal digits. */
export function createSignSecret({ randomBytes }: Pick<Context, 'randomBytes'>): string {
  return `SEC${Buffer.from(randomBytes(secretBytes)).toString('hex')}`;
}

/**
 * Encrypts a token or secret for storage with AES-256-GCM and a key derived from the server's secret. The nonce is
 * derived from the text, so that the same text always gives the same result, and no nonce is used for two texts.
 */
export function encryptSecret({ seal }: Pick<Context, 'seal'>, text: string): string {
  const nonce = createHmac('sha256', deriveKey(seal.current(), 'nonce')).update(text).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(seal.current(), 'key'), nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** Decrypts a stored token or secret; undefined if it was encrypted with another server secret. */
export function decryptSecret({ seal }: Pick<Context, 'seal'>, stored: string): string | undefined {
  const bytes = Buffer.from(stored, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(seal.current(), 'key'), nonce);
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function deriveKey(secret: string, use: 'key' | 'nonce'): Buffer {
  return hash('sha256', `huizhi custom robot ${use}\0${secret}`, 'buffer');
}

/** Returns the signature of a time, as programs put it in the `sign` parameter. */
export function createSignature(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
}
