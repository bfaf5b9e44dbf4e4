import { expect, test } from 'vitest';
import { groupSetup, groupWorld } from '../../support/group-management.ts';
import { type Fields, fileServer } from '../../support/harness.ts';
import { ok, refusal } from '../../support/world.ts';

const server = await fileServer({ setup: groupSetup });
const { ask, founded, disband, tokenOf } = groupWorld(server);

const group = { groupName: '群', groupOwnerId: 'alice', templateId: 't' };
const underscored = { title: '群', owner_user_id: 'alice', template_id: 't' };
const unknownId = 'cidAAAAAAAAAAAAAAAAAAAAAA==';
const thousand = Array.from({ length: 1000 }, (_, i) => `x${i}`);

test.each<[Fields, string]>([
  [{ groupName: undefined }, 'MissinggroupName'],
  [{ groupOwnerId: null }, 'MissinggroupOwnerId'],
  [{ templateId: undefined }, 'MissingtemplateId'],
  [{ groupName: '' }, 'parameter.invalid'],
  [{ groupName: 7 }, 'parameter.invalid'],
  [{ groupName: 'x'.repeat(201) }, 'parameter.invalid'],
  [{ groupName: 'a\u0000b' }, 'parameter.invalid'],
  [{ templateId: ' ' }, 'parameter.invalid'],
  [{ groupOwnerId: {} }, 'parameter.invalid'],
  [{ userIdList: 'bob' }, 'parameter.invalid'],
  [{ userIdList: ['bob', 7] }, 'parameter.invalid'],
  [{ icon: 7 }, 'parameter.invalid'],
  [{ uuid: 'x'.repeat(65) }, 'parameter.invalid'],
  [{ managementOptions: { searchable: 2 } }, 'parameter.invalid'],
  [{ managementOptions: 'x' }, 'parameter.invalid'],
  [{ userIdList: thousand }, 'member.exceed'],
  [{ groupOwnerId: 'nobody' }, 'member.notFound'],
  [{ userIdList: ['bob', 'mallory'] }, 'member.notFound'],
])('a scene group with %o is refused: %s', async (given, code) => {
  expect(refusal(await ask('im/sceneGroups', { ...group, ...given }))).toEqual([400, code]);
});

test.each<[Fields, string]>([
  [{ title: undefined }, 'Missingtitle'],
  [{ template_id: undefined }, 'Missingtemplate_id'],
  [{ owner_user_id: undefined }, 'Missingowner_user_id'],
  [{ title: ' ' }, 'parameter.invalid'],
  [{ management_options: { chat_banned_type: 'x' } }, 'parameter.invalid'],
  [{ user_ids: thousand }, 'member.exceed'],
  [{ subadmin_ids: ['nobody'] }, 'member.notFound'],
])('a scene group in the form with underscores with %o is refused: %s', async (given, code) => {
  expect(refusal(await ask('im/sceneGroup/create', { ...underscored, ...given }))).toEqual([400, code]);
});

test('a refused creation does not use up its uuid', async () => {
  const refused = await ask('im/sceneGroups', { ...group, groupOwnerId: 'nobody', uuid: 'again' });
  expect(refusal(refused)).toEqual([400, 'member.notFound']);
  const { openConversationId } = await founded({ uuid: 'again' });
  expect(openConversationId).toMatch(/^cid/);
});

const robotCalls = [
  ['robot/groups/query', { pageNumber: 1, pageSize: 1 }],
  ['robot/installed/groups/query', { maxResult: 1 }],
  ['robot/groups/orgRobots/add', { openConversationId: unknownId }],
] as const;

test.each(robotCalls)('%s needs a robot of the app that is installed in the organization', async (path, rest) => {
  for (const [robotCode, code] of [
    [undefined, 'MissingrobotCode'],
    [' ', 'invalidParameter.robotCode.empty'],
    [7, 'invalidParameter.param.invalid'],
    ['nowhere', 'invalidParameter.robotCode.notExsit'],
    ['robot-away', 'invalidParameter.robotCode.invalid'],
    ['robot-next', 'invalidParameter.robotCode.invalid'],
    ['robot-two', 'invalidParameter.robotCode.invalid'],
  ] as const)
    expect([robotCode, ...refusal(await ask(path, { ...rest, robotCode }))]).toEqual([robotCode, 400, code]);
});

