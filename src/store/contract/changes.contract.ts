import { describe, expect, test } from 'vitest';
import type { OrganizationChange } from '../directory/organization-changes.ts';
import { dayOf, startOfDay } from '../engine/partitions.ts';
import type { Work } from '../engine/sql.ts';
import { appendChanges } from '../events.ts';
import type { Department } from '../model.ts';
import { newGroup } from './conversations.contract.ts';
import { day, early, must, nameOf, type Open, opened, start, type World, world } from './world.contract.ts';

const audit = (corpId: number, at = start) => ({
  ...{ corpId, at, actor: 'x', action: 'a', target: 't', was: null, became: null },
});

/** Reads the events of an organization. */
const eventsOf = ({ store, corpId }: Pick<World, 'store' | 'corpId'>) => store.operator.eventsSince(corpId, 0, 1000);

/** Runs a cause at a time, and returns the changes that it has appended, without the fields of groups. */
async function changesBy(scene: World, cause: () => Promise<unknown>): Promise<readonly object[]> {
  const before = (await eventsOf(scene)).length;
  await cause();
  const all = await eventsOf(scene);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
  return all.slice(before).map(({ event, change, at, messageId, message, userId }) => {
    expect({ type: change?.type, at, messageId, message, userId }).toEqual({
      ...{ type: event, at: start, messageId: 0, message: undefined, userId: undefined },
    });
    const { openConversationId, chatId, ...rest } = { openConversationId: '', chatId: '', ...change };
    return rest;
  });
}

/** A group of ann and bob, whose owner is ann, and a department, before any event. */
async function scene(open: Open) {
  const there = await world((await opened(open)).store);
  const { store, corpId, users } = there;
  const conversation = await newGroup(store, corpId, { title: 'Team', ownerId: users.ann });
  await store.groups.create({ conversation, userIds: [users.ann, users.bob], robotIds: [], isQuiet: true });
  const department: Department = { corpId, id: 100, parentId: 1, name: 'Sales', position: 1 };
  await store.departments.put([department]);
  const contacts = await store.contacts.byCodes(corpId, ['ann', 'bob', 'cho']);
  const named = Object.fromEntries(contacts.map(({ code, unionId }) => [code, { userId: code, unionId }]));
  const change = (changes: Parameters<typeof store.operator.change>[0]) =>
    store.operator.change(changes, audit(corpId));
  const update = (given: Omit<Parameters<typeof store.groups.update>[2], 'at'>) =>
    store.groups.update(corpId, conversation.id, { at: start, ...given });
  const newcomer = async (code: string) => {
    return { corpId, id: await store.number('user'), code, name: `New ${code}`, unionId: `union-${code}` };
  };
  return { ...there, group: conversation, department, named, change, update, newcomer };
}
type Scene = Awaited<ReturnType<typeof scene>>;

type Case = readonly [
  cause: string,
  run: (there: Scene) => Promise<unknown>,
  changes: (there: Scene) => readonly object[],
];

const user = (type: OrganizationChange['type'], userId: string, name = nameOf(userId)) => ({ type, userId, name });
const sales = (type: OrganizationChange['type'], given: object = {}) => {
  return { type, deptId: 100, name: 'Sales', parentId: 1, ...given };
};
const inDepartment = [{ departmentId: 100, leader: false, position: 0 }];

