import { perDay } from '../partitions.ts';
import { type Migrations, StoreError } from '../sql.ts';
import { createMismatch } from '../statement-errors.ts';
import { distributeTables, findUndistributed, sequentially, splitScript } from './postgres-citus.ts';
import type { Pool } from './postgres-pool.ts';
import { schemaChange, type Transaction, transact } from './postgres-transaction.ts';

/** The first key of all advisory locks of huizhi. */
export const lockNumber = 0x6875697a;

/**
 * Second key of the advisory lock that writes take in shared mode and a migration step in exclusive mode; see
 * postgres-fence.ts.
 */
export const writing = 5;

/**
 * Migrates the schema to the latest version. Each step is a transaction that holds a lock, so several processes may
 * call this at once.
 */
export async function migratePostgres(pool: Pool, steps: Migrations): Promise<void> {
  while (await transact(pool, (tx) => runStep(tx, steps, pool.session.isCitus), schemaChange));
  pool.schema.version = steps.latest;
}

/** Returns the version of the schema; 0 for an empty database. */
export async function readPostgresVersion(tx: Transaction): Promise<number> {
  const [table] = await tx.run(`select cast(to_regclass('schema_version') as text)`);
  if (typeof table?.[0] !== 'string') return 0;
  const [row] = await tx.run('select version from schema_version where corp_id = 0');
  return Number(row?.[0] ?? 0);
}

/** What exists already, in the order duplicate column, table and object, and what does not exist: table, column, object. */
const misfits = new Set(['42701', '42P07', '42710', '42P01', '42703', '42704']);

/**
 * Runs one migration step, which also distributes its new tables if the database is distributed. Returns whether there
 * may be another. After the last step, it completes a distribution that was interrupted, one table at a time.
 */
async function runStep(tx: Transaction, steps: Migrations, isCitus: boolean): Promise<boolean> {
  await tx.run('set local statement_timeout = 0');
  await tx.run(`select pg_advisory_xact_lock(${lockNumber}, 1)`);
  const found = await readPostgresVersion(tx);
  refuseNewer(found, steps);
  const findRest = async () => (isCitus ? findUndistributed(tx.run, steps) : []);
  const rest = await findRest();
  if (found === steps.latest && rest.length === 0) return false;
  // Waits until no transaction writes. Writes that begin now wait for this step, and then fail if their process expects
  // an older schema.
  await tx.run(`select pg_advisory_xact_lock(${lockNumber}, ${writing})`);
  if (found === steps.latest) {
    await distributeTables(tx, rest.slice(0, 1), steps);
    return true;
  }
  const script = toPostgres(steps.script(found + 1), await readDayBounds(tx));
  try {
    for (const text of isCitus ? [sequentially, ...splitScript(script)] : [script]) await tx.run(text);
  } catch (error) {
    const isMismatch = error instanceof Error && misfits.has(String(Reflect.get(error, 'code')));
    throw isMismatch ? createMismatch(found + 1, error) : error;
  }
  await distributeTables(tx, await findRest(), steps);
  if (found === 0) {
    await tx.run(
      'create table schema_version (corp_id bigint not null, version bigint not null, primary key (corp_id))',
    );
  }
  await tx.run(
    `insert into schema_version (corp_id, version) values (0, ${found + 1})
     on conflict (corp_id) do update set version = excluded.version`,
  );
  return found + 1 < steps.latest;
}

function refuseNewer(found: number, { latest }: Migrations): void {
  if (found <= latest) return;
  const why = `its schema is version ${found} and this huizhi knows versions up to ${latest}`;
  throw new StoreError('newer', `the database was made by a newer huizhi (${why}); run that one or a later one`);
}

/** The suffix of a day's partitions, and their bound in SQL. */
type DayBound = readonly [suffix: string, bound: string];

/** Reads the days that have partitions: a table that is partitioned later needs partitions for the same days. */
async function readDayBounds({ run }: Transaction): Promise<readonly DayBound[]> {
  const rows = await run(`
    select substr(c.relname, length('messages') + 1), pg_get_expr(c.relpartbound, c.oid)
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass('messages') and c.relname ~ '^messages_[0-9]{8}$'`);
  return rows.map(([suffix, bound]) => [String(suffix), String(bound)] as const);
}

/** Converts a migration script to PostgreSQL. Keys get the collation "C", so that they sort by code point. */
function toPostgres(script: string, days: readonly DayBound[]): string {
  const columns = script
    .replaceAll('{key}', 'text collate "C"')
    .replaceAll('{bytes}', 'bytea')
    .replaceAll('{clustered}', '');
  return columns.replace(/\{by day (\w+) \((\w+)\)\}/g, (_, table: string, column: string) =>
    renderPartitioning(table, column, days),
  );
}

/**
 * Renders the statements that partition a table by day. The existing table, with its rows and indexes, becomes the
 * first partition.
 */
function renderPartitioning(table: string, column: string, days: readonly DayBound[]): string {
  const parts = days.map(
    ([suffix, bound]) => `
    create table ${table}${suffix} (like ${table} including all);
    alter table ${table} attach partition ${table}${suffix} ${bound};`,
  );
  return `
    alter table ${table} rename to ${table}_first;
    alter index ${table}_pkey rename to ${table}_first_pkey;
    create table ${table} (like ${table}_first including all) partition by range (${column});
    alter table ${table} attach partition ${table}_first for values from (minvalue) to (${perDay});${parts.join('')}`;
}
