import { existsSync } from 'node:fs';
import { openPostgres, type PostgresOptions } from './engine/postgres.ts';
import type { SlowStatementOptions } from './engine/slow-statements.ts';
import { type Driver, StoreError } from './engine/sql.ts';
import { openSqlite } from './engine/sqlite.ts';
import { createSqlite, type SqliteOptions } from './engine/sqlite-connect.ts';
import { migrations } from './migrations/index.ts';
import { Store } from './store.ts';

/** What the engines can be told; each takes its own. */
export type StoreOptions = PostgresOptions & SqliteOptions & SlowStatementOptions;

/**
 * Opens the store that a `--database` value names and brings its schema up to date.
 *
 * @param database a path, `:memory:`, or `postgres://…`
 * @throws StoreError `locked`, `unavailable`, or `newer` when the schema is from a later huizhi
 */
export async function openStore(database: string, options?: StoreOptions): Promise<Store> {
  const driver = openDriver(database, options);
  try {
    await driver.migrate(migrations);
    return new Store(driver);
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** Opens the engine that a `--database` value names. A file that does not exist is made, with tables; others keep their schema. */
export function openDriver(database: string, options: StoreOptions = { poolSize: 10 }): Driver {
  if (isPostgres(database)) return openPostgres(database, options);
  if (database !== ':memory:' && !isThere(database)) createSqlite(database, migrations);
  return openSqlite(database, options);
}

/** Opens a database that has to be there already: a path without a file is an error and makes none. */
export function openExisting(database: string, options?: StoreOptions): Driver {
  if (!isThere(database)) throw new StoreError('unavailable', `there is no database ${database}`);
  return openDriver(database, options);
}

const isPostgres = (database: string) => /^postgres(ql)?:\/\//i.test(database);

/** Whether there is something to open: a file that has been made, or a database server, which has to be asked. */
export const isThere = (database: string) => isPostgres(database) || existsSync(database);

/** The schema versions of a database (0 where there is none yet) and of this code. Makes nothing. */
export async function schemaVersions(
  database: string,
  options?: StoreOptions,
): Promise<{ readonly found: number; readonly latest: number }> {
  const { latest } = migrations;
  if (!isThere(database)) return { found: 0, latest };
  const driver = openDriver(database, options);
  try {
    return { found: await driver.version(), latest };
  } finally {
    await driver.close();
  }
}
