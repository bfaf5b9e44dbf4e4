import { expect, test } from 'vitest';
import { type Fields, fileServer, testServer } from '../support/harness.ts';
import { errorOf, noticePath, noticeSetup, noticeWorld } from '../support/notices.ts';
import { agentIds, crowd } from '../support/setup.ts';
import { bearer, ok } from '../support/world.ts';

const server = await fileServer();
const { ask, send, sent, arrived, call, tokenOf, suiteToken, console: operator } = noticeWorld(server);

const text = (content: string) => ({ msgtype: 'text', text: { content } });
const oa = { message_url: 'https://example.com', head: { bgcolor: 'FFBBBBBB', text: '' }, body: { title: 'T' } };
const message = (msgtype: string, content: unknown) => ({ msg: { msgtype, [msgtype]: content } });

/** Counts the notices and messages of the organization. */
const countAll = async () => {
  const { notices } = ok(await operator('GET', '', { limit: '100' })) as { notices: Fields[] };
  const { messages } = ok(
    await call('GET', '/console/v1/messages', { query: { corpId: 'corp-one' }, headers: bearer(server.adminToken) }),
  ) as { messages: Fields[] };
  return [notices.length, messages.length];
};

test.each<[string, Fields, number, string]>([
  ['no agent_id', { agent_id: undefined }, 40, 'Missing required arguments:agent_id'],
  ['no msg', { msg: undefined }, 40, 'Missing required arguments:msg'],
  ['no receivers', { userid_list: undefined }, 40, 'Missing required arguments:userid_list'],
  ['an agent_id that is no number', { agent_id: 'app-one' }, 41, 'Invalid arguments:agent_id'],
  ['an agent_id with a fraction', { agent_id: 1.5 }, 41, 'Invalid arguments:agent_id'],
  ['a msg that is no JSON', { msg: 'hello' }, 41, 'Invalid arguments:msg'],
  ['a msg that is a list', { msg: [] }, 41, 'Invalid arguments:msg'],
  ['a list that is an object', { userid_list: {} }, 41, 'Invalid arguments:userid_list'],
  ['a boolean in the spelling of Python', { to_all_user: 'False' }, 41, 'Invalid arguments:to_all_user'],
  ['another agent_id', { agent_id: agentIds['app-next'] }, 40056, '不合法的agentid'],
  ['an agent_id that no app has', { agent_id: 1 }, 40056, '不合法的agentid'],
  ['an empty list', { userid_list: '' }, 1, 'Platform System error'],
  ['lists of commas', { userid_list: ',,', dept_id_list: ' ,' }, 1, 'Platform System error'],
  ['a department that is no number', { dept_id_list: 'x' }, 40035, '不合法的参数'],
  ['a negative department', { dept_id_list: '-1' }, 40035, '不合法的参数'],
  ['no msgtype', { msg: { text: { content: 'x' } } }, 40008, '不合法的消息类型'],
  ['an unknown msgtype', { msg: { msgtype: 'video', video: {} } }, 40008, '不合法的消息类型'],
  ['a msgtype of every object', { msg: { msgtype: 'toString' } }, 40008, '不合法的消息类型'],
  ['a msgtype that is no text', { msg: { msgtype: ['text'] } }, 40008, '不合法的消息类型'],
  ['no object of the type', { msg: { msgtype: 'text', content: 'x' } }, 40035, '不合法的参数'],
  ['a blank text', message('text', { content: '  ' }), 44004, '文本消息内容为空'],
  ['a text that is a number', message('text', { content: 1 }), 44004, '文本消息内容为空'],
  ['a text of NULs', message('text', { content: '\0' }), 44004, '文本消息内容为空'],
  ['an image without media_id', message('image', {}), 40007, '不合法的媒体文件id'],
  ['a file with a blank media_id', message('file', { media_id: ' ' }), 40007, '不合法的媒体文件id'],
  ['a voice of a minute', message('voice', { media_id: '@x', duration: '60' }), 40035, '不合法的参数'],
  ['a voice without duration', message('voice', { media_id: '@x' }), 40035, '不合法的参数'],
  ['a link without picUrl', message('link', { messageUrl: 'x', title: 'T', text: 'X' }), 40035, '不合法的参数'],
  ['a markdown without title', message('markdown', { text: 'X' }), 40035, '不合法的参数'],
  [
    'a colour that is no text',
    message('oa', { ...oa, head: { text: '', bgcolor: { toString: 1, valueOf: 1 } } }),
    40035,
    '不合法的参数',
  ],
  ['a card without markdown', message('action_card', { single_title: 'T', single_url: 'x' }), 40035, '不合法的参数'],
  ['a card without a button', message('action_card', { markdown: 'X' }), 40035, '不合法的参数'],
  ['a card without buttons', message('action_card', { markdown: 'X', btn_json_list: [] }), 40035, '不合法的参数'],
  [
    'a card with half a button',
    message('action_card', { markdown: 'X', btn_json_list: [{ title: 'T' }] }),
    40035,
    '不合法的参数',
  ],
  ['an oa without head', message('oa', { ...oa, head: undefined }), 40035, '不合法的参数'],
  ['an oa with a short colour', message('oa', { ...oa, head: { bgcolor: 'FFF', text: '' } }), 40035, '不合法的参数'],
  ['an oa without body', message('oa', { ...oa, body: 'x' }), 40035, '不合法的参数'],
  ['an oa with a form of texts', message('oa', { ...oa, body: { form: ['x'] } }), 40035, '不合法的参数'],
  ['an oa with an empty status bar', message('oa', { ...oa, status_bar: {} }), 40035, '不合法的参数'],
  ['a long text', message('text', { content: 'x'.repeat(5001) }), 45002, '消息内容超过限制'],
  [
    'many long texts',
    message('oa', { ...oa, body: { content: '文'.repeat(4999), author: 'x'.repeat(200) } }),
    45002,
    '消息内容超过限制',
  ],
  [
    'too many userids',
    { userid_list: Array.from({ length: 5001 }, (_, i) => `x${i}`).join(',') },
    41029,
    '超过消息接收者人数上限，企业接入为5000，ISV接入为1000',
  ],
  [
    'too many departments',
    { dept_id_list: Array.from({ length: 501 }, (_, i) => i + 1).join(',') },
    40035,
    '不合法的参数',
  ],
])('a send with %s is refused, and nothing is stored', async (_, body, errcode, errmsg) => {
  const before = await countAll();
  expect(errorOf(await send({ msg: text('refused'), ...body }))).toEqual([errcode, errmsg]);
  expect(await countAll()).toEqual(before);
});

