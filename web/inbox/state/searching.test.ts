import { expect, test } from 'vitest';
import type { InboxFoundMessage } from '../../../src/client/answers.ts';
import { emptySearch, reduceSearch, type Search } from './searching.ts';

const found = (messageId: string, sentAt: number) => ({ messageId, sentAt }) as InboxFoundMessage;

const answer = (messages: readonly InboxFoundMessage[], cursor: string | null, scannedTo: number | null = null) => ({
  type: 'answer' as const,
  answer: { messages: [...messages], cursor, scannedTo },
});

const idsOf = (search: Search) => search.found.map(({ messageId }) => messageId);

test('the results of all steps are listed, newest first, each once', () => {
  const one = reduceSearch(emptySearch, answer([found('c', 3), found('b', 2)], 'next', 2));
  expect([one.phase, one.scannedTo]).toEqual(['paused', 2]);
  const two = reduceSearch(reduceSearch(one, { type: 'continue' }), answer([found('b', 2), found('a', 1)], null));
  expect([two.phase, two.cursor, idsOf(two)]).toEqual(['done', null, ['c', 'b', 'a']]);
});

test('a step without results may have a next one', () => {
  const search = reduceSearch(emptySearch, answer([], 'next', 5));
  expect([search.phase, search.cursor, idsOf(search)]).toEqual(['paused', 'next', []]);
});

test('messages that arrive during a search are added to its results and change nothing else', () => {
  const before = reduceSearch(emptySearch, answer([found('a', 1)], 'next', 1));
  const after = reduceSearch(before, { type: 'arrive', found: [found('d', 4), found('a', 1)] });
  expect(after).toEqual({ ...before, found: [found('d', 4), found('a', 1)] });
});

test('a failed step keeps the results and where the next step begins', () => {
  const before = reduceSearch(emptySearch, answer([found('a', 1)], 'next', 1));
  expect(reduceSearch(before, { type: 'fail' })).toEqual({ ...before, phase: 'failed' });
});

test('another text starts without results', () => {
  const before = reduceSearch(emptySearch, answer([found('a', 1)], 'next', 1));
  expect(reduceSearch(before, { type: 'start' })).toBe(emptySearch);
});
