import type { DatabaseSync } from 'node:sqlite';
import { type Migrations, StoreError } from '../sql.ts';
import { createMismatch } from '../statement-errors.ts';
import { restoreFresh, storeFresh } from './sqlite-fresh.ts';
import { writePlannerStatistics } from './sqlite-planner.ts';

/** Returns the version of the schema; 0 for an empty database. */
export function readSchemaVersion(db: DatabaseSync): number {
  return Number((db.prepare('pragma user_version').get() as { user_version: number }).user_version);
}

/**
 * Migrates the schema to the latest version, each step in a transaction of its own.
 *
 * @throws StoreError `newer` if a newer huizhi has made the schema, `unavailable` if it is not that of its version
 */
export function migrateSqlite(db: DatabaseSync, steps: Migrations): void {
  const found = readSchemaVersion(db);
  if (found > steps.latest) {
    const why = `its schema is version ${found} and this huizhi knows versions up to ${steps.latest}`;
    throw new StoreError('newer', `the database was made by a newer huizhi (${why}); run that one or a later one`);
  }
  if (found === 0 && restoreFresh(db, steps, (script) => runStep(db, script, steps.latest, true))) return;
  for (let version = found + 1; version <= steps.latest; version++) {
    runStep(db, renderStep(steps, version), version, version === steps.latest);
  }
  if (found === 0) storeFresh(db, steps);
}

function renderStep(steps: Migrations, version: number): string {
  return steps
    .script(version)
    .replaceAll('{key}', 'text')
    .replaceAll('{bytes}', 'blob')
    .replaceAll('{clustered}', 'without rowid')
    .replace(/\{by day [^}]*\}/g, '');
}

/** SQLITE_ERROR: for example, a table exists already, or there is no such column. */
const wrongStatement = 1;

/**
 * Runs statements in a transaction, after which the schema has the version given.
 *
 * @throws StoreError `unavailable` if they do not fit the tables
 */
function runStep(db: DatabaseSync, text: string, version: number, isLast: boolean): void {
  db.exec('begin immediate');
  try {
    db.exec(text);
    // The planner's statistics are those of the tables of the latest version.
    if (isLast) writePlannerStatistics(db);
    db.exec(`pragma user_version = ${version}`);
    db.exec('commit');
  } catch (error) {
    rollBack(db);
    const isMismatch = error instanceof Error && Reflect.get(error, 'errcode') === wrongStatement;
    throw isMismatch ? createMismatch(version, error) : error;
  }
}

/**
 * Rolls back. If SQLite has done that already, for example because the disk is full, it reports that no transaction is
 * active.
 */
export function rollBack(db: DatabaseSync): void {
  try {
    db.exec('rollback');
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error;
  }
}