test('the lists may have 5,000 userids and 500 departments', async () => {
  const userid_list = ['alice', ...Array.from({ length: 4999 }, (_, i) => `x${i}`)].join(',');
  const dept_id_list = Array.from({ length: 500 }, (_, i) => i + 1000).join(',');
  await arrived({ userid_list, dept_id_list, msg: text('many') });
});

test('a message with a status bar goes to at most 5 users, and to nothing else', async () => {
  const msg = { msgtype: 'oa', oa: { ...oa, status_bar: { status_value: 'Waiting' } } };
  await arrived({ userid_list: crowd.slice(0, 5).join(','), msg });
  for (const body of [
    { userid_list: crowd.slice(0, 6).join(',') },
    { dept_id_list: '1' },
    { to_all_user: true, userid_list: undefined },
  ])
    expect(errorOf(await send({ ...body, msg }))[0]).toBe(40035);
});

test.each([
  ['getsendprogress', { task_id: 1 }, {}, 40035],
  ['getsendprogress', { task_id: 100_000_000_000 }, {}, 40035],
  ['getsendprogress', {}, { agent_id: 1 }, 40035],
  ['getsendresult', { task_id: -5 }, {}, 40035],
  ['getsendresult', {}, { agent_id: 1 }, 40035],
  ['recall', { msg_task_id: 99_999_999_999_999 }, {}, 400002],
  ['recall', {}, { agent_id: 1 }, 400002],
  ['status_bar/update', { task_id: 7, status_value: 'x' }, {}, 40035],
  ['status_bar/update', { status_value: 'x' }, { agent_id: 1 }, 40056],
  ['status_bar/update', { status_value: ' ' }, {}, 40035],
  ['status_bar/update', { status_value: 'x', status_bg: 'red' }, {}, 40035],
  ['status_bar/update', { status_value: 'x' }, {}, 40035],
  ['getsendprogress', { task_id: 'x' }, {}, 41],
  ['getsendprogress', { task_id: null }, {}, 40],
  ['recall', { msg_task_id: null }, {}, 40],
  ['status_bar/update', {}, {}, 40],
])('%s with %o %o is refused with %i', async (operation, body, agent, errcode) => {
  const task = await sent({ msg: text(`task ${operation} ${JSON.stringify([body, agent])}`) });
  const name = operation === 'recall' ? 'msg_task_id' : 'task_id';
  expect(errorOf(await ask(operation, { [name]: task, ...body, ...agent }))[0]).toBe(errcode);
});

