import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Migrations, StoreError } from './sql.ts';
import { isLocked, toStoreError } from './sqlite-errors.ts';
import { followLinks } from './sqlite-files.ts';
import { markComplete, refuseMissingLog } from './sqlite-mark.ts';
import { migrateSqlite } from './sqlite-schema.ts';

/** How a file is opened. */
export type SqliteOptions = {
  /** Opens a file whose write-ahead log is missing, with what the file alone holds. */
  readonly acceptMissingLog?: boolean;
};

/**
 * Opens a database file of huizhi, or a database in memory, for this process alone. Changes nothing in a file of another kind.
 *
 * @throws StoreError `locked` when another process has the file; `unavailable` when it cannot be opened, holds no tables of huizhi, or has lost
 *   its write-ahead log
 */
export function connect(path: string, options: SqliteOptions = {}): DatabaseSync {
  if (path === ':memory:') return open(path, path, () => {});
  return open(path, resolve(path), (db) => {
    refuseForeign(db, path);
    if (!options.acceptMissingLog) refuseMissingLog(db, path);
    markComplete(db);
  });
}

/** Opens a file and sets the connection up, once `check` has accepted what it holds. */
function open(path: string, file: string, check: (db: DatabaseSync) => void): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (file !== ':memory:' && statSync(file).size === 0) throw emptyFile(path);
    db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    // Exclusive locking keeps the index of the log in this process's memory, and other processes out.
    db.exec('pragma locking_mode = exclusive');
    check(db);
    setUp(db);
    return db;
  } catch (error) {
    db?.close();
    throw openingError(error, path);
  }
}

function setUp(db: DatabaseSync): void {
  db.exec('pragma auto_vacuum = incremental; pragma journal_mode = wal;');
  // Up to 256 MB of pages in memory, taken as they are read: inboxes are written all over their table, and receipts asked all over
  // theirs. Against 64, random receipts among a million are a quarter faster. The log may grow to 16 MB before it is copied back.
  db.exec('pragma synchronous = full; pragma cache_size = -256000; pragma wal_autocheckpoint = 4000;');
  db.exec('pragma temp_store = memory;');
  db.exec('begin immediate; commit');
}

function openingError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  if (isLocked(error)) {
    const message = `${path} is in use by another process; stop it first, or name another --database`;
    return new StoreError('locked', message, { cause: error });
  }
  const known = toStoreError(error, `cannot open the database ${path}`);
  if (known instanceof StoreError) return known;
  const text = error instanceof Error ? error.message : String(error);
  return new StoreError('unavailable', `cannot open the database ${path}: ${text}`, { cause: error });
}

const replace = 'Put a backup in its place, delete it to begin with an empty database, or name another --database.';

const emptyFile = (path: string) =>
  new StoreError('unavailable', `${path} is an empty file, not a database of huizhi`, { advice: replace });

/** A file without our tables is another program's, or a copy of a database whose tables were still in its write-ahead log. */
function refuseForeign(db: DatabaseSync, path: string): void {
  const tables = db.prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`).all();
  const names = tables.map((row) => String((row as { name: string }).name));
  if (['settings', 'messages', 'inbox'].every((name) => names.includes(name))) return;
  if (names.length === 0) {
    const what = `${path} is a database without tables, such as a copy of a running huizhi that was made without its -wal file`;
    throw new StoreError('unavailable', what, { advice: replace });
  }
  const some = names.slice(0, 3).join(', ');
  throw new StoreError('unavailable', `${path} is the database of another program (it has the tables ${some})`, {
    advice: 'Name another --database.',
  });
}

/**
 * Makes a database file with its tables. It grows under another name, `<path>-new`, and gets its own when it is complete, so that a process that
 * is killed meanwhile never leaves a file without tables at `path`. A file that was left under the other name is completed.
 */
export function createSqlite(path: string, steps: Migrations): void {
  const target = followLinks(path);
  const growing = `${target}-new`;
  try {
    // It holds the server's secret and people's messages: it is made for its owner alone. SQLite gives its log the same mode.
    if (!existsSync(growing)) closeSync(openSync(growing, 'a', 0o600));
  } catch (error) {
    throw openingError(error, path);
  }
  const db = openGrowing(path, growing);
  try {
    migrateSqlite(db, steps);
    db.exec('pragma wal_checkpoint(truncate)');
    // SQLite deletes no log of a file that was moved.
    rmSync(`${growing}-wal`);
    // The lock on the growing file is still held: of two processes that begin at once, one gets here.
    if (existsSync(target)) rmSync(growing);
    else renameSync(growing, target);
    syncFolder(dirname(target));
  } catch (error) {
    throw openingError(error, path);
  } finally {
    db.close();
  }
}

function openGrowing(path: string, growing: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(growing, { enableForeignKeyConstraints: false });
    db.exec('pragma locking_mode = exclusive');
    setUp(db);
    return db;
  } catch (error) {
    db?.close();
    throw openingError(error, path);
  }
}

/** Makes a new name in a folder durable, where the system can. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch {
    // Some file systems cannot synchronise a folder.
  } finally {
    closeSync(handle);
  }
}
