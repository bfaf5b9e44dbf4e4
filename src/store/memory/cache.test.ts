import { expect, test } from 'vitest';
import { createCache, createDoorkeeper } from './cache.ts';

test('what was put in is found until it is taken out', () => {
  const cache = createCache<string, number>(10);
  cache.set('a', 1);
  cache.set('b', 0);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, 0, undefined]);
  cache.set('a', 2);
  expect(cache.get('a')).toBe(2);
  cache.delete('a');
  expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 0]);
  cache.clear();
  expect(cache.get('b')).toBeUndefined();
});

test('what is asked for stays, what nobody asks for goes, and never are more than two generations kept', () => {
  const cache = createCache<number, number>(10);
  for (let i = 0; i < 1000; i++) {
    cache.set(i, i);
    expect(cache.get(0)).toBe(0);
  }
  const kept = Array.from({ length: 1000 }, (_, i) => i).filter((i) => cache.get(i) !== undefined);
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(kept).toContain(0);
  expect(kept).toContain(999);
  expect(kept).not.toContain(1);
});

test('what is taken out of one generation is not found in the other', () => {
  const cache = createCache<number, string>(2);
  cache.set(1, 'old');
  cache.set(2, 'x');
  cache.set(3, 'x');
  cache.set(1, 'new');
  expect(cache.get(1)).toBe('new');
  cache.delete(1);
  expect(cache.get(1)).toBeUndefined();
});

test('a cache of size 0 keeps nothing', () => {
  const cache = createCache<number, number>(0);
  cache.set(1, 1);
  expect(cache.get(1)).toBeUndefined();
});

test('a doorkeeper knows what it has just seen, until another comes to the same place', () => {
  const { seen } = createDoorkeeper(8);
  expect([seen(1), seen(2), seen(1), seen(2)]).toEqual([false, false, true, true]);
  expect([seen(9), seen(1), seen(1)]).toEqual([false, false, true]);
  expect([seen(2 ** 40), seen(2 ** 40)]).toEqual([false, true]);
});