test('an app does nothing with the task of another app or organization', async () => {
  const task = await arrived({ userid_list: 'u01', msg: text('mine') });
  for (const token of [await tokenOf('app-next'), await tokenOf('app-two'), await suiteToken('corp-two')]) {
    for (const agent_id of Object.values(agentIds)) {
      const refused = async (operation: string, body: Fields) =>
        errorOf(await ask(operation, { agent_id, ...body }, token))[0];
      expect(await refused('getsendprogress', { task_id: task })).toBe(40035);
      expect(await refused('getsendresult', { task_id: task })).toBe(40035);
      expect(await refused('recall', { msg_task_id: task })).toBe(400002);
      expect([40035, 40056]).toContain(await refused('status_bar/update', { task_id: task, status_value: 'x' }));
    }
  }
  const found = ok(await operator('GET', `/${task}`));
  expect(found).toMatchObject({ recalledAt: null, result: { read: 0, unread: 1 } });
  expect((await operator('GET', `/${task}`, { corpId: 'corp-two' })).status).toBe(404);
});

test('a third-party app reaches at most 1,000 users, and never all', async () => {
  const token = await suiteToken('corp-one');
  const suite = { agent_id: agentIds.suite };
  const toAll = { ...suite, to_all_user: true, msg: text('all') };
  expect(errorOf(await send(toAll, token))).toEqual([41028, '禁止给全员发送消息']);
  const users = Array.from({ length: 1100 }, (_, i) => ({ userId: `many${i}`, name: `Many ${i}` }));
  const there = await testServer();
  const other = noticeWorld(there);
  for (let at = 0; at < users.length; at += 100)
    await other.emulate('PUT', 'users', { corpId: 'corp-one', users: users.slice(at, at + 100) });
  const suiteThere = await other.suiteToken('corp-one');
  const list = (count: number) =>
    users
      .slice(0, count)
      .map(({ userId }) => userId)
      .join(',');
  const sendTo = async (count: number) =>
    errorOf(await other.send({ ...suite, userid_list: list(count), msg: text(`to ${count}`) }, suiteThere))[0];
  expect(await sendTo(1000)).toBe(0);
  expect(await sendTo(1001)).toBe(41029);
  expect(
    errorOf(
      await other.send({ ...suite, dept_id_list: '1', userid_list: undefined, msg: text('root') }, suiteThere),
    )[0],
  ).toBe(41029);
});

test('a call without a token, with a bad one, or with another method is refused first', async () => {
  const path = noticePath('asyncsend_v2');
  expect(ok(await call('POST', path, { body: {} }))).toMatchObject({ errcode: 88, sub_code: '40000' });
  expect(ok(await call('POST', path, { query: { access_token: 'x' }, body: {} }))).toMatchObject({
    errcode: 88,
    sub_code: '40014',
  });
  expect(errorOf(await call('PUT', path, { body: {} }))[0]).toBe(43001);
  const access_token = await tokenOf();
  expect(errorOf(await call('POST', path, { query: { access_token }, body: '{"agent_id":' }))[0]).toBe(40035);
  expect(errorOf(await call('POST', noticePath('nothing'), { query: { access_token }, body: {} }))[0]).toBe(22);
});

test('an app without any permission sends notices', async () => {
  const token = await tokenOf('app-bare');
  expect(errorOf(await send({ agent_id: agentIds['app-bare'], msg: text('bare') }, token))).toEqual([0, 'ok']);
});

test('the strict limits allow 100 userids, 20 departments, 2,048 bytes, and results of 100 receivers', async () => {
  const there = noticeWorld(await testServer({ noticeLimits: 'strict', setup: noticeSetup }));
  const users = Array.from({ length: 120 }, (_, i) => ({ userId: `s${i}`, name: `S ${i}`, departments: [70] }));
  for (const at of [0, 60])
    await there.emulate('PUT', 'users', { corpId: 'corp-one', users: users.slice(at, at + 60) });
  const list = (count: number) =>
    users
      .slice(0, count)
      .map(({ userId }) => userId)
      .join(',');
  const refused = async (body: Fields) => errorOf(await there.send(body))[0];
  expect(await refused({ userid_list: list(101) })).toBe(41029);
  expect(await refused({ dept_id_list: Array.from({ length: 21 }, (_, i) => i + 1).join(',') })).toBe(40035);
  expect(await refused({ msg: text('x'.repeat(2048)) })).toBe(45002);
  const few = await there.arrived({ userid_list: list(100), msg: text('few') });
  expect((await there.resultOf(few)).unread_user_id_list).toHaveLength(100);
  const many = await there.arrived({ dept_id_list: '70', msg: text('many') });
  const tooMany = [41052, '本次发送人数过多,不再返回发送结果'];
  expect(errorOf(await there.ask('getsendresult', { task_id: many }))).toEqual(tooMany);
  await there.emulate('PUT', 'delivery', { mode: 'hold' });
  const held = await there.sent({ msg: { msgtype: 'oa', oa } });
  expect(errorOf(await there.ask('status_bar/update', { task_id: held, status_value: 'x' }))).toEqual(tooMany);
});
