import { expect, test } from 'vitest';
import type {
  ConsoleMessageDetail,
  ConsoleMessagesAnswer,
  ConsoleUnreadAnswer,
} from '../../../../src/wire/own/console-messages.ts';
import { type Server, testServer } from '../../support/harness.ts';
import { bearer, ok, refusal, suiteRobot, type World, world } from '../../support/world.ts';

type Query = Readonly<Record<string, string>>;

/** The calls of an operator. */
function operator(server: Server) {
  const headers = bearer(server.adminToken);
  const get = (path: string, query: Query = {}) => server.call('GET', `/console/v1/${path}`, { query, headers });
  const list = async (query: Query = {}) =>
    ok(await get('messages', { corpId: 'corp-one', ...query })) as ConsoleMessagesAnswer;
  return {
    get,
    list,
    /** Every message that a walk over all pages finds. */
    async walk(query: Query = {}) {
      const found: ConsoleMessagesAnswer['messages'][number][] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: ConsoleMessagesAnswer = await list({ limit: '3', ...query, ...(cursor && { cursor }) });
        found.push(...page.messages);
        cursor = page.cursor;
      }
      return found;
    },
    detail: async (id: string) => ok(await get(`messages/${id}`)) as ConsoleMessageDetail,
    recallMessage: (id: string) => server.call('POST', `/console/v1/messages/${id}/recall`, { headers }),
    unread: async (query: Query = {}) =>
      ok(await get('unread', { corpId: 'corp-one', ...query })) as ConsoleUnreadAnswer,
  };
}

async function createScene() {
  const server = await testServer();
  const there = world(server);
  await there.freeze(Date.UTC(2026, 0, 1));
  return { ...there, ...operator(server) };
}

/** Sends texts a second apart; returns their keys. */
async function sendAll({ sent, advance }: World, texts: readonly string[], body: object = {}) {
  const keys: string[] = [];
  for (const content of texts) {
    keys.push(await sent({ msgParam: JSON.stringify({ content }), ...body }));
    await advance('1s');
  }
  return keys;
}

const textsOf = (messages: ConsoleMessagesAnswer['messages']) =>
  messages.map(({ msgParam }) => (JSON.parse(msgParam ?? '{"content":null}') as { content: string | null }).content);

test('messages are listed newest first, page by page, without duplicates while new ones arrive', async () => {
  const there = await createScene();
  await sendAll(there, ['1', '2', '3', '4', '5']);
  const first = await there.list({ limit: '2' });
  expect(textsOf(first.messages)).toEqual(['5', '4']);
  await sendAll(there, ['6']);
  const second = await there.list({ limit: '2', cursor: String(first.cursor) });
  expect(textsOf(second.messages)).toEqual(['3', '2']);
  const third = await there.list({ limit: '2', cursor: String(second.cursor) });
  expect([textsOf(third.messages), third.cursor]).toEqual([['1'], null]);
  expect(textsOf(await there.walk())).toEqual(['6', '5', '4', '3', '2', '1']);
});

test('the first page of messages says how many match, also of a robot, a person, a status and a time', async () => {
  const there = await createScene();
  await sendAll(there, ['1', '2', '3', '4', '5']);
  await sendAll(there, ['6', '7'], { robotCode: 'robot-more', userIds: ['bob'] });
  const total = async (query: Query = {}) => (await there.list({ limit: '1', ...query })).total;
  expect(await total()).toEqual({ count: 7, isExact: true });
  expect(await total({ robotCode: 'robot-more' })).toEqual({ count: 2, isExact: true });
  expect(await total({ userId: 'bob' })).toEqual({ count: 2, isExact: true });
  expect(await total({ status: 'processing' })).toEqual({ count: 0, isExact: true });
  const start = Date.UTC(2026, 0, 1);
  expect(await total({ from: String(start + 1000), to: String(start + 3000) })).toEqual({ count: 2, isExact: true });
  expect(await total({ read: 'some-unread' })).toEqual({ count: 1, isExact: false });
  expect(await total({ read: 'some-unread', limit: '100' })).toEqual({ count: 7, isExact: true });
  const { cursor } = await there.list({ limit: '1' });
  expect(await total({ cursor: String(cursor) })).toBeUndefined();
  const unread = await there.unread({ limit: '3' });
  expect(unread.total?.isExact).toBe(false);
  const [first] = (await there.list({ limit: '1' })).messages;
  ok(await there.recallMessage(String(first?.messageId)));
  expect(await total({ status: 'recalled' })).toEqual({ count: 1, isExact: true });
});

