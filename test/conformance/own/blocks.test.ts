import { expect, test } from 'vitest';
import { type Fields, testServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

async function createScene() {
  const server = await testServer();
  const there = world(server);
  const operator = { headers: bearer(server.adminToken) };
  return {
    ...there,
    put: async (session: string, body: object, robotCode = 'robot-one') =>
      server.call('PUT', `/inbox/v1/robots/${robotCode}`, { body, headers: bearer(session) }),
    robotOf: async (session: string, robotCode = 'robot-one') => {
      const { robots } = ok(await server.call('GET', '/inbox/v1/robots', { headers: bearer(session) }));
      return (robots as Fields[]).find((robot) => robot.robotCode === robotCode);
    },
    ask: async (path: string) => ok(await server.call('GET', `/console/v1/${path}`, operator)),
    change: async (body: object) => ok(await server.call('PUT', '/console/v1/robots/robot-one', { body, ...operator })),
  };
}

test('a muted robot still delivers, and a blocked one is filtered; the two are independent', async () => {
  const { put, send, robotOf, signIn } = await createScene();
  const session = await signIn('alice');
  expect(ok(await put(session, { muted: true }))).toMatchObject({ muted: true, blocked: false });
  expect(ok(await send()).filteredStaffIdList).toEqual([]);
  expect(ok(await put(session, { blocked: true }))).toMatchObject({ muted: true, blocked: true });
  expect(ok(await send()).filteredStaffIdList).toEqual(['alice']);
  expect(ok(await put(session, { muted: false }))).toMatchObject({ muted: false, blocked: true });
  expect(ok(await put(session, { blocked: false }))).toMatchObject({ muted: false, blocked: false });
  expect(ok(await send()).filteredStaffIdList).toEqual([]);
  expect(await robotOf(session)).toMatchObject({ unreadCount: 2 });
});

test('a robot that the operator has made unblockable cannot be blocked, and its blocks end', async () => {
  const { put, send, change, robotOf, signIn, ask } = await createScene();
  const session = await signIn('alice');
  ok(await put(session, { blocked: true }));
  expect(await change({ unblockable: true })).toMatchObject({ unblockable: true });
  expect(await robotOf(session)).toMatchObject({ blocked: false, unblockable: true });
  expect(ok(await send()).filteredStaffIdList).toEqual([]);
  expect(refusal(await put(session, { blocked: true, muted: true }))).toEqual([403, 'huizhi.robotUnblockable']);
  expect(await robotOf(session)).toMatchObject({ blocked: false, muted: false });
  expect(ok(await put(session, { blocked: false, muted: true }))).toMatchObject({ muted: true });
  const { entries } = (await ask('audit')) as { entries: { before: object; after: object }[] };
  expect(entries[0]).toMatchObject({ before: { unblockable: false }, after: { unblockable: true } });
});

test('the console shows who has blocked a robot: with the user, the robot and the message', async () => {
  const { put, sent, signIn, ask } = await createScene();
  for (const userId of ['carol', 'bob']) ok(await put(await signIn(userId), { blocked: true }));
  ok(await put(await signIn('alice'), { muted: true }));
  await sent({ userIds: ['carol', 'alice', 'bob'] });
  const { users } = (await ask('users?corpId=corp-one&limit=100')) as { users: Fields[] };
  const blocking = users.filter(({ blockedRobots }) => JSON.stringify(blockedRobots) === '["robot-one"]');
  expect(blocking.map(({ userId }) => userId)).toEqual(['bob', 'carol']);
  expect(await ask('users/bob?corpId=corp-one')).toMatchObject({ blockedRobots: ['robot-one'], leftAt: null });
  expect(await ask('robots/robot-one/blocks?corpId=corp-one&limit=1')).toEqual({
    users: [{ userId: 'bob', name: 'Name of bob' }],
    cursor: 'bob',
  });
  expect(await ask('robots/robot-one/blocks?corpId=corp-one&limit=1&cursor=bob')).toMatchObject({
    users: [{ userId: 'carol' }],
    cursor: null,
  });
  expect(await ask('robots/robot-one/blocks?corpId=corp-two')).toEqual({ users: [], cursor: null });
  const { messages } = (await ask('messages?corpId=corp-one')) as { messages: Fields[] };
  expect((await ask(`messages/${messages[0]?.messageId}`)).filtered).toEqual([
    { userId: 'carol', name: 'Name of carol' },
    { userId: 'bob', name: 'Name of bob' },
  ]);
});

test('a choice is pushed to the other pages of the person, numbered in their stream, and to no one else', async () => {
  const { server, put, sent, signIn } = await createScene();
  const [alice, bob] = [await signIn('alice'), await signIn('bob')];
  const [hers, his] = [await follow(server, alice), await follow(server, bob)];
  ok(await put(alice, { blocked: true }));
  ok(await put(alice, { blocked: true }));
  ok(await put(alice, { blocked: false, muted: true }));
  expect([await hers.next(), await hers.next()]).toMatchObject([
    { id: 1, event: 'robot', data: { robotCode: 'robot-one', muted: false, blocked: true } },
    { id: 2, event: 'robot', data: { robotCode: 'robot-one', muted: true, blocked: false } },
  ]);
  await sent({ userIds: ['bob'] });
  expect(await his.next()).toMatchObject({ id: 1, event: 'message' });
});
