import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openStores, startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { must, start, world } from '../../contract/world.contract.ts';
import { migrations } from '../../migrations/index.ts';
import { openDriver, openStore } from '../../open.ts';
import { dayOf, perDay } from '../partitions.ts';
import type { Migrations } from '../sql.ts';
import { renderDistribution, splitScript } from './postgres-citus.ts';
import { type DistributedTable, distributePostgres } from './postgres-distribute.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function emptyDatabase(): Promise<string> {
  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  return url;
}

/** Connects to a database. */
function tellOf(url: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => client.end());
  return async (text: string) => (await client.unsafe(text).simple().values()) as unknown as unknown[][];
}

const distribute = (url: string, steps: Migrations = migrations, onTable = (_: DistributedTable) => {}) =>
  distributePostgres(url, steps, onTable);

/** Creates a database with the schema, of which nothing is distributed. */
async function migratedDatabase(): Promise<string> {
  const url = await emptyDatabase();
  await (await openStore(url)).close();
  return url;
}

/** Distributes the first tables of a database, as if the command was interrupted then. */
async function interruptAfter(url: string, some: number): Promise<void> {
  let count = 0;
  const interrupted = distribute(url, migrations, () => {
    if (++count === some) throw new Error('interrupted');
  });
  await expect(interrupted).rejects.toThrow('interrupted');
}

/** Reads how tables are distributed: `h` by hash, `n` for a copy on every node. Without partitions. */
async function methodsOf(url: string): Promise<Readonly<Record<string, unknown>>> {
  const rows = await tellOf(url)(`
    select c.relname, p.partmethod from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
    where not c.relispartition`);
  return Object.fromEntries(rows);
}

const allMethods = Object.fromEntries(
  Object.entries(migrations.roles).map(([name, role]) => [name, role === 'distributed' ? 'h' : 'n']),
);

const refusal = (reason: string, message: string) =>
  expect.objectContaining({ name: 'StoreError', reason, message: expect.stringContaining(message) });

describe('the statements that distribute a table', () => {
  test('co-locate all distributed tables with the first one, and copy the others to every node', () => {
    const [first, ...others] = Object.keys(migrations.roles);
    expect(renderDistribution(must(first), migrations.roles)[0]).toBe(
      `select create_distributed_table('${first}', 'corp_id', colocate_with => 'none')`,
    );
    for (const name of others) {
      expect(renderDistribution(name, migrations.roles)).toEqual([
        migrations.roles[name] === 'distributed'
          ? `select create_distributed_table('${name}', 'corp_id', colocate_with => '${first}')`
          : `select create_reference_table('${name}')`,
        `select truncate_local_data_after_distributing_table('${name}')`,
      ]);
    }
  });
});

