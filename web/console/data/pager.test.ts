import { describe, expect, test } from 'vitest';
import { emptyPager, type Pager, type PagerEvent, pagePath, reducePager } from './pager.ts';

type TestPage = { readonly rows: readonly number[]; readonly cursor: string | null };
type TestPager = Pager<number, TestPage>;
type TestEvent = PagerEvent<number, TestPage>;

const ask = () => Promise.reject(new Error('the pager itself makes no calls'));
const otherAsk = () => ask();

const reduce = (state: TestPager, ...events: readonly TestEvent[]) =>
  events.reduce<TestPager>((next, event) => reducePager(next, event), state);

const start = (path: string | undefined, least = 0): TestEvent => ({ type: 'start', ask, path, least });
const started = (path = '/rows', least = 0) => reduce(emptyPager, start(path, least));

function requestOf({ request }: TestPager) {
  if (!request) throw new Error('nothing is requested');
  return request;
}

/** The state after a page has arrived for the request under way. */
function arrive(state: TestPager, rows: readonly number[], cursor: string | null = null): TestPager {
  return reduce(state, { type: 'page', request: requestOf(state), page: { rows, cursor }, items: rows });
}

const fail = (state: TestPager, message: string) =>
  reduce(state, { type: 'fail', request: requestOf(state), error: new Error(message) });

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a list', () => {
  test('requests its first page without a cursor, and is complete without a next one', () => {
    const state = started();
    expect(pagePath(requestOf(state))).toBe('/rows');
    expect(arrive(state, [1, 2])).toMatchObject({ items: [1, 2], cursor: null, request: undefined, error: undefined });
  });

  test('requests nothing while it has no path', () => {
    expect(reduce(emptyPager, start(undefined), { type: 'reload' }, { type: 'more' }).request).toBe(undefined);
    expect(reduce(started(), start(undefined)).request).toBe(undefined);
  });

  test('requests the page after the last one, once, however often more is wanted', () => {
    const first = arrive(started('/rows?limit=2'), [1, 2], 'a+b/=&');
    const second = reduce(first, { type: 'more' });
    expect(pagePath(requestOf(second))).toBe('/rows?limit=2&cursor=a%2Bb%2F%3D%26');
    expect(reduce(second, { type: 'more' }, { type: 'more' })).toBe(second);
    expect(second.items).toEqual([1, 2]);
    const whole = arrive(second, [3]);
    expect(whole.items).toEqual([1, 2, 3]);
    expect(reduce(whole, { type: 'more' })).toBe(whole);
  });

  test('knows its first page and its last', () => {
    const state = arrive(reduce(arrive(started(), [1], 'next'), { type: 'more' }), [2]);
    expect([state.first?.rows, state.last?.rows]).toEqual([[1], [2]]);
  });

  test('is empty at once when its path changes, and a page of the old path is ignored', () => {
    const old = started('/old');
    const next = reduce(arrive(old, [1], 'next'), start('/new'));
    expect(next).toMatchObject({ items: [], cursor: null, first: undefined, last: undefined });
    const late = { rows: [9], cursor: null };
    expect(reduce(next, { type: 'page', request: requestOf(old), page: late, items: late.rows })).toBe(next);
    expect(reduce(next, { type: 'fail', request: requestOf(old), error: new Error('late') })).toBe(next);
  });

  test('is loaded again by a new session', () => {
    const before = arrive(started(), [1]);
    const after = reduce(before, { type: 'start', ask: otherAsk, path: '/rows', least: 0 });
    expect(requestOf(after).ask).toBe(otherAsk);
  });
});

describe('empty pages that have a next one', () => {
  test('are passed until there is something to show', () => {
    let state = started();
    for (const cursor of ['a', 'b', 'c']) {
      state = arrive(state, [], cursor);
      expect(requestOf(state).cursor).toBe(cursor);
    }
    expect(arrive(state, [1], 'd')).toMatchObject({ items: [1], cursor: 'd', request: undefined });
  });

  test('are passed at most 20 times: the rest is up to the person', () => {
    let state = started();
    let pages = 0;
    for (; state.request; pages++) state = arrive(state, [], 'same');
    expect(pages).toBe(20);
    expect(state).toMatchObject({ items: [], cursor: 'same' });
    expect(reduce(state, { type: 'more' }).request).toBeDefined();
  });
});

describe('a list that has to have a number of rows', () => {
  test('is shown when it has them', () => {
    const first = arrive(started('/rows', 150), range(0, 100), 'next');
    expect(first.items).toEqual([]);
    expect(arrive(first, range(100, 200), 'third')).toMatchObject({ items: range(0, 200), request: undefined });
  });

  test('is shown with fewer rows when there are no more', () => {
    expect(arrive(started('/rows', 10_000), [1])).toMatchObject({ items: [1], request: undefined });
  });

  test('stops after a bounded number of pages when a server never ends', () => {
    let state = started('/rows', 100);
    let pages = 0;
    for (; state.request; pages++) state = arrive(state, [pages], 'same');
    expect(pages).toBe(25);
    expect(state.items).toEqual(range(0, 25));
  });
});

describe('a reload', () => {
  const three = () => arrive(reduce(arrive(started(), [1, 2], 'next'), { type: 'more' }), [3]);

  test('keeps the old rows until there are as many new ones', () => {
    const state = reduce(three(), { type: 'reload' });
    expect(state.items).toEqual([1, 2, 3]);
    const half = arrive(state, [4, 5], 'next');
    expect(half.items).toEqual([1, 2, 3]);
    expect(arrive(half, [6, 7], 'last')).toMatchObject({ items: [4, 5, 6, 7], cursor: 'last' });
  });

  test('replaces the request under way', () => {
    const first = started();
    const again = reduce(first, { type: 'reload' });
    expect(again.request).not.toBe(first.request);
    expect(arrive(again, [1]).items).toEqual([1]);
  });
});

describe('a failure', () => {
  test('keeps what is shown, and where more begins', () => {
    const state = fail(reduce(arrive(started(), [1], 'next'), { type: 'more' }), 'no network');
    expect(state).toMatchObject({ items: [1], cursor: 'next', request: undefined });
    expect(state.error?.message).toBe('no network');
    const again = reduce(state, { type: 'more' });
    expect([requestOf(again).cursor, again.error]).toEqual(['next', undefined]);
  });

  test('of a reload keeps the old rows, and the next reload loads as many', () => {
    const failed = fail(reduce(arrive(started(), [1, 2]), { type: 'reload' }), 'no network');
    expect(failed.items).toEqual([1, 2]);
    expect(reduce(failed, { type: 'more' })).toBe(failed);
    expect(requestOf(reduce(failed, { type: 'reload' })).least).toBe(2);
  });

  test('of the first page leaves an empty list, which a reload loads', () => {
    const failed = fail(started(), 'no network');
    expect(failed).toMatchObject({ items: [], cursor: null });
    expect(arrive(reduce(failed, { type: 'reload' }), [1])).toMatchObject({ items: [1], error: undefined });
  });
});
