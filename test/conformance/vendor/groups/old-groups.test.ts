import { expect, test } from 'vitest';
import { groupSetup, groupWorld } from '../../support/group-management.ts';
import { type Fields, fileServer } from '../../support/harness.ts';
import { crowd } from '../../support/setup.ts';
import { ok } from '../../support/world.ts';

const server = await fileServer({ setup: groupSetup });
const { call, old, ask, founded, tokenOf, console, disband } = groupWorld(server);

const scene = '/topapi/im/chat/scenegroup/create';
const sceneGroup = { title: '场景群', template_id: 't', owner_user_id: 'alice' };
const chat = { name: '旧群', owner: 'alice', useridlist: ['alice', 'bob'] };
const off = {
  chatBannedType: 0,
  managementType: 0,
  mentionAllAuthority: 0,
  searchable: 0,
  showHistoryType: 0,
  validationType: 0,
};

const created = async (given: Fields = {}) => String((await old('/chat/create', { ...chat, ...given })).chatid);
const infoOf = async (chatid: string, token?: string) =>
  (await old('/chat/get', { chatid }, token, 'GET')).chat_info as Fields;

test('a scene group is created with JSON, strings, a form or the query', async () => {
  const access_token = await tokenOf();
  const fields = { ...sceneGroup, user_ids: 'bob,carol', searchable: '1', uuid: '' };
  const form = new URLSearchParams({ access_token, ...fields }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const replies = [
    await call('POST', scene, {
      query: { access_token },
      body: { ...fields, user_ids: ['bob', 'carol'], searchable: 1 },
    }),
    await call('POST', scene, { query: { access_token }, body: fields }),
    await call('POST', scene, { body: form, headers: type }),
    await call('POST', scene, { query: { access_token, ...fields } }),
    await call('GET', scene, { query: { access_token, ...fields } }),
  ];
  for (const reply of replies) {
    const { result, ...rest } = ok(reply) as { result: Fields };
    expect(rest).toEqual({ errcode: 0, errmsg: 'ok', success: true, request_id: reply.headers['x-acs-request-id'] });
    expect(Object.keys(rest).slice(0, 2)).toEqual(['errcode', 'errmsg']);
    const info = await infoOf(String(result.chat_id));
    expect(info).toMatchObject({ name: '场景群', searchable: 1, useridlist: ['alice', 'bob', 'carol'] });
  }
});

test('a scene group with a uuid is created once', async () => {
  const first = (await old(scene, { ...sceneGroup, uuid: 'x' })).result;
  expect((await old(scene, { ...sceneGroup, uuid: 'x' })).result).toEqual(first);
  expect((await old(scene, { ...sceneGroup, uuid: 'y' })).result).not.toEqual(first);
});

test('an old group shows all its properties, and has an openConversationId', async () => {
  const made = await old('/chat/create', { ...chat, icon: '@i', validationType: 1 });
  expect(Object.keys(made)).toEqual([
    ...['errcode', 'errmsg', 'chatid', 'conversationTag', 'openConversationId', 'request_id'],
  ]);
  const chatid = String(made.chatid);
  expect(await infoOf(chatid)).toEqual({
    ...{ ...off, validationType: 1 },
    ...{ chatid, conversationTag: 2, icon: '@i', name: '旧群', owner: 'alice', status: 1 },
    useridlist: ['alice', 'bob'],
  });
  const { openConversationId } = made;
  expect(ok(await ask('im/sceneGroups/query', { openConversationId }))).toMatchObject({
    title: '旧群',
    templateId: '',
  });
});

test('an update changes what it names, and nothing else', async () => {
  const chatid = await created();
  const before = await infoOf(chatid);
  expect(await old('/chat/update', { chatid })).toEqual({ errcode: 0, errmsg: 'ok', request_id: expect.any(String) });
  expect(await infoOf(chatid)).toEqual(before);
  await old('/chat/update', { chatid, name: '新名', add_useridlist: ['carol', 'bob'], del_useridlist: ['u01'] });
  expect(await infoOf(chatid)).toEqual({ ...before, name: '新名', useridlist: ['alice', 'bob', 'carol'] });
  await old('/chat/update', { chatid, owner: 'carol', del_useridlist: ['alice'], isBan: 'true', searchable: '1' });
  const changed = { owner: 'carol', chatBannedType: 1, searchable: 1, useridlist: ['bob', 'carol'] };
  expect(await infoOf(chatid)).toEqual({ ...before, name: '新名', ...changed });
});

test.each<[string, Fields, number, string]>([
  ['no name', { name: undefined }, 40035, '群名称不能为空'],
  ['a blank name', { name: ' ' }, 40035, '群名称不能为空'],
  ['a long name', { name: 'x'.repeat(21) }, 400002, '无效的参数'],
  ['no owner', { owner: undefined }, 49013, '群主不能为空'],
  ['no members', { useridlist: [] }, 49010, '群成员不能为空'],
  ['too many members', { useridlist: ['alice', ...crowd, ...crowd] }, 49011, '群成员长度超限'],
  ['an owner who is no member', { owner: 'carol' }, 49006, '群成员列表必须包含群主'],
  ['an unknown user', { useridlist: ['alice', 'nobody'] }, 40031, '无效的useridlist列表'],
  ['a user of another organization', { useridlist: ['alice', 'mallory'] }, 40031, '无效的useridlist列表'],
  ['a switch of 2', { searchable: 2 }, 40035, '不合法的参数'],
  ['a switch of another type', { searchable: {} }, 41, 'Invalid arguments:searchable'],
])('/chat/create refuses %s', async (_, given, errcode, errmsg) => {
  expect(await old('/chat/create', { ...chat, ...given })).toMatchObject({ errcode, errmsg });
});

test('/chat/create needs JSON and POST', async () => {
  const query = { access_token: await tokenOf() };
  const body = new URLSearchParams({ name: 'x', owner: 'alice', useridlist: 'alice' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(ok(await call('POST', '/chat/create', { query, body, headers }))).toMatchObject({ errcode: 43009 });
  expect(ok(await call('GET', '/chat/create', { query }))).toMatchObject({ errcode: 43002 });
  expect(ok(await call('POST', '/chat/get', { query, body: {} }))).toMatchObject({ errcode: 43001 });
  expect(ok(await call('POST', '/chat/create', { query, body: '{"name":' }))).toMatchObject({ errcode: 40035 });
});

test.each<[string, Fields, number]>([
  ['a blank name', { name: '' }, 40035],
  ['a long name', { name: 'x'.repeat(21) }, 40035],
  ['a user in both lists', { add_useridlist: ['carol'], del_useridlist: ['carol'] }, 49004],
  ['too many users', { del_useridlist: [...crowd, ...crowd] }, 49011],
  ['an unknown user', { add_useridlist: ['nobody'] }, 40031],
  ['an unknown owner', { owner: 'nobody' }, 40031],
  ['an owner who is no member', { owner: 'carol' }, 49015],
  ['the removal of the owner', { del_useridlist: ['alice'] }, 49015],
  ['an unknown group', { chatid: 'chat0' }, 40016],
  ['no group', { chatid: undefined }, 49000],
])('/chat/update refuses %s, and changes nothing', async (_, given, errcode) => {
  const chatid = await created();
  const before = await infoOf(chatid);
  const all = { chatid, name: 'changed', add_useridlist: ['u01'], ...given };
  expect(await old('/chat/update', all)).toMatchObject({ errcode });
  expect(await infoOf(chatid)).toEqual(before);
});

test.each<[string, Fields, number]>([
  ['no title', { title: undefined }, 40],
  ['no template', { template_id: undefined }, 40],
  ['no owner', { owner_user_id: undefined }, 40],
  ['a blank title', { title: ' ' }, 40035],
  ['a long title', { title: 'x'.repeat(31) }, 40035],
  ['a long uuid', { uuid: 'x'.repeat(65) }, 40035],
  ['an unknown owner', { owner_user_id: 'nobody' }, 660036],
  ['an unknown member', { user_ids: 'bob,nobody' }, 660041],
  ['an unknown administrator', { subadmin_ids: 'nobody' }, 660041],
  ['too many members', { user_ids: Array.from({ length: 1000 }, (_, i) => `x${i}`) }, 660045],
])('a scene group with %s is refused', async (_, given, errcode) => {
  expect(await old(scene, { ...sceneGroup, ...given })).toMatchObject({ errcode });
});

test('a disbanded group has status 2, and cannot be changed', async () => {
  const { openConversationId, chatId } = await founded();
  await disband(openConversationId);
  expect(await infoOf(chatId)).toMatchObject({ status: 2 });
  expect(await old('/chat/update', { chatid: chatId, name: 'x' })).toMatchObject({ errcode: 49023 });
});

test('a group has at most 1000 members', async () => {
  const corpId = 'corp-one';
  const csv = Array.from({ length: 999 }, (_, i) => `w${String(i).padStart(3, '0')},W ${i}`).join('\n');
  ok(await console('POST', 'users/import', { corpId, csv, dryRun: false }));
  const { chatId } = await founded({
    userIdList: Array.from({ length: 999 }, (_, i) => `w${String(i).padStart(3, '0')}`),
  });
  expect(await old('/chat/update', { chatid: chatId, add_useridlist: ['bob'] })).toMatchObject({ errcode: 49009 });
  expect(
    await old('/chat/update', { chatid: chatId, add_useridlist: ['bob'], del_useridlist: ['w000'] }),
  ).toMatchObject({
    errcode: 0,
  });
});

test('each call needs its permission and a token, and does not see groups of other organizations', async () => {
  const chatid = await created();
  const bare = await tokenOf('app-bare');
  const two = await tokenOf('app-two');
  for (const [path, permission, method] of [
    [scene, 'qyapi_chat_manage', 'POST'],
    ['/chat/create', 'qyapi_chat_manage', 'POST'],
    ['/chat/update', 'qyapi_chat_manage', 'POST'],
    ['/chat/get', 'qyapi_chat_read', 'GET'],
  ] as const) {
    const refused = await old(path, { chatid }, bare, method);
    expect(refused).toMatchObject({ errcode: 88, sub_code: '60011', sub_msg: expect.stringContaining(permission) });
    expect(await old(path, { chatid }, 'x', method)).toMatchObject({ errcode: 88, sub_code: '40014' });
  }
  expect(await old('/chat/get', { chatid }, two, 'GET')).toMatchObject({ errcode: 40016 });
  expect(await old('/chat/update', { chatid, name: 'x' }, two)).toMatchObject({ errcode: 40016 });
  expect(await old('/chat/get', {}, undefined, 'GET')).toMatchObject({ errcode: 49000 });
});

test('an icon of more than 200 characters is refused', async () => {
  const icon = 'x'.repeat(201);
  const created = await old('/chat/create', { name: 'g', owner: 'alice', useridlist: ['alice'], icon });
  expect(created.errcode).toBe(40035);
  const scene = { title: 'g', template_id: 't', owner_user_id: 'alice', icon };
  expect((await old('/topapi/im/chat/scenegroup/create', scene)).errcode).toBe(40035);
});
