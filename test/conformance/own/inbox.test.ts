import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const { advance, call, emulate, freeze, inboxOf, markRead, receipt, recall, sent, signIn, status } = world(
  await fileServer(),
);

const refused = async (method: string, path: string, ask: object = {}) => refusal(await call(method, path, ask));
const ids = (page: { messages: readonly { messageId: string }[] }) => page.messages.map(({ messageId }) => messageId);
const sendMany = async (count: number, userId: string, over: object = {}) => {
  for (let i = 1; i <= count; i++) await sent({ userIds: [userId], msgParam: `{"content":"${i}"}`, ...over });
};
const contents = (page: { messages: readonly { msgParam: string | null }[] }) =>
  page.messages.map(({ msgParam }) => Number((JSON.parse(msgParam ?? '{}') as { content: string }).content));

test('in dev anyone signs in by name and gets a token and a cookie', async () => {
  const reply = await call('POST', '/inbox/v1/sessions', { body: { corpId: 'corp-one', userId: 'alice' } });
  const { token, user } = ok(reply);
  expect(user).toEqual({ corpId: 'corp-one', userId: 'alice', name: 'Name of alice' });
  const [cookie = ''] = reply.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(
    new RegExp(`^huizhi_inbox_session=${String(token)}; Max-Age=2592000; Path=/inbox; HttpOnly; SameSite=Lax$`),
  );
});

test('a bearer token and the cookie give access to the same inbox; without either there is none', async () => {
  const token = await signIn('alice');
  const open = async (headers: Record<string, string>) => (await call('GET', '/inbox/v1/messages', { headers })).status;
  expect(await open({ authorization: `Bearer ${token}` })).toBe(200);
  expect(await open({ authorization: `bearer ${token}` })).toBe(200);
  expect(await open({ cookie: `huizhi_inbox_session=${token}` })).toBe(200);
  expect(await open({})).toBe(401);
  expect(await open({ cookie: 'huizhi_inbox_session=x' })).toBe(401);
  expect(await open({ authorization: `Basic ${token}` })).toBe(401);
  expect(await open({ authorization: `Basic ${token}`, cookie: `huizhi_inbox_session=${token}` })).toBe(401);
});

test('people of unknown userIds and organizations cannot sign in', async () => {
  for (const body of [
    { corpId: 'corp-one', userId: 'nobody' },
    { corpId: 'corp-one', userId: 'mallory' },
    { corpId: 'nowhere', userId: 'alice' },
  ]) {
    expect(await refused('POST', '/inbox/v1/sessions', { body })).toEqual([404, 'huizhi.notFound']);
  }
});

test('a session ends after 30 days, and immediately when its owner signs out', async () => {
  await freeze();
  const [first, second] = [await signIn('alice'), await signIn('alice')];
  await advance('719h');
  expect((await inboxOf(first)).unreadCount).toBeTypeOf('number');
  expect((await call('DELETE', '/inbox/v1/sessions', { headers: bearer(first) })).status).toBe(200);
  expect(await refused('GET', '/inbox/v1/messages', { headers: bearer(first) })).toEqual([401, 'huizhi.unauthorized']);
  expect((await inboxOf(second)).unreadCount).toBeTypeOf('number');
  await advance('1h');
  expect(await refused('GET', '/inbox/v1/messages', { headers: bearer(second) })).toEqual([401, 'huizhi.unauthorized']);
});

test('a message has its robot, its text and its times', async () => {
  const now = await freeze();
  const session = await signIn('u01');
  await sent({ userIds: ['u01'] });
  const page = await inboxOf(session);
  expect(page).toEqual({
    messages: [
      {
        messageId: page.messages[0]?.messageId,
        conversationId: 'robot:robot-one',
        robotCode: 'robot-one',
        robotName: 'Name of robot-one',
        sender: { kind: 'robot', name: 'Name of robot-one', userId: null },
        msgKey: 'sampleText',
        msgParam: '{"content":"hello"}',
        sentAt: now,
        readAt: null,
        recalled: false,
        conversation: null,
        quote: null,
        emotions: [],
        card: null,
      },
    ],
    cursor: null,
    unreadCount: 1,
  });
  await advance('5s');
  await markRead(session, ...ids(page));
  expect(await inboxOf(session)).toMatchObject({ messages: [{ sentAt: now, readAt: now + 5000 }], unreadCount: 0 });
});

