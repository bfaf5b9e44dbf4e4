import { expect, test } from 'vitest';
import { createReplaceableSeal } from '../access/seal.ts';
import { encryptSecret } from '../custom-robots/secrets.ts';
import { deriveSealKey, openSecret, sealSecret } from './sealed.ts';

const context = { seal: createReplaceableSeal('the secret of the server') };

test.each(['', 'whsec_test0000', '汉字', 'x'.repeat(1000)])('%j is opened as it was sealed', (text) => {
  const key = deriveSealKey(context, 'webhook');
  const sealed = sealSecret(key, text);
  expect(sealed).toMatch(/^[\w-]+$/);
  expect(openSecret(key, sealed)).toBe(text);
  expect(sealSecret(key, text)).toBe(sealed);
});

test('what is sealed for one use cannot be opened for another, nor with another secret of the server', () => {
  const sealed = sealSecret(deriveSealKey(context, 'webhook'), 'whsec_test0000');
  expect(openSecret(deriveSealKey(context, 'app secret'), sealed)).toBeUndefined();
  const other = { seal: createReplaceableSeal('another secret') };
  expect(openSecret(deriveSealKey(other, 'webhook'), sealed)).toBeUndefined();
  for (const short of ['', 'AAAA']) expect(openSecret(deriveSealKey(context, 'webhook'), short)).toBeUndefined();
});

test('secrets of custom robots that earlier releases have stored are the same', () => {
  const stored = 'qkyEEpuFOJsRGF0nczfepQ53U7Wi1uLJb_CZAyKgKnc7g1WWX9ip';
  expect(encryptSecret(context, 'SECtest0000')).toBe(stored);
});
