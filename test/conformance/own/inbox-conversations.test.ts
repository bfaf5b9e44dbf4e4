import { expect, test } from 'vitest';
import type {
  InboxConversation,
  InboxConversationsAnswer,
  InboxMembersAnswer,
} from '../../../src/wire/own/inbox-conversations.ts';
import { type GroupSpec, groupWorld, privatePath } from '../support/groups.ts';
import { fileServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal } from '../support/world.ts';

const server = await fileServer();
const w = groupWorld(server);
const { call, group, inboxOf, markRead, recallFrom, sent, sentTo, signIn } = w;

const pathOf = (conversationId: string) => `/inbox/v1/conversations/${encodeURIComponent(conversationId)}`;
const askMembers = async (session: string, id: string, query: Readonly<Record<string, string>> = {}) =>
  call('GET', `${pathOf(id)}/members`, { query, headers: bearer(session) });
const listOf = async (session: string) =>
  ok(await call('GET', '/inbox/v1/conversations', { headers: bearer(session) })) as InboxConversationsAnswer;
const find = async (session: string, conversationId: string): Promise<InboxConversation | undefined> =>
  (await listOf(session)).conversations.find((one) => one.conversationId === conversationId);
const mute = async (session: string, conversationId: string, muted = true) =>
  call('PUT', pathOf(conversationId), { body: { muted }, headers: bearer(session) });
const membersOf = async (session: string, id: string, query: Readonly<Record<string, string>>) =>
  ok(await askMembers(session, id, query)) as InboxMembersAnswer;

/** Creates a group, and returns its ids with the one in an inbox. */
async function aGroup(spec: GroupSpec = {}) {
  const { openConversationId } = await group(spec);
  const kind = spec.kind ?? 'group';
  return { openConversationId, conversationId: `${kind}:${openConversationId}` };
}

test('a group is a conversation of its own, with its unread count and newest message', async () => {
  const session = await signIn('u01');
  const { openConversationId, conversationId } = await aGroup({ title: '项目群', userIds: ['u01', 'bob'] });
  expect(await find(session, conversationId)).toEqual({
    ...{ conversationId, kind: 'group', title: '项目群', openConversationId, state: 'open', muted: false },
    ...{ unreadCount: 0, lastMessage: null, robot: null },
  });
  await sentTo(openConversationId, { msgParam: '{"content":"first"}' });
  await sentTo(openConversationId, { msgParam: '{"content":"second"}' });
  await sent({ userIds: ['u01'] });
  const listed = await find(session, conversationId);
  expect(listed).toMatchObject({
    unreadCount: 2,
    lastMessage: {
      conversationId,
      msgParam: '{"content":"second"}',
      sender: { kind: 'robot', name: 'Name of robot-one' },
      conversation: { openConversationId, title: '项目群' },
    },
  });
  const { messages, unreadCount } = await inboxOf(session, { conversationId });
  expect(messages.map(({ msgParam }) => msgParam)).toEqual(['{"content":"second"}', '{"content":"first"}']);
  expect(messages[0]).toEqual(listed?.lastMessage);
  expect(unreadCount).toBe(3);
  await markRead(session, messages[1]?.messageId ?? '');
  expect(await find(session, conversationId)).toMatchObject({ unreadCount: 1 });
  expect((await inboxOf(session, { conversationId, unread: 'true' })).messages).toHaveLength(1);
});

test('the conversation with a robot has only what it sent to the user alone; robotCode still lists both', async () => {
  const session = await signIn('u02');
  const { openConversationId } = await aGroup({ userIds: ['u02'] });
  await sentTo(openConversationId);
  await sent({ userIds: ['u02'], msgParam: '{"content":"alone"}' });
  const conversationId = 'robot:robot-one';
  expect(await find(session, conversationId)).toMatchObject({
    ...{ kind: 'robot', title: 'Name of robot-one', openConversationId: null, state: 'open', muted: false },
    unreadCount: 1,
    lastMessage: { conversationId, msgParam: '{"content":"alone"}' },
    robot: { robotCode: 'robot-one', installed: true, blocked: false, quickEntries: [] },
  });
  expect((await inboxOf(session, { conversationId })).messages).toHaveLength(1);
  expect((await inboxOf(session, { robotCode: 'robot-one' })).messages).toHaveLength(2);
  expect((await inboxOf(session, { robotCode: 'robot-one', conversationId })).messages).toHaveLength(1);
  const other = { robotCode: 'robot-more', conversationId: `group:${openConversationId}` };
  expect((await inboxOf(session, other)).messages).toEqual([]);
  expect((await inboxOf(session, { robotCode: 'robot-more', conversationId })).messages).toEqual([]);
});

