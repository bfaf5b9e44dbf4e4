import { expect, test } from 'vitest';
import * as inbox from './inbox.ts';

test('a user signs in with a code, or with corpId and userId', () => {
  expect(inbox.inboxSessionBody.parse({ code: '1-abc' })).toEqual({ code: '1-abc' });
  expect(inbox.inboxSessionBody.parse({ corpId: 'c', userId: 'u' })).toEqual({ corpId: 'c', userId: 'u' });
  for (const bad of [{}, { corpId: 'c' }, { code: '' }, { corpId: 'c', userId: 'u\0' }]) {
    expect(inbox.inboxSessionBody.safeParse(bad).success).toBe(false);
  }
});

test('the query of a page is parsed to numbers and booleans', () => {
  expect(inbox.inboxMessagesQuery.parse({ limit: '100', unread: 'true', cursor: '17', robotCode: 'r' })).toEqual({
    limit: 100,
    unread: true,
    cursor: '17',
    robotCode: 'r',
  });
  expect(inbox.inboxMessagesQuery.parse({})).toEqual({});
  expect(inbox.inboxMessagesQuery.safeParse({ limit: '101' }).success).toBe(false);
});

test('up to a hundred messages are marked read in one call', () => {
  const takes = (count: number) => inbox.inboxReadBody.safeParse({ messageIds: Array(count).fill('m') }).success;
  expect([0, 1, 100].every(takes)).toBe(true);
  expect(takes(101)).toBe(false);
});
