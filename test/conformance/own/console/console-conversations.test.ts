import { expect, test } from 'vitest';
import type {
  ConsoleMessagesAnswer,
  ConsoleNonReadersAnswer,
  ConsoleReadersAnswer,
} from '../../../../src/wire/own/console-messages.ts';
import { cardWorld } from '../../support/cards.ts';
import { groupWorld, privatePath } from '../../support/groups.ts';
import { type Fields, fileServer, type Reply } from '../../support/harness.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

type Query = Readonly<Record<string, string>>;

const server = await fileServer();
const { call, emulate, group, readBy, recallFrom, sent, sentTo } = groupWorld(server);
const console = (path: string, query: Query = {}): Promise<Reply> =>
  call('GET', `/console/v1/${path}`, { headers: bearer(server.adminToken), query });

/** Follows the cursors of a list, `limit` items at a time. */
async function pages<T extends { cursor: string | null }>(path: string, query: Query = {}): Promise<readonly T[]> {
  const found: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = ok(await console(path, { limit: '2', ...query, ...(cursor && { cursor }) })) as T;
    found.push(page);
    cursor = page.cursor;
  }
  return found;
}

const messagesOf = async (query: Query) =>
  (await pages<ConsoleMessagesAnswer>('messages', { corpId: 'corp-one', ...query })).flatMap((page) => page.messages);
const textsOf = async (query: Query) =>
  (await messagesOf(query)).map(({ msgParam }) => (JSON.parse(msgParam ?? '{}') as Fields).content);
const content = (text: string) => ({ msgParam: JSON.stringify({ content: text }) });

const team = await group({ title: 'Team' });
const other = await group({ title: 'Other' });
const pair = await group({ kind: 'private', userIds: ['alice', 'bob'] });
await sent({ userIds: ['alice'], ...content('to users') });
for (const text of ['one', 'two', 'three']) await sentTo(team.openConversationId, content(text));
await sentTo(other.openConversationId, content('elsewhere'));
await sentTo(pair.openConversationId, content('in private'), `${privatePath}/send`);

test('messages are filtered by whether they went to users, to groups or to conversations of two', async () => {
  expect(await textsOf({ sentTo: 'users' })).toEqual(['to users']);
  expect(await textsOf({ sentTo: 'group' })).toEqual(['elsewhere', 'three', 'two', 'one']);
  expect(await textsOf({ sentTo: 'private' })).toEqual(['in private']);
  expect(await textsOf({ sentTo: 'group', userId: 'alice', text: 'TWO' })).toEqual(['two']);
  const kinds = (await messagesOf({})).map(({ conversation }) => conversation?.kind ?? 'users');
  expect(kinds).toEqual(['private', 'group', 'group', 'group', 'group', 'users']);
});

test('messages of custom robots are among those to groups, and are listed apart with their total', async () => {
  const { openConversationId } = other;
  const { token, robotCode } = await emulate('POST', 'customRobots', { openConversationId });
  const send = async (text: string) => {
    const body = { msgtype: 'text', text: { content: text } };
    ok(await call('POST', '/robot/send', { query: { access_token: String(token) }, body }));
  };
  for (const text of ['disk full', 'disk fine', 'other']) await send(text);
  const [first] = await pages<ConsoleMessagesAnswer>('messages', { corpId: 'corp-one', sentTo: 'webhook' });
  expect(first).toMatchObject({
    total: { count: 3, isExact: true },
    messages: [{ sender: 'customRobot', taskId: null }, { sender: 'customRobot' }],
  });
  expect(await textsOf({ sentTo: 'webhook' })).toEqual(['other', 'disk fine', 'disk full']);
  expect(await textsOf({ sentTo: 'webhook', text: 'DISK' })).toEqual(['disk fine', 'disk full']);
  expect(await textsOf({ sentTo: 'webhook', robotCode: String(robotCode), status: 'success' })).toHaveLength(3);
  expect(await textsOf({ sentTo: 'webhook', robotCode: 'robot-one' })).toEqual([]);
  expect(await textsOf({ sentTo: 'webhook', status: 'recalled' })).toEqual([]);
  expect(await textsOf({ sentTo: 'webhook', userId: 'alice' })).toHaveLength(3);
  expect(await textsOf({ sentTo: 'group', openConversationId })).toEqual([
    'other',
    'disk fine',
    'disk full',
    'elsewhere',
  ]);
  expect(await textsOf({ sentTo: 'users' })).toEqual(['to users']);
  expect(await textsOf({ corpId: 'corp-two', sentTo: 'webhook' })).toEqual([]);
});

