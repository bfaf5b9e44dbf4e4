import { describe, expect, test } from 'vitest';
import type { InboxConversation, InboxMessage } from '../../../src/client/answers.ts';
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
  withListed,
  withOlder,
} from './state.ts';

const robot: InboxConversation = {
  conversationId: 'robot:robot',
  kind: 'robot',
  title: 'Robot',
  openConversationId: null,
  state: 'open',
  muted: false,
  unreadCount: 0,
  lastMessage: null,
  robot: {
    ...{ robotCode: 'robot', installed: true, blocked: false, unblockable: false, wasMute: false },
    ...{ brief: null, description: null, quickEntries: [] },
  },
};

const message = (messageId: string, readAt: number | null): InboxMessage => ({
  messageId,
  conversationId: 'robot:robot',
  robotCode: 'robot',
  robotName: 'Robot',
  sender: { kind: 'robot', name: 'Robot', userId: null },
  msgKey: 'sampleText',
  msgParam: '{}',
  sentAt: 1,
  readAt,
  recalled: false,
  conversation: null,
  quote: null,
  emotions: [],
  card: null,
});

const conversation = (messages: readonly InboxMessage[], unreadCount: number, cursor: string | null): Conversation => ({
  ...robot,
  unreadCount,
  messages,
  older: 0,
  cursor,
});

/** A message in a group. */
const grouped = (messageId: string, sentAt: number, more: Partial<InboxMessage> = {}) =>
  at(messageId, sentAt, {
    conversationId: 'group:cid1',
    conversation: { openConversationId: 'cid1', title: 'Group' },
    ...more,
  });

test('the first unread message is not known while the server counts more than are loaded', () => {
  const loaded = [message('a', 5), message('b', null), message('c', null)];
  expect(firstUnreadOf(conversation(loaded, 3, 'older'))).toBe(undefined);
  expect(firstUnreadOf(conversation(loaded, 2, 'older'))).toBe('b');
  expect(firstUnreadOf(conversation(loaded, 3, null))).toBe('b');
  expect(firstUnreadOf(conversation([message('a', 5)], 0, 'older'))).toBe(null);
});

test('a conversation that the server no longer lists has nothing unread, and the total is the sum of the rows', () => {
  const page = { messages: [message('a', null)], cursor: null };
  const conversations = createConversations(
    [
      { ...robot, unreadCount: 1799 },
      { ...robot, conversationId: 'group:other', unreadCount: 2 },
    ],
    page,
  );
  expect(countUnread({ ...emptyState, conversations })).toBe(1801);
  const later = withListed(conversations, [{ ...robot, unreadCount: 7 }]);
  expect(countUnread({ ...emptyState, conversations: later })).toBe(7);
  expect([...later.values()].map(({ state }) => state)).toEqual(['open', 'left']);
});

const at = (messageId: string, sentAt: number, more: Partial<InboxMessage> = {}): InboxMessage => ({
  ...message(messageId, null),
  sentAt,
  ...more,
});

/** The conversations of a page whose only robot has these messages, oldest first. */
const page = (messages: readonly InboxMessage[], cursor: string | null = null, unreadCount = 0) =>
  createConversations([{ ...robot, unreadCount }], { messages: messages.toReversed(), cursor });

const idsIn = (all: ReadonlyMap<string, Conversation> | undefined, id = 'robot:robot') =>
  all?.get(id)?.messages.map(({ messageId }) => messageId);

describe('the newest page of the inbox', () => {
  test('is split by conversation, oldest message first, with those that are not listed', () => {
    const gone = at('b', 2, { conversationId: 'robot:gone', robotCode: 'gone', robotName: 'Gone' });
    const all = page([at('a', 1), gone, at('c', 3), grouped('d', 4)], 'next');
    expect([idsIn(all), idsIn(all, 'robot:gone'), idsIn(all, 'group:cid1')]).toEqual([['a', 'c'], ['b'], ['d']]);
    const unlisted = { state: 'left', unreadCount: 0, cursor: 'next' };
    expect(all.get('robot:gone')).toMatchObject({ ...unlisted, kind: 'robot', title: 'Gone' });
    expect(all.get('robot:gone')?.robot).toMatchObject({ robotCode: 'gone', installed: false });
    expect(all.get('group:cid1')).toMatchObject({ ...unlisted, kind: 'group', title: 'Group', robot: null });
  });
});

describe('an older page', () => {
  test('goes before the messages that are there, each message once', () => {
    const all = withOlder(page([at('c', 3)], 'next'), 'robot:robot', {
      messages: [at('c', 3), at('b', 2), at('a', 1)],
      cursor: null,
    });
    expect(idsIn(all)).toEqual(['a', 'b', 'c']);
    expect(all.get('robot:robot')).toMatchObject({ older: 2, cursor: null });
  });

  test('of a conversation that is not there changes nothing', () => {
    const all = page([at('a', 1)]);
    expect(withOlder(all, 'other', { messages: [at('b', 2)], cursor: null })).toBe(all);
  });
});

