/**
 * The encryption of the vendor's HTTP pushes: AES-256-CBC over 16 random bytes, the length of the text in 4 bytes, the
 * text, and the key of the receiver's owner, padded to 32 bytes.
 * https://open.dingtalk.com/document/development/develop-stream-mode-push-server
 */
import { createCipheriv, createDecipheriv, hash } from 'node:crypto';

/** The values that the sender and the receiver of a push share. */
export type PushKeys = {
  readonly token: string;
  /** 43 letters and digits: the base64 of 32 bytes, without its last character. */
  readonly aesKey: string;
  /** The appKey; the corpId if the app has registered the address with the calls of the old host. */
  readonly ownerKey: string;
};

/** Random bytes at the beginning of what is encrypted. */
export const pushRandomBytes = 16;

const lengthBytes = 4;
const textStart = pushRandomBytes + lengthBytes;
const blockBytes = 32;
const ivBytes = 16;

function createCipherKey(aesKey: string) {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  return { key, iv: key.subarray(0, ivBytes) };
}

/**
 * Encrypts a text; returns base64.
 *
 * @param random `pushRandomBytes` random bytes
 */
export function encryptPush({ aesKey, ownerKey }: PushKeys, text: string, random: Uint8Array): string {
  const { key, iv } = createCipherKey(aesKey);
  const body = Buffer.from(text);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([random, length, body, Buffer.from(ownerKey)]);
  const padding = blockBytes - (plain.length % blockBytes);
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

/**
 * Decrypts base64, which may contain line breaks; returns undefined if it was not encrypted with these keys, or changed.
 * Any padding from 1 to 32 bytes is accepted, because some libraries of the vendor pad to 16.
 */
export function decryptPush({ aesKey, ownerKey }: PushKeys, encrypted: string): string | undefined {
  const { key, iv } = createCipherKey(aesKey);
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length < blockBytes || bytes.length % ivBytes !== 0) return undefined;
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const plain = removePadding(Buffer.concat([decipher.update(bytes), decipher.final()]));
  if (!plain || plain.length < textStart) return undefined;
  const textEnd = textStart + plain.readUInt32BE(pushRandomBytes);
  if (textEnd > plain.length || plain.toString('utf8', textEnd) !== ownerKey) return undefined;
  return plain.toString('utf8', textStart, textEnd);
}

function removePadding(padded: Buffer): Buffer | undefined {
  const length = padded.at(-1) ?? 0;
  if (length < 1 || length > blockBytes || length > padded.length) return undefined;
  const end = padded.length - length;
  return padded.subarray(end).every((byte) => byte === length) ? padded.subarray(0, end) : undefined;
}

/** What is signed besides the token. */
export type SignedPush = { readonly timestamp: string; readonly nonce: string; readonly encrypt: string };

/** Returns the signature of a push: the hexadecimal SHA-1 of all four texts, sorted and joined. */
export function signPush(token: string, { timestamp, nonce, encrypt }: SignedPush): string {
  return hash('sha1', [token, timestamp, nonce, encrypt].toSorted().join(''));
}
