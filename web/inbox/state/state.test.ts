import { expect, test } from 'vitest';
import type { InboxMessage } from '../../../src/client/answers.ts';
import { type Conversation, emptyState, firstUnreadOf, opened, unreadIn, withRobots } from './state.ts';

const robot = {
  robotCode: 'robot',
  robotName: 'Robot',
  installed: true,
  muted: false,
  blocked: false,
  unblockable: false,
  wasMute: false,
  unreadCount: 0,
};

const message = (messageId: string, readAt: number | null): InboxMessage => ({
  messageId,
  robotCode: 'robot',
  robotName: 'Robot',
  msgKey: 'sampleText',
  msgParam: '{}',
  sentAt: 1,
  readAt,
  recalled: false,
});

const conversation = (messages: readonly InboxMessage[], unreadCount: number, cursor: string | null): Conversation => ({
  ...robot,
  unreadCount,
  messages,
  older: 0,
  cursor,
});

test('the first unread message is not known while the server counts more than are loaded', () => {
  const loaded = [message('a', 5), message('b', null), message('c', null)];
  expect(firstUnreadOf(conversation(loaded, 3, 'older'))).toBe(undefined);
  expect(firstUnreadOf(conversation(loaded, 2, 'older'))).toBe('b');
  expect(firstUnreadOf(conversation(loaded, 3, null))).toBe('b');
  expect(firstUnreadOf(conversation([message('a', 5)], 0, 'older'))).toBe(null);
});

test('a robot that the server no longer names has nothing unread, and the total is the sum of the rows', () => {
  const page = { messages: [message('a', null)], cursor: null };
  const conversations = opened(
    [
      { ...robot, unreadCount: 1799 },
      { ...robot, robotCode: 'other', unreadCount: 2 },
    ],
    page,
  );
  expect(unreadIn({ ...emptyState, conversations })).toBe(1801);
  const later = withRobots(conversations, [{ ...robot, unreadCount: 7 }]);
  expect(unreadIn({ ...emptyState, conversations: later })).toBe(7);
});