test('a conversation of two people has the name of the other person', async () => {
  const spec = { kind: 'private', userIds: ['u03', 'bob'] } as const;
  const { openConversationId, conversationId } = await aGroup(spec);
  await sentTo(openConversationId, {}, `${privatePath}/send`);
  expect(await find(await signIn('u03'), conversationId)).toMatchObject({
    ...{ kind: 'private', title: 'Name of bob', unreadCount: 1 },
    lastMessage: { conversationId },
  });
  expect(await find(await signIn('bob'), conversationId)).toMatchObject({ title: 'Name of u03' });
  expect(await find(await signIn('bob'), `group:${openConversationId}`)).toBeUndefined();
});

test('a muted group delivers and counts as before, and other devices learn about the mute', async () => {
  const session = await signIn('u04');
  const stream = await follow(server, session);
  const { openConversationId, conversationId } = await aGroup({ userIds: ['u04', 'bob'] });
  expect(ok(await mute(session, conversationId))).toEqual({ conversationId, muted: true });
  ok(await mute(session, conversationId));
  await sentTo(openConversationId);
  expect(await stream.next()).toEqual({ id: 1, event: 'conversation', data: { conversationId, muted: true } });
  expect(await stream.next()).toMatchObject({ id: 2, event: 'message', data: { conversationId } });
  expect(await listOf(session)).toMatchObject({ sequence: 2 });
  expect(await find(session, conversationId)).toMatchObject({ muted: true, unreadCount: 1 });
  expect(await find(await signIn('bob'), conversationId)).toMatchObject({ muted: false });
  ok(await mute(session, conversationId, false));
  expect(await stream.next()).toMatchObject({ id: 3, data: { muted: false } });
  ok(await mute(session, 'robot:robot-one'));
  expect(await stream.next()).toMatchObject({ id: 4, event: 'robot', data: { robotCode: 'robot-one', muted: true } });
  expect(await find(session, 'robot:robot-one')).toMatchObject({ muted: true });
});

test('members are listed page by page, with their roles and the robots, to members only', async () => {
  const session = await signIn('u05');
  const { conversationId } = await aGroup({
    userIds: ['u05', 'alice', 'bob'],
    robotCodes: ['robot-one', 'robot-more'],
  });
  const first = await membersOf(session, conversationId, { limit: '2' });
  const rest = await membersOf(session, conversationId, { limit: '2', cursor: String(first.cursor) });
  expect(first.members).toHaveLength(2);
  expect(rest.cursor).toBeNull();
  expect([...first.members, ...rest.members]).toEqual(
    expect.arrayContaining([
      { userId: 'u05', name: 'Name of u05', role: 'owner' },
      { userId: 'alice', name: 'Name of alice', role: 'member' },
      { userId: 'bob', name: 'Name of bob', role: 'member' },
    ]),
  );
  expect(rest.robots).toEqual([
    { robotCode: 'robot-one', robotName: 'Name of robot-one' },
    { robotCode: 'robot-more', robotName: 'Name of robot-more' },
  ]);
  expect(refusal(await askMembers(session, conversationId, { cursor: 'x' }))).toEqual([400, 'huizhi.badRequest']);
  expect(refusal(await askMembers(await signIn('u06'), conversationId))).toEqual([404, 'huizhi.notFound']);
  for (const other of ['robot:robot-one', 'robot:nobody', 'members', 'group:'])
    expect(refusal(await askMembers(session, other))).toEqual([404, 'huizhi.notFound']);
});

