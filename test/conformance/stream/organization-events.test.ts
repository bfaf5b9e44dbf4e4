/** Changes of groups, users and departments, as apps, endpoints and the console get them. */

import { expect, test } from 'vitest';
import type { EventsPage, WebhookEvent } from '../../../src/wire/own/endpoints.ts';
import { streamEventTypes } from '../../../src/wire/vendor/values.ts';
import { groupSetup, groupWorld } from '../support/group-management.ts';
import { fileServer } from '../support/harness.ts';
import { startReceiver } from '../support/receiver.ts';
import { connectClient, type Frame } from '../support/stream-client.ts';
import { bearer, ok, refusal } from '../support/world.ts';

const server = await fileServer({ setup: groupSetup });
const there = groupWorld(server);
const { call, old, console, founded, emulate, freeze } = there;
const corp = { corpId: 'corp-one' };

const choose = (appKey: string, types: unknown, corpId = 'corp-one') =>
  console('PUT', `apps/${appKey}/events/${corpId}`, { types });
const connect = (appKey: 'app-one' | 'app-two' | 'suite' = 'app-one') => connectClient(server, { appKey });
/** The types and data of pushes. */
const pushed = ({ pushes }: { pushes(): readonly Frame[] }) =>
  pushes().map(({ headers, data }) => [headers.eventType, JSON.parse(data) as object] as const);

async function readPage(after: number): Promise<EventsPage> {
  const headers = { ...bearer(server.adminToken), accept: 'application/json' };
  return ok(
    await call('GET', '/console/v1/events', { headers, query: { ...corp, after: String(after), limit: '1000' } }),
  ) as EventsPage;
}

const lastNumber = async (after = 0): Promise<number> => {
  const { events, next } = await readPage(after);
  return events.length === 0 ? next : lastNumber(next);
};

type Group = Awaited<ReturnType<typeof founded>>;
type Expected = readonly [type: string, data: object, webhook: string, body: object];

const noOperator = { operatorUnionId: '', operator: '' };
const unions = async (...userIds: string[]) =>
  Promise.all(
    userIds.map(async (userId) => ok(await console('GET', `users/${userId}`, undefined, corp)).unionId as string),
  );
const idsOf = ({ openConversationId, chatId }: Group) => ({ openConversationId, chatId });
const about = (group: Group, at: number, more: object = {}) => {
  return { timeStamp: at, corpId: 'corp-one', ...idsOf(group), ...noOperator, ...more };
};
const membersOf = async (group: Group, at: number, ...userId: string[]) =>
  about(group, at, { userId, unionId: await unions(...userId) });
const pathOf = ({ openConversationId }: Group) => `groups/${encodeURIComponent(openConversationId)}`;

/** Expects a user event with the vendor's type, and with ours. */
const ofUser = (type: string, ours: string, userId: string, name: string, at: number): Expected => [
  type,
  { timeStamp: at, userId: [userId] },
  ours,
  { userId, name },
];
const ofDepartment = (type: string, ours: string, deptId: number, name: string, at: number): Expected => [
  type,
  { timeStamp: at, deptId: [deptId] },
  ours,
  { deptId, name, parentId: 1 },
];

