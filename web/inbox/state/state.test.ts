import { describe, expect, test } from 'vitest';
import type { InboxMessage } from '../../../src/client/answers.ts';
import {
  addConversation,
  addMessage,
  type Conversation,
  changeMessage,
  countUnread,
  createConversations,
  emptyState,
  firstUnreadOf,
  sortConversations,
  withAnnouncement,
  withOlder,
  withRobots,
} from './state.ts';

const robot = {
  robotCode: 'robot',
  robotName: 'Robot',
  installed: true,
  muted: false,
  blocked: false,
  unblockable: false,
  wasMute: false,
  unreadCount: 0,
  brief: null,
  description: null,
  quickEntries: [],
};

const message = (messageId: string, readAt: number | null): InboxMessage => ({
  messageId,
  conversationId: 'robot:robot',
  robotCode: 'robot',
  robotName: 'Robot',
  sender: { kind: 'robot', name: 'Robot' },
  msgKey: 'sampleText',
  msgParam: '{}',
  sentAt: 1,
  readAt,
  recalled: false,
  conversation: null,
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
  const conversations = createConversations(
    [
      { ...robot, unreadCount: 1799 },
      { ...robot, robotCode: 'other', unreadCount: 2 },
    ],
    page,
  );
  expect(countUnread({ ...emptyState, conversations })).toBe(1801);
  const later = withRobots(conversations, [{ ...robot, unreadCount: 7 }]);
  expect(countUnread({ ...emptyState, conversations: later })).toBe(7);
});

const at = (messageId: string, sentAt: number, more: Partial<InboxMessage> = {}): InboxMessage => ({
  ...message(messageId, null),
  sentAt,
  ...more,
});

/** The conversations of a page whose only robot has these messages, oldest first. */
const page = (messages: readonly InboxMessage[], cursor: string | null = null, unreadCount = 0) =>
  createConversations([{ ...robot, unreadCount }], { messages: messages.toReversed(), cursor });

const idsIn = (all: ReadonlyMap<string, Conversation> | undefined, code = 'robot') =>
  all?.get(code)?.messages.map(({ messageId }) => messageId);

describe('the newest page of the inbox', () => {
  test('is split by robot, oldest message first, with robots that are no longer listed', () => {
    const gone = at('b', 2, { robotCode: 'gone', robotName: 'Gone' });
    const all = page([at('a', 1), gone, at('c', 3)], 'next');
    expect([idsIn(all), idsIn(all, 'gone')]).toEqual([['a', 'c'], ['b']]);
    expect(all.get('gone')).toMatchObject({ robotName: 'Gone', installed: false, unreadCount: 0, cursor: 'next' });
  });
});

describe('an older page', () => {
  test('goes before the messages that are there, each message once', () => {
    const all = withOlder(page([at('c', 3)], 'next'), 'robot', {
      messages: [at('c', 3), at('b', 2), at('a', 1)],
      cursor: null,
    });
    expect(idsIn(all)).toEqual(['a', 'b', 'c']);
    expect(all.get('robot')).toMatchObject({ older: 2, cursor: null });
  });

  test('of a robot that is not there changes nothing', () => {
    const all = page([at('a', 1)]);
    expect(withOlder(all, 'other', { messages: [at('b', 2)], cursor: null })).toBe(all);
  });
});

describe('a message that arrives', () => {
  test('is added at the end and counted unless it is read or recalled', () => {
    const all = page([at('a', 1)], null, 1);
    expect(addMessage(all, at('b', 2))?.get('robot')).toMatchObject({ unreadCount: 2 });
    expect(addMessage(all, at('b', 2, { readAt: 5 }))?.get('robot')).toMatchObject({ unreadCount: 1 });
    expect(addMessage(all, at('b', 2, { recalled: true, msgParam: null }))?.get('robot')?.unreadCount).toBe(1);
    expect(idsIn(addMessage(all, at('b', 2)))).toEqual(['a', 'b']);
  });

  test('is ignored when it is there, or belongs to a page that is not loaded', () => {
    expect(addMessage(page([at('a', 1)]), at('a', 1))).toBe(undefined);
    expect(addMessage(page([at('b', 5)], 'next'), at('a', 1))).toBe(undefined);
    expect(idsIn(addMessage(page([at('b', 5)], null), at('a', 1)))).toEqual(['b', 'a']);
  });

  test('starts the conversation of a robot that had none', () => {
    const all = addMessage(page([]), at('x', 9, { robotCode: '__proto__', robotName: 'New' }));
    expect(all?.get('__proto__')).toMatchObject({ robotName: 'New', unreadCount: 1, cursor: null });
    expect(idsIn(all)).toEqual([]);
  });
});

describe('a change of a message', () => {
  test('counts it as read once, however it is reported', () => {
    const all = page([at('a', 1), at('b', 2)], null, 2);
    const once = changeMessage(all, 'a', { readAt: 7 });
    expect(once?.get('robot')?.unreadCount).toBe(1);
    expect(once && changeMessage(once, 'a', { readAt: 7 })).toBe(undefined);
    expect(once && changeMessage(once, 'a', { recalled: true, msgParam: null })?.get('robot')?.unreadCount).toBe(1);
  });

  test('never makes the count negative', () => {
    const all = page([at('a', 1)], null, 0);
    expect(changeMessage(all, 'a', { readAt: 7 })?.get('robot')?.unreadCount).toBe(0);
  });

  test('leaves the conversations before it as they were', () => {
    const all = page([at('a', 1)], null, 1);
    changeMessage(all, 'a', { recalled: true });
    expect(all.get('robot')?.messages[0]?.recalled).toBe(false);
  });

  test('of a message that is not loaded is not known', () => {
    expect(changeMessage(page([at('a', 1)]), 'z', { readAt: 7 })).toBe(undefined);
  });
});

test('conversations are in the order of their last message, those without one last, by name', () => {
  const names = ['Zebra', 'Ärger', 'Apple'];
  const robots = names.map((robotName) => ({ ...robot, robotCode: robotName, robotName }));
  const messages = [at('b', 5, { robotCode: 'late' }), at('a', 1, { robotCode: 'early' })];
  const order = sortConversations(createConversations(robots, { messages, cursor: null })).map(
    ({ robotCode }) => robotCode,
  );
  expect(order.slice(0, 2)).toEqual(['late', 'early']);
  expect(order.at(-1)).toBe('Zebra');
});

test('a search result opens an empty conversation, which can load its messages, and leaves one that is there', () => {
  const all = page([at('a', 1)]);
  expect(addConversation(all, 'robot', 'Robot')).toBe(all);
  expect(addConversation(all, 'gone', 'Gone').get('gone')).toMatchObject({ messages: [], cursor: '' });
});

test('of what screen readers are told the last five stay, and nothing of a message that was recalled', () => {
  const arrivals = Array.from({ length: 7 }, (_, index) => ({ messageId: `${index}`, message: at(`${index}`, index) }));
  const said = arrivals.reduce(withAnnouncement, emptyState.announcements);
  expect(said.map(({ messageId }) => messageId)).toEqual(['2', '3', '4', '5', '6']);
  const recalled = withAnnouncement(said, { messageId: '4' });
  expect(recalled.map(({ messageId }) => messageId)).toEqual(['2', '3', '5', '6', '4']);
  expect(recalled.at(-1)?.message).toBe(undefined);
});
