import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { findFreshScript, readSchema } from './sqlite-fresh.ts';
import { migrateSqlite } from './sqlite-schema.ts';

function open(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrateSqlite(db, migrations);
  return db;
}

test('an empty database gets the same tables, indexes and statistics from the stored script as from all steps', () => {
  const [steps, script] = [open(), open()];
  expect(findFreshScript(migrations)).toBeDefined();
  expect(readSchema(script)).toEqual(readSchema(steps));
  const read = (db: DatabaseSync, text: string) => db.prepare(text).all();
  for (const text of ['pragma user_version', 'select * from sqlite_stat1 order by tbl, idx']) {
    expect(read(script, text)).toEqual(read(steps, text));
  }
});

test('the steps insert no rows, which the stored script would leave out', () => {
  const db = open();
  const tables = db.prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`).all();
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) expect(db.prepare(`select * from ${name}`).all()).toEqual([]);
});
