import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStores, startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { day, inboxOf, must, start, streamOf, told, unreadOf, world } from '../../contract/world.contract.ts';
import { migrations } from '../../migrations/index.ts';
import type { Dump } from '../../model.ts';
import { tables } from '../../move/dump.ts';
import { openDriver, openStore } from '../../open.ts';
import type { Store } from '../../store.ts';
import { dayOf, perDay } from '../partitions.ts';
import { type Driver, placeholders, queryRows, sql, type Value } from '../sql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Opens stores of several processes on one new database, and another connection to it. */
async function several(count: number) {
  const { url, stores } = await openStores(server, count);
  const client = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => client.end());
  const tell = async (text: string) => (await client.unsafe(text).simple().values()) as unknown as unknown[][];
  return { url, stores, tell };
}

type Tell = (text: string) => Promise<unknown[][]>;

/** Reads the names of a table's partitions. */
async function parts(tell: Tell, table = 'messages'): Promise<readonly string[]> {
  const rows = await tell(`select relname from pg_class where relkind = 'r' and relname ~ '^${table}_' order by 1`);
  return rows.map(([name]) => String(name));
}

/** Ignores that a day was not dropped because its tables were in use, which only Citus waits for: the next call does. */
function ignoreLockOnCitus(error: unknown): void {
  if (!server.isCitus || !/canceling statement due to (lock|statement) timeout/.test(String(error))) throw error;
}

/** The partitioned tables in which a delivered message has rows. */
const filled = ['messages', 'contents', 'inbox', 'events'];

describe('a day', () => {
  test('has its own partitions for messages, contents, inboxes and events, created by the first send', async () => {
    const { stores, tell } = await several(1);
    const scene = await world(must(stores[0]));
    for (const table of [...filled, 'group_reads']) {
      expect(await parts(tell, table)).toEqual([`${table}_first`]);
    }
    const id = await scene.arrive();
    expect(await parts(tell, 'group_reads')).toEqual(['group_reads_20260101', 'group_reads_first']);
    for (const table of filled) {
      expect(await parts(tell, table)).toEqual([`${table}_20260101`, `${table}_first`]);
      expect(Number((await tell(`select count(*) from ${table}_20260101`))[0]?.[0])).toBeGreaterThan(0);
      expect(Number((await tell(`select count(*) from ${table}_first`))[0]?.[0])).toBe(0);
    }
    expect(Math.floor(id / perDay)).toBe(dayOf(start));
  });

  test('gets its partitions once under concurrent sends', async () => {
    const { stores, tell } = await several(3);
    const { sending } = await world(must(stores[0]));
    const sends = stores.flatMap((store) => Array.from({ length: 6 }, () => store.accept(sending())));
    expect((await Promise.all(sends)).every((accepted) => accepted !== undefined)).toBe(true);
    expect(await parts(tell)).toEqual(['messages_20260101', 'messages_first']);
  });

  test('can be prepared ahead, and is dropped only after it has ended', async () => {
    const { stores, tell } = await several(1);
    const { driver } = must(stores[0]);
    await driver.prepareDays(start + day - 1);
    expect(await parts(tell)).toEqual(['messages_20260101', 'messages_20260102', 'messages_first']);
    expect(await driver.dropDays(start + day - 1)).toBe(0);
    expect(await driver.dropDays(start + day)).toBe(1);
    expect(await driver.dropDays(start + day)).toBe(0);
    for (const table of [...filled, 'group_reads']) {
      expect(await parts(tell, table)).toEqual([`${table}_20260102`, `${table}_first`]);
    }
  });

  test('that another process has dropped is gone for this process too, and can be created again', async () => {
    const { stores } = await several(2);
    const [one, two] = [must(stores[0]), must(stores[1])];
    const scene = await world(one);
    const { corpId, users } = scene;
    const id = await scene.arrive();
    expect(await one.receipt(corpId, id)).toBeDefined();
    expect(await two.driver.dropDays(start + day)).toBe(1);
    expect(await one.receipt(corpId, id)).toBeUndefined();
    expect(await one.recall(corpId, id, start)).toEqual([]);
    expect(await one.markRead(corpId, users.ann, [id], start)).toEqual([]);
    expect(await one.receipt(corpId, await scene.arrive())).toBeDefined();
  });

  test('whose removal was interrupted is dropped by the next call, or created again by the next send', async () => {
    const { url, stores, tell } = await several(1);
    const store = must(stores[0]);
    const scene = await world(store);
    for (const sentAt of [start, start + day, start + 2 * day]) await scene.arrive({ sentAt });
    const reader = postgres(url, { max: 1 });
    onTestFinished(() => reader.end());
    // Detaching waits for the reader until its timeout, which leaves the partition in the state "detach pending".
    await reader.unsafe('begin; select 1 from messages limit 1').simple();
    await tell('set statement_timeout = 200');
    await expect(tell('alter table messages detach partition messages_20260101 concurrently')).rejects.toThrow();
    await reader.unsafe('commit').simple();
    await tell('set statement_timeout = 0');
    await tell('alter table contents detach partition contents_20260102');
    expect(await store.receipt(scene.corpId, await scene.arrive({ sentAt: start }))).toBeDefined();
    expect(await store.receipt(scene.corpId, await scene.arrive({ sentAt: start + day }))).toBeDefined();
    await tell('alter table events detach partition events_20260101');
    expect(await store.driver.dropDays(start + 3 * day)).toBe(3);
    expect(await parts(tell)).toEqual(['messages_first']);
    expect(await parts(tell, 'events')).toEqual(['events_first']);
  });
});

