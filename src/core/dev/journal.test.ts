import { expect, test } from 'vitest';
import { createJournal, type Entry, maxTextLength } from './journal.ts';

const entry = (path: string): Omit<Entry, 'sequence' | 'truncated'> => ({
  at: 0,
  method: 'GET',
  path,
  query: '',
  headers: {},
  body: '',
  status: 200,
  answer: '',
  requestId: '',
  error: undefined,
  durationMs: 0,
});

function fillJournal(limit: number, count: number) {
  const journal = createJournal(limit);
  for (let i = 1; i <= count; i++) journal.add(entry(`/${i}`));
  return journal;
}

const listNames = (entries: readonly Entry[]) => entries.map(({ sequence, path }) => `${sequence}${path}`);

test('requests are numbered from 1 and listed oldest first', () => {
  expect(listNames(fillJournal(10, 3).since(0, 100))).toEqual(['1/1', '2/2', '3/3']);
  expect(fillJournal(10, 0).since(0, 100)).toEqual([]);
});

test('since() returns the requests after a number, up to the limit', () => {
  const journal = fillJournal(10, 5);
  expect(listNames(journal.since(3, 100))).toEqual(['4/4', '5/5']);
  expect(listNames(journal.since(1, 2))).toEqual(['2/2', '3/3']);
  expect(journal.since(5, 100)).toEqual([]);
  expect(journal.since(99, 100)).toEqual([]);
  expect(journal.since(0, 0)).toEqual([]);
});

test('the oldest requests are evicted, and the numbers continue', () => {
  const journal = fillJournal(3, 8);
  expect(listNames(journal.since(0, 100))).toEqual(['6/6', '7/7', '8/8']);
  expect(listNames(journal.since(2, 2))).toEqual(['6/6', '7/7']);
  expect(listNames(journal.since(7, 100))).toEqual(['8/8']);
});

test('clearing a journal restarts its numbers', () => {
  const journal = fillJournal(3, 8);
  journal.clear();
  expect(journal.since(0, 100)).toEqual([]);
  journal.add(entry('/new'));
  expect(listNames(journal.since(0, 100))).toEqual(['1/new']);
});

test('a long body is truncated, and the entry says so', () => {
  const journal = createJournal(10);
  journal.add({ ...entry('/long'), body: 'x'.repeat(maxTextLength + 1), answer: 'y'.repeat(maxTextLength) });
  const [kept] = journal.since(0, 1);
  expect([kept?.body.length, kept?.answer.length, kept?.truncated]).toEqual([maxTextLength, maxTextLength, ['body']]);
});

test('many long requests use a bounded amount of memory: the oldest are evicted', () => {
  const journal = createJournal(1000);
  for (let i = 1; i <= 1500; i++) journal.add({ ...entry(`/${i}`), body: 'x'.repeat(1024 * 1024) });
  const kept = journal.since(0, 10_000);
  const characters = kept.reduce((sum, { body }) => sum + body.length, 0);
  expect(characters).toBeGreaterThan(15 * 1024 * 1024);
  expect(characters).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(kept.at(-1)?.sequence).toBe(1500);
  expect(journal.since(1499, 10).map(({ path }) => path)).toEqual(['/1500']);
});