test('messages of the same millisecond keep one order, and no page loses any', async () => {
  const there = await createScene();
  for (let i = 0; i < 7; i++) await there.sent({ msgParam: `{"content":"${i}"}` });
  const all = textsOf((await there.list({ limit: '100' })).messages);
  expect(new Set(all).size).toBe(7);
  expect(textsOf(await there.walk())).toEqual(all);
});

test('filters find by robot, person, status, readers, time and text', async () => {
  const there = await createScene();
  const [read] = await sendAll(there, ['Lunch', 'DINNER \u4f60\u597d', 'tea']);
  await sendAll(there, ['more'], { robotCode: 'robot-more', userIds: ['bob', 'carol'] });
  await there.emulate('POST', 'reads', { processQueryKey: read });
  const texts = async (query: Query) => textsOf(await there.walk(query));
  expect(await texts({ robotCode: 'robot-more' })).toEqual(['more']);
  expect(await texts({ robotCode: 'nothing' })).toEqual([]);
  expect(await texts({ userId: 'alice' })).toEqual(['tea', 'DINNER 你好', 'Lunch']);
  expect(await texts({ userId: 'carol' })).toEqual(['more']);
  expect(await texts({ userId: 'carol', robotCode: 'robot-one' })).toEqual([]);
  expect(await texts({ read: 'all' })).toEqual(['Lunch']);
  expect(await texts({ read: 'some-unread' })).toEqual(['more', 'tea', 'DINNER 你好']);
  expect(await texts({ text: 'dinner' })).toEqual(['DINNER 你好']);
  expect(await texts({ text: '你好' })).toEqual(['DINNER 你好']);
  expect(await texts({ text: 'content' })).toEqual([]);
  const start = Date.UTC(2026, 0, 1);
  expect(await texts({ from: String(start + 1000), to: String(start + 3000) })).toEqual(['tea', 'DINNER 你好']);
  expect(await texts({ status: 'success', text: 'e' })).toEqual(['more', 'tea', 'DINNER 你好']);
});

test('messages to a user are also found after the user has left', async () => {
  const there = await createScene();
  await sendAll(there, ['1', '2']);
  const headers = bearer(there.server.adminToken);
  ok(await there.call('DELETE', '/console/v1/users/alice', { query: 'corpId=corp-one', headers }));
  expect(textsOf(await there.walk({ userId: 'alice' }))).toEqual(['2', '1']);
  expect(refusal(await there.get('messages', { corpId: 'corp-one', userId: 'nobody' }))).toEqual([
    404,
    'huizhi.notFound',
  ]);
});

test('a text is found although the JSON has it escaped', async () => {
  const there = await createScene();
  await there.sent({ msgParam: '{"content":"\\u4f60\\u597d"}' });
  expect(await there.walk({ text: '你好' })).toHaveLength(1);
  expect(await there.walk({ text: 'u4f60' })).toEqual([]);
});

test('status follows a message from processing to success or unknown, and to recalled', async () => {
  const there = await createScene();
  await there.emulate('PUT', 'delivery', { mode: 'hold' });
  await there.sent();
  const statuses = async (status: string) => (await there.walk({ status })).length;
  expect([await statuses('processing'), await statuses('success')]).toEqual([1, 0]);
  await there.emulate('POST', 'delivery/release');
  expect([await statuses('processing'), await statuses('success')]).toEqual([0, 1]);
  const [message] = await there.walk();
  ok(await there.recallMessage(String(message?.messageId)));
  expect([await statuses('success'), await statuses('recalled'), await statuses('unknown')]).toEqual([0, 1, 0]);
});

