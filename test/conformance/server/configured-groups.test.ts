import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Setup, SetupGroup } from '../../../src/config/setup.ts';
import { emptyFolder } from '../support/child.ts';
import { groupSetup, groupWorld } from '../support/group-management.ts';
import { type Fields, startServer } from '../support/harness.ts';
import { ok } from '../support/world.ts';

const corpId = 'corp-one';
const fixed = {
  openConversationId: 'cidAAECAwQFBgcICQoLDA0ODw==',
  chatId: 'chat000102030405060708090a0b0c0d0e0f',
};

/** The suite's setup with groups of organization one. */
function withGroups(groups: readonly SetupGroup[]): Setup {
  const organizations = groupSetup.organizations.map((one) => (one.corpId === corpId ? { ...one, groups } : one));
  return { ...groupSetup, organizations };
}

/** Starts a server with groups on one database file; it can be restarted with other groups. */
function openDatabase() {
  const database = join(emptyFolder(), 'huizhi.db');
  return async (groups: readonly SetupGroup[]) => {
    const server = await startServer({ database, setup: withGroups(groups) });
    onTestFinished(() => server.stop());
    return { ...groupWorld(server), stop: server.stop, log: server.log };
  };
}

type Scene = Awaited<ReturnType<ReturnType<typeof openDatabase>>>;

const listGroups = async ({ console }: Scene) =>
  ok(await console('GET', 'groups', undefined, { corpId })).groups as readonly Fields[];
const pathOf = (group: Fields | undefined, more = '') =>
  `groups/${encodeURIComponent(String(group?.openConversationId))}${more}?corpId=${corpId}`;

test('a group of the file is created at the first start, and found again at the next', async () => {
  const start = openDatabase();
  const team: SetupGroup = { name: 'team', title: '团队', owner: 'alice', members: ['bob'], robots: ['robot-one'] };
  const first = await start([team, { name: 'fixed', title: '固定', owner: 'bob', ...fixed }]);
  const groups = await listGroups(first);
  expect(groups).toMatchObject([
    { title: '团队', owner: 'alice', memberCount: 2, robots: ['robot-one'] },
    { ...fixed, title: '固定', owner: 'bob', memberCount: 1, robots: [] },
  ]);
  expect(await first.membersOf(fixed.openConversationId)).toEqual(['bob']);
  await first.stop();
  const second = await start([team, { name: 'renamed', title: '固定', owner: 'bob', ...fixed }]);
  expect(await listGroups(second)).toEqual(groups);
});

test('a changed group of the file is updated; members and robots are added and never removed', async () => {
  const start = openDatabase();
  const group = { name: 'team', title: '团队', owner: 'alice', members: ['bob'], robots: ['robot-one'] };
  const first = await start([group]);
  const [made] = await listGroups(first);
  ok(await first.console('POST', pathOf(made, '/members'), { add: ['u01'] }));
  await first.stop();
  const change = { title: '新团队', owner: 'carol', members: 'all', robots: ['robot-more'] } as const;
  const second = await start([{ ...group, ...change }]);
  const [changed] = await listGroups(second);
  const { count } = ok(await second.console('GET', 'users', undefined, { corpId }));
  const robots = ['robot-one', 'robot-more'];
  expect(changed).toEqual({ ...made, title: '新团队', owner: 'carol', memberCount: count, robots });
});

test('a disbanded group stays disbanded, and a removed user stays out', async () => {
  const start = openDatabase();
  const groups = [
    { name: 'gone', title: '解散', owner: 'alice' },
    { name: 'left', title: '离开', owner: 'bob', members: ['alice', 'carol'] },
  ];
  const first = await start(groups);
  const [gone, left] = await listGroups(first);
  ok(await first.console('POST', pathOf(gone, '/disband')));
  for (const userId of ['bob', 'carol']) ok(await first.console('DELETE', `users/${userId}?corpId=${corpId}`));
  await first.stop();
  const second = await start([...groups, { name: 'new', title: '新', owner: 'bob' }]);
  expect(await listGroups(second)).toMatchObject([
    { openConversationId: gone?.openConversationId, disbandedAt: expect.any(Number) },
    { openConversationId: left?.openConversationId, owner: 'bob', memberCount: 1 },
  ]);
  const lines = second.log.filter(({ text }) => text.startsWith('a configured group')).map(({ text }) => text);
  expect(lines).toEqual([
    expect.stringContaining('a configured group was disbanded and stays disbanded'),
    expect.stringContaining('a configured group was not created: its owner was removed'),
  ]);
});

test('a reset restores the groups of the setup, and a snapshot all groups with their names', async () => {
  const start = openDatabase();
  const scene = await start([{ name: 'team', title: '团队', owner: 'alice', members: ['bob'], ...fixed }]);
  const { openConversationId } = await scene.founded();
  const snapshot = await scene.emulate('GET', 'snapshot');
  const all = await listGroups(scene);
  await scene.emulate('POST', 'reset');
  expect(await listGroups(scene)).toMatchObject([{ ...fixed, title: '团队', memberCount: 2 }]);
  await scene.emulate('PUT', 'snapshot', snapshot);
  expect(await listGroups(scene)).toEqual(all);
  expect(await scene.membersOf(openConversationId)).toEqual(['alice']);
  await scene.stop();
  expect(await listGroups(await start([{ name: 'team', title: '改名', owner: 'alice' }]))).toMatchObject([
    { ...fixed, title: '改名' },
    { openConversationId },
  ]);
});
