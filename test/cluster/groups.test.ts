import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { groupSetup, groupWorld } from '../conformance/support/group-management.ts';
import { loud, testServer } from '../conformance/support/harness.ts';
import { follow } from '../conformance/support/stream.ts';
import { bearer, ok } from '../conformance/support/world.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two processes on one database. */
async function startTwo() {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  const [first, second] = [groupSetup, groupSetup].map((setup) => testServer({ database, setup }));
  if (!first || !second) throw new Error('there are not two');
  const servers = [await first, await second] as const;
  onTestFinished(() => {
    for (const { log } of servers) expect(loud(log)).toEqual([]);
  });
  return [groupWorld(servers[0]), groupWorld(servers[1])] as const;
}

test('a group that one process makes is at once known to the other, with its members and robots', async () => {
  const [one, other] = await startTwo();
  const { openConversationId, chatId } = await one.founded({ userIdList: ['bob'] });
  expect(await other.membersOf(openConversationId)).toEqual(['alice', 'bob']);
  ok(await other.ask('robot/groups/orgRobots/add', { openConversationId, robotCode: 'robot-one' }));
  expect(await other.old('/chat/update', { chatid: chatId, name: '新名', add_useridlist: ['carol'] })).toMatchObject({
    errcode: 0,
  });
  expect(await one.membersOf(openConversationId)).toEqual(['alice', 'bob', 'carol']);
  const { chatbotInstanceVOList } = ok(await one.ask('robot/groups/robots/query', { openConversationId }));
  expect(chatbotInstanceVOList).toMatchObject([{ robotCode: 'robot-one' }]);
  await other.disband(openConversationId);
  expect(ok(await one.ask('im/sceneGroups/query', { openConversationId }))).toMatchObject({ title: '新名', status: 2 });
});

test('calls with one uuid at both processes create one group', async () => {
  const both = await startTwo();
  for (let round = 0; round < 5; round++) {
    const calls = Array.from({ length: 8 }, (_, i) => both[i % 2 === 0 ? 0 : 1].founded({ uuid: `u-${round}` }));
    expect(new Set((await Promise.all(calls)).map((ids) => ids.openConversationId)).size).toBe(1);
  }
});

test('changes of members at both processes at the same time all take effect', async () => {
  const [one, other] = await startTwo();
  const { openConversationId, chatId } = await one.founded({ userIdList: ['u01', 'u02', 'u03'] });
  const add = (scene: typeof one, code: string) =>
    scene.old('/chat/update', { chatid: chatId, add_useridlist: [code] });
  const remove = (scene: typeof one, code: string) =>
    scene.old('/chat/update', { chatid: chatId, del_useridlist: [code] });
  const replies = await Promise.all([
    ...['bob', 'u10', 'u11'].map((code) => add(one, code)),
    ...['bob', 'u12', 'u13'].map((code) => add(other, code)),
    ...['u01', 'u02'].map((code) => remove(one, code)),
    ...['u02', 'u03'].map((code) => remove(other, code)),
  ]);
  for (const reply of replies) expect(reply).toMatchObject({ errcode: 0 });
  expect(await one.membersOf(openConversationId)).toEqual(['alice', 'bob', 'u10', 'u11', 'u12', 'u13']);
});

test('a mute at one process is an event at the other, and both list the same conversations', async () => {
  const [one, other] = await startTwo();
  const { openConversationId } = await one.founded({ userIdList: ['bob'] });
  const session = await one.signIn('bob');
  const headers = bearer(session);
  const stream = await follow(other.server, session);
  const conversationId = `group:${openConversationId}`;
  const path = `/inbox/v1/conversations/${encodeURIComponent(conversationId)}`;
  ok(await one.call('PUT', path, { body: { muted: true }, headers }));
  expect(await stream.next()).toEqual({ id: 1, event: 'conversation', data: { conversationId, muted: true } });
  const lists = [one, other].map(async ({ call }) => ok(await call('GET', '/inbox/v1/conversations', { headers })));
  const [first, second] = await Promise.all(lists);
  expect(first).toEqual(second);
  expect(first?.conversations).toContainEqual(expect.objectContaining({ conversationId, muted: true }));
});