test('a message shows every recipient with state and time, and its read curve', async () => {
  const there = await createScene();
  const key = await there.sent({ userIds: ['carol', 'alice', 'bob'] });
  await there.advance('90s');
  await there.emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'], manner: 'mark' });
  await there.advance('10s');
  await there.emulate('POST', 'reads', { processQueryKey: key, userIds: ['carol'] });
  const [{ messageId } = { messageId: '' }] = await there.walk();
  const detail = await there.detail(messageId);
  const start = Date.UTC(2026, 0, 1);
  expect(detail.recipients).toEqual([
    { userId: 'carol', name: 'Name of carol', readAt: start + 100_000, manner: 'seen', leftAt: null },
    { userId: 'alice', name: 'Name of alice', readAt: null, manner: null, leftAt: null },
    { userId: 'bob', name: 'Name of bob', readAt: start + 90_000, manner: 'mark', leftAt: null },
  ]);
  expect(detail.readCurve.map(({ at, reads }) => [at - start, reads])).toEqual([
    [0, 0],
    [90_000, 1],
    [100_000, 2],
  ]);
  expect(detail).toMatchObject({ status: 'success', recipientCount: 3, readCount: 2, processQueryKey: key });
});

test('a read keeps the manner of its first call; a call without one counts as mark', async () => {
  const there = await createScene();
  await there.sent({ userIds: ['alice', 'bob', 'carol'] });
  const manners = { alice: 'seen', bob: 'mark', carol: undefined };
  for (const [userId, manner] of Object.entries(manners)) {
    const session = await there.signIn(userId);
    const own = String((await there.inboxOf(session)).messages[0]?.messageId);
    expect(refusal(await there.markAs(session, 'glanced', own))).toEqual([400, 'huizhi.badRequest']);
    expect(ok(await there.markAs(session, manner, own))).toEqual({ read: 1 });
    expect(ok(await there.markAs(session, 'seen', own))).toEqual({ read: 0 });
  }
  const [{ messageId } = { messageId: '' }] = await there.walk();
  const { recipients } = await there.detail(messageId);
  expect(recipients.map(({ userId, manner }) => [userId, manner])).toEqual([
    ['alice', 'seen'],
    ['bob', 'mark'],
    ['carol', 'mark'],
  ]);
});

test('an operator recalls messages of any age, once in the audit log, and the sender sees it', async () => {
  const there = await createScene();
  const key = await there.sent();
  const [{ messageId } = { messageId: '' }] = await there.walk();
  for (let i = 0; i < 2; i++) {
    expect(ok(await there.recallMessage(messageId))).toMatchObject({ status: 'recalled', msgParam: null });
  }
  expect((await there.receipt(key)).sendStatus).toBe('RECALLED');
  expect((await there.inboxOf(await there.signIn('alice'))).messages).toEqual([]);
  const { entries } = ok(await there.get('audit')) as { entries: { action: string; target: string }[] };
  expect(entries.map(({ action, target }) => [action, target])).toEqual([['message.recall', messageId]]);
  await there.sent();
  const [late] = await there.walk();
  await there.advance('48h');
  expect(ok(await there.recallMessage(String(late?.messageId)))).toMatchObject({ status: 'recalled' });
});

test('recipients are exported as CSV without formulas', async () => {
  const there = await createScene();
  const body = { corpId: 'corp-one', userId: 'evil', name: '=HYPERLINK("x","y")' };
  ok(await there.call('POST', '/console/v1/users', { body, headers: bearer(there.server.adminToken) }));
  const key = await there.sent({ userIds: ['evil', 'bob'] });
  await there.advance('1500ms');
  await there.emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'], manner: 'mark' });
  const [{ messageId } = { messageId: '' }] = await there.walk();
  const reply = await there.get(`messages/${messageId}/recipients.csv`);
  expect(reply.headers['content-type']).toBe('text/csv;charset=utf-8');
  expect(reply.text).toBe(
    '\uFEFFuserId,name,status,sentAt,readAt,seconds,manner,leftAt\r\n' +
      `evil,"'=HYPERLINK(""x"",""y"")",UNREAD,2026-01-01T00:00:00.000Z,,,,\r\n` +
      'bob,Name of bob,READ,2026-01-01T00:00:00.000Z,2026-01-01T00:00:01.500Z,1.5,mark,\r\n',
  );
});