test('sends, reads and lists work while two processes create and drop days', { timeout: 120_000 }, async () => {
  const { stores, tell } = await several(3);
  const [one, two, three] = [must(stores[0]), must(stores[1]), must(stores[2])];
  const { corpId, users, sending } = await world(one);
  const days = 24;
  const keep = 4;
  const kept: number[] = [];
  let today = 0;
  let over = false;
  const send = async (store: Store, at: number) => {
    const messageId = must(await store.accept(sending({ sentAt: at }))).messageId;
    await store.settle(corpId, messageId, at);
    expect(await store.markRead(corpId, users.ann, [messageId], at)).toEqual([messageId]);
    expect(must(await store.receipt(corpId, messageId)).deliveries.map(({ readAt }) => readAt)).toEqual([at, null]);
    if (at >= start + (days - keep) * day) kept.push(messageId);
  };
  const look = async () => {
    while (!over) {
      const page = await inboxOf(two, corpId, users.bob);
      expect(page.map(({ offset }) => offset)).toEqual(page.map(({ offset }) => offset).sort((a, b) => b - a));
      await one.inboxes.unreadByRobot(corpId, users.bob);
      const seen = (await streamOf(one, corpId, users.bob)).map(({ seq }) => seq);
      expect(seen).toEqual(seen.map((_, i) => must(seen[0]) + i));
    }
  };
  const sweep = async ({ driver }: Store) => {
    while (!over) {
      await driver.prepareDays(start + today * day);
      await driver.dropDays(start + (today - keep) * day).catch(ignoreLockOnCitus);
    }
  };
  const others = [look(), sweep(two), sweep(three)];
  for (; today < days; today++) {
    const at = start + today * day;
    await Promise.all([one, two, three, one, two, three].map((store, i) => send(store, at + i)));
  }
  over = true;
  await Promise.all(others);
  await two.driver.dropDays(start + (days - keep) * day);
  expect(kept).toHaveLength(6 * keep);
  expect((await inboxOf(one, corpId, users.bob)).map(({ messageId }) => messageId).sort()).toEqual([...kept].sort());
  expect(await unreadOf(three, corpId, users.bob)).toBe(6 * keep);
  expect(await unreadOf(three, corpId, users.ann)).toBe(0);
  const stream = await streamOf(three, corpId, users.bob);
  expect(stream.at(-1)?.seq).toBe(6 * days);
  expect((await parts(tell)).length).toBeLessThanOrEqual(keep + 3);
});

/** Returns the migration steps up to a version. */
const upTo = (latest: number) => ({ ...migrations, latest });

const selectColumns = sql<[table: string, column: string]>(
  'select_columns',
  `select table_name, column_name from information_schema.columns where table_schema = current_schema()`,
);

/**
 * Loads the tables of a dump into a schema from before the tables were partitioned. Later steps have added tables and
 * columns, which are left out.
 */
