import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { migrations } from '../../migrations/index.ts';
import { openDriver } from '../../open.ts';
import type { SlowStatement } from '../slow-statements.ts';
import { type Driver, pipeline, queryRow, queryRows, StoreError, sql } from '../sql.ts';
import { StatementError } from '../statement-errors.ts';

const insertSetting = sql('insert_setting', `insert into settings (corp_id, name, value) values (0, $1, $2)`);
const selectSettings = sql<[name: string]>(
  'select_settings',
  `select name from settings where corp_id = 0 order by name`,
);

let server: TestServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

const engines: Readonly<Record<string, () => Promise<string>>> = {
  sqlite: async () => ':memory:',
  postgres: () => server.create('migrated'),
};

describe.each(Object.keys(engines))('on %s', (engine) => {
  let driver: Driver;
  const slow: SlowStatement[] = [];
  const threshold = { after: 0, report: (one: SlowStatement) => void slow.push(one) };

  beforeAll(async () => {
    driver = await openDriver((await engines[engine]?.()) ?? '', { poolSize: 2, slowStatements: threshold });
    await driver.migrate(migrations);
  });

  afterAll(() => driver.close());

  const insert = (name: string, value: string | null) => driver.write(() => queryRows(insertSetting, name, value));

  test('a statement that fails is named in the error of a write, with the error of the engine as its cause', async () => {
    const error = await insert('a', null).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StatementError);
    expect(error).toMatchObject({ statement: 'insert_setting', cause: expect.any(Error) });
    expect(String(error)).toContain('(statement insert_setting)');
  });

  test('a pipelined statement that fails is named as well', async () => {
    const writing = driver.write(function* () {
      yield* pipeline(insertSetting, 'a', null);
      return yield* queryRows(selectSettings);
    });
    await expect(writing).rejects.toMatchObject({ statement: 'insert_setting' });
  });

  test('a statement that fails is named in the error of a read', async () => {
    const missing = sql('select_missing', 'select 1 from missing');
    const reads = [
      async () => driver.one(missing),
      async () => driver.read(() => queryRow(missing)),
      async () => driver.snapshot(() => queryRow(missing)),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ statement: 'select_missing' });
  });

  test('an error for a key that exists names the statement that tried to insert it', async () => {
    await insert('twice', 'x');
    const error = await insert('twice', 'y').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ reason: 'taken', message: expect.stringContaining('(statement insert_setting)') });
  });

  test('statements over the threshold are reported once, with name, time and rows', async () => {
    await insert('first', '1');
    slow.length = 0;
    await driver.write(function* () {
      yield* pipeline(insertSetting, 'second', '2');
      yield* queryRows(selectSettings);
    });
    await driver.one(selectSettings);
    const found = slow.filter(({ statement }) => statement.endsWith('_setting') || statement.endsWith('_settings'));
    const names = found.map(({ statement }) => statement);
    expect(names.toSorted()).toEqual(['insert_setting', 'select_settings', 'select_settings']);
    const rows = (await driver.read(() => queryRows(selectSettings))).length;
    expect(found.find(({ statement }) => statement === 'select_settings')?.rows).toBe(rows);
    for (const { milliseconds } of found) expect(Number.isSafeInteger(milliseconds)).toBe(true);
  });

  test('statements under the threshold are not reported', async () => {
    const before = slow.length;
    const quiet = await openDriver(':memory:', {
      poolSize: 1,
      slowStatements: { ...threshold, after: Number.MAX_VALUE },
    });
    await quiet.migrate(migrations);
    await quiet.write(() => queryRows(insertSetting, 'a', 'x'));
    await quiet.close();
    expect(slow.length).toBe(before);
  });
});