test.each<[string, Fields, string]>([
  ['robot/groups/query', { pageNumber: 1 }, 'MissingpageSize'],
  ['robot/groups/query', { pageSize: 1 }, 'MissingpageNumber'],
  ['robot/groups/query', { pageNumber: 0, pageSize: 1 }, 'invalidParameter.param.invalid'],
  ['robot/groups/query', { pageNumber: 1.5, pageSize: 1 }, 'invalidParameter.param.invalid'],
  ['robot/groups/query', { pageNumber: 1, pageSize: 201 }, 'invalidParameter.param.invalid'],
  ['robot/installed/groups/query', {}, 'MissingmaxResult'],
  ['robot/installed/groups/query', { maxResult: '1' }, 'invalidParameter.param.invalid'],
  ['robot/installed/groups/query', { maxResult: 1, nextToken: 'x' }, 'invalidParameter.param.invalid'],
])('%s refuses the page %o: %s', async (path, given, code) => {
  expect(refusal(await ask(path, { robotCode: 'robot-one', ...given }))).toEqual([400, code]);
});

test.each<[Fields, string]>([
  [{ size: 0 }, 'invalidParameter.param.invalid'],
  [{ size: 1001 }, 'invalidParameter.param.invalid'],
  [{ cursor: 'x' }, 'invalidParameter.param.invalid'],
  [{ cursor: 5 }, 'invalidParameter.param.invalid'],
])('a query for members refuses the page %o', async (given, code) => {
  const { openConversationId } = await founded();
  expect(refusal(await ask('im/sceneGroups/members/query', { openConversationId, ...given }))).toEqual([400, code]);
});

const groupCalls = [
  ['im/sceneGroups/query', {}, ['invalid.openConversationId', 'conversation.org.notMatch', undefined]],
  ['im/sceneGroups/members/query', {}, ['invalid.openConversationId', 'conversation.org.notMatch', 'group.disbanded']],
  [
    'robot/groups/orgRobots/add',
    { robotCode: 'robot-one' },
    ['invalid.openConversationId', 'conversation.org.notMatch', 'group.disbanded'],
  ],
  ['robot/groups/robots/query', {}, ['illegal.openconevrsation.id', 'unauthorized', 'reject']],
] as const;

test.each(groupCalls)('%s tells unknown, foreign and disbanded groups apart', async (path, rest, codes) => {
  const [unknown, foreign, disbanded] = codes;
  const code = async (openConversationId: unknown, given: Fields = rest, token?: string) =>
    (await ask(path, { ...given, openConversationId }, token)).body.code;
  const { openConversationId } = await founded();
  expect(await code(undefined)).toBe('MissingopenConversationId');
  for (const id of [unknownId, '', 7, ['x']]) expect(await code(id)).toBe(unknown);
  const robot = 'robotCode' in rest ? { robotCode: 'robot-two' } : {};
  expect(await code(openConversationId, robot, await tokenOf('app-two'))).toBe(foreign);
  await disband(openConversationId);
  expect(await code(openConversationId)).toBe(disbanded);
});

test('a chatId is converted for its own organization only', async () => {
  const { chatId } = await founded();
  const path = `im/chat/${chatId}/convertToOpenConversationId`;
  expect(refusal(await ask('im/chat/chat0/convertToOpenConversationId'))).toEqual([400, 'invalideChatId']);
  expect(refusal(await ask(path, undefined, await tokenOf('app-two')))).toEqual([400, 'permession.checkFailed']);
  expect(ok(await ask(path, {}))).toMatchObject({ openConversationId: expect.stringMatching(/^cid/) });
});

test.each([
  ['im/sceneGroups', 'qyapi_chat_manage'],
  ['im/sceneGroup/create', 'qyapi_chat_manage'],
  ['im/sceneGroups/query', 'qyapi_chat_manage'],
  ['im/sceneGroups/members/query', 'qyapi_chat_manage'],
  ['im/chat/chat0/convertToOpenConversationId', 'qyapi_chat_read'],
  ['robot/groups/robots/query', 'qyapi_robot_sendmsg'],
  ['robot/groups/query', 'qyapi_robot_sendmsg'],
  ['robot/installed/groups/query', 'qyapi_robot_sendmsg'],
  ['robot/groups/orgRobots/add', 'qyapi_robot_sendmsg'],
])('%s needs %s', async (path, permission) => {
  const { status, body } = await ask(path, {}, await tokenOf('app-bare'));
  expect([status, body.accessdenieddetail]).toEqual([403, { requiredScopes: [permission] }]);
});

test('a refusal because of the state of a group is logged with its cause', async () => {
  const { openConversationId } = await founded();
  await disband(openConversationId);
  await ask('im/sceneGroups/members/query', { openConversationId });
  const line = server.log.findLast(({ text }) => text.includes('group.disbanded') && text.startsWith('refused a call'));
  expect(line).toMatchObject({ level: 'info', text: expect.stringContaining(`the group ${openConversationId}`) });
});
