import { expect, test } from 'vitest';
import { createFairTurns, type Turn } from './fair-turns.ts';

/** Turns of requests with names such as `corp/app/1`; `begun` has the names in the order in which they began. */
function bench(limit: number, share?: number) {
  const turns = createFairTurns(limit, share);
  const begun: string[] = [];
  const requests = new Map<string, Turn>();
  const request = (...names: readonly string[]) => {
    for (const name of names)
      requests.set(
        name,
        turns.request(name.split('/').slice(0, -1), () => void begun.push(name)),
      );
  };
  const end = (...names: readonly string[]) => {
    for (const name of names) requests.get(name)?.end();
  };
  return { begun, request, end, isWanted: (name: string) => requests.get(name)?.isWanted() };
}

test('the groups of each level get turns round-robin', () => {
  const { begun, request, end } = bench(1);
  request('a/x/1', 'a/x/2', 'a/x/3', 'a/y/1', 'a/y/2', 'b/z/1', 'b/z/2');
  for (let i = 0; i < 7; i++) end(begun.at(-1) ?? '');
  expect(begun).toEqual(['a/x/1', 'a/x/2', 'b/z/1', 'a/y/1', 'b/z/2', 'a/x/3', 'a/y/2']);
});

test('a hundred requests of one group delay another group by one turn at most', () => {
  const { begun, request, end } = bench(1);
  request(...Array.from({ length: 100 }, (_, i) => `busy/${i}`), 'other/0');
  end('busy/0', 'busy/1');
  expect(begun).toEqual(['busy/0', 'busy/1', 'other/0']);
});

test('with a share, a group leaves turns to others, although it has kept its own', () => {
  const { begun, request } = bench(8, 0.75);
  request(...Array.from({ length: 20 }, (_, i) => `a/x/${i}`));
  expect(begun).toHaveLength(5);
  request('a/y/0', 'a/y/1', 'b/z/0', 'b/z/1', 'b/z/2');
  expect(begun.slice(5)).toEqual(['a/y/0', 'b/z/0', 'b/z/1']);
});

test('a request that ended while it waited does not begin, and takes no turn', () => {
  const { begun, request, end } = bench(1);
  request('a/1', 'a/2', 'b/1');
  end('a/2', 'a/2', 'a/1');
  expect(begun).toEqual(['a/1', 'b/1']);
  end('b/1');
  request('a/3', 'a/4');
  expect(begun).toEqual(['a/1', 'b/1', 'a/3']);
});

test('a turn is wanted if its end would let a request begin', () => {
  const { request, end, isWanted } = bench(8, 0.75);
  request('a/x/0', 'b/z/0');
  expect([isWanted('a/x/0'), isWanted('b/z/0')]).toEqual([false, false]);
  request(...Array.from({ length: 5 }, (_, i) => `a/x/${i + 1}`));
  expect([isWanted('a/x/0'), isWanted('a/x/5'), isWanted('b/z/0')]).toEqual([true, false, false]);
  end('a/x/5');
  expect(isWanted('a/x/0')).toBe(false);
  request('a/y/0', 'a/y/1', 'a/y/2', 'b/z/1');
  expect([isWanted('a/x/0'), isWanted('b/z/0')]).toEqual([true, false]);
});
