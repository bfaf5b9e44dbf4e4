import { describe, expect, test } from 'vitest';
import type { Actor } from '../console/audit.ts';
import type { OperatorAccount } from '../console/operators.ts';
import { must, type Open, opened, start, world } from './world.contract.ts';

const entry = { corpId: 0, at: start, actor: 'x', action: 'a', target: 't', was: null, became: null };

const account = (id: number, given: Partial<OperatorAccount> = {}): OperatorAccount => ({
  ...{ id, code: `op${id}`, name: `Name ${id}`, email: null, generation: 1, createdAt: start, disabledAt: null },
  ...{ grants: [], ...given },
});

export function describeOperators(open: Open): void {
  describe('operators', () => {
    test('are found by code, number and email, and listed by name with their roles', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      const grants = [
        { corpId: 0, role: 'auditor', userId: null },
        { corpId, role: 'sender', userId: users.ann },
      ];
      const [zoe, abe] = [account(1, { name: 'Zoe', email: 'zoe@example.com', grants }), account(2, { name: 'Abe' })];
      for (const one of [zoe, abe]) await store.accounts.add(one, entry);
      expect(await store.accounts.byCode('op1')).toEqual(zoe);
      expect(await store.accounts.byId(1)).toEqual(zoe);
      expect(await store.accounts.byEmail('zoe@example.com')).toEqual(zoe);
      expect(await store.accounts.page(['', 0], 9)).toEqual([abe, zoe]);
      expect(await store.accounts.page(['', 0], 1)).toEqual([abe]);
      expect(await store.accounts.page(['Abe', 2], 1)).toEqual([zoe]);
      expect(await store.accounts.count()).toBe(2);
      expect(await store.accounts.byCode('op3')).toBeUndefined();
    });

    test('an email address belongs to one operator, until they are deleted', async () => {
      const { store } = await world((await opened(open)).store);
      const email = 'one@example.com';
      await store.accounts.add(account(1, { email }), entry);
      await expect(store.accounts.add(account(2, { email }), entry)).rejects.toMatchObject({ reason: 'taken' });
      await store.accounts.add(account(2), entry);
      const change = store.accounts.change(account(2), account(2, { email }), entry);
      await expect(change).rejects.toMatchObject({ name: 'StoreError', reason: 'taken' });
      expect(await store.accounts.remove(1, { ...entry, at: start + 1 })).toBe(true);
      expect(await store.accounts.remove(1, entry)).toBe(false);
      await store.accounts.change(account(2), account(2, { email }), entry);
      expect(await store.accounts.byCode('op1')).toBeUndefined();
      expect(await store.accounts.names([1, 2])).toEqual(
        new Map([
          [1, { code: 'op1', name: 'Name 1' }],
          [2, { code: 'op2', name: 'Name 2' }],
        ]),
      );
    });

    test('have no role in an organization that their own user has left', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      const own = { corpId, role: 'sender', userId: users.ann };
      const other = { corpId: 0, role: 'auditor', userId: null };
      await store.accounts.add(account(1, { grants: [other, own] }), entry);
      await store.accounts.add(account(2), entry);
      expect(await store.accounts.ofUser(corpId, users.ann)).toEqual([1]);
      await store.removeUser(corpId, 'ann', start);
      expect(await store.accounts.byId(1)).toMatchObject({ generation: 2, grants: [other] });
      await store.accounts.change(account(2), account(2, { generation: 2, grants: [own] }), entry);
      expect(await store.accounts.byId(2)).toMatchObject({ generation: 2, grants: [] });
    });

    test('of two changes of the roles that are based on the same state, one is refused with the reason stale', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await store.accounts.add(account(1), entry);
      const next = (role: string) => account(1, { generation: 2, grants: [{ corpId, role, userId: null }] });
      const changes = await Promise.allSettled(
        ['sender', 'auditor'].map((role) => store.accounts.change(account(1), next(role), entry)),
      );
      expect(changes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(changes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { reason: 'stale' } });
      expect(must(await store.accounts.byCode('op1')).grants).toHaveLength(1);
      expect(await store.operator.auditBefore(99, 9)).toHaveLength(2);
    });

    test('a change of the name that is based on an earlier name or address is refused with the reason stale', async () => {
      const { store } = await world((await opened(open)).store);
      await store.accounts.add(account(1), entry);
      const addressed = account(1, { email: 'new@example.com' });
      await store.accounts.change(account(1), addressed, entry);
      const late = store.accounts.change(account(1), account(1, { name: 'Renamed' }), entry);
      await expect(late).rejects.toMatchObject({ reason: 'stale' });
      expect(must(await store.accounts.byCode('op1'))).toEqual(addressed);
      await store.accounts.change(addressed, { ...addressed, name: 'Renamed' }, entry);
    });

    test('a session has its operator as they are now, and ends with another generation', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      const one = account(1, { grants: [{ corpId, role: 'sender', userId: null }] });
      await store.accounts.add(one, entry);
      const session = { hash: 'h', id: 1, openedBy: '', operator: { id: 1, generation: 1 }, expiresAt: start + 9 };
      await store.operator.putSession(session, start);
      expect(await store.operator.session('h')).toEqual({ ...session, account: one });
      await store.accounts.change(one, { ...one, name: 'Renamed' }, entry);
      expect((await store.operator.session('h'))?.account?.name).toBe('Renamed');
      const disabled = { ...one, name: 'Renamed', generation: 2, disabledAt: start };
      await store.accounts.change({ ...one, name: 'Renamed' }, disabled, entry);
      expect(await store.operator.session('h')).toBeUndefined();
      // Like a session of a sign-in that ran at the same time as the change.
      await store.operator.putSession(session, start);
      expect(await store.operator.session('h')).toBeUndefined();
    });

    test('a link is used once, and ends with its time, with a newer one, and with the operator', async () => {
      const { store } = await world((await opened(open)).store);
      await store.accounts.add(account(1), entry);
      await store.accounts.putLink('old', 1, start + 9, entry);
      await store.accounts.putLink('new', 1, start + 9, entry);
      expect(await store.accounts.hasLink('old')).toBe(false);
      const taken = await Promise.all([1, 2].map(() => store.accounts.takeLink('new', start)));
      expect(taken.filter((one) => one !== undefined)).toEqual([account(1)]);
      await store.accounts.putLink('late', 1, start + 9, entry);
      expect(await store.accounts.takeLink('late', start + 9)).toBeUndefined();
      await store.accounts.putLink('expired', 1, start + 9, entry);
      await store.deleteExpired(start + 10, 0);
      expect(await store.accounts.hasLink('expired')).toBe(false);
      await store.accounts.putLink('gone', 1, start + 9, entry);
      await store.accounts.remove(1, entry);
      expect(await store.accounts.takeLink('gone', start)).toBeUndefined();
    });

    test('messages know who has sent them in the console, and are listed and counted by it', async () => {
      const { store, corpId, arrive, users } = await world((await opened(open)).store);
      await store.accounts.add(account(1), entry);
      const [mine] = [await arrive({ operatorId: 1 }), await arrive(), await arrive({ operatorId: 2 })];
      const walk = { along: 'operator', corpId, operatorId: 1 } as const;
      const found = await store.operator.messagesBefore(walk, [Number.MAX_SAFE_INTEGER, 0], 0, 9);
      expect(found.map(({ messageId, operatorId }) => [messageId, operatorId])).toEqual([[mine, 1]]);
      expect(await store.operator.totalOfWalk(walk, 0, start + 9)).toBe(1);
      expect(must(await store.operator.message(corpId, mine)).userIds).toContain(users.ann);
      const own = await store.operator.messagesSentBy(corpId, [mine, mine + 1, mine + 2], 1);
      expect([...own]).toEqual([mine]);
    });

    test('the audit log names the operator, and is filtered by operator and organizations', async () => {
      const { store, corpId, foreigner } = await world((await opened(open)).store);
      const write = (of: number, actor: string | Actor) =>
        store.operator.putSetting('a', 'b', { ...entry, corpId: of, actor });
      const ann = {
        session: 'session 1',
        code: 'op1',
        name: 'Ann',
        roleIn: (of: number) => `role in ${of === corpId}`,
      };
      await write(corpId, ann);
      await write(foreigner.corpId, { ...ann, code: 'op2', name: 'Bob' });
      await write(0, 'command');
      const read = async (filter?: object) =>
        (await store.operator.auditBefore(99, 9, filter)).map(({ actor, operator }) => [
          ...[actor, operator?.name],
          ...(operator ? [operator.role] : []),
        ]);
      expect(await read()).toEqual([
        ['command', undefined],
        ['session 1', 'Bob', 'role in false'],
        ['session 1', 'Ann', 'role in true'],
      ]);
      expect(await read({ operatorCode: 'op1' })).toEqual([['session 1', 'Ann', 'role in true']]);
      expect(await read({ corpIds: [corpId] })).toEqual([['session 1', 'Ann', 'role in true']]);
      expect(await read({ corpIds: [corpId, foreigner.corpId], operatorCode: 'op2' })).toEqual([
        ['session 1', 'Bob', 'role in false'],
      ]);
      expect(await read({ corpIds: [] })).toEqual([]);
      expect(await store.operator.totalOfAudit({ corpIds: [corpId, 0] })).toBe(2);
      expect(await store.operator.totalOfAudit({ operatorCode: 'op2' })).toBe(1);
    });
  });
}
