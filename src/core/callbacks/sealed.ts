import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto';
import type { Context } from '../context.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** The keys that seal the secrets of one use. */
export type SealKey = { readonly key: Buffer; readonly nonce: Buffer };

/**
 * Derives the keys of one use, such as `custom robot`, from the server's secret. What is sealed for one use cannot be
 * opened for another.
 */
export function deriveSealKey({ seal }: Pick<Context, 'seal'>, use: string): SealKey {
  const derive = (part: 'key' | 'nonce') => hash('sha256', `huizhi ${use} ${part}\0${seal.current()}`, 'buffer');
  return { key: derive('key'), nonce: derive('nonce') };
}

/**
 * Encrypts a secret for storage with AES-256-GCM. The nonce is derived from the text, so that the same text always gives
 * the same result, and no nonce is used for two texts. Returns base64url.
 */
export function sealSecret({ key, nonce: nonceKey }: SealKey, text: string): string {
  const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** Decrypts a stored secret; returns undefined if it was sealed with another key, or changed. */
export function openSecret({ key }: SealKey, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
