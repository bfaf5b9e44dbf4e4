import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import type { Migrations } from '../sql.ts';
import { readSchema } from './sqlite-fresh.ts';
import { migrateSqlite } from './sqlite-schema.ts';

function open(steps: Migrations = migrations, path = ':memory:'): DatabaseSync {
  const db = new DatabaseSync(path);
  onTestFinished(() => db.close());
  migrateSqlite(db, steps);
  return db;
}

/** The latest schema by all steps: nothing is stored for a copy of the migrations. */
const openBySteps = () => open({ ...migrations });

function fileName(): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-fresh-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'huizhi.db');
}

const read = (db: DatabaseSync, text: string) => db.prepare(text).all();

test.each([
  ['in memory', () => ':memory:'],
  ['in a file', fileName],
])(
  'an empty database %s gets the same tables, indexes and statistics from the stored schema as from all steps',
  (_, path) => {
    open();
    const [steps, stored] = [openBySteps(), open(migrations, path())];
    expect(readSchema(stored)).toEqual(readSchema(steps));
    for (const text of ['pragma user_version', 'select * from sqlite_stat1 order by tbl, idx']) {
      expect(read(stored, text)).toEqual(read(steps, text));
    }
  },
);

test('databases that were made from the same image are independent', () => {
  open();
  const [one, two] = [open(), open()];
  one.exec(`insert into settings (corp_id, name, value) values (0, 'a', 'b')`);
  expect(read(one, 'select value from settings')).toEqual([{ value: 'b' }]);
  expect(read(two, 'select value from settings')).toEqual([]);
});

test('the steps insert no rows, which the stored schema would leave out', () => {
  const db = openBySteps();
  const tables = read(db, `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`);
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) expect(read(db, `select * from ${name}`)).toEqual([]);
});
