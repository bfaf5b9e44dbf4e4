import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cache, createNumberCache, createTextCache } from './cache.ts';

/** A text with the length and randomness of a token. */
const token = (id: number) => hash('sha256', `token ${id}`).slice(0, 32);
/** A text with the length of a processQueryKey. */
const keyOf = (id: number) => hash('sha256', `key ${id}`, 'base64');
const tokens = Array.from({ length: 1000 }, (_, id) => token(id));

type Step<K> = { readonly verb: 'set' | 'delete' | 'clear'; readonly key: K };

/** Compares a cache with the reference implementation: a Map, which evicts nothing. */
function holdsAgainstMap<K>(cache: Cache<K, string>, steps: readonly Step<K>[]): void {
  const map = new Map<K, string>();
  for (const [i, { verb, key }] of steps.entries()) {
    const value = `${verb} ${i}`;
    for (const one of [cache, map]) {
      if (verb === 'set') one.set(key, value);
      else if (verb === 'delete') one.delete(key);
      else one.clear();
    }
    if (verb === 'set') expect(cache.get(key)).toBe(value);
    for (const { key: other } of steps) expect([undefined, map.get(other)]).toContain(cache.get(other));
  }
}

const stepsOf = <K>(key: fc.Arbitrary<K>) =>
  fc.array(fc.record({ verb: fc.constantFrom('set', 'set', 'set', 'delete', 'clear' as const), key }), {
    maxLength: 40,
  }) as fc.Arbitrary<Step<K>[]>;

describe('a cache', () => {
  test('of numbers returns what a Map returns, or nothing', () => {
    const number = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 48 }));
    fc.assert(fc.property(stepsOf(number), (steps) => holdsAgainstMap(createNumberCache(4), steps)));
  });

  test('of texts returns what a Map returns, or nothing', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...tokens.slice(0, 9)));
    fc.assert(fc.property(stepsOf(text), (steps) => holdsAgainstMap(createTextCache(2), steps)));
  });

  test('holds two entries in a set, and a third one evicts the older', () => {
    const texts = createTextCache<number>(1);
    const [one = '', two = '', three = ''] = tokens;
    texts.set(one, 1);
    texts.set(two, 2);
    expect([texts.get(one), texts.get(two)]).toEqual([1, 2]);
    texts.set(two, 22);
    expect([texts.get(one), texts.get(two)]).toEqual([1, 22]);
    texts.set(three, 3);
    expect([texts.get(one), texts.get(two), texts.get(three)]).toEqual([undefined, 22, 3]);
    const numbers = createNumberCache<number>(4);
    for (const key of [1, 5, 9]) numbers.set(key, key);
    expect([1, 5, 9].map(numbers.get)).toEqual([undefined, 5, 9]);
  });

  test('admits what is requested for a second time, until another key takes its slot', () => {
    const { admits } = createNumberCache<number>(4);
    expect([admits(1), admits(2), admits(1), admits(2)]).toEqual([false, false, true, true]);
    expect([admits(9), admits(1), admits(1)]).toEqual([false, false, true]);
    expect([admits(2 ** 40), admits(2 ** 40)]).toEqual([false, true]);
    const texts = createTextCache<number>(1024);
    expect([texts.admits(token(1)), texts.admits(token(2)), texts.admits(token(1))]).toEqual([false, false, true]);
  });

  test.each([
    ['tokens', (i: number) => token(i)],
    ['keys', (i: number) => keyOf(i)],
    ['queries', (i: number) => `robotCode=robot-one&processQueryKey=${encodeURIComponent(keyOf(i))}`],
    ['queries whose key comes first', (i: number) => `processQueryKey=${encodeURIComponent(keyOf(i))}&robotCode=r`],
  ])('of 8192 entries has room for a thousand %s', (_, text) => {
    const texts = createTextCache<number>(4096);
    for (let i = 0; i < 1000; i++) texts.set(text(i), i);
    const found = Array.from({ length: 1000 }, (_, i) => texts.get(text(i))).filter((value) => value !== undefined);
    expect(found.length).toBeGreaterThan(950);
  });
});
