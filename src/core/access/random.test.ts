import { expect, test } from 'vitest';
import { createRandomBytes } from './random.ts';

test('random bytes have the length asked for, never repeat, and stay as they are when the page is filled again', () => {
  const all = Array.from({ length: 2000 }, (_, i) => createRandomBytes(8 + (i % 25)));
  const texts = all.map((bytes) => Buffer.from(bytes).toString('hex'));
  expect(all.map(({ length }) => length)).toEqual(all.map((_, i) => 8 + (i % 25)));
  for (let i = 0; i < 1000; i++) createRandomBytes(32);
  expect(all.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(texts);
  expect(new Set(texts.map((text) => text.slice(0, 16))).size).toBe(texts.length);
});