describe('a message that arrives', () => {
  test('is added at the end and counted unless it is read or recalled', () => {
    const all = page([at('a', 1)], null, 1);
    expect(addMessage(all, at('b', 2))?.get('robot:robot')).toMatchObject({ unreadCount: 2 });
    expect(addMessage(all, at('b', 2, { readAt: 5 }))?.get('robot:robot')).toMatchObject({ unreadCount: 1 });
    expect(addMessage(all, at('b', 2, { recalled: true, msgParam: null }))?.get('robot:robot')?.unreadCount).toBe(1);
    expect(idsIn(addMessage(all, at('b', 2)))).toEqual(['a', 'b']);
  });

  test('is ignored when it is there, or belongs to a page that is not loaded', () => {
    expect(addMessage(page([at('a', 1)]), at('a', 1))).toBe(undefined);
    expect(addMessage(page([at('b', 5)], 'next'), at('a', 1))).toBe(undefined);
    expect(idsIn(addMessage(page([at('b', 5)], null), at('a', 1)))).toEqual(['b', 'a']);
  });

  test('shows the title of its group, and that the user is in it again', () => {
    const listed = { ...robot, conversationId: 'group:cid1', kind: 'group', robot: null } as const;
    const arrive = (state: 'left' | 'disbanded') =>
      addMessage(withListed(page([]), [{ ...listed, state }]), grouped('a', 1))?.get('group:cid1');
    expect(arrive('left')).toMatchObject({ title: 'Group', state: 'open' });
    expect(arrive('disbanded')).toMatchObject({ title: 'Group', state: 'disbanded' });
    expect(addMessage(page([]), grouped('a', 1))?.get('group:cid1')).toMatchObject({ state: 'open', cursor: '' });
  });

  test('starts the conversation of a robot or a group that had none', () => {
    const all = addMessage(page([]), at('x', 9, { conversationId: 'robot:__proto__', robotName: 'New' }));
    expect(all?.get('robot:__proto__')).toMatchObject({ title: 'New', unreadCount: 1, cursor: '' });
    expect(idsIn(all)).toEqual([]);
    const pair = grouped('y', 9, { conversationId: 'private:cid1' });
    expect(addMessage(page([]), pair)?.get('private:cid1')).toMatchObject({ kind: 'private', unreadCount: 1 });
  });
});

describe('a change of a message', () => {
  test('counts it as read once, however it is reported', () => {
    const all = page([at('a', 1), at('b', 2)], null, 2);
    const once = changeMessage(all, 'a', { readAt: 7 });
    expect(once?.get('robot:robot')?.unreadCount).toBe(1);
    expect(once && changeMessage(once, 'a', { readAt: 7 })).toBe(undefined);
    expect(once && changeMessage(once, 'a', { recalled: true, msgParam: null })?.get('robot:robot')?.unreadCount).toBe(
      1,
    );
  });

  test('never makes the count negative', () => {
    const all = page([at('a', 1)], null, 0);
    expect(changeMessage(all, 'a', { readAt: 7 })?.get('robot:robot')?.unreadCount).toBe(0);
  });

  test('leaves the conversations before it as they were', () => {
    const all = page([at('a', 1)], null, 1);
    changeMessage(all, 'a', { recalled: true });
    expect(all.get('robot:robot')?.messages[0]?.recalled).toBe(false);
  });

  test('of a message that is not loaded is not known', () => {
    expect(changeMessage(page([at('a', 1)]), 'z', { readAt: 7 })).toBe(undefined);
  });
});

test('conversations are in the order of their last message, those without one last, by name', () => {
  const names = ['Zebra', 'Ärger', 'Apple'];
  const robots = names.map((title) => ({ ...robot, conversationId: `robot:${title}`, title }));
  const middle = { ...robot, conversationId: 'robot:middle', lastMessage: at('m', 3) };
  const messages = [grouped('b', 5), at('a', 1, { conversationId: 'robot:early' })];
  const order = sortConversations(createConversations([...robots, middle], { messages, cursor: null })).map(
    ({ conversationId }) => conversationId,
  );
  expect(order.slice(0, 3)).toEqual(['group:cid1', 'robot:middle', 'robot:early']);
  expect(order.at(-1)).toBe('robot:Zebra');
});

test('a list from the server brings new conversations, which load their messages when they are opened', () => {
  const added = { ...robot, conversationId: 'group:cid2', kind: 'group', robot: null, unreadCount: 3 } as const;
  const all = withListed(page([at('a', 1)], null, 1), [{ ...robot, title: 'Renamed' }, added]);
  expect(all.get('robot:robot')).toMatchObject({ title: 'Renamed', unreadCount: 0 });
  expect(idsIn(all)).toEqual(['a']);
  expect(all.get('group:cid2')).toMatchObject({ messages: [], cursor: '', unreadCount: 3 });
});

test('a search result opens an empty conversation, which can load its messages, and leaves one that is there', () => {
  const all = page([at('a', 1)]);
  expect(addConversation(all, at('z', 0))).toBe(all);
  expect(addConversation(all, grouped('z', 0)).get('group:cid1')).toMatchObject({ messages: [], cursor: '' });
});

test('of what screen readers are told the last five stay, and nothing of a message that was recalled', () => {
  const arrivals = Array.from({ length: 7 }, (_, index) => ({ messageId: `${index}`, message: at(`${index}`, index) }));
  const said = arrivals.reduce(withAnnouncement, emptyState.announcements);
  expect(said.map(({ messageId }) => messageId)).toEqual(['2', '3', '4', '5', '6']);
  const recalled = withAnnouncement(said, { messageId: '4' });
  expect(recalled.map(({ messageId }) => messageId)).toEqual(['2', '3', '5', '6', '4']);
  expect(recalled.at(-1)?.message).toBe(undefined);
});
