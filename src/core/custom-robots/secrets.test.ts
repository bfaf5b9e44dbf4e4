import { expect, test } from 'vitest';
import { createReplaceableSeal } from '../access/seal.ts';
import { createSignature, createSignSecret, createWebhookToken, decryptSecret, encryptSecret } from './secrets.ts';

const context = { seal: createReplaceableSeal('the secret of the server') };

test.each([
  ['SECtest0000', '0DwrkHfjcVuuxbbie+DnPze8N2xKnPmWi9fOWLp9YvM='],
  ['this is a secret', 'DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA='],
])('a signature with %j is the base64 of HMAC-SHA256 of time, newline and secret', (secret, expected) => {
  expect(createSignature('1577262236757', secret)).toBe(expected);
});

test('tokens and secrets have 256 bits in hexadecimal', () => {
  const random = { randomBytes: (size: number) => new Uint8Array(size).fill(171) };
  expect(createWebhookToken(random)).toBe('ab'.repeat(32));
  expect(createSignSecret(random)).toBe(`SEC${'ab'.repeat(32)}`);
});

test.each(['', 'SECtest0000', '汉字', 'x'.repeat(1000)])('%j is decrypted as it was encrypted', (text) => {
  const stored = encryptSecret(context, text);
  expect(stored).toMatch(/^[\w-]+$/);
  expect(decryptSecret(context, stored)).toBe(text);
  expect(encryptSecret(context, text)).toBe(stored);
});

test('what was encrypted hides the text, and cannot be changed', () => {
  const stored = encryptSecret(context, 'SECtest0000');
  expect(Buffer.from(stored, 'base64url').toString('latin1')).not.toContain('test');
  const bytes = Buffer.from(stored, 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(decryptSecret(context, changed.toString('base64url'))).toBeUndefined();
  }
  for (const short of ['', 'AAAA']) expect(decryptSecret(context, short)).toBeUndefined();
});

test('another secret of the server decrypts nothing', () => {
  const other = { seal: createReplaceableSeal('another secret') };
  expect(decryptSecret(other, encryptSecret(context, 'SECtest0000'))).toBeUndefined();
});