test('the messages of one conversation are listed with their total, and filtered further', async () => {
  const { openConversationId } = team;
  const [first] = await pages<ConsoleMessagesAnswer>('messages', { corpId: 'corp-one', openConversationId });
  expect(first).toMatchObject({ total: { count: 3, isExact: true } });
  expect(first?.messages[0]).toMatchObject({ conversation: { openConversationId, title: 'Team', kind: 'group' } });
  expect(await textsOf({ openConversationId })).toEqual(['three', 'two', 'one']);
  expect(await textsOf({ openConversationId, userId: 'bob' })).toEqual(['three', 'two', 'one']);
  expect(await textsOf({ openConversationId, status: 'recalled' })).toEqual([]);
  expect(await textsOf({ openConversationId, sentTo: 'users' })).toEqual([]);
  expect(await textsOf({ openConversationId: pair.openConversationId })).toEqual(['in private']);
  const foreign = { corpId: 'corp-two', openConversationId };
  for (const query of [foreign, { corpId: 'corp-one', openConversationId: 'cid==' }]) {
    expect(refusal(await console('messages', query))).toEqual([404, 'huizhi.notFound']);
  }
});

test('readers are listed in the order of reading, and the others in the order of their creation', async () => {
  const { openConversationId } = await group({ userIds: ['alice', 'bob', 'carol', 'u01', 'u02', 'u03'] });
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const key = await sentTo(openConversationId);
  const [{ messageId = '' } = {}] = await messagesOf({ openConversationId });
  const nonReaders = async () =>
    (await pages<ConsoleNonReadersAnswer>(`messages/${messageId}/nonReaders`)).flatMap((page) => page.nonReaders);
  expect((await nonReaders()).map(({ delivered }) => delivered)).toEqual(Array.from({ length: 6 }, () => false));
  await emulate('POST', 'delivery/release');
  await emulate('PUT', 'delivery', { mode: 'instant' });
  await readBy(key, 'u02', 'alice', 'u01');
  const readers = (await pages<ConsoleReadersAnswer>(`messages/${messageId}/readers`)).flatMap((page) => page.readers);
  expect(readers.map(({ userId }) => userId)).toEqual(['u02', 'alice', 'u01']);
  expect(readers[1]).toEqual({
    userId: 'alice',
    name: 'Name of alice',
    leftAt: null,
    readAt: expect.any(Number),
    manner: 'seen',
  });
  expect(await nonReaders()).toEqual(
    ['bob', 'carol', 'u03'].map((userId) => ({ userId, name: `Name of ${userId}`, leftAt: null, delivered: true })),
  );
  await recallFrom(openConversationId, [key]);
  expect((await nonReaders()).map(({ userId }) => userId)).toEqual(['bob', 'carol', 'u03']);
  expect(ok(await console(`messages/${messageId}`))).toMatchObject({
    status: 'recalled',
    members: { memberCount: 6, readCount: 3 },
  });
});

test('readers of a message to users, of none, and after a bad cursor are refused', async () => {
  const [{ messageId = '' } = {}] = await messagesOf({ sentTo: 'users' });
  const [{ messageId: toGroup = '' } = {}] = await messagesOf({ openConversationId: team.openConversationId });
  for (const list of ['readers', 'nonReaders']) {
    expect(refusal(await console(`messages/${messageId}/${list}`))).toEqual([409, 'huizhi.conflict']);
    expect(refusal(await console(`messages/nothing/${list}`))).toEqual([404, 'huizhi.notFound']);
    const query = { cursor: 'u-1-2' };
    expect(refusal(await console(`messages/${toGroup}/${list}`, query))).toEqual([400, 'huizhi.badRequest']);
  }
});

test('cards are among the messages to users and groups, and are listed apart with their total', async () => {
  const { deliver } = cardWorld(world(server));
  const { openConversationId } = await group({ title: 'Cards' });
  const places = ['IM_ROBOT.alice', `IM_GROUP.${openConversationId}`, 'IM_ROBOT.bob'];
  for (const place of places) ok(await deliver({ openSpaceId: `dtv1.card//${place}` }));
  const [first] = await pages<ConsoleMessagesAnswer>('messages', { corpId: 'corp-one', sentTo: 'card' });
  expect(first).toMatchObject({ total: { count: 3, isExact: true }, messages: [{ msgKey: 'interactiveCard' }, {}] });
  const audiencesOf = async (query: Query = {}) =>
    (await messagesOf({ sentTo: 'card', ...query })).map(({ conversation }) => conversation?.title ?? 'users');
  expect(await audiencesOf()).toEqual(['users', 'Cards', 'users']);
  expect(await audiencesOf({ openConversationId })).toEqual(['Cards']);
  expect(await audiencesOf({ userId: 'bob' })).toEqual(['users', 'Cards']);
  expect(await audiencesOf({ robotCode: 'robot-one', status: 'success' })).toHaveLength(3);
  expect(await audiencesOf({ robotCode: 'robot-more' })).toEqual([]);
  expect(await audiencesOf({ status: 'recalled' })).toEqual([]);
  expect(await audiencesOf({ corpId: 'corp-two' })).toEqual([]);
  expect(await messagesOf({ sentTo: 'group', openConversationId })).toMatchObject([{ msgKey: 'interactiveCard' }]);
  expect(await messagesOf({ sentTo: 'users', userId: 'bob' })).toMatchObject([{ msgKey: 'interactiveCard' }]);
});
