import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openStores, startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { must, sortDump, start, world } from '../../contract/world.contract.ts';
import { migrations } from '../../migrations/index.ts';
import type { openStore } from '../../open.ts';
import { type Migrations, queryRows, sql } from '../sql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const several = async (count: number) => (await openStores(server, count)).stores;

/** The schema of the next release. */
const next: Migrations = {
  ...migrations,
  latest: migrations.latest + 1,
  script: (version) =>
    version > migrations.latest ? 'create table of_next_release (id bigint)' : migrations.script(version),
};

const newer = {
  name: 'StoreError',
  reason: 'newer',
  message: expect.stringContaining(`version ${next.latest} and this process works with version ${migrations.latest}`),
};

test('after a newer process has migrated the schema, every write of an older process is refused and stores nothing', async () => {
  const [older, newest] = await several(2);
  const { corpId, users, arrive, sending } = await world(must(older));
  const messageId = await arrive();
  await must(newest).driver.migrate(next);
  const { accept, settle, lose, recall, read, driver } = verbsOf(must(older));
  const before = sortDump(await must(newest).dump());
  for (const write of [
    () => accept(sending()),
    () => settle(corpId, messageId, start),
    () => lose(corpId, messageId),
    () => recall(corpId, messageId, start),
    () => read(corpId, users.ann, [messageId], start),
    () => must(older).putOrganization({ corpId, code: 'other', name: 'other' }),
    () => must(older).ping(start),
    () => must(older).processes.join(99),
    () => driver.prepareDays(start + 40 * 86_400_000),
    () => driver.dropDays(start + 40 * 86_400_000),
  ])
    await expect(write()).rejects.toMatchObject(newer);
  expect(sortDump(await must(newest).dump())).toEqual(before);
  expect(await must(older).receipt(corpId, messageId)).toMatchObject({ messageId });
  await must(newest).ping(start);
});

test('a migration step waits for running writes, and writes that begin during the step are refused after it', async () => {
  const [older, newest] = await several(2);
  const { sending } = await world(must(older));
  await must(older).driver.prepareDays(start);
  const sends = Array.from({ length: 200 }, () => must(older).accept(sending()));
  const migrated = must(newest).driver.migrate(next);
  const results = await Promise.allSettled(sends);
  await migrated;
  const accepted = results.filter(({ status }) => status === 'fulfilled').length;
  const { tables } = await must(newest).dump();
  expect(tables.messages?.length).toBe(accepted);
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(newer);
  await expect(must(older).accept(sending())).rejects.toMatchObject(newer);
});

test('a write is refused after the database was replaced by one with an older schema', async () => {
  const [store] = await several(1);
  const older = sql('restore_older', 'update schema_version set version = version - 1');
  await must(store).driver.write(() => queryRows(older));
  await expect(must(store).ping(start)).rejects.toMatchObject({ name: 'StoreError', reason: 'behind' });
});

test('a migration step whose commit takes longer than that of a write succeeds', async () => {
  const { url, stores } = await openStores(server, 1);
  const client = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => client.end());
  await client.unsafe(`
    create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(6); return null; end';
    create constraint trigger slow after update on schema_version deferrable initially deferred
      for each row execute function slow()`);
  const { driver } = must(stores[0]);
  await driver.migrate(next);
  expect(await driver.version()).toBe(next.latest);
});

function verbsOf(store: Awaited<ReturnType<typeof openStore>>) {
  return {
    accept: store.accept.bind(store),
    settle: store.settle.bind(store),
    lose: store.lose.bind(store),
    recall: store.recall.bind(store),
    read: store.markRead.bind(store),
    driver: store.driver,
  };
}
