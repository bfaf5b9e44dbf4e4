import { migrations } from './migrations/index.ts';
import { StoreError } from './sql.ts';
import { openSqlite } from './sqlite.ts';
import { Store } from './store.ts';

/**
 * Opens the store that a `--database` value names and brings its schema up to date.
 *
 * @param database a path or `:memory:`
 * @throws StoreError `locked`, `unavailable`, or `newer` when the schema is from a later huizhi
 */
export async function openStore(database: string): Promise<Store> {
  const driver = openDriver(database);
  try {
    await driver.migrate(migrations);
    return new Store(driver);
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** Opens the engine that a `--database` value names, without touching its schema. */
export function openDriver(database: string) {
  if (/^postgres(ql)?:\/\//.test(database)) {
    throw new StoreError('unavailable', 'this version stores in SQLite only; name a file, or :memory:, as --database');
  }
  return openSqlite(database);
}

/** The schema versions of a database and of this code. */
export async function schemaVersions(database: string): Promise<{ readonly found: number; readonly latest: number }> {
  const driver = openDriver(database);
  const found = await driver.version();
  await driver.close();
  return { found, latest: migrations.latest };
}