async function loadOlder(driver: Driver, dumped: Dump['tables']): Promise<void> {
  const rows = await driver.write(() => queryRows(selectColumns));
  const known = Map.groupBy(rows, ([table]) => table);
  await driver.write(function* () {
    for (const [name, rows] of Object.entries(dumped)) {
      const there = new Set((known.get(name) ?? []).map(([, column]) => column));
      if (there.size === 0) continue;
      const columns = (tables[name] ?? '').split(', ');
      const kept = columns.filter((column) => there.has(column));
      const text = `insert into ${name} (${kept.join(', ')}) values (${placeholders(1, kept.length)})`;
      for (const row of rows) {
        const values = row.filter((_, i) => kept.includes(columns[i] ?? '')) as readonly Value[];
        yield* queryRows(sql(`load_older_${name}`, text), ...values);
      }
    }
  });
}

test('a table that is partitioned later gets partitions for the days that exist', async () => {
  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  const older = await openDriver(url);
  await older.migrate(upTo(9));
  for (const table of filled) {
    const bounds = `from (${dayOf(start) * perDay}) to (${(dayOf(start) + 1) * perDay})`;
    const create = `create table ${table}_20260101 partition of ${table} for values ${bounds}`;
    await older.write(() => queryRows(sql(`create_${table}`, create)));
  }
  await older.close();
  const store = await openStore(url);
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const tell = async (text: string) => (await client.unsafe(text).simple().values()) as unknown as unknown[][];
    expect(await parts(tell, 'group_reads')).toEqual(['group_reads_20260101', 'group_reads_first']);
    await (await world(store)).arrive();
    expect(await parts(tell, 'group_reads')).toEqual(['group_reads_20260101', 'group_reads_first']);
  } finally {
    await client.end();
    await store.close();
  }
});

test('messages from before the tables were partitioned can be read and changed, and are removed one by one', async () => {
  const plain = await openStore(':memory:');
  const scene = await world(plain);
  const { corpId, users } = scene;
  const ids = [await scene.arrive(), await scene.arrive({ sentAt: start + day }), (await scene.send()).messageId];
  await plain.markRead(corpId, users.ann, [must(ids[0])], start + 5);
  const dumped = (await plain.dump()).tables;
  await plain.close();

  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  const before: Driver = await openDriver(url, { poolSize: 2 });
  await before.migrate(upTo(5));
  await loadOlder(before, dumped);
  await before.close();
  const store = await openStore(url, { poolSize: 4 });
  onTestFinished(() => store.close());

  expect((await store.receipt(corpId, must(ids[0])))?.deliveries.map(({ readAt }) => readAt)).toEqual([
    start + 5,
    null,
  ]);
  expect(told(await streamOf(store, corpId, users.ann))).toEqual([
    `1 message ${ids[0]}`,
    `2 message ${ids[1]}`,
    `3 read ${ids[0]}`,
  ]);
  await store.markRead(corpId, users.bob, [must(ids[0])], start + 6, 'seen');
  expect((await store.operator.message(corpId, must(ids[0])))?.manners).toEqual([null, 'seen']);
  expect(await store.settle(corpId, must(ids[2]), start + 6)).toHaveLength(2);
  const young = must(await store.accept(scene.sending({ sentAt: start + 2 * day }))).messageId;
  await store.settle(corpId, young, start + 2 * day);
  expect(await store.markRead(corpId, users.ann, [must(ids[2]), young], start + 2 * day)).toEqual([ids[2], young]);
  expect(told(await store.inboxes.since(corpId, users.ann, 3, 9))).toEqual([
    `4 message ${ids[2]}`,
    `5 message ${young}`,
    `6 read ${ids[2]}`,
    `7 read ${young}`,
  ]);
  expect((await inboxOf(store, corpId, users.ann)).map(({ messageId }) => messageId)).toEqual(
    [young, ...ids].sort((a, b) => b - a),
  );
  expect(await store.operator.lastEvent(corpId)).toBe(12);
  expect((await store.operator.eventsSince(corpId, 0, 99)).map(({ seq }) => seq)).toEqual(
    [...Array(12)].map((_, i) => i + 1),
  );

  expect(await store.driver.dropDays(start + day)).toBe(0);
  expect(await store.prune(corpId, start + day, 9)).toBe(2);
  expect(await store.prune(corpId, start + 2 * day, 9)).toBe(1);
  expect(await store.receipt(corpId, must(ids[1]))).toBeUndefined();
  expect((await inboxOf(store, corpId, users.ann)).map(({ messageId }) => messageId)).toEqual([young]);
});