test('messages are listed newest first, 20 to a page by default', async () => {
  await sendMany(25, 'u02');
  const session = await signIn('u02');
  const page = await inboxOf(session);
  expect(contents(page)).toEqual(Array.from({ length: 20 }, (_, i) => 25 - i));
  expect(page.unreadCount).toBe(25);
  expect(contents(await inboxOf(session, { limit: '3' }))).toEqual([25, 24, 23]);
});

test('cursors lead through every message once, also while others arrive', async () => {
  await sendMany(25, 'u03');
  const session = await signIn('u03');
  const seen: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await inboxOf(session, { limit: '7', ...(cursor === '' ? {} : { cursor }) });
    seen.push(...contents(page));
    cursor = page.cursor;
    if (seen.length < 20) await sent({ userIds: ['u03'], msgParam: '{"content":"99"}' });
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
});

test('a full last page has no cursor', async () => {
  await sendMany(4, 'u04');
  const session = await signIn('u04');
  const first = await inboxOf(session, { limit: '2' });
  expect(first.cursor).not.toBeNull();
  expect((await inboxOf(session, { limit: '2', cursor: String(first.cursor) })).cursor).toBeNull();
});

test('unread=true lists unread messages only, and unreadCount counts those of the whole inbox', async () => {
  await sendMany(5, 'u05');
  const session = await signIn('u05');
  const all = ids(await inboxOf(session));
  await markRead(session, all[1] ?? '', all[3] ?? '');
  const unread = await inboxOf(session, { unread: 'true', limit: '2' });
  expect(contents(unread)).toEqual([5, 3]);
  expect(unread.unreadCount).toBe(3);
  expect(contents(await inboxOf(session, { unread: 'true', cursor: String(unread.cursor) }))).toEqual([1]);
  expect(contents(await inboxOf(session, { unread: 'false' }))).toEqual([5, 4, 3, 2, 1]);
});

test('robotCode lists the messages of one robot only', async () => {
  await sendMany(2, 'u06');
  await sendMany(3, 'u06', { robotCode: 'robot-more' });
  const session = await signIn('u06');
  expect((await inboxOf(session, { robotCode: 'robot-one' })).messages).toHaveLength(2);
  expect((await inboxOf(session, { robotCode: 'robot-more', unread: 'true', limit: '2' })).messages).toHaveLength(2);
  expect((await inboxOf(session, { robotCode: 'robot-one', limit: '1' })).cursor).not.toBeNull();
  expect(await inboxOf(session, { robotCode: 'nobody' })).toEqual({ messages: [], cursor: null, unreadCount: 5 });
});

test.each([
  'limit=0',
  'limit=101',
  'limit=-1',
  'limit=1e1',
  'limit=',
  'limit=x',
  'limit=1&limit=1',
  'cursor=',
  'cursor=x',
  'cursor=-1',
  'cursor=0',
  'cursor=1.5',
  'cursor=99999999999999999999',
  'unread=maybe',
  'robotCode=',
  `robotCode=${'x'.repeat(129)}`,
  'robotCode=%00',
])('the query %s is a bad request', async (query) => {
  const headers = bearer(await signIn('alice'));
  expect(await refused('GET', '/inbox/v1/messages', { query, headers })).toEqual([400, 'huizhi.badRequest']);
});

