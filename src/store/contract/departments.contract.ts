import { describe, expect, test } from 'vitest';
import { queryRows, sql } from '../engine/sql.ts';
import type { Department, Membership } from '../model.ts';
import type { ContactChange } from '../people/contacts.ts';
import { fillUnionIds } from '../people/union-ids.ts';
import type { Store } from '../store.ts';
import { must, type Open, opened, start, world } from './world.contract.ts';

const member = (departmentId: number, position = 0, leader = false): Membership => ({ departmentId, leader, position });

/** Creates the departments 10 with 11 and 12 below it, and 20. */
async function plant(store: Store, corpId: number): Promise<void> {
  const rows: readonly [number, number, number][] = [
    [10, 1, 2],
    [11, 10, 2],
    [12, 10, 1],
    [20, 1, 1],
  ];
  await store.departments.put(
    rows.map(([id, parentId, position]): Department => ({ corpId, id, parentId, name: `D${id} 部`, position })),
  );
}

/** Changes one user. */
async function place(store: Store, corpId: number, code: string, change: Partial<ContactChange>): Promise<void> {
  await store.contacts.change(corpId, [{ corpId, code, fields: {}, ...change }]);
}

async function pageOf(store: Store, corpId: number, departmentId: number, offset = 0, limit = 10) {
  const members = await store.departmentMembers.page({ corpId, departmentId, order: 'custom', offset, limit });
  return members.map(({ code }) => code);
}

