import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStores, startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { must, world } from '../../contract/world.contract.ts';
import type { Store } from '../../store.ts';
import { queryRow, queryRows, sql } from '../sql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const several = async (count: number) => (await openStores(server, count)).stores;

/**
 * Runs two writes while the rows of an organization's users are locked, until both of them wait. Resolves with their
 * outcomes.
 */
async function whileUsersAreLocked(store: Store, corpId: number, begin: () => readonly Promise<unknown>[]) {
  const lock = sql('lock_users', `select 1 from users where corp_id = ${corpId} order by id for update`);
  // On Citus the locks are those of all nodes.
  const locks = server.isCitus ? 'citus_locks' : 'pg_locks';
  const waiting = sql<[count: number]>('count_waiting', `select cast(count(*) as int) from ${locks} where not granted`);
  let writes: readonly Promise<unknown>[] = [];
  await store.driver.write(function* () {
    yield* queryRows(lock);
    writes = begin();
    for (let count = 0; count < 2; ) count = Number((yield* queryRow(waiting))?.[0]);
  });
  return Promise.allSettled(writes);
}

test('two processes that change the contact data of one user at the same time lose no change', async () => {
  const [one, two, three] = await several(3);
  const { corpId } = await world(must(one));
  const fields = [{ mobile: '13800000001' }, { email: 'ann@example.com' }] as const;
  const changed = await whileUsersAreLocked(must(one), corpId, () =>
    [must(two), must(three)].map((store, i) =>
      store.contacts.change(corpId, [{ corpId, code: 'ann', fields: must(fields[i]) }]),
    ),
  );
  expect(changed.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await must(one).contacts.find(corpId, 'code', 'ann')).toMatchObject({ ...fields[0], ...fields[1] });
});

test('two processes that give one mobile to two users at the same time: one is refused', async () => {
  const [one, two, three] = await several(3);
  const { corpId } = await world(must(one));
  const [change, put] = await whileUsersAreLocked(must(one), corpId, () => [
    must(two).contacts.change(corpId, [{ corpId, code: 'ann', fields: { mobile: '13800000001' } }]),
    must(three).putUsers(
      corpId,
      [{ code: 'bob', name: 'Bob' }],
      [{ corpId, code: 'bob', fields: { mobile: '13800000001' } }],
    ),
  ]);
  const refused = [change, put].filter((each) => each?.status === 'rejected');
  expect(refused).toMatchObject([{ reason: { reason: 'taken' } }]);
});