test('a group that the user has left, or that was disbanded, says so and cannot be changed by those who left', async () => {
  const session = await signIn('u07');
  const headers = bearer(server.adminToken);
  const some = { userIds: ['alice', 'u07'] };
  const [left, ended, empty] = [await aGroup(some), await aGroup(some), await aGroup(some)];
  for (const { openConversationId } of [left, ended]) await sentTo(openConversationId);
  const change = async ({ openConversationId }: { readonly openConversationId: string }, path: string, body?: object) =>
    ok(
      await call('POST', `/console/v1/groups/${encodeURIComponent(openConversationId)}/${path}`, {
        ...{ query: { corpId: 'corp-one' }, headers, body },
      }),
    );
  await change(left, 'members', { remove: ['u07'] });
  for (const one of [ended, empty]) await change(one, 'disband');
  expect(await find(session, empty.conversationId)).toBeUndefined();
  expect(await find(session, left.conversationId)).toMatchObject({ state: 'left', unreadCount: 1 });
  expect(await find(session, ended.conversationId)).toMatchObject({ state: 'disbanded', unreadCount: 1 });
  expect((await inboxOf(session, { conversationId: left.conversationId })).messages).toHaveLength(1);
  expect(refusal(await mute(session, left.conversationId))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await askMembers(session, left.conversationId))).toEqual([404, 'huizhi.notFound']);
});

test('a recall takes the message out of the conversation, its count and its newest message', async () => {
  const session = await signIn('u08');
  const { openConversationId, conversationId } = await aGroup({ userIds: ['u08'] });
  await sentTo(openConversationId, { msgParam: '{"content":"stays"}' });
  const key = await sentTo(openConversationId);
  await recallFrom(openConversationId, [key]);
  expect(await find(session, conversationId)).toMatchObject({
    unreadCount: 1,
    lastMessage: { msgParam: '{"content":"stays"}' },
  });
});

test('a search finds messages by the title of their group and by their sender', async () => {
  const session = await signIn('u09');
  const { openConversationId } = await aGroup({ title: 'Zebra crossing', userIds: ['u09'] });
  await sentTo(openConversationId, { msgParam: '{"content":"striped"}' });
  await sent({ userIds: ['u09'], msgParam: '{"content":"striped as well"}' });
  const query = { text: 'zebra striped' };
  const { messages } = ok(await call('GET', '/inbox/v1/messages/search', { query, headers: bearer(session) }));
  expect(messages).toMatchObject([
    {
      conversationId: `group:${openConversationId}`,
      matches: [
        { field: 'text' },
        { field: 'conversationTitle', excerpt: 'Zebra crossing', marks: [{ start: 0, end: 5 }] },
      ],
    },
  ]);
});

test('nothing of a conversation of another organization can be seen or changed', async () => {
  const spec = { corpId: 'corp-two', title: 'secret', userIds: ['alice', 'mallory'], robotCodes: ['robot-two'] };
  const { conversationId } = await aGroup(spec);
  const [own, foreign] = [await signIn('alice', 'corp-one'), await signIn('alice', 'corp-two')];
  expect(await find(foreign, conversationId)).toMatchObject({ title: 'secret' });
  expect(await find(own, conversationId)).toBeUndefined();
  expect(refusal(await mute(own, conversationId))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await askMembers(own, conversationId))).toEqual([404, 'huizhi.notFound']);
  expect((await inboxOf(own, { conversationId })).messages).toEqual([]);
  expect(await find(foreign, conversationId)).toMatchObject({ muted: false });
  const [of, unknown] = [await mute(own, 'robot:robot-two'), await mute(own, 'robot:robot-none')];
  expect([of.status, of.body.message]).toEqual([404, unknown.body.message]);
});

test.each(['cid', 'groups:x', 'GROUP:x', `group:${'x'.repeat(160)}`, 'group:a%00b'])(
  'the conversationId %s is refused',
  async (conversationId) => {
    const session = await signIn('u10');
    const path = `/inbox/v1/messages?conversationId=${conversationId}`;
    expect(refusal(await call('GET', path, { headers: bearer(session) }))).toEqual([400, 'huizhi.badRequest']);
  },
);

test('without a session there are no conversations, members or settings', async () => {
  const path = pathOf('robot:robot-one');
  for (const reply of [
    await call('GET', '/inbox/v1/conversations'),
    await call('GET', `${path}/members`),
    await call('PUT', path, { body: { muted: true } }),
  ])
    expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
});