export function describeDepartments(open: Open): void {
  describe('departments', () => {
    test('are listed by parent and position, and lead to the root', async () => {
      const { store, corpId, foreigner } = await world((await opened(open)).store);
      await plant(store, corpId);
      expect((await store.departments.children(corpId, 1)).map(({ id }) => id)).toEqual([20, 10]);
      expect((await store.departments.children(corpId, 10)).map(({ id }) => id)).toEqual([12, 11]);
      expect(await store.departments.find(corpId, 11)).toMatchObject({ parentId: 10, name: 'D11 部' });
      expect(await store.departments.path(corpId, 11)).toEqual([11, 10, 1]);
      expect(await store.departments.path(corpId, 1)).toEqual([1]);
      expect(await store.departments.all(foreigner.corpId)).toEqual([]);
      expect(await store.departments.find(foreigner.corpId, 10)).toBeUndefined();
    });

    test('have members by descending position, and the root those without a department', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      expect(await pageOf(store, corpId, 1)).toEqual(['ann', 'bob', 'cho', 'dee', 'eve']);
      await plant(store, corpId);
      await place(store, corpId, 'ann', { memberships: [member(11), member(20, 3)] });
      await place(store, corpId, 'bob', { memberships: [member(11, 7, true)] });
      await place(store, corpId, 'dee', { memberships: [member(1), member(11)] });
      expect(await pageOf(store, corpId, 11)).toEqual(['bob', 'ann', 'dee']);
      expect(await pageOf(store, corpId, 1)).toEqual(['dee', 'cho', 'eve']);
      const pages = [0, 1, 2, 3].map((offset) => pageOf(store, corpId, 1, offset, 1));
      expect((await Promise.all(pages)).flat()).toEqual(['dee', 'cho', 'eve']);
      expect(await store.departmentMembers.codes(corpId, 1)).toEqual(['dee', 'cho', 'eve']);
      for (const departmentId of [1, 11]) {
        const ordered = async (order: 'oldest' | 'newest') =>
          (await store.departmentMembers.page({ corpId, departmentId, order, offset: 0, limit: 9 })).map(
            ({ code }) => code,
          );
        expect((await ordered('newest')).toReversed()).toEqual(await ordered('oldest'));
      }
    });

    test('count their own current members, and each member once with those below them', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await plant(store, corpId);
      await place(store, corpId, 'ann', { memberships: [member(11), member(12)] });
      await place(store, corpId, 'bob', { memberships: [member(10)] });
      await place(store, corpId, 'cho', { memberships: [member(12)] });
      await store.removeUser(corpId, 'cho', start);
      expect(await store.departments.counts(corpId, 10)).toEqual({ own: 1, total: 2 });
      expect(await store.departments.counts(corpId, 12)).toEqual({ own: 1, total: 1 });
      expect(await store.departments.counts(corpId, 1)).toEqual({ own: 2, total: 4 });
    });

    test('have managers, who keep their membership when they no longer manage', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      await plant(store, corpId);
      await place(store, corpId, 'ann', { memberships: [member(10)] });
      await store.departments.replaceLeaders(corpId, 10, [users.ann, users.bob]);
      expect(await store.departments.leaders(corpId, 10)).toEqual(['ann']);
      await store.departments.replaceLeaders(corpId, 10, []);
      expect(await store.departments.leaders(corpId, 10)).toEqual([]);
      expect(await pageOf(store, corpId, 10)).toEqual(['ann']);
    });

    test('that are deleted leave their former members in the root', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await plant(store, corpId);
      await place(store, corpId, 'ann', { memberships: [member(20)] });
      await store.removeUser(corpId, 'ann', start);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: null };
      await store.operator.change([{ droppedDepartment: { corpId, id: 20 } }], entry);
      const former = must(await store.operator.formerUser(corpId, 'ann'));
      await store.operator.change([{ restored: { corpId, id: former.id } }], entry);
      expect(await pageOf(store, corpId, 1)).toContain('ann');
      expect(await store.departments.memberships(corpId, [former.id])).toEqual(new Map());
    });
  });

  describe('contacts', () => {
    test('are found by code, mobile and unionId in their organization alone', async () => {
      const { store, corpId, foreigner } = await world((await opened(open)).store);
      await place(store, corpId, 'ann', { fields: { mobile: '13800000001', title: '经理' } });
      const ann = must(await store.contacts.find(corpId, 'code', 'ann'));
      expect(ann).toMatchObject({ mobile: '13800000001', title: '经理', email: null, jobNumber: null });
      expect(ann.unionId).toMatch(/^[0-9a-v]{26}$/);
      expect(await store.contacts.find(corpId, 'mobile', '13800000001')).toEqual(ann);
      expect(await store.contacts.find(corpId, 'unionId', ann.unionId)).toEqual(ann);
      expect(await store.contacts.find(foreigner.corpId, 'mobile', '13800000001')).toBeUndefined();
      expect(await store.contacts.find(foreigner.corpId, 'unionId', ann.unionId)).toBeUndefined();
      expect((await store.contacts.page(corpId, 'ann', 2)).map(({ code }) => code)).toEqual(['bob', 'cho']);
    });

    test('keep what a change does not name, and lose what it names as null', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await place(store, corpId, 'ann', { fields: { mobile: '13800000001', email: 'a@b.c' } });
      await place(store, corpId, 'ann', { fields: { mobile: null, jobNumber: '7' } });
      const ann = await store.contacts.find(corpId, 'code', 'ann');
      expect(ann).toMatchObject({ mobile: null, email: 'a@b.c', jobNumber: '7' });
    });

    test('cannot share a mobile, but can exchange theirs', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await place(store, corpId, 'ann', { fields: { mobile: '1001' } });
      await place(store, corpId, 'bob', { fields: { mobile: '1002' } });
      await expect(place(store, corpId, 'cho', { fields: { mobile: '1002' } })).rejects.toMatchObject({
        reason: 'taken',
        message: 'user cho cannot have the mobile of user bob',
      });
      await store.contacts.change(corpId, [
        { corpId, code: 'ann', fields: { mobile: '1002' } },
        { corpId, code: 'bob', fields: { mobile: '1001' } },
      ]);
      expect(await store.contacts.mobiles(corpId, ['1001', '1002', '1003'])).toEqual(
        new Map([
          ['1001', 'bob'],
          ['1002', 'ann'],
        ]),
      );
    });

    test('keep unionId and memberships when they leave and return; another person with their code does not', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await plant(store, corpId);
      await place(store, corpId, 'ann', { fields: { mobile: '1001' }, memberships: [member(20)] });
      const before = must(await store.contacts.find(corpId, 'code', 'ann'));
      await store.removeUser(corpId, 'ann', start);
      expect(await store.contacts.find(corpId, 'unionId', before.unionId)).toBeUndefined();
      await store.putUsers(corpId, [{ code: 'ann', name: 'Another' }]);
      const another = must(await store.contacts.find(corpId, 'code', 'ann'));
      expect(another.unionId).not.toBe(before.unionId);
      expect(another.mobile).toBeNull();
      await store.removeUser(corpId, 'ann', start + 1);
      const entry = { corpId, at: start, actor: 'token', action: 'a', target: 't', was: null, became: null };
      await store.operator.change([{ restored: { corpId, id: before.id } }], entry);
      expect(await store.contacts.find(corpId, 'unionId', before.unionId)).toEqual(before);
      expect(await pageOf(store, corpId, 20)).toEqual(['ann']);
    });

    test('of a database from before unionIds get one each, in steps', async () => {
      const { store, corpId, foreigner } = await world((await opened(open)).store);
      await store.driver.write(() => queryRows(sql('lose_union_ids', 'update users set union_id = null')));
      await store.putSetting('unionIds', '0 0');
      await fillUnionIds(store.driver);
      const all = [
        ...(await store.contacts.page(corpId, '', 9)),
        ...(await store.contacts.page(foreigner.corpId, '', 9)),
      ];
      expect(new Set(all.map(({ unionId }) => unionId)).size).toBe(6);
      for (const { unionId } of all) expect(unionId).toMatch(/^[0-9a-v]{26}$/);
      expect(await store.setting('unionIds')).toBeUndefined();
      await fillUnionIds(store.driver);
      expect(await store.contacts.page(corpId, '', 9)).toEqual(all.slice(0, 5));
    });
  });
}