test('marking read is idempotent, keeps the first time and counts what was unread', async () => {
  const now = await freeze();
  await sendMany(3, 'u07');
  const session = await signIn('u07');
  const [a = '', b = '', c = ''] = ids(await inboxOf(session));
  expect(await markRead(session, a, b, a)).toBe(2);
  await advance('10s');
  expect(await markRead(session, a, b, c)).toBe(1);
  expect((await inboxOf(session)).messages.map(({ readAt }) => readAt)).toEqual([now, now, now + 10_000]);
});

test('reading makes the receipt READ; listing does not', async () => {
  const key = await sent({ userIds: ['u08'] });
  const session = await signIn('u08');
  const page = await inboxOf(session);
  expect((await receipt(key)).messageReadInfoList[0]?.readStatus).toBe('UNREAD');
  await markRead(session, ...ids(page));
  expect((await receipt(key)).messageReadInfoList[0]?.readStatus).toBe('READ');
});

test('100 ids are accepted at once, 101 are refused, and an empty list marks nothing', async () => {
  await sendMany(100, 'u09');
  const session = await signIn('u09');
  const all = ids(await inboxOf(session, { limit: '100' }));
  const messageIds = [...all, all[0] ?? ''];
  const headers = bearer(session);
  expect(await refused('POST', '/inbox/v1/messages/read', { body: { messageIds }, headers })).toEqual([
    400,
    'huizhi.badRequest',
  ]);
  expect((await inboxOf(session)).unreadCount).toBe(100);
  expect(await markRead(session)).toBe(0);
  expect(await markRead(session, ...all)).toBe(100);
});

test('the messageId is not the processQueryKey, and neither can replace the other', async () => {
  const key = await sent({ userIds: ['u10'] });
  const session = await signIn('u10');
  const [messageId = ''] = ids(await inboxOf(session));
  expect(messageId).not.toBe(key);
  expect((await call('GET', '/inbox/v1/messages', { headers: bearer(session) })).text).not.toContain(key);
  const body = { messageIds: [key] };
  expect(await refused('POST', '/inbox/v1/messages/read', { body, headers: bearer(session) })).toEqual([
    400,
    'huizhi.badRequest',
  ]);
  expect(refusal(await status({ robotCode: 'robot-one', processQueryKey: messageId }))).toEqual([
    400,
    'invalid.processQueryKey',
  ]);
});

test.each([
  {},
  { messageIds: 'x' },
  { messageIds: [7] },
  { messageIds: [''] },
  { messageIds: ['x'] },
  { messageIds: ['0'.repeat(32)] },
  { messageIds: ['\u0000'] },
  { messageIds: ['x'.repeat(65)] },
])('marking read %j is a bad request', async (body) => {
  const headers = bearer(await signIn('alice'));
  expect(await refused('POST', '/inbox/v1/messages/read', { body, headers })).toEqual([400, 'huizhi.badRequest']);
});

test('one bad messageId among good ones prevents the whole call', async () => {
  await sendMany(1, 'u11');
  const session = await signIn('u11');
  const body = { messageIds: [...ids(await inboxOf(session)), 'x'] };
  await refused('POST', '/inbox/v1/messages/read', { body, headers: bearer(session) });
  expect((await inboxOf(session)).unreadCount).toBe(1);
});

test('a read of one recipient does not affect the others', async () => {
  const key = await sent({ userIds: ['u12', 'u13'] });
  const session = await signIn('u12');
  await markRead(session, ...ids(await inboxOf(session)));
  expect((await inboxOf(await signIn('u13'))).unreadCount).toBe(1);
  expect((await receipt(key)).messageReadInfoList.map(({ readStatus }) => readStatus)).toEqual(['READ', 'UNREAD']);
});

test('a recalled message is gone from list, count and robots', async () => {
  const key = await sent({ userIds: ['u14'] });
  await sendMany(1, 'u14');
  const session = await signIn('u14');
  await recall({ processQueryKeys: [key] });
  expect(await inboxOf(session)).toMatchObject({ messages: [{ msgParam: '{"content":"1"}' }], unreadCount: 1 });
  const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers: bearer(session) }));
  expect(robots).toContainEqual({
    robotCode: 'robot-one',
    robotName: 'Name of robot-one',
    installed: true,
    muted: false,
    blocked: false,
    unblockable: false,
    wasMute: false,
    unreadCount: 1,
    brief: null,
    description: null,
    quickEntries: [],
  });
});