test('a migration script is split into statements, whatever its comments contain', () => {
  expect(splitScript('-- one; two\ncreate table a (b bigint);\n\ndrop table c; -- d\n')).toEqual([
    '\ncreate table a (b bigint)',
    '\n\ndrop table c',
  ]);
  const statements = Array.from({ length: migrations.latest }, (_, i) => splitScript(migrations.script(i + 1))).flat();
  expect(statements.length).toBeGreaterThan(100);
  const words = /^\s*(\{by day|create|alter|drop|insert|update|delete|with)\b/;
  expect(statements.filter((statement) => !words.test(statement))).toEqual([]);
});

/**
 * Reports of a missing partition: the name of a shard only in the message, in the language of its node, or as the name of
 * the table if the shard is on the coordinator.
 */
const reports: readonly (readonly [string, string])[] = [
  ['English', `message = 'no partition of relation "messages_102008" found for row'`],
  ['German', `message = 'keine Partition von Relation »messages_102008« für die Zeile gefunden'`],
  ['the name of the table', `message = 'no partition', table = 'messages_102008'`],
];

test.each(reports)('a missing day is created when Citus reports it, in %s', async (_, report) => {
  const { url, stores } = await openStores(server, 1);
  const store = must(stores[0]);
  const { corpId, send } = await world(store);
  const tell = tellOf(url);
  const number = dayOf(start) * perDay + 1;
  if (!server.isCitus)
    await tell(`
      create function refuse() returns trigger language plpgsql as $$ begin
        if to_regclass('messages_20260101') is null then
          raise exception using errcode = '23514', ${report},
            detail = 'Partition key of the failing row contains (id) = (${number}).';
        end if;
        return null;
      end $$;
      create trigger refuse before insert on messages execute function refuse()`);
  expect(await store.receipt(corpId, (await send()).messageId)).toBeDefined();
});

describe('on a server without Citus', () => {
  test('a database is refused', async ({ skip }) => {
    skip(server.isCitus, 'the server in HUIZHI_TEST_DATABASE has Citus');
    await expect(distribute(await migratedDatabase())).rejects.toEqual(
      refusal('unavailable', 'PostgreSQL without Citus'),
    );
  });
});

describe('on Citus', { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => skip(!server.isCitus, 'HUIZHI_TEST_DATABASE does not name a database with Citus'));

  test('a database with an old or a newer schema is refused', async () => {
    const url = await emptyDatabase();
    await expect(distribute(url)).rejects.toEqual(refusal('unavailable', 'its schema is version 0'));
    await (await openStore(url)).close();
    const older = { ...migrations, latest: migrations.latest - 1 };
    await expect(distribute(url, older)).rejects.toEqual(refusal('newer', 'made by a newer huizhi'));
  });

  test('a schema that Citus cannot distribute is refused, with the names of what others have added', async () => {
    const url = await migratedDatabase();
    const tell = tellOf(url);
    await tell('create unique index names on users (name)');
    await tell('create table ours (a bigint, b bigint, foreign key (a, b) references robots)');
    await expect(distribute(url)).rejects.toEqual(
      refusal('unavailable', 'the foreign key ours_a_b_fkey of ours, the unique index names without corp_id'),
    );
    await tell('drop table ours');
    await tell('drop index names');
    await tell(`create function nothing() returns trigger language plpgsql as 'begin return null; end'`);
    await tell('create trigger ours after insert on messages_first execute function nothing()');
    await tell('create unique index numbers on messages_first (id)');
    await expect(distribute(url)).rejects.toEqual(
      refusal('unavailable', 'the trigger ours of messages_first, the unique index numbers without corp_id'),
    );
  });

  test('a table that is distributed in another way is refused', async () => {
    const url = await migratedDatabase();
    const tell = tellOf(url);
    await tell(`select create_distributed_table('versions', 'corp_id')`);
    await expect(distribute(url)).rejects.toEqual(
      refusal('unavailable', 'versions is distributed by corp_id, and must be a reference table'),
    );
    await tell(`select undistribute_table('versions')`);
    await tell(`select create_distributed_table('streams', 'corp_id', colocate_with => 'none')`);
    await expect(distribute(url)).rejects.toEqual(
      refusal('unavailable', 'streams is not co-located with users, and must be'),
    );
    await tell(`select create_distributed_table('users', 'corp_id', colocate_with => 'none')`);
    await expect(distribute(url)).rejects.toEqual(
      refusal('unavailable', 'streams is not co-located with users, and must be'),
    );
  });

  test('only the nodes that have shards are reported', async () => {
    const { url } = await openStores(server, 1);
    const [coordinator] = await tellOf(url)(`
      select nodename, nodeport, nodename || ':' || nodeport, cast(shouldhaveshards as text) from pg_dist_node where groupid = 0`);
    const [host, port, address, hasShards] = must(coordinator);
    await tellOf(url)(`select citus_set_node_property('${host}', ${port}, 'shouldhaveshards', true)`);
    const { nodes, shards } = await distribute(url);
    expect(nodes.includes(String(address))).toBe(hasShards === 'true');
    expect(nodes.length).toBeGreaterThan(0);
    expect(shards).toBeGreaterThan(0);
  });

  test('a database is distributed with its rows and days, once, and continues after an interruption', async () => {
    const url = await emptyDatabase();
    const before = await openStore(url);
    const { corpId, arrive, users } = await world(before);
    const id = await arrive();
    await before.close();
    const names = Object.keys(migrations.roles);
    const some = 20;
    await interruptAfter(url, some);
    const { tables } = await distribute(url);
    expect(tables.map(({ table }) => table)).toEqual(names);
    expect(tables.map(({ done }) => done)).toEqual(names.map((_, i) => i >= some));
    expect((await distribute(url)).tables.some(({ done }) => done)).toBe(false);
    expect(await tellOf(url)(`select cast(pg_relation_size('users') as text)`)).toEqual([['0']]);
    const after = await openStore(url);
    onTestFinished(() => after.close());
    expect(await after.markRead(corpId, users.ann, [id], start)).toEqual([id]);
    expect(must(await after.receipt(corpId, id)).deliveries.map(({ readAt }) => readAt)).toEqual([start, null]);
    expect(await after.driver.dropDays(start + 2 * 86_400_000)).toBe(1);
    expect(await after.receipt(corpId, id)).toBeUndefined();
  });

  test('a database that a process uses is refused, unless nothing is left to do', async () => {
    const url = await emptyDatabase();
    const store = await openStore(url);
    onTestFinished(() => store.close());
    await store.processes.join(7);
    let over = false;
    const beating = (async () => {
      while (!over) await store.processes.beat(7);
    })();
    await expect(distribute(url)).rejects.toEqual(refusal('unavailable', 'the database is in use'));
    over = true;
    await beating;
    await distribute(url);
    expect((await distribute(url)).tables.some(({ done }) => done)).toBe(false);
  });

  test('a start distributes nothing if that was not begun, also if others have tables on Citus', async () => {
    const url = await migratedDatabase();
    await tellOf(url)(`
      create table theirs (id bigint primary key);
      select create_distributed_table('theirs', 'id')`);
    await (await openStore(url)).close();
    expect(await methodsOf(url)).toEqual({ theirs: 'h' });
  });

  test('a start completes a distribution that was interrupted', async () => {
    const url = await migratedDatabase();
    await interruptAfter(url, 20);
    await (await openStore(url)).close();
    expect(await methodsOf(url)).toEqual(allMethods);
  });

  test('a start refuses a table that is distributed in another way, if the distribution was begun', async () => {
    const url = await migratedDatabase();
    await interruptAfter(url, 1);
    await tellOf(url)(`select create_distributed_table('versions', 'corp_id')`);
    await expect(openStore(url)).rejects.toEqual(
      refusal('unavailable', 'versions is distributed by corp_id, and must be a reference table'),
    );
  });

  test('the next migration distributes its own tables', async () => {
    const { url, stores } = await openStores(server, 1);
    const { corpId } = await world(must(stores[0]));
    const next: Migrations = {
      latest: migrations.latest + 1,
      script: () => `
        create table extra (corp_id bigint not null, id bigint not null, name {key} not null, primary key (corp_id, id)) {clustered};
        insert into extra (corp_id, id, name) select corp_id, id, code from users; -- a copy; of each user
        create table extra_days (corp_id bigint not null, id bigint not null, primary key (corp_id, id)) {clustered};
        {by day extra_days (id)}
        alter table users add column extra bigint not null default 1;
        create table extra_small (corp_id bigint not null, primary key (corp_id)) {clustered};`,
      roles: { ...migrations.roles, extra: 'distributed', extra_days: 'distributed', extra_small: 'reference' },
    };
    const driver = await openDriver(url);
    onTestFinished(() => driver.close());
    await driver.migrate(next);
    const tell = tellOf(url);
    const roles = await tell(`
      select c.relname, p.partmethod from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
      where c.relname ~ '^extra' order by 1`);
    expect(roles).toEqual([
      ['extra', 'h'],
      ['extra_days', 'h'],
      ['extra_days_first', 'h'],
      ['extra_small', 'n'],
    ]);
    const [count] = await tell(
      `select count(*) from extra e join users u using (corp_id, id) where corp_id = ${corpId}`,
    );
    expect(Number(count?.[0])).toBe(5);
  });
});
