import { describe, expect, test } from 'vitest';
import type { NewUser } from '../model.ts';
import { createUnionId } from '../people/union-ids.ts';
import { codes, nameOf, type Open, opened, start, world } from './world.contract.ts';

export function describePeople(open: Open): void {
  describe('users', () => {
    test('are found by code within their organization', async () => {
      const { store, corpId, users, foreigner } = await world((await opened(open)).store);
      const found = await store.findUsers(corpId, ['bob', 'stranger', 'ann', 'Ann']);
      expect(found).toHaveLength(2);
      expect(found.find(({ id }) => id === users.ann)).toMatchObject({ corpId, code: 'ann', name: nameOf('ann') });
      expect(await store.findUsers(corpId, [])).toEqual([]);
      expect(await store.findUsers(foreigner.corpId, ['ann'])).toEqual([]);
    });

    test('have the same number after they were renamed', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      await store.putUsers(corpId, [{ code: 'ann', name: 'Ann 二' }]);
      expect(await store.userOf(corpId, users.ann)).toMatchObject({ id: users.ann, code: 'ann', name: 'Ann 二' });
      expect(await store.userCount(corpId)).toBe(codes.length);
    });

    test('who have left are only found by number, and their code can be used by a new user', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      await store.removeUser(corpId, 'bob', start);
      expect(await store.findUsers(corpId, ['bob'])).toEqual([]);
      expect(await store.userCount(corpId)).toBe(4);
      expect(await store.userOf(corpId, users.bob)).toMatchObject({ code: 'bob', name: nameOf('bob') });
      await store.putUsers(corpId, [{ code: 'bob', name: 'Another Bob' }]);
      const [another] = await store.findUsers(corpId, ['bob']);
      expect(another?.name).toBe('Another Bob');
      expect(another?.id).not.toBe(users.bob);
      expect(await store.userOf(corpId, users.bob)).toMatchObject({ name: nameOf('bob') });
      expect(await store.operator.userNumber(corpId, 'bob')).toBe(another?.id);
    });

    test('are removed one by one, also when former users had the same code', async () => {
      const { store, corpId, users } = await world((await opened(open)).store);
      await store.removeUser(corpId, 'bob', start);
      await store.putUsers(corpId, [{ code: 'bob', name: 'Another Bob' }]);
      await store.removeUser(corpId, 'bob', start + 1);
      const people = await store.operator.people(corpId, [users.bob]);
      expect(people).toMatchObject([{ leftAt: start }]);
      expect(await store.operator.formerUser(corpId, 'bob')).toMatchObject({ name: 'Another Bob', leftAt: start + 1 });
      expect(await store.operator.formerUser(corpId, 'bob', start)).toMatchObject({ id: users.bob });
      expect(await store.operator.formerUser(corpId, 'bob', start + 2)).toBeUndefined();
      expect(await store.usersPage(corpId, '', 9)).toHaveLength(4);
    });

    test('who have left are listed by code and then by time, page by page', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      for (const [code, at] of [
        ['dee', 3],
        ['bob', 2],
        ['ann', 1],
      ] as const)
        await store.removeUser(corpId, code, start + at);
      await store.putUsers(corpId, [{ code: 'bob', name: 'Another Bob' }]);
      await store.removeUser(corpId, 'bob', start + 4);
      const all = await store.operator.formerPage(corpId, ['', 0, 0], 9);
      expect(all.map(({ code, leftAt }) => [code, leftAt - start])).toEqual([
        ['ann', 1],
        ['bob', 2],
        ['bob', 4],
        ['dee', 3],
      ]);
      const [, second] = all;
      const rest = await store.operator.formerPage(corpId, ['bob', start + 2, second?.id ?? 0], 1);
      expect(rest).toEqual([all[2]]);
    });

    test('of a configuration are created or renamed, but not created again after a removal', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await store.removeUser(corpId, 'bob', start);
      const named = ['ann', 'bob', 'new'].map((code) => ({ code, name: `Configured ${code}` }));
      const configure = async () => {
        const configured: NewUser[] = [];
        for (const user of named)
          configured.push({ corpId, id: await store.number('user'), unionId: createUnionId(), ...user });
        return store.operator.putConfiguredUsers(configured, [], undefined);
      };
      expect(await configure()).toEqual(['bob']);
      expect((await store.findUsers(corpId, ['ann', 'bob', 'new'])).map(({ name }) => name).sort()).toEqual([
        'Configured ann',
        'Configured new',
      ]);
      await store.putUsers(corpId, [{ code: 'bob', name: 'Another Bob' }]);
      expect(await configure()).toEqual([]);
      expect(await store.findUsers(corpId, ['bob'])).toMatchObject([{ name: 'Configured bob' }]);
    });

    test('are found by number only in their own organization', async () => {
      const { store, corpId, foreigner } = await world((await opened(open)).store);
      expect(await store.userOf(foreigner.corpId, foreigner.userId)).toMatchObject({ code: 'stranger' });
      expect(await store.userOf(corpId, 999_999)).toBeUndefined();
    });
  });

  describe('a page of users', () => {
    const texts = ['Z', 'a', 'é', '中', '😀', 'A', '_', '9', 'ａ', 'B', 'zz', '\uffff'];
    const byCodePoint = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

    test('is in the order of code points, whatever the collation of the database', async () => {
      const { store, foreigner } = await world((await opened(open)).store);
      const { corpId } = foreigner;
      await store.removeUser(corpId, 'stranger', start);
      await store.putUsers(
        corpId,
        texts.map((code) => ({ code, name: code })),
      );
      const found = await store.usersPage(corpId, '', 100);
      expect(found.map(({ code }) => code)).toEqual(byCodePoint);
      expect(byCodePoint.filter((code) => 'Zaé中'.includes(code))).toEqual(['Z', 'a', 'é', '中']);
    });

    test('starts after the code given', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      const page = async (after: string) => (await store.usersPage(corpId, after, 2)).map(({ code }) => code);
      expect([await page(''), await page('bob'), await page('dee'), await page('eve')]).toEqual([
        ['ann', 'bob'],
        ['cho', 'dee'],
        ['eve'],
        [],
      ]);
      expect(await page('bo')).toEqual(['bob', 'cho']);
    });

    test('can be limited to users whose code or name contains a text, without wildcards', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      const people = { '100%': '百分', x_y: 'under', 'x-y': '一\\二', dave: '曲大岳' };
      await store.putUsers(
        corpId,
        Object.entries(people).map(([code, name]) => ({ code, name })),
      );
      const search = async (text: string) =>
        (await store.operator.findUsersBy(corpId, '', text, 100)).users.map(({ code }) => code);
      expect(await search('%')).toEqual(['100%']);
      expect(await search('_')).toEqual(['x_y']);
      expect(await search('\\')).toEqual(['x-y']);
      expect(await search('大')).toEqual(['dave']);
      expect(await search('x')).toEqual(['x-y', 'x_y']);
      expect(await search('nobody')).toEqual([]);
    });

    test('is searched without regard to the case of ASCII letters, on every engine', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await store.putUsers(corpId, [
        { code: 'Zoe-1', name: 'Zoë ÉCLAIR' },
        { code: 'zoe-2', name: 'éclair' },
      ]);
      const found = async (text: string) =>
        (await store.operator.findUsersBy(corpId, '', text, 9)).users.map(({ code }) => code);
      expect([await found('zOE-'), await found('CLAIR')]).toEqual([
        ['Zoe-1', 'zoe-2'],
        ['Zoe-1', 'zoe-2'],
      ]);
      expect([await found('É'), await found('é')]).toEqual([['Zoe-1'], ['zoe-2']]);
    });

    test('is searched in steps, each of which returns how far it has searched', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await store.removeUser(corpId, 'cho', start);
      const step = async (after: string, size: number) => {
        const { users, to, isAll } = await store.operator.findUsersBy(corpId, after, 'e', size);
        return [users.map(({ code }) => code), isAll ? 'all' : to];
      };
      expect([await step('', 2), await step('bob', 2), await step('dee', 2)]).toEqual([
        [[], 'bob'],
        [['dee', 'eve'], 'eve'],
        [['eve'], 'all'],
      ]);
      expect([await step('', 4), await step('', 5), await step('zzz', 1)]).toEqual([
        [['dee', 'eve'], 'eve'],
        [['dee', 'eve'], 'all'],
        [[], 'all'],
      ]);
    });

    test('contains no former users and no users of another organization', async () => {
      const { store, corpId } = await world((await opened(open)).store);
      await store.removeUser(corpId, 'cho', start);
      expect((await store.usersPage(corpId, '', 100)).map(({ code }) => code)).toEqual(['ann', 'bob', 'dee', 'eve']);
    });
  });
}
