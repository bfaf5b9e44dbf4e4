import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { peopleSetup, peopleWorld } from '../conformance/support/people.ts';
import { ok } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two processes on one database. */
function startTwo() {
  return startTwoOn(postgres, peopleWorld, { setup: peopleSetup });
}

const corpId = 'corp-one';

test('a change at one process is seen by the next call at another, and the setup gave each user one unionId', async () => {
  const [one, other] = await startTwo();
  expect(await one.unionIdOf('ann')).toBe(await other.unionIdOf('ann'));
  const { deptId } = ok(await one.console('POST', 'departments', { corpId, name: '新部门', parentId: 11 }));
  ok(await one.console('PUT', `users/boss?corpId=${corpId}`, { mobile: '13899999999', departments: [{ deptId }] }));
  const found = await other.old('/topapi/v2/user/getbymobile', { mobile: '13899999999' });
  expect(found.body.result).toEqual({ userid: 'boss' });
  expect((await other.old('/topapi/v2/department/listparentbyuser', { userid: 'boss' })).body.result).toEqual({
    parent_list: [{ parent_dept_id_list: [deptId, 11, 10, 1] }],
  });
  expect((await other.old('/topapi/v2/user/get', { userid: 'boss' }, 'app-scoped')).body.errcode).toBe(0);
  ok(await one.console('PUT', `apps/app-scoped/contactScopes/${corpId}`, { departments: [20] }));
  expect((await other.old('/topapi/v2/user/get', { userid: 'boss' }, 'app-scoped')).body.errcode).toBe(50002);
});

test('two processes that move departments below each other at once leave a tree', async () => {
  const [one, other] = await startTwo();
  for (let round = 0; round < 6; round++) {
    const replies = await Promise.all([
      one.console('PUT', `departments/20?corpId=${corpId}`, { parentId: 30 }),
      other.console('PUT', `departments/30?corpId=${corpId}`, { parentId: 20 }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    for (const id of [20, 30]) {
      const { path } = ok(await one.console('GET', `departments/${id}?corpId=${corpId}`)) as { path: unknown[] };
      expect(path.length).toBeLessThan(4);
    }
    ok(await one.console('PUT', `departments/20?corpId=${corpId}`, { parentId: 1 }));
    ok(await one.console('PUT', `departments/30?corpId=${corpId}`, { parentId: 1 }));
  }
});

test('two processes that give one mobile to two users at once: one succeeds', async () => {
  const [one, other] = await startTwo();
  for (let round = 0; round < 6; round++) {
    const mobile = `1381000000${round}`;
    const replies = await Promise.all([
      one.console('PUT', `users/cho?corpId=${corpId}`, { mobile }),
      other.console('PUT', `users/dee?corpId=${corpId}`, { mobile }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
  }
});

test('a department that one process deletes while another puts a user into it: the user is never in a deleted one', async () => {
  const [one, other] = await startTwo();
  for (let round = 0; round < 6; round++) {
    const { deptId } = ok(await one.console('POST', 'departments', { corpId, name: `D${round}` }));
    const [, dropped] = await Promise.all([
      other.console('PUT', `users/dee?corpId=${corpId}`, { departments: [{ deptId }] }),
      one.console('DELETE', `departments/${deptId}?corpId=${corpId}`),
    ]);
    const { departments } = ok(await one.console('GET', `users/dee?corpId=${corpId}`)) as {
      departments: { deptId: number }[];
    };
    expect(departments.some((home) => home.deptId === deptId)).toBe(dropped.status !== 200);
  }
});