/** Causes, and the changes that each one appends. */
const cases: readonly Case[] = [
  [
    'users who are created and renamed',
    ({ store, corpId }) => {
      const named = ['ann', 'bob', 'fay'].map((code) => ({ code, name: code === 'bob' ? nameOf('bob') : 'Next' }));
      return store.putUsers(corpId, named, [], start);
    },
    () => [user('user_modify_org', 'ann', 'Next'), user('user_add_org', 'fay', 'Next')],
  ],
  [
    'a user who is created with contacts and a department',
    ({ store, corpId }) => {
      const contacts = [{ corpId, code: 'fay', fields: { mobile: '13800000009' }, memberships: inDepartment }];
      return store.putUsers(corpId, [{ code: 'fay', name: 'Fay' }], contacts, start);
    },
    () => [user('user_add_org', 'fay', 'Fay')],
  ],
  [
    'a newcomer with contacts',
    async ({ change, newcomer, corpId }) =>
      change([
        { newcomer: await newcomer('fay') },
        { contacts: { corpId, changes: [{ corpId, code: 'fay', fields: { title: 'Boss' } }] } },
      ]),
    () => [user('user_add_org', 'fay', 'New fay')],
  ],
  [
    'a user who gets a name and contacts at once',
    ({ change, corpId, users }) =>
      change([
        { renamed: { corpId, id: users.ann, code: 'ann', name: 'Ann' } },
        { contacts: { corpId, changes: [{ corpId, code: 'ann', fields: { email: 'a@example.com' } }] } },
      ]),
    () => [user('user_modify_org', 'ann', 'Ann')],
  ],
  [
    'a user who moves to a department',
    ({ store, corpId }) =>
      store.contacts.change(corpId, [{ corpId, code: 'bob', fields: {}, memberships: inDepartment }], start),
    () => [user('user_modify_org', 'bob')],
  ],
  [
    'a user who is removed and restored',
    async ({ change, corpId, users }) => {
      await change([{ leaver: { corpId, code: 'cho', at: start } }]);
      await change([{ restored: { corpId, id: users.cho } }]);
    },
    () => [user('user_leave_org', 'cho'), user('user_add_org', 'cho')],
  ],
  [
    'the users of a configuration',
    async ({ store, corpId, newcomer }) => {
      await store.removeUser(corpId, 'eve', start);
      const known = { ...(await newcomer('bob')), name: nameOf('bob') };
      const named = [await newcomer('ann'), known, await newcomer('eve'), await newcomer('fay')];
      const contacts = [{ corpId, code: 'fay', fields: { title: 'Boss' } }];
      expect(await store.operator.putConfiguredUsers(named, contacts, start)).toEqual(['eve']);
    },
    () => [
      user('user_leave_org', 'eve'),
      user('user_modify_org', 'ann', 'New ann'),
      user('user_add_org', 'fay', 'New fay'),
    ],
  ],
  [
    'departments that are created, changed and removed',
    async ({ store, corpId, department, change }) => {
      const next = { corpId, id: 101, parentId: 100, name: 'East', position: 1 };
      await store.departments.put([{ ...department, position: 7 }, next], start);
      await change([{ departments: [{ ...next, parentId: 1 }] }]);
      await change([{ droppedDepartment: { corpId, id: 101 } }]);
      await change([{ droppedDepartment: { corpId, id: 101 } }]);
    },
    () => [
      sales('org_dept_modify'),
      sales('org_dept_create', { deptId: 101, parentId: 100, name: 'East' }),
      sales('org_dept_modify', { deptId: 101, name: 'East' }),
      sales('org_dept_remove', { deptId: 101, name: 'East' }),
    ],
  ],
  [
    'a department that gets a name and a manager at once, and the root department',
    async ({ store, corpId, department, change, users }) => {
      await store.contacts.change(corpId, [
        {
          corpId,
          code: 'bob',
          fields: {},
          memberships: [...inDepartment, { ...must(inDepartment[0]), departmentId: 1 }],
        },
      ]);
      const leaders = (id: number) => ({ leaders: { corpId, id, userIds: [users.bob] } });
      await change([{ departments: [{ ...department, name: 'Trade' }] }, leaders(100)]);
      await change([leaders(1)]);
      await change([leaders(1)]);
    },
    () => [
      sales('org_dept_modify', { name: 'Trade' }),
      sales('org_dept_modify', { deptId: 1, name: 'corp-one Ltd', parentId: null }),
    ],
  ],
  [
    'a new group',
    async ({ store, corpId, users }) => {
      const conversation = await newGroup(store, corpId, { title: 'Next' });
      await store.groups.create({ conversation, userIds: [users.cho, users.ann], robotIds: [] });
    },
    ({ named }) => [{ type: 'chat_add_member', title: 'Next', members: [named.ann, named.cho] }],
  ],
  [
    'a new conversation of two',
    async ({ store, corpId, users }) => {
      const conversation = await newGroup(store, corpId, { isGroup: false, chatId: null });
      await store.conversations.create({ conversation, userIds: [users.cho, users.ann], robotIds: [] });
    },
    () => [],
  ],
  [
    'members who are added and removed',
    async ({ store, corpId, group, users, update }) => {
      await update({ added: [users.bob, users.cho], removed: [users.dee] });
      await store.conversations.removeMembers(corpId, group.id, [users.cho, users.bob], start);
      await store.conversations.addMembers(corpId, group.id, [users.bob, users.ann], start);
    },
    ({ named }) => [
      { type: 'chat_add_member', title: 'Team', members: [named.cho] },
      { type: 'chat_remove_member', title: 'Team', members: [named.bob, named.cho] },
      { type: 'chat_add_member', title: 'Team', members: [named.bob] },
    ],
  ],
  [
    'a member who quits',
    ({ update, users }) => update({ removed: [users.bob], leaving: 'chat_quit' }),
    ({ named }) => [{ type: 'chat_quit', title: 'Team', operator: named.bob, members: [named.bob] }],
  ],
  [
    'a group that gets a title, an owner and a member at once, and is disbanded',
    async ({ update, users, store, corpId, group }) => {
      await update({ change: { title: 'Crew', ownerId: users.bob }, added: [users.cho] });
      await update({ change: { title: 'Crew', ownerId: users.bob, icon: 'x' }, addedRobots: [] });
      await update({ isDisbanded: true });
      await update({ isDisbanded: true, added: [users.dee] });
      await store.conversations.disband(corpId, group.id, start);
    },
    ({ named }) => [
      { type: 'chat_update_title', title: 'Crew' },
      { type: 'chat_update_owner', title: 'Crew', owner: named.bob },
      { type: 'chat_add_member', title: 'Crew', members: [named.cho] },
      { type: 'chat_disband', title: 'Crew' },
    ],
  ],
  [
    'what changes nothing',
    async ({ store, corpId, department, users, update, change, group }) => {
      await store.putUsers(corpId, [{ code: 'ann', name: nameOf('ann') }], [], start);
      await store.contacts.change(corpId, [{ corpId, code: 'ann', fields: { email: null }, memberships: [] }], start);
      await store.contacts.change(corpId, [{ corpId, code: 'nobody', fields: { title: 'x' } }], start);
      await store.departments.put([department], start);
      await change([{ renamed: { corpId, id: users.ann, code: 'ann', name: nameOf('ann') } }]);
      await change([{ leaver: { corpId, code: 'nobody', at: start } }]);
      await update({ change: { title: 'Team', ownerId: users.ann } });
      await update({ added: [users.bob], removed: [users.cho] });
      await store.conversations.addMembers(corpId, group.id, [], start);
    },
    () => [],
  ],
  [
    'what an organization is set up with',
    async ({ store, corpId, newcomer, users, group }) => {
      await store.operator.putConfiguredUsers([await newcomer('fay')], [], undefined);
      await store.departments.put([{ corpId, id: 200, parentId: 1, name: 'x', position: 1 }]);
      await store.conversations.addMembers(corpId, group.id, [users.cho]);
    },
    () => [],
  ],
];

