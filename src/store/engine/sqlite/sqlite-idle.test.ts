import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { openStore } from '../../open.ts';
import { queryRows, sql, type Work } from '../sql.ts';
import { type Connected, keepIdle, readSchemaCookie, takeIdle } from './sqlite-idle.ts';
import { createStatementCache } from './sqlite-statements.ts';

// Stores of other tests may have left some.
beforeEach(() => {
  while (takeIdle());
});

const connected = (script: string) => {
  const db = new DatabaseSync(':memory:');
  db.exec(script);
  return { db, prepare: createStatementCache(db) };
};

const keep = (one: Connected) => keepIdle(one, readSchemaCookie(one.db));

test('a database that is used again has its tables and no rows', () => {
  const first = connected(`create table a (x text); create table "b c" (x text) strict; insert into a values ('x');
    insert into "b c" values ('y')`);
  expect(keep(first)).toBe(true);
  expect(takeIdle()).toEqual(first);
  expect(takeIdle()).toBeUndefined();
  for (const table of ['a', '"b c"']) expect(first.db.prepare(`select * from ${table}`).all()).toEqual([]);
});

test('a database that is large, in a transaction, or has another schema is not kept', () => {
  const large = connected('create table a (x blob); insert into a values (zeroblob(5000000))');
  expect(keep(large)).toBe(false);
  const busy = connected('create table a (x text); begin');
  expect(keep(busy)).toBe(false);
  const changed = connected('create table a (x text)');
  const schema = readSchemaCookie(changed.db);
  changed.db.exec('create table b (x text)');
  expect(keepIdle(changed, schema)).toBe(false);
  expect(takeIdle()).toBeUndefined();
});

test('only a few databases are kept', () => {
  const kept = Array.from({ length: 10 }, () => keep(connected('create table a (x text)')));
  expect(kept.filter(Boolean)).toHaveLength(4);
  while (takeIdle());
});

const tableNames = sql<[name: string]>(
  'select_table_names',
  `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`,
);

function* countRows(): Work<readonly number[]> {
  const counts: number[] = [];
  for (const [name] of yield* queryRows(tableNames)) {
    const [row] = yield* queryRows(sql<[count: number]>(`count_${name}`, `select count(*) from "${name}"`));
    counts.push(row?.[0] ?? 0);
  }
  return counts;
}

test('a store in memory begins without what an earlier one has stored', async () => {
  const first = await openStore(':memory:');
  await first.putOrganization({ corpId: 1, code: 'corp', name: 'Corp' });
  await first.putUsers(1, [{ code: 'ann', name: 'Ann' }]);
  await first.ensureSetting('secret', 'of the first');
  expect(Math.max(...(await first.driver.read(countRows)))).toBeGreaterThan(0);
  await first.close();
  const [second, third] = [await openStore(':memory:'), await openStore(':memory:')];
  for (const store of [second, third]) {
    expect(new Set(await store.driver.read(countRows))).toEqual(new Set([0]));
    expect(await store.setting('secret')).toBeUndefined();
    expect(await store.number('user')).toBe(1);
  }
  await second.putUsers(1, [{ code: 'bob', name: 'Bob' }]);
  expect(await third.findUsers(1, ['bob'])).toEqual([]);
  await Promise.all([second.close(), third.close()]);
});

test('a closed store reads nothing of the one that uses its database after it', async () => {
  const first = await openStore(':memory:');
  const { driver } = first;
  await first.close();
  const second = await openStore(':memory:');
  await second.putOrganization({ corpId: 1, code: 'corp', name: 'Corp' });
  await second.ensureSetting('secret', 'of the second');
  const closed = expect.objectContaining({ reason: 'unavailable' });
  await expect(async () => first.setting('secret')).rejects.toEqual(closed);
  await expect(async () => driver.read(countRows)).rejects.toEqual(closed);
  await expect(async () => driver.snapshot(countRows)).rejects.toEqual(closed);
  await expect(async () => driver.one(tableNames)).rejects.toEqual(closed);
  await expect(async () => driver.rows(tableNames)).rejects.toEqual(closed);
  await expect(async () => driver.write(countRows)).rejects.toEqual(closed);
  await second.close();
});
