import { expect, test } from 'vitest';
import { groupSetup, groupWorld } from '../../support/group-management.ts';
import { fileServer } from '../../support/harness.ts';
import { crowd } from '../../support/setup.ts';
import { ok } from '../../support/world.ts';

const server = await fileServer({ setup: groupSetup });
const { ask, founded, membersOf, send, tokenOf, advance } = groupWorld(server);

const query = async (openConversationId: string) => ok(await ask('im/sceneGroups/query', { openConversationId }));

test('a scene group gets ids in the forms of the vendor, and shows its properties', async () => {
  const icon = '@lADPDe7s2ySi18PNA6';
  const { openConversationId, chatId } = await founded({
    icon,
    userIdList: ['bob'],
    managementOptions: { searchable: 1 },
  });
  expect(openConversationId).toMatch(/^cid[A-Za-z0-9+/]{22}==$/);
  expect(chatId).toMatch(/^chat[\da-f]{32}$/);
  expect(await query(openConversationId)).toEqual({
    title: '项目群',
    openConversationId,
    templateId: 't',
    ownerUserId: 'alice',
    icon,
    groupUrl: '',
    status: 1,
    success: true,
  });
  expect(await membersOf(openConversationId)).toEqual(['alice', 'bob']);
});

test('no two groups have the same ids', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => founded()));
  expect(new Set(made.flatMap(({ openConversationId, chatId }) => [openConversationId, chatId])).size).toBe(40);
});

test('the call with underscores creates the same kind of group, with administrators', async () => {
  const body = { title: '群', owner_user_id: 'alice', template_id: 'any', user_ids: ['bob'], subadmin_ids: ['carol'] };
  const { open_conversation_id, chat_id } = ok(await ask('im/sceneGroup/create', body));
  expect(await membersOf(String(open_conversation_id))).toEqual(['alice', 'bob', 'carol']);
  expect(ok(await ask(`im/chat/${chat_id}/convertToOpenConversationId`))).toEqual({
    openConversationId: open_conversation_id,
  });
});

test('users who are listed twice are members once', async () => {
  const { openConversationId } = await founded({ userIdList: ['bob', 'alice', 'bob'] });
  expect(await membersOf(openConversationId)).toEqual(['alice', 'bob']);
});

test('a repeat with the same uuid returns the first group for 24 hours, for the same app and path only', async () => {
  const first = await founded({ uuid: 'u-1' });
  expect(await founded({ uuid: 'u-1', groupName: 'other' })).toEqual(first);
  expect(await query(first.openConversationId)).toMatchObject({ title: '项目群' });
  const body = { groupName: '群', groupOwnerId: 'alice', templateId: 't', uuid: 'u-1' };
  const next = ok(await ask('im/sceneGroups', body, await tokenOf('app-next')));
  const path = { title: '群', owner_user_id: 'alice', template_id: 't', uuid: 'u-1' };
  const underscored = ok(await ask('im/sceneGroup/create', path)).open_conversation_id;
  const all = [first.openConversationId, next.openConversationId, underscored];
  expect(new Set(all).size).toBe(3);
  await advance('23h');
  expect(await founded({ uuid: 'u-1' })).toEqual(first);
  await advance('1h');
  expect((await founded({ uuid: 'u-1' })).openConversationId).not.toBe(first.openConversationId);
});

test('calls with the same uuid at the same time create one group', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => founded({ uuid: 'at-once' })));
  expect(new Set(made.map(({ chatId }) => chatId)).size).toBe(1);
});

test('members are listed page by page, each once', async () => {
  const { openConversationId } = await founded({ userIdList: crowd });
  const found: unknown[] = [];
  for (let cursor: unknown = '0'; cursor !== undefined; ) {
    const page = ok(await ask('im/sceneGroups/members/query', { openConversationId, cursor, size: 10 }));
    expect(page.hasMore).toBe(page.nextCursor !== undefined);
    found.push(...(page.memberUserIds as string[]));
    cursor = page.nextCursor;
  }
  expect(found).toEqual(['alice', ...crowd]);
});

test('a robot of the app is added to a group, listed there, and finds its groups by pages', async () => {
  const robotCode = 'robot-more';
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    const { openConversationId } = await founded();
    ids.push(openConversationId);
    for (const _ of ['first', 'again'])
      expect(ok(await ask('robot/groups/orgRobots/add', { openConversationId, robotCode }))).toEqual({ result: true });
  }
  expect(ok(await ask('robot/groups/robots/query', { openConversationId: ids[0] }))).toEqual({
    chatbotInstanceVOList: [{ robotCode, name: 'Name of robot-more', downloadIconURL: '', openRobotType: 2 }],
  });
  const page = async (pageNumber: number) =>
    ok(await ask('robot/groups/query', { robotCode, pageNumber, pageSize: 2 }));
  expect(await page(1)).toEqual({ hasMore: true, openConversationIds: ids.slice(0, 2) });
  expect(await page(3)).toEqual({ hasMore: false, openConversationIds: ids.slice(4) });
  expect(await page(4)).toEqual({ hasMore: false, openConversationIds: [] });
  const found: unknown[] = [];
  for (let nextToken: unknown; ; ) {
    const some = ok(await ask('robot/installed/groups/query', { robotCode, maxResult: 3, nextToken }));
    found.push(...(some.openConversationIds as string[]));
    nextToken = some.nextToken;
    if (some.hasMore === false) break;
  }
  expect(found).toEqual(ids);
});

test('a third-party app sees the type of its robot', async () => {
  const { suiteToken } = groupWorld(server);
  const token = await suiteToken('corp-one');
  const { openConversationId } = await founded();
  const body = { openConversationId, robotCode: 'robot-suite' };
  expect(ok(await ask('robot/groups/orgRobots/add', body, token))).toEqual({ result: true });
  const { chatbotInstanceVOList } = ok(await ask('robot/groups/robots/query', { openConversationId }, token));
  expect(chatbotInstanceVOList).toMatchObject([{ robotCode: 'robot-suite', openRobotType: 3 }]);
});

test('a robot that is uninstalled from the organization is not listed in its groups until it is back', async () => {
  const { console } = groupWorld(server);
  const { openConversationId } = await founded();
  ok(await ask('robot/groups/orgRobots/add', { openConversationId, robotCode: 'robot-one' }));
  const listed = async () =>
    (ok(await ask('robot/groups/robots/query', { openConversationId })).chatbotInstanceVOList as unknown[]).length;
  for (const [installed, count] of [
    [false, 0],
    [true, 1],
  ] as const) {
    ok(await console('PUT', 'robots/robot-one/installations/corp-one', { installed }));
    expect(await listed()).toBe(count);
  }
});

test('an idempotency-key of batchSend never stands for the uuid of a group', async () => {
  const sendOnce = async (code: string) => send({ userIds: ['u08'] }, undefined, { 'idempotency-key': code });
  const body = (uuid: string) => ({ groupName: 'g', groupOwnerId: 'u08', templateId: 't', uuid });
  expect((await sendOnce('/v1.0/im/sceneGroups first')).status).toBe(200);
  expect(ok(await ask('im/sceneGroups', body('first'))).openConversationId).toMatch(/^cid/);
  ok(await ask('im/sceneGroups', body('second')));
  expect((await sendOnce('/v1.0/im/sceneGroups second')).status).toBe(200);
});
