import postgres from 'postgres';
import { type Query, StoreError, sql } from '../sql.ts';
import { lockNumber, readPostgresVersion, writing } from './postgres-migrate.ts';
import type { Pool } from './postgres-pool.ts';
import { type Transaction, transact } from './postgres-transaction.ts';

/**
 * Runs a body in a write transaction, and refuses to write if the schema has another version than this process works
 * with. Each write transaction takes an advisory lock in shared mode, which a migration step takes in exclusive mode,
 * and then compares the versions. So no write overlaps a migration step, and an older process cannot write after it.
 * Both statements are pipelined with `begin` and the first statement of the transaction, so they add no round trip.
 *
 * @param isLazy whether the commit need not be durable
 * @throws StoreError `newer` if a newer huizhi has changed the schema, `behind` if the database was replaced by one
 *   with an older schema
 */
export function transactWrite<T>(pool: Pool, body: (tx: Transaction) => Promise<T>, isLazy = false): Promise<T> {
  const { version } = pool.schema;
  if (version === undefined) return transact(pool, body);
  const check: Query = { statement: compareVersion, params: [version], one: true };
  return transact(pool, body, { begin: isLazy ? lazyBegin : fencedBegin, check }).catch((error: unknown) =>
    throwVersionError(pool, version, error),
  );
}

const fencedBegin = ['begin', `select pg_advisory_xact_lock_shared(${lockNumber}, ${writing})`];

/** The commit does not wait for the disk. A later commit that does makes it durable, because the log is written in order. */
const lazyBegin = [...fencedBegin, 'set local synchronous_commit = off'];

/**
 * Fails with `divisionByZero` if the schema has another version. It is a separate statement from the one that takes the
 * lock, so that its snapshot includes what was committed while the transaction waited for the lock.
 */
const compareVersion = sql(
  'compare_version',
  'select 1 / (select count(*) from schema_version where corp_id = 0 and version = $1)',
);

const divisionByZero = '22012';

/** Replaces a failed comparison by a StoreError with both versions. Rethrows other errors. */
async function throwVersionError(pool: Pool, known: number, error: unknown): Promise<never> {
  if (!(error instanceof postgres.PostgresError) || error.code !== divisionByZero) throw error;
  const found = await transact(pool, readPostgresVersion);
  const why = `its schema is version ${found} and this process works with version ${known}`;
  if (found > known)
    throw new StoreError(
      'newer',
      `a newer huizhi has changed the database (${why}): replace this process by the newer one`,
    );
  throw new StoreError('behind', `the database was replaced by an older one (${why}): restart this process`);
}
