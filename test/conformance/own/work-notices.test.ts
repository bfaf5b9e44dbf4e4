import { expect, test } from 'vitest';
import { type Fields, fileServer } from '../support/harness.ts';
import { noticeSetup, noticeWorld } from '../support/notices.ts';
import { agentIds } from '../support/setup.ts';
import { bearer, ok, refusal } from '../support/world.ts';

const server = await fileServer({ setup: noticeSetup });
const {
  arrived,
  sent,
  send,
  call,
  console: operator,
  detailOf,
  shownTo,
  signIn,
  inboxOf,
  emulate,
  tokenOf,
  progress,
} = noticeWorld(server);

const text = (content: string) => ({ msgtype: 'text', text: { content } });
const headers = bearer(server.adminToken);

test('the console lists notices newest first, by app, page by page', async () => {
  const first = await arrived({ msg: text('listed 1') });
  const token = await tokenOf('app-next');
  const second = Number(ok(await send({ agent_id: agentIds['app-next'], msg: text('listed 2') }, token)).task_id);
  const list = async (query: Readonly<Record<string, string>>) =>
    ok(await operator('GET', '', query)) as { notices: Fields[]; cursor: string | null };
  const page = await list({ limit: '1' });
  expect(page.notices.map(({ taskId }) => taskId)).toEqual([second]);
  const next = await list({ limit: '1', cursor: String(page.cursor) });
  expect(next.notices[0]).toMatchObject({
    taskId: first,
    appKey: 'app-one',
    agentId: agentIds['app-one'],
    msgtype: 'text',
    message: '{"content":"listed 1"}',
    recalledAt: null,
    receiverCount: 1,
    percent: 100,
    read: { count: 0, isExact: true },
    missed: { count: 0, isExact: true },
  });
  expect((await list({ appKey: 'app-next' })).notices.map(({ taskId }) => taskId)).toEqual([second]);
  expect((await list({ corpId: 'corp-two' })).notices).toEqual([]);
});

test('the console shows who has read a notice, who has not, and who did not get it', async () => {
  await arrived({ userid_list: 'bob', msg: text('shown') });
  const task = await arrived({ userid_list: 'alice,bob,nobody', dept_id_list: '99', msg: text('shown') });
  expect(await emulate('POST', 'workNotices/read', { corpId: 'corp-one', taskId: task, userIds: ['alice'] })).toEqual({
    read: 1,
  });
  expect(await detailOf(task)).toMatchObject({
    status: 'done',
    receivers: [{ userId: 'alice', name: 'Name of alice', readAt: expect.any(Number) }],
    missed: [{ userId: 'bob', name: 'Name of bob', reason: 'repeated' }],
    invalidUserIds: ['nobody'],
    invalidDeptIds: [99],
  });
});

test('the console counts the result of a notice, and lists readers, non-readers and those who missed it', async () => {
  await arrived({ userid_list: 'bob,carol', msg: text('counted') });
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const task = await sent({ userid_list: 'alice,bob,carol,u03,u04,nobody', dept_id_list: '99', msg: text('counted') });
  expect(await shownTo(task)).toMatchObject({
    ...{ status: 'waiting', percent: 0, receiverCount: 5, invalidUserIds: ['nobody'], invalidDeptIds: [99] },
    result: { read: 0, unread: 0, failed: 0, forbidden: 0, waiting: 5 },
  });
  await removeAndRestore('u04', async () => {
    await emulate('POST', 'delivery/release');
    await emulate('PUT', 'delivery', { mode: 'instant' });
    await expect.poll(async () => (await shownTo(task)).status).toBe('done');
  });
  await emulate('POST', 'workNotices/read', { corpId: 'corp-one', taskId: task, userIds: ['u03'] });
  const { messageId, result } = await shownTo(task);
  expect(result).toEqual({ read: 1, unread: 1, failed: 1, forbidden: 2, waiting: 0 });
  const missed = async (query: Readonly<Record<string, string>>) => ok(await operator('GET', `/${task}/missed`, query));
  const { missed: first, cursor } = await missed({ limit: '2' });
  expect(first).toEqual(['bob', 'carol'].map((userId) => ({ userId, name: `Name of ${userId}`, reason: 'repeated' })));
  expect(await missed({ limit: '2', cursor: String(cursor) })).toEqual({
    missed: [{ userId: 'u04', name: 'Name of u04', reason: 'left' }],
    cursor: null,
  });
  const people = async (list: string) =>
    ok(await call('GET', `/console/v1/messages/${messageId}/${list}`, { headers }));
  expect((await people('readers')).readers).toMatchObject([{ userId: 'u03', manner: 'seen' }]);
  expect((await people('nonReaders')).nonReaders).toMatchObject([{ userId: 'alice', delivered: true }]);
  const listed = (ok(await operator('GET', '', { limit: '1' })) as { notices: Fields[] }).notices;
  expect(listed).toMatchObject([{ read: { count: 1, isExact: true }, missed: { count: 3, isExact: true } }]);
});

