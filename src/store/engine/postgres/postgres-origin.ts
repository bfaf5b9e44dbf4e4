import postgres from 'postgres';
import type { Pool } from './postgres-pool.ts';
import { transact } from './postgres-transaction.ts';

/**
 * What differs between a database and a restored copy of it: the server after `pg_restore` on another one, the timeline
 * after a recovery or the promotion of a standby, and the tables after `pg_restore` on the same server.
 */
const parts = [
  'select cast(system_identifier as text) from pg_control_system()',
  // Not from pg_control_checkpoint(), which has the new timeline only after the next checkpoint.
  'select substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)',
  `select cast(oid as text) from pg_database where datname = current_database()`,
  `select cast(cast(to_regclass('settings') as oid) as text)`,
];

/** Errors of engines and services that lack a function, or do not let this user call it. */
const lacking = ['42883', '42501', '42P01', '0A000', '55000'];

/** Returns a text that changes when the database is restored; see `Driver.origin`. */
export async function readPostgresOrigin(pool: Pool): Promise<string> {
  const values: string[] = [];
  for (const text of parts) values.push(await readPart(pool, text));
  return values.join(' ');
}

async function readPart(pool: Pool, text: string): Promise<string> {
  try {
    const [row] = await transact(pool, (tx) => tx.run(text));
    return String(row?.[0] ?? '-');
  } catch (error) {
    if (error instanceof postgres.PostgresError && lacking.includes(error.code)) return '-';
    throw error;
  }
}
