import { expect, test } from 'vitest';
import { type Fields, fileServer } from '../support/harness.ts';
import { errorOf, noticePath, noticeSetup, noticeWorld } from '../support/notices.ts';
import { agentIds, crowd } from '../support/setup.ts';
import { bearer, ok } from '../support/world.ts';

const server = await fileServer({ setup: noticeSetup });
const {
  ask,
  send,
  sent,
  arrived,
  finished,
  answer,
  progress,
  resultOf,
  call,
  tokenOf,
  suiteToken,
  signIn,
  inboxOf,
  markRead,
  freeze,
  advance,
  emulate,
} = noticeWorld(server);

const placeholder = (name: string) => `\${${name}}`;
const text = (content: string) => ({ msgtype: 'text', text: { content } });
const empty = {
  failed_user_id_list: [],
  forbidden_list: [],
  invalid_dept_id_list: [],
  invalid_user_id_list: [],
  read_user_id_list: [],
  unread_user_id_list: [],
};

test('a notice arrives, and its result follows the reads', async () => {
  const task = await arrived({ userid_list: 'alice,bob', msg: text('first') });
  expect(await progress(task)).toEqual({ progress_in_percent: 100, status: 2 });
  expect(await resultOf(task)).toEqual({ ...empty, unread_user_id_list: ['alice', 'bob'] });
  const session = await signIn('bob');
  const [first] = (await inboxOf(session)).messages;
  expect(first).toMatchObject({ msgKey: 'noticeText', msgParam: '{"content":"first"}', readAt: null });
  expect(await markRead(session, first?.messageId ?? '')).toBe(1);
  expect(await resultOf(task)).toEqual({ ...empty, read_user_id_list: ['bob'], unread_user_id_list: ['alice'] });
});

test('answers have the keys in order, and the number of the task is a JSON number', async () => {
  const reply = await send({ msg: text('keys') });
  expect(Object.keys(ok(reply))).toEqual(['errcode', 'errmsg', 'task_id', 'request_id']);
  const { task_id } = reply.body;
  expect(Number.isSafeInteger(task_id) && Number(task_id) >= 1e11).toBe(true);
  await finished(Number(task_id));
  const result = ok(await ask('getsendresult', { task_id }));
  expect(Object.keys(result)).toEqual(['errcode', 'errmsg', 'send_result', 'request_id']);
  expect(Object.keys(result.send_result as Fields)).toEqual(Object.keys(empty));
  const recalled = ok(await ask('recall', { msg_task_id: task_id }));
  expect(Object.keys(recalled)).toEqual(['errcode', 'errmsg', 'request_id']);
});