/** Does something while a user is not in the organization. */
async function removeAndRestore(userId: string, meanwhile: () => Promise<void>): Promise<void> {
  const query = { corpId: 'corp-one' };
  ok(await call('DELETE', `/console/v1/users/${userId}`, { headers, query }));
  await meanwhile();
  ok(await call('POST', `/console/v1/users/${userId}/restore`, { headers, query, body: {} }));
}

test('an operator recalls a notice of any age, and the audit log has it once', async () => {
  await emulate('POST', 'clock', { freeze: true });
  const task = await arrived({ userid_list: 'u01', msg: text('to recall') });
  await emulate('POST', 'clock', { advance: '48h' });
  for (let i = 0; i < 2; i++)
    expect(ok(await operator('POST', `/${task}/recall`))).toMatchObject({
      recalledAt: expect.any(Number),
      message: null,
    });
  await expect.poll(async () => (await inboxOf(await signIn('u01'))).messages).toEqual([]);
  const { entries } = ok(await call('GET', '/console/v1/audit', { headers })) as { entries: Fields[] };
  const recalls = entries.filter(({ action }) => action === 'notice.recall');
  expect(recalls).toMatchObject([{ actor: 'token', target: String(task) }]);
});

test('unknown tasks, organizations, apps and parameters are refused', async () => {
  const task = await arrived({ msg: text('known') });
  const refused = async (method: string, path: string, query = {}) => refusal(await operator(method, path, query));
  for (const path of ['/1', '/x', `/${task + 1}`, `/${'9'.repeat(20)}`]) {
    expect(await refused('GET', path)).toEqual([404, 'huizhi.notFound']);
    expect(await refused('GET', `${path}/missed`)).toEqual([404, 'huizhi.notFound']);
    expect(await refused('POST', `${path}/recall`)).toEqual([404, 'huizhi.notFound']);
  }
  expect(await refused('GET', `/${task}/missed`, { cursor: 'x' })).toEqual([400, 'huizhi.badRequest']);
  expect(await refused('GET', `/${task}/missed`, { corpId: 'corp-two' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('GET', `/${task}`, { corpId: 'corp-two' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('POST', `/${task}/recall`, { corpId: 'corp-two' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('GET', '', { corpId: 'none' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('GET', '', { appKey: 'none' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('GET', '', { cursor: 'x' })).toEqual([400, 'huizhi.badRequest']);
  expect(await refused('GET', '', { other: 'x' })).toEqual([400, 'huizhi.badRequest']);
  const unsigned = { query: { corpId: 'corp-one' } };
  for (const path of ['', `/${task}`])
    expect(refusal(await call('GET', `/console/v1/workNotices${path}`, unsigned))).toEqual([
      401,
      'huizhi.unauthorized',
    ]);
  expect((await detailOf(task)).recalledAt).toBeNull();
});

test('the emulator refuses a read by somebody who did not get the notice', async () => {
  const task = await arrived({ userid_list: 'alice', msg: text('not for bob') });
  const read = async (body: Fields) =>
    refusal(
      await call('POST', '/emulator/v1/workNotices/read', { body: { corpId: 'corp-one', taskId: task, ...body } }),
    );
  expect(await read({ userIds: ['bob'] })).toEqual([404, 'huizhi.notFound']);
  expect(await read({ taskId: 5 })).toEqual([404, 'huizhi.notFound']);
  expect(await read({ corpId: 'corp-two' })).toEqual([404, 'huizhi.notFound']);
  expect(await read({ taskId: 'x' })).toEqual([400, 'huizhi.badRequest']);
  expect((await detailOf(task)).receivers).toMatchObject([{ readAt: null }]);
});

test('a notice of another organization is in no inbox, list or search of this one', async () => {
  const secret = 'words in a notice of organization two';
  const token = await tokenOf('app-two');
  const body = { agent_id: agentIds['app-two'], userid_list: 'alice,mallory', msg: text(secret) };
  const task = await sent(body, token);
  await expect.poll(async () => JSON.stringify(await inboxOf(await signIn('alice', 'corp-two')))).toContain(secret);
  expect(JSON.stringify(await inboxOf(await signIn('alice', 'corp-one')))).not.toContain(secret);
  const found = await call('GET', '/inbox/v1/messages/search', {
    query: { text: 'organization' },
    headers: bearer(await signIn('alice', 'corp-one')),
  });
  expect(ok(found).messages).toEqual([]);
  expect((await operator('GET', '', { limit: '100' })).text).not.toContain(secret);
  expect((await operator('GET', `/${task}`)).status).toBe(404);
});

test('a notice of the message list names its task, has no recipients there, and is neither read nor unread', async () => {
  const task = await arrived({ userid_list: 'u02', msg: text('in the list') });
  expect((await progress(task)).status).toBe(2);
  const list = async (query: Readonly<Record<string, string>>) => {
    const found = await call('GET', '/console/v1/messages', { query: { corpId: 'corp-one', ...query }, headers });
    return ok(found).messages as Fields[];
  };
  const robotCode = `notice:${agentIds['app-one']}`;
  const wanted = [{ sender: 'notice', taskId: task, robotCode, msgKey: 'noticeText', conversation: null }];
  expect(await list({ text: 'in the list' })).toMatchObject(wanted);
  expect(await list({ text: 'in the list', sentTo: 'notice' })).toMatchObject(wanted);
  expect(await list({ text: 'in the list', sentTo: 'users' })).toEqual([]);
  expect(await list({ text: 'in the list', sentTo: 'group' })).toEqual([]);
  for (const read of ['all', 'some-unread']) expect(await list({ text: 'in the list', read })).toEqual([]);
});

test('the inbox shows the notices of each app as one conversation, with its own number of unread ones', async () => {
  await arrived({ userid_list: 'u20', msg: text('conversation 1') });
  await arrived({ userid_list: 'u20', msg: { msgtype: 'markdown', markdown: { title: 'T', text: 'conversation 2' } } });
  const token = await tokenOf('app-next');
  ok(await send({ agent_id: agentIds['app-next'], userid_list: 'u20', msg: text('of another app') }, token));
  const session = await signIn('u20');
  await expect.poll(async () => (await inboxOf(session)).messages.length).toBe(3);
  const listed = async () => {
    const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers: bearer(session) })) as { robots: Fields[] };
    return robots.filter(({ robotCode }) => String(robotCode).startsWith('notice:'));
  };
  const robotCode = `notice:${agentIds['app-one']}`;
  expect(await listed()).toMatchObject([
    { robotCode, robotName: '工作通知：Name of robot-one', unreadCount: 2, installed: false, unblockable: true },
    { robotCode: `notice:${agentIds['app-next']}`, unreadCount: 1 },
  ]);
  const { messages } = await inboxOf(session, { robotCode });
  expect(messages.map((one) => [one.robotCode, one.robotName, one.conversation])).toEqual([
    [robotCode, '工作通知：Name of robot-one', null],
    [robotCode, '工作通知：Name of robot-one', null],
  ]);
  const muted = await call('PUT', `/inbox/v1/robots/${robotCode}`, { body: { muted: true }, headers: bearer(session) });
  expect(refusal(muted)).toEqual([404, 'huizhi.notFound']);
  const query = { text: 'conversation' };
  const found = ok(await call('GET', '/inbox/v1/messages/search', { query, headers: bearer(session) }));
  expect(found.messages).toHaveLength(2);
});

test('a search finds all texts of a notice that people see', async () => {
  const link = { messageUrl: 'https://example.com/hidden', picUrl: '@hidden', title: 'linktitle', text: 'linktext' };
  const card = {
    markdown: 'cardtext',
    btn_json_list: [{ title: 'cardbutton', action_url: 'https://example.com/hidden' }],
  };
  const body = {
    title: 'oatitle',
    form: [{ key: 'oakey', value: 'oavalue' }],
    rich: { num: 'oanum', unit: 'oaunit' },
    content: 'oacontent',
    author: 'oaauthor',
  };
  const head = { bgcolor: 'FFBBBBBB', text: 'hidden' };
  const oa = { message_url: 'https://example.com/hidden', head, body, status_bar: { status_value: 'oastatus' } };
  for (const [msgtype, content] of Object.entries({ link, action_card: card, oa }))
    await arrived({ userid_list: 'u21', msg: { msgtype, [msgtype]: content } });
  const session = await signIn('u21');
  const count = async (words: string) => {
    const query = { text: words };
    return (
      ok(await call('GET', '/inbox/v1/messages/search', { query, headers: bearer(session) })).messages as unknown[]
    ).length;
  };
  const visible = ['linktitle', 'linktext', 'cardtext', 'cardbutton', 'oatitle', 'oakey', 'oavalue', 'oanum', 'oaunit'];
  for (const word of [...visible, 'oacontent', 'oaauthor', 'oastatus'])
    expect([word, await count(word)]).toEqual([word, 1]);
  expect(await count('hidden')).toBe(0);
});

test('the work notices of an app are one conversation of the list, which has no members and cannot be muted', async () => {
  const session = await signIn('u01');
  await arrived({ userid_list: 'u01', msg: text('in the list 1') });
  await arrived({ userid_list: 'u01', msg: text('in the list 2') });
  const conversationId = `notice:${agentIds['app-one']}`;
  const query = { headers: bearer(session) };
  const { conversations } = ok(await call('GET', '/inbox/v1/conversations', query)) as { conversations: Fields[] };
  expect(conversations.filter((one) => one.kind === 'private')).toEqual([]);
  expect(conversations.filter((one) => one.conversationId === conversationId)).toMatchObject([
    {
      kind: 'notice',
      state: 'open',
      unreadCount: 2,
      robot: null,
      lastMessage: { conversationId, sender: { kind: 'notice' } },
    },
  ]);
  expect((await inboxOf(session, { conversationId })).messages).toHaveLength(2);
  expect((await inboxOf(session, { conversationId: 'robot:robot-one' })).messages).toEqual([]);
  const path = `/inbox/v1/conversations/${encodeURIComponent(conversationId)}`;
  expect(refusal(await call('PUT', path, { ...query, body: { muted: true } }))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await call('GET', `${path}/members`, query))).toEqual([404, 'huizhi.notFound']);
});
