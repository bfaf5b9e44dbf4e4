import { existsSync } from 'node:fs';
import { fillAppUuids } from './directory/app-uuids.ts';
import type { PostgresOptions } from './engine/postgres/postgres.ts';
import type { SlowStatementOptions } from './engine/slow-statements.ts';
import { type Driver, type Reader, StoreError } from './engine/sql.ts';
import { openSqlite } from './engine/sqlite/sqlite.ts';
import { createSqlite, type SqliteOptions } from './engine/sqlite/sqlite-connect.ts';
import { openSqliteReader } from './engine/sqlite/sqlite-reader.ts';
import { type StatementTrace, traceDriver } from './engine/traced-driver.ts';
import type { MemoryOptions } from './memory/local.ts';
import { migrations } from './migrations/index.ts';
import { fillUnionIds } from './people/union-ids.ts';
import { Store } from './store.ts';

/** The options of both engines. Each engine ignores those of the other. */
export type StoreOptions = PostgresOptions &
  SqliteOptions &
  SlowStatementOptions &
  MemoryOptions & {
    /** Records the statements of traces; absent if there are none. */
    readonly trace?: StatementTrace | undefined;
  };

const defaults: StoreOptions = { poolSize: 10 };

/**
 * Opens the store for a `--database` value, and migrates its schema to the latest version.
 *
 * @param database a path, `:memory:`, or `postgres://…`
 * @throws StoreError `locked`, `unavailable`, or `newer` if a newer huizhi has made the schema
 */
export async function openStore(database: string, options?: StoreOptions): Promise<Store> {
  const driver = await openDriver(database, { ...(options ?? defaults), isReusable: true });
  try {
    await driver.migrate(migrations);
    await fillUnionIds(driver);
    await fillAppUuids(driver);
    return new Store(options?.trace ? traceDriver(driver, options.trace) : driver, options);
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/**
 * Opens the driver for a `--database` value. Creates a SQLite file, with tables, if there is none; it does not migrate
 * existing databases.
 */
export async function openDriver(database: string, options: StoreOptions = defaults): Promise<Driver> {
  // Loaded here, because the driver of the other engine would delay every start.
  if (isPostgres(database)) return (await import('./engine/postgres/postgres.ts')).openPostgres(database, options);
  if (database !== ':memory:' && !databaseExists(database)) createSqlite(database, migrations);
  return openSqlite(database, options);
}

/**
 * Opens the driver for a database that must exist already.
 *
 * @throws StoreError `unavailable` if there is no file at the path
 */
export async function openExisting(database: string, options?: StoreOptions): Promise<Driver> {
  if (!databaseExists(database)) throw new StoreError('unavailable', `there is no database ${database}`);
  return openDriver(database, options);
}

/**
 * Opens a database that must exist already, to read it only. No process can have a SQLite file open.
 *
 * @throws StoreError `unavailable` if there is no file at the path, `locked` if another process has it open
 */
export async function openReader(database: string, options?: StoreOptions): Promise<Reader> {
  if (isPostgres(database) || !databaseExists(database)) return openExisting(database, options);
  return openSqliteReader(database);
}

export const isPostgres = (database: string) => /^postgres(ql)?:\/\//i.test(database);

/** Whether the database file exists. Always true for PostgreSQL, where only opening shows it. */
export const databaseExists = (database: string) => isPostgres(database) || existsSync(database);

/** Returns the schema versions of a database (0 if it does not exist) and of this code. Creates and changes nothing. */
export async function schemaVersions(
  database: string,
  options?: StoreOptions,
): Promise<{ readonly found: number; readonly latest: number }> {
  const { latest } = migrations;
  if (!databaseExists(database)) return { found: 0, latest };
  const driver = await openDriver(database, options);
  try {
    return { found: await driver.version(), latest };
  } finally {
    await driver.close();
  }
}