/** The events of groups, users and departments. */
export function describeChanges(open: Open): void {
  describe('the events of an organization', () => {
    for (const [cause, run, expected] of cases) {
      test(`describe ${cause}`, async () => {
        const there = await scene(open);
        expect(await changesBy(there, () => run(there))).toEqual(expected(there));
        expect(await eventsOf({ ...there, corpId: there.foreigner.corpId })).toEqual([]);
      });
    }

    test('are numbered with those of messages, and notify the listener after the commit', async () => {
      const there = await scene(open);
      const { store, corpId, update, users, arrive, change } = there;
      const notified: number[] = [];
      store.changes.onAppended((each) => notified.push(each));
      await arrive();
      await update({ added: [users.cho] });
      await store.putUsers(corpId, [{ code: 'fay', name: 'Fay' }]);
      const refused = { corpId, code: 'bob', fields: { mobile: '13800000001' } };
      await store.contacts.change(corpId, [{ ...refused, code: 'ann' }], start);
      const renamed = { renamed: { corpId, id: users.bob, code: 'bob', name: 'Bob' } };
      await expect(change([renamed, { contacts: { corpId, changes: [refused] } }])).rejects.toMatchObject({
        reason: 'taken',
      });
      await arrive();
      const found = (await eventsOf(there)).map(({ seq, event }) => `${seq} ${event}`);
      expect(found).toEqual([
        ...['1 sent', '2 delivered', '3 chat_add_member', '4 user_modify_org', '5 sent', '6 delivered'],
      ]);
      expect(notified).toEqual([corpId, corpId]);
      const [, , added] = await eventsOf(there);
      expect(await store.subscriptions.eventsAt(corpId, [must(added).offset])).toEqual([added]);
    });

    test('of an import are inserted with a few statements', async () => {
      const { store, corpId } = await scene(open);
      const statements: string[] = [];
      function* counted<T>(work: Work<T>): Work<T> {
        let step = work.next();
        while (!step.done) {
          statements.push(step.value.statement.name);
          step = work.next(yield step.value);
        }
        return step.value;
      }
      const imported = Array.from({ length: 2000 }, (_, i) => {
        return { type: 'user_add_org', userId: `u${i}`, name: 'x' } as const;
      });
      await store.driver.write(() => counted(appendChanges(corpId, imported, start, 0)));
      expect(statements.length).toBeLessThan(15);
      expect(await store.operator.lastEvent(corpId)).toBe(2000);
    });

    test('have the day on which they happen where days are partitions', async () => {
      const there = await scene(open);
      const { store, corpId } = there;
      await store.putUsers(corpId, [{ code: 'fay', name: 'Fay' }], [], start + 3 * day);
      await store.putUsers(corpId, [{ code: 'gus', name: 'Gus' }], [], start);
      const offsets = (await eventsOf(there)).map(({ offset }) => offset);
      const first = store.driver.daily ? startOfDay(must(offsets[0])) : 0;
      expect(offsets).toEqual([first + 1, first + 2]);
      if (store.driver.daily) expect(first / 2 ** 34).toBe(dayOf(start + 3 * day));
    });

    test('are removed after their time, and the numbers continue', async () => {
      const there = await scene(open);
      const { store, corpId, arrive } = there;
      const rename = (name: string, at: number) => store.putUsers(corpId, [{ code: 'ann', name }], [], at);
      for (const [i, at] of [early, early + 1, early + 10].entries()) await rename(`Ann ${i}`, at);
      const pruneAll = async (before: number) => {
        while ((await store.changes.prune(corpId, before, 1)) > 0);
        return (await eventsOf(there)).map(({ seq, event }) => `${seq} ${event}`);
      };
      expect(await pruneAll(early + 5)).toEqual(['3 user_modify_org']);
      // Nothing has happened since: the number stays, and the text is gone.
      expect(await pruneAll(early + 20)).toEqual(['3 removed']);
      expect((await eventsOf(there))[0]).toMatchObject({ at: null, change: undefined, message: undefined });
      await arrive({ sentAt: early + 30 });
      await rename('Ann', early + 40);
      expect(await pruneAll(early + 50)).toEqual(['4 sent', '5 delivered', '6 user_modify_org']);
      expect(await store.prune(corpId, early + 35, 9)).toBe(1);
      expect(await pruneAll(early + 35)).toEqual(['6 user_modify_org']);
    });

    test('are in a snapshot', async () => {
      const there = await scene(open);
      const { store, update, users } = there;
      await update({ added: [users.cho] });
      const [before, dump] = [await eventsOf(there), await store.dump()];
      await store.clear();
      expect(await eventsOf(there)).toEqual([]);
      await store.load(dump);
      expect(await eventsOf(there)).toEqual(before);
    });
  });
}