/** What happens, and the events that it causes. */
const causes: readonly (readonly [string, (at: number) => Promise<readonly Expected[]>])[] = [
  [
    'a scene group of an app',
    async (at) => {
      const group = await founded({ userIdList: ['bob'] });
      const title = '项目群';
      const userIds = ['alice', 'bob'];
      return [
        [
          'chat_add_member',
          await membersOf(group, at, ...userIds),
          'group.members_added',
          { ...idsOf(group), title, userIds },
        ],
      ];
    },
  ],
  [
    'an old group of an app and its update',
    async (at) => {
      const made = await old('/chat/create', { name: 'Old', owner: 'alice', useridlist: ['alice', 'bob'] });
      const group = { openConversationId: String(made.openConversationId), chatId: String(made.chatid) };
      const change = { name: 'New', owner: 'carol', add_useridlist: ['carol'], del_useridlist: ['bob'] };
      await old('/chat/update', { chatid: group.chatId, ...change });
      await old('/chat/update', { chatid: group.chatId, ...change, icon: '@x' });
      const [named, renamed] = [
        { ...idsOf(group), title: 'Old' },
        { ...idsOf(group), title: 'New' },
      ];
      const {
        chatId: _,
        operator: __,
        ...owned
      } = about(group, at, { owner: 'carol' }) as { chatId: string; operator: string };
      return [
        [
          'chat_add_member',
          await membersOf(group, at, 'alice', 'bob'),
          'group.members_added',
          { ...named, userIds: ['alice', 'bob'] },
        ],
        ['chat_update_title', about(group, at, { title: 'New' }), 'group.renamed', renamed],
        ['chat_update_owner', owned, 'group.owner_changed', { ...renamed, owner: 'carol' }],
        [
          'chat_add_member',
          await membersOf(group, at, 'carol'),
          'group.members_added',
          { ...renamed, userIds: ['carol'] },
        ],
        [
          'chat_remove_member',
          await membersOf(group, at, 'bob'),
          'group.members_removed',
          { ...renamed, userIds: ['bob'] },
        ],
      ];
    },
  ],
  [
    'a group of the emulator that the console changes, a member leaves and the console disbands',
    async (at) => {
      const made = { ...corp, title: 'G', owner: 'alice', members: ['alice', 'bob', 'carol'] };
      const group = (await emulate('POST', 'groups', made)) as unknown as Group;
      ok(await console('PUT', pathOf(group), { title: 'H' }, corp));
      ok(await console('POST', `${pathOf(group)}/members`, { remove: ['bob'], add: ['alice'] }, corp));
      const quit = { openConversationId: group.openConversationId, userId: 'carol' };
      await emulate('POST', 'groups/quits', quit);
      ok(await console('POST', `${pathOf(group)}/disband`, undefined, corp));
      const refusals = ['alice', 'carol', 'nobody'].map((userId) =>
        call('POST', '/emulator/v1/groups/quits', { body: { ...quit, userId } }),
      );
      expect((await Promise.all(refusals)).map(refusal)).toEqual([
        ...[
          [409, 'huizhi.conflict'],
          [409, 'huizhi.conflict'],
          [404, 'huizhi.notFound'],
        ],
      ]);
      const [operatorUnionId] = await unions('carol');
      const [named, renamed] = [
        { ...idsOf(group), title: 'G' },
        { ...idsOf(group), title: 'H' },
      ];
      const all = ['alice', 'bob', 'carol'];
      return [
        ['chat_add_member', await membersOf(group, at, ...all), 'group.members_added', { ...named, userIds: all }],
        ['chat_update_title', about(group, at, { title: 'H' }), 'group.renamed', renamed],
        [
          'chat_remove_member',
          await membersOf(group, at, 'bob'),
          'group.members_removed',
          { ...renamed, userIds: ['bob'] },
        ],
        [
          'chat_quit',
          about(group, at, { operator: 'carol', operatorUnionId }),
          'group.member_left',
          { ...renamed, userIds: ['carol'] },
        ],
        ['chat_disband', about(group, at), 'group.disbanded', renamed],
      ];
    },
  ],
  [
    'users and departments of the console',
    async (at) => {
      ok(await console('POST', 'departments', { ...corp, deptId: 700, name: 'Sales' }));
      ok(await console('PUT', 'departments/700', { name: 'Trade' }, corp));
      const dave = { userId: 'dave', name: 'Dave', mobile: '13900000001', departments: [{ deptId: 700 }] };
      ok(await console('POST', 'users', { ...corp, ...dave }));
      ok(await console('PUT', 'users/dave', { name: 'David', title: 'Boss' }, corp));
      ok(await console('PUT', 'users/dave', { name: 'David', title: 'Boss' }, corp));
      ok(await console('PUT', 'departments/700', { managers: ['dave'] }, corp));
      ok(await console('PUT', 'users/dave', { departments: [{ deptId: 1 }] }, corp));
      ok(await console('DELETE', 'departments/700', undefined, corp));
      ok(await console('DELETE', 'users/dave', undefined, corp));
      ok(await console('POST', 'users/dave/restore', {}, corp));
      return [
        ofDepartment('org_dept_create', 'department.created', 700, 'Sales', at),
        ofDepartment('org_dept_modify', 'department.changed', 700, 'Trade', at),
        ofUser('user_add_org', 'user.added', 'dave', 'Dave', at),
        ofUser('user_modify_org', 'user.changed', 'dave', 'David', at),
        ofDepartment('org_dept_modify', 'department.changed', 700, 'Trade', at),
        ofUser('user_modify_org', 'user.changed', 'dave', 'David', at),
        ofDepartment('org_dept_remove', 'department.removed', 700, 'Trade', at),
        ofUser('user_leave_org', 'user.removed', 'dave', 'David', at),
        ofUser('user_add_org', 'user.added', 'dave', 'David', at),
      ];
    },
  ],
  [
    'an import',
    async (at) => {
      const csv = 'userId,name,title\nerin,Erin,Boss\nfrank,Frank,\nbob,Robert,\n';
      for (const dryRun of [true, false, false]) ok(await console('POST', 'users/import', { ...corp, csv, dryRun }));
      return [
        ofUser('user_add_org', 'user.added', 'erin', 'Erin', at),
        ofUser('user_add_org', 'user.added', 'frank', 'Frank', at),
        ofUser('user_modify_org', 'user.changed', 'bob', 'Robert', at),
      ];
    },
  ],
  [
    'users and departments of the emulator',
    async (at) => {
      const departments = [{ deptId: 800, name: 'Test' }];
      const users = [{ userId: 'gus', name: 'Gus', mobile: '13900000002', departments: [800] }];
      for (const _ of [1, 2]) {
        await emulate('PUT', 'departments', { ...corp, departments });
        await emulate('PUT', 'users', { ...corp, users });
      }
      return [
        ofDepartment('org_dept_create', 'department.created', 800, 'Test', at),
        ofUser('user_add_org', 'user.added', 'gus', 'Gus', at),
      ];
    },
  ],
];