test('the list of unread recipients has pages of exactly the requested size, also within a message, and no duplicates', async () => {
  const there = await createScene();
  await sendAll(there, ['1', '2', '3'], { userIds: ['alice', 'bob', 'carol'] });
  const all = (await there.unread({ limit: '100' })).unread.map(({ messageId, userId }) => `${messageId} ${userId}`);
  expect(all).toHaveLength(9);
  for (const limit of [1, 2, 4, 9]) {
    const pages: string[][] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await there.unread({ limit: String(limit), ...(cursor && { cursor }) });
      pages.push(page.unread.map(({ messageId, userId }) => `${messageId} ${userId}`));
      cursor = page.cursor;
    }
    expect(pages.flat()).toEqual(all);
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  }
  for (const cursor of ['t-1-2-x', 't-1-2-3-4', 'u-1-2-3', '-1', 't-1-2-99999']) {
    expect(refusal(await there.get('unread', { corpId: 'corp-one', cursor }))).toEqual([400, 'huizhi.badRequest']);
  }
});

test('the list of unread recipients covers messages by age and robot, without recalled and undelivered ones', async () => {
  const there = await createScene();
  const [first] = await sendAll(there, ['old'], { userIds: ['alice', 'bob'] });
  await there.emulate('POST', 'reads', { processQueryKey: first, userIds: ['bob'] });
  const [gone] = await sendAll(there, ['gone']);
  ok(await there.recallMessage((await there.list({ limit: '1' })).messages[0]?.messageId ?? String(gone)));
  await there.advance('1h');
  await sendAll(there, ['new'], { robotCode: 'robot-more', userIds: ['carol'] });
  const told = async (query: Query) =>
    (await there.unread(query)).unread.map(({ userId, waiting }) => [userId, waiting]);
  expect(await told({})).toEqual([
    ['carol', 1000],
    ['alice', 3_603_000],
  ]);
  expect(await told({ minAge: '1h' })).toEqual([['alice', 3_603_000]]);
  expect(await told({ robotCode: 'robot-more' })).toEqual([['carol', 1000]]);
  expect(await told({ corpId: 'corp-two' })).toEqual([]);
  const page = await there.unread({ limit: '1' });
  const next = await there.unread({ limit: '1', cursor: String(page.cursor) });
  expect([page, next].map(({ unread }) => unread.map(({ userId }) => userId))).toEqual([['carol'], ['alice']]);
});

test('an organization sees nothing of another, whatever the filter', async () => {
  const there = await createScene();
  await there.sent();
  await there.sent({ robotCode: suiteRobot }, await there.suiteToken('corp-two'));
  const corps = async (query: Query) => (await there.walk(query)).map(({ corpId }) => corpId);
  expect(await corps({})).toEqual(['corp-one']);
  expect(await corps({ corpId: 'corp-two' })).toEqual(['corp-two']);
  expect(await corps({ corpId: 'corp-two', robotCode: 'robot-one' })).toEqual([]);
  expect(await corps({ corpId: 'corp-two', userId: 'alice' })).toEqual(['corp-two']);
});

test('bad queries are refused by name', async () => {
  const there = await createScene();
  const messages = (query: Query) => there.get('messages', { corpId: 'corp-one', ...query });
  for (const query of [
    { limit: '0' },
    { limit: '101' },
    { limit: 'x' },
    { cursor: 'x' },
    { cursor: 'u-1-0' },
    { cursor: 't-1-2-3' },
    { cursor: 't-99999999999999999-0' },
    { status: 'done' },
    { read: 'some' },
    { from: '-1' },
    { text: '' },
    { text: 'a\0' },
    { corpId: '' },
  ] as Query[]) {
    expect([query, ...refusal(await messages(query))]).toEqual([query, 400, 'huizhi.badRequest']);
  }
  expect(refusal(await there.get('messages'))).toEqual([400, 'huizhi.badRequest']);
  expect(refusal(await messages({ corpId: 'nowhere' }))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await messages({ userId: 'nobody' }))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await there.get('unread', { corpId: 'corp-one', minAge: 'old' }))).toEqual([400, 'huizhi.badRequest']);
  const forged = 'f'.repeat(32);
  for (const path of [forged, 'x', `${forged}/recipients.csv`]) {
    expect(refusal(await there.get(`messages/${path}`))).toEqual([404, 'huizhi.notFound']);
  }
  expect(refusal(await there.recallMessage(forged))).toEqual([404, 'huizhi.notFound']);
});
