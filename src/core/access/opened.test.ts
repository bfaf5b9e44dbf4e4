import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOpenedCache } from './opened.ts';
import { createSeal } from './seal.ts';

const seal = createSeal('a secret of the test');
const token = (id: number) => seal.sealPair('token', 1, id);
const tokens = Array.from({ length: 1000 }, (_, id) => token(id));

test('a text is cached with its value until the cache is cleared', () => {
  const opened = createOpenedCache<number>(1024);
  expect(opened.get(token(1))).toBeUndefined();
  opened.set(token(1), 7);
  expect(opened.get(`${token(1)}`)).toBe(7);
  opened.set(token(1), 8);
  expect(opened.get(token(1))).toBe(8);
  opened.clear();
  expect(opened.get(token(1))).toBeUndefined();
});

test('a text never gets the value of another', () => {
  const opened = createOpenedCache<string>(2);
  const text = fc.oneof(fc.string(), fc.constantFrom(...tokens));
  fc.assert(
    fc.property(fc.array(text), text, (known, asked) => {
      for (const one of known) opened.set(one, `of ${one}`);
      expect([undefined, `of ${asked}`]).toContain(opened.get(asked));
    }),
  );
});

test('a set holds two texts, and a third one evicts the older', () => {
  const opened = createOpenedCache<number>(1);
  const [one = '', two = '', three = ''] = tokens;
  opened.set(one, 1);
  opened.set(two, 2);
  expect([opened.get(one), opened.get(two)]).toEqual([1, 2]);
  opened.set(two, 22);
  expect([opened.get(one), opened.get(two)]).toEqual([1, 22]);
  opened.set(three, 3);
  expect([opened.get(one), opened.get(two), opened.get(three)]).toEqual([undefined, 22, 3]);
});

test.each([
  ['tokens', (i: number) => token(i)],
  ['keys', (i: number) => seal.sealKey({ corpId: 1, robotId: 2, messageId: i, sentAt: 1_767_225_600_000 + i })],
  ['queries', (i: number) => `robotCode=robot-one&processQueryKey=${encodeURIComponent(keyOf(i))}`],
  ['queries whose key comes first', (i: number) => `processQueryKey=${encodeURIComponent(keyOf(i))}&robotCode=r`],
])('nearly all of a thousand %s fit into 8192 entries', (_, text) => {
  const opened = createOpenedCache<number>(4096);
  for (let i = 0; i < 1000; i++) opened.set(text(i), i);
  const kept = Array.from({ length: 1000 }, (_, i) => opened.get(text(i))).filter((value) => value !== undefined);
  expect(kept.length).toBeGreaterThan(950);
});

function keyOf(i: number): string {
  return seal.sealKey({ corpId: 1, robotId: 2, messageId: i, sentAt: 1_767_225_600_000 + i });
}