test('a send may be JSON, JSON of strings, a form, or the query of a GET', async () => {
  const access_token = await tokenOf();
  const agent_id = agentIds['app-one'];
  const fields = (content: string) => ({
    agent_id: String(agent_id),
    userid_list: 'carol',
    to_all_user: 'false',
    msg: JSON.stringify(text(content)),
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const path = noticePath('asyncsend_v2');
  const form = new URLSearchParams({ access_token, ...fields('form') }).toString();
  const replies = [
    await call('POST', path, { query: { access_token }, body: fields('strings') }),
    await call('POST', path, { query: { access_token }, body: { ...fields('list'), userid_list: ['carol'] } }),
    await call('POST', path, {
      query: { access_token },
      body: { ...fields('x'), msg: JSON.stringify(JSON.stringify(text('twice'))) },
    }),
    await call('POST', path, { body: form, headers: type }),
    await call('GET', path, { query: { access_token, ...fields('query') } }),
  ];
  for (const reply of replies) await finished(Number(ok(reply).task_id));
  const { messages } = await inboxOf(await signIn('carol'));
  const contents = messages.map(({ msgParam }) => (JSON.parse(msgParam ?? '') as Fields).content);
  expect(contents.slice(0, 5).toReversed()).toEqual(['strings', 'list', 'twice', 'form', 'query']);
});

test.each([
  ['text', { content: 'a text' }, 'noticeText'],
  ['image', { media_id: '@image' }, 'noticeImage'],
  ['voice', { media_id: '@voice', duration: '10' }, 'noticeVoice'],
  ['file', { media_id: '@file' }, 'noticeFile'],
  ['link', { messageUrl: 'https://example.com', picUrl: '@pic', title: 'T', text: 'X' }, 'noticeLink'],
  ['markdown', { title: 'T', text: '# X' }, 'noticeMarkdown'],
  [
    'action_card',
    { title: 'T', markdown: 'X', single_title: 'Go', single_url: 'https://example.com' },
    'noticeActionCard',
  ],
  [
    'action_card',
    { markdown: 'X', btn_orientation: '1', btn_json_list: [{ title: 'Go', action_url: 'https://example.com' }] },
    'noticeActionCard',
  ],
  [
    'oa',
    {
      message_url: 'https://example.com',
      head: { bgcolor: 'FFBBBBBB', text: '' },
      body: { title: 'T', form: [{ key: 'a', value: 'b' }], rich: { num: '1', unit: 'y' }, author: 'me' },
    },
    'noticeOa',
  ],
])('a message of type %s reaches the inbox as it was sent', async (msgtype, content, msgKey) => {
  await arrived({ userid_list: 'u01', msg: { msgtype, [msgtype]: content } });
  const [first] = (await inboxOf(await signIn('u01'))).messages;
  expect(first?.msgKey).toBe(msgKey);
  expect(JSON.parse(first?.msgParam ?? '')).toEqual(content);
});

test('what names nobody is listed, and the others get the notice', async () => {
  const task = await arrived({
    userid_list: 'u02,nobody,u02,mallory',
    dept_id_list: '999',
    msg: text('some'),
  });
  expect(await resultOf(task)).toEqual({
    ...empty,
    invalid_dept_id_list: [999],
    invalid_user_id_list: ['nobody', 'mallory'],
    unread_user_id_list: ['u02'],
  });
  const none = await arrived({ userid_list: 'nobody', msg: text('none') });
  expect(await resultOf(none)).toEqual({ ...empty, invalid_user_id_list: ['nobody'] });
});

test('departments stand for their members and those of all departments below them', async () => {
  const reached = async (list: string, userid_list = '') => {
    const task = await arrived({ dept_id_list: list, userid_list, msg: text(`to ${list}`) });
    return (await resultOf(task)).unread_user_id_list;
  };
  expect(await reached('10')).toEqual(['u03', 'u04', 'u05']);
  expect(await reached('11,12')).toEqual(['u04', 'u05']);
  expect(await reached('12', 'u05,u06')).toEqual(['u04', 'u05', 'u06']);
  expect(await reached('1')).toHaveLength(crowd.length + 3);
});

test('the same content reaches nobody twice on a day of Shanghai, whatever the order of its members', async () => {
  await freeze(Date.parse('2031-03-01T10:00:00+08:00'));
  const msg = { msgtype: 'markdown', markdown: { title: 'Once', text: 'a day' } };
  await arrived({ userid_list: 'u07', msg });
  const again = { markdown: { text: 'a day', title: 'Once' }, msgtype: 'markdown' };
  const second = await arrived({ userid_list: 'u07,u08', msg: again });
  expect(await resultOf(second)).toEqual({
    ...empty,
    forbidden_list: [{ code: '143106', count: 1, userid: 'u07' }],
    forbidden_user_id_list: ['u07'],
    unread_user_id_list: ['u08'],
  });
  await freeze(Date.parse('2031-03-01T23:59:59+08:00'));
  expect((await resultOf(await arrived({ userid_list: 'u07', msg }))).unread_user_id_list).toEqual([]);
  await freeze(Date.parse('2031-03-02T00:00:00+08:00'));
  expect((await resultOf(await arrived({ userid_list: 'u07', msg }))).unread_user_id_list).toEqual(['u07']);
});

test('a user gets 500 notices of an app on a day, and 100 of a third-party app', async () => {
  await freeze(Date.parse('2031-04-01T10:00:00+08:00'));
  const sendMany = async (count: number, body: Fields, token?: string) => {
    for (let i = 0; i < count; i++) await answer(send({ ...body, msg: text(`${i}`) }, token));
  };
  const last = async (body: Fields, token?: string) =>
    Number((await answer(send({ ...body, msg: text('last') }, token))).task_id);
  const own = { userid_list: 'u09' };
  await sendMany(500, own);
  const task = await finished(await last(own));
  expect((await resultOf(task)).forbidden_list).toEqual([{ code: '143105', count: 500, userid: 'u09' }]);
  const token = await suiteToken('corp-one');
  const foreign = { userid_list: 'u09', agent_id: agentIds.suite };
  await sendMany(100, foreign, token);
  const more = await last(foreign, token);
  await expect
    .poll(async () => ok(await ask('getsendresult', { agent_id: agentIds.suite, task_id: more }, token)).send_result)
    .toMatchObject({ forbidden_list: [{ code: '143205', count: 100, userid: 'u09' }] });
});

test('a notice to all users reaches everybody, three times a day', async () => {
  await freeze(Date.parse('2031-05-01T10:00:00+08:00'));
  const toAll = { userid_list: undefined, to_all_user: true };
  const task = await arrived({ ...toAll, msg: text('all 1') });
  expect((await resultOf(task)).unread_user_id_list).toHaveLength(crowd.length + 3);
  await arrived({ ...toAll, msg: text('all 2') });
  await arrived({ ...toAll, to_all_user: 'true', msg: text('all 3') });
  expect(errorOf(await send({ ...toAll, msg: text('all 4') }))).toEqual([41045, '单应用全员消息/每天总量超限']);
  await arrived({ msg: text('not to all') });
  await advance('24h');
  await arrived({ ...toAll, msg: text('all 5') });
});

test('a recall takes the notice back from everybody and keeps who has read it; a second one changes nothing', async () => {
  const task = await arrived({ userid_list: 'u10,u11', msg: text('secret of the notice') });
  const session = await signIn('u10');
  const [first] = (await inboxOf(session)).messages;
  await markRead(session, first?.messageId ?? '');
  const before = await inboxOf(await signIn('u11'));
  for (let i = 0; i < 2; i++) await answer(ask('recall', { msg_task_id: task }));
  await expect.poll(async () => (await inboxOf(await signIn('u11'))).unreadCount).toBe(before.unreadCount - 1);
  for (const user of ['u10', 'u11'])
    expect(JSON.stringify(await inboxOf(await signIn(user)))).not.toContain('secret of the notice');
  expect(await progress(task)).toEqual({ progress_in_percent: 100, status: 2 });
  expect(await resultOf(task)).toEqual({ ...empty, read_user_id_list: ['u10'], unread_user_id_list: ['u11'] });
});

test('a held notice is not started, and a recalled one never arrives', async () => {
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const task = await sent({ userid_list: 'u12', msg: text('held') });
  expect(await progress(task)).toEqual({ progress_in_percent: 0, status: 0 });
  expect(await resultOf(task)).toEqual(empty);
  await answer(ask('recall', { msg_task_id: task }));
  await emulate('POST', 'delivery/release');
  expect(await progress(task)).toEqual({ progress_in_percent: 100, status: 2 });
  expect(JSON.stringify(await inboxOf(await signIn('u12')))).not.toContain('held');
  expect(await resultOf(task)).toEqual(empty);
});

test('the result can be queried for 24 hours, progress for 7 days, and a recall made for 24 hours', async () => {
  await freeze();
  const task = await arrived({ userid_list: 'u13', msg: text('windows') });
  await advance('24h');
  expect(await resultOf(task)).toMatchObject({ unread_user_id_list: ['u13'] });
  await answer(ask('recall', { msg_task_id: task }));
  await advance('1ms');
  expect(errorOf(await ask('getsendresult', { task_id: task }))).toEqual([40035, '不合法的参数']);
  expect(errorOf(await ask('recall', { msg_task_id: task }))[0]).toBe(400002);
  await advance(`${6 * 24 * 3_600_000 - 1}ms`);
  expect((await progress(task)).status).toBe(2);
  await advance('1ms');
  expect(errorOf(await ask('getsendprogress', { task_id: task }))[0]).toBe(40035);
});

const approval = (bar?: Fields) => ({
  msgtype: 'oa',
  oa: {
    message_url: 'https://example.com',
    head: { bgcolor: 'FFBBBBBB', text: 'x' },
    body: { title: `Approval ${JSON.stringify(bar)}` },
    ...(bar && { status_bar: bar }),
  },
});

test('the status bar of a message is replaced, with or without its colour', async () => {
  const task = await arrived({
    userid_list: 'u14',
    msg: approval({ status_value: 'Waiting', status_bg: '0xFFFF9D46' }),
  });
  const session = await signIn('u14');
  const barOf = async () => (JSON.parse((await inboxOf(session)).messages[0]?.msgParam ?? '') as Fields).status_bar;
  await answer(ask('status_bar/update', { task_id: task, status_value: 'Agreed' }));
  expect(await barOf()).toEqual({ status_value: 'Agreed', status_bg: '0xFFFF9D46' });
  await answer(ask('status_bar/update', { task_id: task, status_value: 'Refused', status_bg: '0xFFF65E5E' }));
  expect(await barOf()).toEqual({ status_value: 'Refused', status_bg: '0xFFF65E5E' });
  await answer(ask('recall', { msg_task_id: task }));
  expect(errorOf(await ask('status_bar/update', { task_id: task, status_value: 'Late' }))[0]).toBe(40035);
});

test('a template is filled with the values of data, and values that are missing stay as they are', async () => {
  const token = await suiteToken('corp-one');
  const suite = { agent_id: agentIds.suite, userid_list: 'u15' };
  const filled = { ...suite, template_id: 'greeting', data: '{"name":"Ann","count":3}' };
  const { task_id } = await answer(ask('sendbytemplate', filled, token));
  const session = await signIn('u15');
  await expect
    .poll(async () => (await inboxOf(session)).messages[0]?.msgParam)
    .toBe(JSON.stringify({ content: `Hello Ann, 3 new of ${placeholder('none')}` }));
  expect(errorOf(await ask('recall', { agent_id: agentIds.suite, msg_task_id: task_id }, token))[0]).toBe(0);
  const refused = async (body: Fields) => errorOf(await ask('sendbytemplate', { ...suite, ...body }, token));
  expect(await refused({ template_id: 'none' })).toEqual([885001, '消息模板不存在']);
  expect(await refused({ template_id: 'old' })).toEqual([885006, '消息模板不可用']);
  expect((await refused({ template_id: 'greeting', agent_id: 1 }))[0]).toBe(400002);
  expect((await refused({ template_id: 'greeting', userid_list: '' }))[0]).toBe(1);
  expect((await refused({ template_id: 'greeting', data: 'x' }))[0]).toBe(41);
  expect(errorOf(await ask('sendbytemplate', { template_id: 'greeting', userid_list: 'u15' }))[0]).toBe(885001);
});

test('a repeated idempotency-key returns the first task, and is refused for other content', async () => {
  const headers = { 'idempotency-key': 'notice-1' };
  const first = ok(await send({ userid_list: 'u16', msg: text('once') }, undefined, headers));
  const again = ok(await send({ userid_list: 'u16', msg: text('once') }, undefined, headers));
  expect(again.task_id).toBe(first.task_id);
  expect(errorOf(await send({ userid_list: 'u16', msg: text('other') }, undefined, headers))[0]).toBe(40035);
  await finished(Number(first.task_id));
  const { messages } = await inboxOf(await signIn('u16'));
  expect(messages.filter(({ msgParam }) => msgParam === '{"content":"once"}')).toHaveLength(1);
});

test('an app outside of whose contact scope a user is cannot send to them', async () => {
  const scope = { body: { departments: [10] }, headers: bearer(server.adminToken) };
  ok(await call('PUT', '/console/v1/apps/app-next/contactScopes/corp-one', scope));
  const token = await tokenOf('app-next');
  const agent_id = agentIds['app-next'];
  const task = async (body: Fields) => Number((await answer(send({ agent_id, ...body }, token))).task_id);
  const resultOfNext = async (task_id: number) => {
    await expect
      .poll(async () => ok(await ask('getsendprogress', { agent_id, task_id }, token)).progress)
      .toMatchObject({ status: 2 });
    return ok(await ask('getsendresult', { agent_id, task_id }, token)).send_result as Fields;
  };
  const some = await resultOfNext(await task({ userid_list: 'u03,alice', dept_id_list: '1,12', msg: text('scope') }));
  expect(some).toMatchObject({
    invalid_user_id_list: ['alice'],
    invalid_dept_id_list: [1],
    unread_user_id_list: ['u03', 'u04', 'u05'],
  });
  const all = await resultOfNext(await task({ to_all_user: true, userid_list: '', msg: text('all of the scope') }));
  expect(all.unread_user_id_list).toEqual(['u03', 'u04', 'u05']);
});
