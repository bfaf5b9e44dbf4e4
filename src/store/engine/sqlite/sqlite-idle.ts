import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StatementCache } from './sqlite-statements.ts';

/** A connection to a database in memory, with its prepared statements. */
export type Connected = { readonly db: DatabaseSync; readonly prepare: StatementCache };

/** Programs that run one emulator after another use one; programs that run several side by side use more. */
const mostIdle = 4;

/** Pages of 4 KiB. A larger database is closed, so that idle ones take little memory. */
const mostPages = 1024;

const idle: Connected[] = [];
/** The statements that delete the rows of each table. */
const clearing = new WeakMap<DatabaseSync, readonly StatementSync[]>();

/**
 * Takes an empty database of the latest schema that was closed before. Programs that start many emulators otherwise
 * parse the schema and prepare the same statements again and again, which takes half of the time of a start.
 */
export function takeIdle(): Connected | undefined {
  return idle.pop();
}

/**
 * Keeps a database in memory for the next `takeIdle()`, with all rows deleted.
 *
 * @param schema what `readSchemaCookie` returned when the database had the latest schema
 * @returns false if it is too large, if its schema was changed, or if there are enough; then the caller closes it
 */
export function keepIdle({ db, prepare }: Connected, schema: number): boolean {
  if (idle.length >= mostIdle || db.isTransaction || readSchemaCookie(db) !== schema) return false;
  const { page_count: pages } = db.prepare('pragma page_count').get() as { page_count: number };
  if (pages > mostPages) return false;
  const clear = clearing.get(db) ?? prepareClearing(db);
  clearing.set(db, clear);
  db.exec('begin immediate');
  for (const statement of clear) statement.run();
  db.exec('commit; pragma incremental_vacuum; pragma shrink_memory');
  idle.push({ db, prepare });
  return true;
}

/** Returns a number that changes with each change of the schema (https://sqlite.org/pragma.html#pragma_schema_version). */
export function readSchemaCookie(db: DatabaseSync): number {
  return (db.prepare('pragma schema_version').get() as { schema_version: number }).schema_version;
}

function prepareClearing(db: DatabaseSync): readonly StatementSync[] {
  const tables = db.prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`).all();
  return tables.map(({ name }) => db.prepare(`delete from "${String(name)}"`));
}