test('robots are those of the organization, with the unread count and the mute of each', async () => {
  await sendMany(2, 'u15', { robotCode: 'robot-more' });
  const session = await signIn('u15');
  const headers = bearer(session);
  const muted = await call('PUT', '/inbox/v1/robots/robot-more', { body: { muted: true }, headers });
  expect(ok(muted)).toMatchObject({ robotCode: 'robot-more', muted: true, blocked: false, unreadCount: 2 });
  const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers })) as {
    robots: { robotCode: string; muted: boolean }[];
  };
  expect(robots.filter((robot) => robot.muted).map(({ robotCode }) => robotCode)).toEqual(['robot-more']);
  expect(robots.map(({ robotCode }) => robotCode).toSorted()).toEqual([
    'robot-bare',
    'robot-more',
    'robot-next',
    'robot-off',
    'robot-one',
    'robot-suite',
  ]);
});

test('muting is for robots of the organization, and takes a boolean', async () => {
  const headers = bearer(await signIn('u16'));
  for (const robotCode of ['nobody', 'robot-two', 'robot-away', '%zz', '%00']) {
    expect(await refused('PUT', `/inbox/v1/robots/${robotCode}`, { body: { muted: true }, headers })).toEqual([
      404,
      'huizhi.notFound',
    ]);
  }
  for (const body of [{}, { muted: 'yes' }, { muted: null }, { blocked: 1 }, { muted: true, silent: true }]) {
    expect(await refused('PUT', '/inbox/v1/robots/robot-one', { body, headers })).toEqual([400, 'huizhi.badRequest']);
  }
});

test('a blocked robot keeps earlier messages', async () => {
  await sendMany(1, 'u17');
  const session = await signIn('u17');
  await call('PUT', '/inbox/v1/robots/robot-one', { body: { blocked: true }, headers: bearer(session) });
  await sendMany(1, 'u17');
  expect((await inboxOf(session)).messages).toHaveLength(1);
  expect((await emulate('PUT', 'robots', { robotCode: 'robot-one' })).blockedBy).toEqual(['u17']);
});

test('a caller without a session gets no error, but the ways to sign in', async () => {
  const signedOut = await call('GET', '/inbox/v1/sessions', { headers: { cookie: 'huizhi_inbox_session=x' } });
  expect(ok(signedOut)).toEqual({ user: null, sequence: 0, signIn: ['person', 'code'], remotePictures: 'allow' });
  const session = await signIn('u20');
  await sent({ userIds: ['u20'] });
  expect(ok(await call('GET', '/inbox/v1/sessions', { headers: bearer(session) }))).toEqual({
    user: { corpId: 'corp-one', userId: 'u20', name: 'Name of u20' },
    sequence: expect.any(Number),
    signIn: ['person', 'code'],
    remotePictures: 'allow',
  });
});

test('in dev people are found by a part of their userId or name, in all organizations or one', async () => {
  const people = async (query: Readonly<Record<string, string>>) =>
    (ok(await call('GET', '/inbox/v1/people', { query })).people as { corpId: string; userId: string }[]).map(
      ({ corpId, userId }) => `${corpId} ${userId}`,
    );
  expect(await people({ text: 'alice' })).toEqual(['corp-one alice', 'corp-two alice']);
  expect(await people({ text: 'lic', corpId: 'corp-two' })).toEqual(['corp-two alice']);
  expect(await people({ text: '%' })).toEqual([]);
  expect(await people({ limit: '3' })).toHaveLength(3);
  expect(await refused('GET', '/inbox/v1/people', { query: { corpId: 'nowhere' } })).toEqual([404, 'huizhi.notFound']);
});