test('each cause appends one event, which apps, endpoints and the console get', { timeout: 60_000 }, async () => {
  const at = await freeze();
  ok(await choose('app-one', [...streamEventTypes]));
  ok(await choose('app-two', [...streamEventTypes], 'corp-two'));
  const [client, other] = [await connect(), await connect('app-two')];
  const receiver = await startReceiver();
  const types = ['group.disbanded', 'user.removed'];
  const endpoint = { ...corp, url: receiver.url, types };
  ok(await call('POST', '/console/v1/endpoints', { headers: bearer(server.adminToken), body: endpoint }));
  const first = await lastNumber();
  let number = first;
  for (const [cause, run] of causes) {
    const before = client.pushes().length;
    const expected = await run(at);
    const { events, next } = await readPage(number);
    const timestamp = new Date(at).toISOString();
    expect({ cause, events }).toEqual({
      cause,
      events: expected.map(([, , type, data], i) => {
        return { type, timestamp, number: number + i + 1, data: { corpId: 'corp-one', ...data } };
      }),
    });
    number = next;
    await expect.poll(() => client.pushes().length, { timeout: 10_000 }).toBe(before + expected.length);
    const byType = (a: readonly [string, object], b: readonly [string, object]) =>
      JSON.stringify([a[0], ...Object.entries(a[1]).toSorted()]) <
      JSON.stringify([b[0], ...Object.entries(b[1]).toSorted()])
        ? -1
        : 1;
    const got = pushed(client).slice(before) as [string, object][];
    expect(got.toSorted(byType)).toEqual(expected.map(([type, data]) => [type, data] as const).toSorted(byType));
  }
  const bodies = [JSON.parse((await receiver.next()).body), JSON.parse((await receiver.next()).body)] as WebhookEvent[];
  expect(bodies.map(({ type }) => type).sort()).toEqual(types);
  expect(receiver.received).toHaveLength(2);
  expect(other.pushes()).toEqual([]);
});

test('the fields of a push are in the order of the documentation', async () => {
  ok(await choose('app-one', [...streamEventTypes]));
  const client = await connect();
  const group = await founded();
  ok(await console('POST', `${pathOf(group)}/members`, { add: ['bob'] }, corp));
  ok(await console('PUT', pathOf(group), { title: 'T', owner: 'bob' }, corp));
  await expect.poll(() => client.pushes().length, { timeout: 10_000 }).toBe(4);
  const names = new Map(pushed(client).map(([type, data]) => [type, Object.keys(data)]));
  expect(Object.fromEntries(names)).toEqual({
    chat_add_member: [
      ...['timeStamp', 'unionId', 'chatId', 'corpId', 'operatorUnionId', 'userId', 'openConversationId', 'operator'],
    ],
    chat_update_title: ['timeStamp', 'chatId', 'corpId', 'operatorUnionId', 'title', 'openConversationId', 'operator'],
    chat_update_owner: ['owner', 'timeStamp', 'corpId', 'operatorUnionId', 'openConversationId'],
  });
  const [frame] = client.pushes();
  expect(frame?.headers).toMatchObject({ eventType: 'chat_add_member', eventCorpId: 'corp-one', topic: '*' });
});

test('an app gets the chosen types of organizations that authorize it alone', async () => {
  ok(await choose('suite', ['chat_add_member']));
  ok(await choose('suite', ['user_add_org'], 'corp-two'));
  const client = await connect('suite');
  const group = await founded();
  ok(await console('PUT', pathOf(group), { title: 'T' }, corp));
  ok(await console('POST', 'users', { corpId: 'corp-two', userId: 'nina', name: 'Nina' }));
  ok(await console('POST', 'users', { corpId: 'corp-one', userId: 'nina', name: 'Nina' }));
  await expect.poll(() => client.pushes().length, { timeout: 10_000 }).toBe(2);
  const got = client.pushes().map(({ headers }) => `${headers.eventCorpId} ${headers.eventType}`);
  expect(got.sort()).toEqual(['corp-one chat_add_member', 'corp-two user_add_org']);
});

test('types that do not exist are refused, and change nothing', async () => {
  const before = ok(await console('GET', 'apps/app-one/events/corp-one'));
  for (const types of [['chat_add'], ['group.renamed'], ['chat_quit', ''], 'chat_quit']) {
    expect(refusal(await choose('app-one', types))).toEqual([400, 'huizhi.badRequest']);
  }
  const endpoint = { ...corp, url: 'http://127.0.0.1:9/', types: ['chat_quit'] };
  const refused = await call('POST', '/console/v1/endpoints', { headers: bearer(server.adminToken), body: endpoint });
  expect(refusal(refused)).toEqual([400, 'huizhi.badRequest']);
  expect(ok(await console('GET', 'apps/app-one/events/corp-one')).types).toEqual(before.types);
});
