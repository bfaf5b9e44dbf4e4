import postgres from 'postgres';
import { lockNumber, postgresVersion, writing } from './postgres-migrate.ts';
import type { Pool } from './postgres-pool.ts';
import { type Asking, transact } from './postgres-transaction.ts';
import { type Query, StoreError, sql } from './sql.ts';

/**
 * Runs a body that writes, and keeps this process from writing into a schema that it does not know. Every transaction that writes holds a lock
 * that a schema step takes alone, and then compares the version of the schema with that of the process. So no write overlaps a step, and after
 * the step an older process cannot write. Both statements are sent together with `begin` and the first statement of the transaction: no round
 * trip is added.
 *
 * @throws StoreError `newer` when a later huizhi has changed the schema, `behind` when the database was replaced by one with an older schema
 */
export function writeTransact<T>(pool: Pool, body: (asking: Asking) => Promise<T>): Promise<T> {
  const { version } = pool.schema;
  if (version === undefined) return transact(pool, body);
  const check: Query = { statement: compareVersion, params: [version], one: true };
  return transact(pool, body, fencedBegin, check).catch((error: unknown) => explain(pool, version, error));
}

const fencedBegin = ['begin', `select pg_advisory_xact_lock_shared(${lockNumber}, ${writing})`];

/**
 * Fails with `divisionByZero` when the schema has another version. Not in one statement with the lock: as a statement of its own it sees what was
 * committed while the lock was waited for.
 */
const compareVersion = sql(
  'compare_version',
  'select 1 / (select count(*) from schema_version where corp_id = 0 and version = $1)',
);

const divisionByZero = '22012';

/** Says which version was found where the comparison has failed. */
async function explain(pool: Pool, known: number, error: unknown): Promise<never> {
  if (!(error instanceof postgres.PostgresError) || error.code !== divisionByZero) throw error;
  const found = await transact(pool, postgresVersion);
  const why = `its schema is version ${found} and this process works with version ${known}`;
  if (found > known)
    throw new StoreError(
      'newer',
      `a newer huizhi has changed the database (${why}): replace this process by the newer one`,
    );
  throw new StoreError('behind', `the database was replaced by an older one (${why}): restart this process`);
}
