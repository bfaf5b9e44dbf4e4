import { execFileSync } from 'node:child_process';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { day, must, type Opened, start, world as storeWorld } from '../../src/store/contract/world.contract.ts';
import { pipeline, queryRow, queryRows, sql } from '../../src/store/engine/sql.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore, schemaVersions } from '../../src/store/open.ts';
import { describeStore } from '../../src/store/store.contract.ts';
import type { Store } from '../../src/store/store.ts';
import { startChild } from '../conformance/support/child.ts';
import { loud, type Server, testServer } from '../conformance/support/harness.ts';
import { follow } from '../conformance/support/stream.ts';
import { ok, world } from '../conformance/support/world.ts';
import { programPath, requirePrograms } from '../support/debian.ts';
import { isLong } from '../support/long.ts';
import { type Bouncer, startBouncer, testBouncer } from '../support/pgbouncer.ts';

/** HUIZHI_TEST_PGBOUNCER is the path of another build. */
const program = process.env.HUIZHI_TEST_PGBOUNCER ?? 'pgbouncer';
const lacking = requirePrograms([program], ['pgbouncer']);

/** Whether this version keeps prepared statements across transactions. */
function keepsPrepared(): boolean {
  const [, major = 0, minor = 0] =
    /(\d+)\.(\d+)/.exec(execFileSync(programPath(program) ?? program, ['--version'], { encoding: 'utf8' })) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

describe('PgBouncer in transaction mode', () => {
  let server: TestServer;
  let bouncer: Bouncer;
  beforeEach(({ skip }) => skip(lacking !== undefined, lacking));
  beforeAll(async () => {
    if (lacking !== undefined) return;
    server = await startPostgres();
    const url = await server.create('empty');
    bouncer = await startBouncer(url, { program });
  });
  afterAll(async () => {
    await bouncer?.stop();
    await server?.stop();
  });

  const open = (direct: string, poolSize = 4, pooler = bouncer) =>
    openStore(pooler.through(direct), { poolSize, databaseDirect: direct });

  async function openDatabase(): Promise<Opened> {
    const url = await server.create('migrated');
    let current = await open(url, 10);
    return {
      store: current,
      async reopen() {
        await current.close();
        current = await open(url, 10);
        return current;
      },
      async close() {
        await current.close();
        await server.drop(url);
      },
    };
  }

  // The store contract takes two minutes here; `npm run test:all` includes it.
  if (isLong) describeStore('PostgreSQL behind PgBouncer', openDatabase);

  /** Stores of several processes on one new database. */
  async function several(count: number, kind: 'empty' | 'migrated' = 'migrated') {
    const url = await server.create(kind);
    onTestFinished(() => server.drop(url));
    const stores = await Promise.all(Array.from({ length: count }, () => open(url)));
    onTestFinished(async () => {
      for (const store of stores) await store.close();
    });
    return { url, stores };
  }

  /** The state that remains on every server connection of the pooler: prepared statements and settings. */
  async function leftovers(url: string): Promise<unknown> {
    const options = { max: 1, fetch_types: false, onnotice: () => {} };
    const clients = Array.from({ length: 5 }, () => postgres(bouncer.through(url), options));
    const find = `select pg_backend_pid(), (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
      (select count(*) from pg_prepared_statements where name !~ '^PGBOUNCER_'), current_setting('statement_timeout'), current_setting('lock_timeout'),
      (select count(*) from pg_listening_channels())`;
    try {
      for (const client of clients) await client.unsafe('begin').simple();
      const rows = await Promise.all(clients.map(async (client) => (await client.unsafe(find).simple().values())[0]));
      for (const client of clients) await client.unsafe('commit').simple();
      const pids = new Set(rows.map((row) => row?.[0]));
      return { connections: pids.size, left: [...new Set(rows.map((row) => JSON.stringify(row?.slice(1))))] };
    } finally {
      for (const client of clients) await client.end({ timeout: 1 });
    }
  }

  test('ten processes that start at once migrate an empty database', async () => {
    const { url, stores } = await several(10, 'empty');
    const secrets = await Promise.all(stores.map((store, i) => store.ensureSetting('secret', `${i}`)));
    expect(new Set(secrets).size).toBe(1);
    expect(await schemaVersions(bouncer.through(url), { poolSize: 2, databaseDirect: url })).toEqual({
      found: migrations.latest,
      latest: migrations.latest,
    });
  });

  const limitsNow = sql<[string, string, string, string]>(
    'limits_now',
    `select current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
      current_setting('plan_cache_mode'), current_setting('jit') where cast($1 as text) = 'x'`,
  );
  /** Citus plans with the values of the parameters. */
  const limits = () => ['10s', '10s', server.isCitus ? 'auto' : 'force_generic_plan', 'off'];

  test('a single read, a write and a snapshot have the limits of a direct connection', async () => {
    const { url, stores } = await several(1);
    const direct = await openStore(url);
    onTestFinished(() => direct.close());
    for (const { driver } of [direct, must(stores[0])]) {
      expect(await driver.one(limitsNow, 'x')).toEqual(limits());
      expect(await driver.write(() => queryRow(limitsNow, 'x'))).toEqual(limits());
      expect(await driver.snapshot(() => queryRow(limitsNow, 'x'))).toEqual(limits());
    }
    expect(await leftovers(url)).toEqual({ connections: 5, left: ['["0","0","0","0","0"]'] });
  });

  const kept = sql<[string]>('kept', 'select name from pg_prepared_statements');

  test('statements are prepared once if PgBouncer keeps them, and for each use otherwise', async () => {
    const { stores } = await several(1);
    const { driver } = must(stores[0]);
    for (let i = 0; i < 10; i++) expect(await driver.one(limitsNow, 'x')).toEqual(limits());
    const names = (await driver.read(() => queryRows(kept))).flat();
    if (keepsPrepared()) expect(names).toContainEqual(expect.stringMatching(/^PGBOUNCER_/));
    else expect(names).toEqual([]);
  });

  test('statements are prepared for each use if PgBouncer is configured to keep none', async ({ skip }) => {
    skip(!keepsPrepared(), 'this version of PgBouncer never keeps any');
    const url = await server.create('migrated');
    onTestFinished(() => server.drop(url));
    const plain = await testBouncer(url, { program, settings: ['max_prepared_statements = 0'] });
    const store = await open(url, 4, plain);
    onTestFinished(() => store.close());
    for (let i = 0; i < 10; i++) expect(await store.driver.one(limitsNow, 'x')).toEqual(limits());
    expect(await store.driver.read(() => queryRows(kept))).toEqual([]);
  });

  test('limits that the database sets are used as they are', async () => {
    const url = await server.create('migrated');
    onTestFinished(() => server.drop(url));
    const name = new URL(url).pathname.slice(1);
    const set = ['statement_timeout = 10000', 'idle_in_transaction_session_timeout = 10000'];
    for (const text of [...set, `plan_cache_mode = '${limits()[2]}'`, `jit = off`])
      await server.tell(`alter database ${name} set ${text}`);
    const store = await open(url);
    onTestFinished(() => store.close());
    const source = sql<[string]>('source', `select source from pg_settings where name = 'statement_timeout'`);
    expect(await store.driver.write(() => queryRow(source))).toEqual(['database']);
    expect(await store.driver.one(source)).toEqual(['database']);
    expect(await store.driver.one(limitsNow, 'x')).toEqual(limits());
  });

  test('the sweep of partitions leaves nothing on a server connection', async () => {
    const { url, stores } = await several(2);
    const [one, two] = [must(stores[0]), must(stores[1])];
    const scene = await storeWorld(one);
    for (const sentAt of [start, start + day, start + 2 * day]) await scene.arrive({ sentAt });
    const dropped = await Promise.all([one, two].map(({ driver }) => driver.dropDays(start + 2 * day)));
    expect(Math.max(...dropped)).toBe(2);
    expect(await two.driver.dropDays(start + 2 * day)).toBe(0);
    await one.driver.alone(() => two.ping(start));
    await scene.arrive({ sentAt: start + day });
    expect(await two.driver.dropDays(start + 2 * day)).toBe(1);
    expect(await leftovers(url)).toEqual({ connections: 5, left: ['["0","0","0","0","0"]'] });
  });

  test('without a direct address the start fails and says which option to set', async () => {
    const url = await server.create('empty');
    onTestFinished(() => server.drop(url));
    const pooled = bouncer.through(url);
    await expect(openStore(pooled)).rejects.toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('leads to a connection pooler'),
      advice: expect.stringContaining('--database-direct'),
    });
    await expect(schemaVersions(pooled)).rejects.toThrow('leads to a connection pooler');
    expect(await schemaVersions(url)).toMatchObject({ found: 0 });
    await expect(startChild(`dev --config huizhi.yaml --database ${pooled}`)).rejects.toThrow('--database-direct');
  });

  test('a direct address of another database is refused, and that database is not changed', async () => {
    const url = await server.create('migrated');
    const other = await server.create('empty');
    onTestFinished(() => server.drop(url).then(() => server.drop(other)));
    const wrong = openStore(bouncer.through(url), { poolSize: 4, databaseDirect: other });
    await expect(wrong).rejects.toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('are not the same database'),
    });
    expect(await schemaVersions(other)).toMatchObject({ found: 0 });
  });

  /** Two emulators on one database. */
  async function two(url: string, direct: string) {
    const servers = await Promise.all(
      [1, 2].map(() => testServer({ database: bouncer.through(url), databaseDirect: direct })),
    );
    const [one, other] = servers.map(world);
    onTestFinished(() => {
      for (const { log } of servers) expect(loud(log)).toEqual([]);
    });
    return { one: must(one), other: must(other) };
  }

  test('a message accepted by one process is pushed at another, also if the first host of the direct address is down', async () => {
    const url = await server.create('migrated');
    onTestFinished(() => server.drop(url));
    const { one, other } = await two(url, url.replace(/@([^/]+)/, '@127.0.0.1:1,$1'));
    const stream = await follow(other.server, await other.signIn('alice'));
    const key = await one.sent();
    expect(await stream.next()).toMatchObject({ id: 1, event: 'message' });
    ok(await one.recall({ processQueryKeys: [key] }));
    expect(await stream.next()).toMatchObject({ id: 2, event: 'recall' });
    const name = new URL(url).pathname.slice(1);
    await server.tell(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and query like 'listen%'`,
    );
    await one.sent();
    expect(await stream.next()).toMatchObject({ id: 3 });
  });

  test('a pooler in session mode serves as the direct address', async () => {
    const url = await server.create('empty');
    onTestFinished(() => server.drop(url));
    const sessions = await testBouncer(url, {
      program,
      mode: 'session',
      settings: ['server_reset_query = DISCARD ALL'],
    });
    const { one, other } = await two(url, sessions.through(url));
    const stream = await follow(other.server, await other.signIn('alice'));
    await one.sent();
    expect(await stream.next()).toMatchObject({ id: 1, event: 'message' });
    const alone = await openStore(sessions.through(url), { poolSize: 2, databaseDirect: sessions.through(url) });
    onTestFinished(() => alone.close());
    expect(await alone.driver.dropDays(Date.now())).toBe(0);
  });

  test('processes started from the command line share a database through it', { timeout: 60_000 }, async () => {
    const url = await server.create('empty');
    onTestFinished(() => server.drop(url));
    const line = `dev --config huizhi.yaml --database ${bouncer.through(url)} --database-direct ${url}`;
    const [one, other] = [world((await startChild(line)) as Server), world((await startChild(line)) as Server)];
    const stream = await follow(other.server, await other.signIn('alice'));
    await one.sent();
    expect(await stream.next()).toMatchObject({ id: 1, event: 'message' });
  });

  test('PgBouncer is detected even if it ignores startup parameters', async () => {
    const url = await server.create('migrated');
    onTestFinished(() => server.drop(url));
    const names = 'statement_timeout, idle_in_transaction_session_timeout, plan_cache_mode, jit, huizhi.session';
    const quiet = await testBouncer(url, { program, settings: [`ignore_startup_parameters = ${names}`] });
    await expect(openStore(quiet.through(url))).rejects.toThrow('leads to a connection pooler');
    const store = await open(url, 4, quiet);
    onTestFinished(() => store.close());
    expect(await store.driver.one(limitsNow, 'x')).toEqual(limits());
    expect(quiet.log()).not.toContain('unsupported startup parameter');
  });

  const put = sql('test_put', `insert into settings (corp_id, name, value) values (0, $1, 'x')`);
  const hangUp = sql('hang_up', 'select pg_terminate_backend(pg_backend_pid())');

  test('a server connection lost within a transaction leaves no partial write', async () => {
    const { stores } = await several(1);
    const store = must(stores[0]);
    for (let i = 0; i < 5; i++) {
      const lost = store.driver.write(function* () {
        yield* pipeline(put, `lost ${i}`);
        yield* queryRows(hangUp);
        yield* queryRows(put, `late ${i}`);
      });
      await expect(lost).rejects.toMatchObject({ name: 'StoreError', reason: 'unavailable' });
      await store.driver.write(() => queryRows(put, `kept ${i}`));
      expect([await store.setting(`lost ${i}`), await store.setting(`kept ${i}`)]).toEqual([undefined, 'x']);
    }
  });

  test('losing the pooler or its server connections under load costs no acknowledged write', {
    timeout: 60_000,
  }, async () => {
    const url = await server.create('migrated');
    onTestFinished(() => server.drop(url));
    const own = await testBouncer(url, { program });
    const store = await open(url, 4, own);
    onTestFinished(() => store.close());
    const kept: string[] = [];
    let going = true;
    const write = async (name: string) => {
      const error = await store.ensureSetting(name, 'value').then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) kept.push(name);
      else expect(error).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    };
    const load = Array.from({ length: 6 }, async (_, worker) => {
      for (let i = 0; going; i++) await write(`name ${worker} ${i}`);
    });
    const more = (count = kept.length) =>
      expect.poll(() => kept.length, { interval: 5, timeout: 15_000 }).toBeGreaterThan(count + 20);
    const name = new URL(url).pathname.slice(1);
    try {
      for (let i = 0; i < 3; i++) {
        await server.tell(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
        await more();
        await own.restart();
        await more();
      }
    } finally {
      going = false;
    }
    await Promise.all(load);
    await hasAll(store, kept);
  });

  async function hasAll(store: Store, names: readonly string[]): Promise<void> {
    for (const name of names) expect(await store.setting(name)).toBe('value');
  }
});
