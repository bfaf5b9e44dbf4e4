import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Migrations, StoreError } from '../sql.ts';
import { automaticPages, keptLogBytes } from './sqlite-checkpoints.ts';
import { isLocked, toStoreError } from './sqlite-errors.ts';
import { followLinks } from './sqlite-files.ts';
import { markComplete, refuseMissingLog } from './sqlite-mark.ts';
import { migrateSqlite } from './sqlite-schema.ts';

export type SqliteOptions = {
  /** Opens a file although its write-ahead log is missing, without the commits that were in the log. */
  readonly acceptMissingLog?: boolean;
  /** Whether a database in memory of the latest schema may be one that was closed before, with all rows deleted. */
  readonly isReusable?: boolean;
  /** The size of the log at which a backup is given up. */
  readonly backupLogBytes?: number;
};

/**
 * Opens a huizhi database file, or a database in memory, with exclusive access. Does not change files of other
 * programs.
 *
 * @throws StoreError `locked` if another process has the file open; `unavailable` if it cannot be opened, has no huizhi
 *   tables, or has lost its write-ahead log
 */
export function connect(path: string, options: SqliteOptions = {}): DatabaseSync {
  if (path === ':memory:') return open(path, path, () => {});
  return open(path, resolve(path), (db) => {
    refuseForeign(db, path);
    if (!options.acceptMissingLog) refuseMissingLog(db, path);
    markComplete(db);
  });
}

/** Opens a file and configures the connection. `check` throws if the content of the file is not acceptable. */
function open(path: string, file: string, check: (db: DatabaseSync) => void): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (file !== ':memory:' && statSync(file).size === 0) throw emptyFile(path);
    db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    // With exclusive locking the index of the log is in the memory of this process, and other processes cannot open the
    // file.
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
  // Caches up to 256 MB of pages, since inboxes are written and receipts are read at random positions of large tables.
  // Compared with 64 MB, reads of random receipts among a million are a quarter faster.
  db.exec('pragma synchronous = full; pragma cache_size = -256000;');
  // A checkpoint in the background has run before that, unless few commits have written very much.
  db.exec(`pragma wal_autocheckpoint = ${automaticPages}; pragma journal_size_limit = ${keptLogBytes}`);
  db.exec('pragma temp_store = memory;');
  db.exec('begin immediate; commit');
}

export function openingError(error: unknown, path: string): unknown {
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

/**
 * Refuses a file without huizhi's tables: it belongs to another program, or is a copy of a database whose tables were
 * still in its log.
 */
export function refuseForeign(db: DatabaseSync, path: string): void {
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
 * Creates a database file with its tables. The file is created as `<path>-new` and renamed when it is complete, so that
 * a process that is killed meanwhile never leaves a file without tables at `path`. If `<path>-new` exists, it is
 * completed.
 *
 * @throws StoreError `locked` if another process is creating the file, `unavailable` if it cannot be created
 */
export function createSqlite(path: string, steps: Migrations): void {
  const target = followLinks(path);
  const growing = `${target}-new`;
  try {
    // The database contains the server's secret and people's messages, so only its owner may read it. SQLite gives the
    // log the same mode.
    if (!existsSync(growing)) closeSync(openSync(growing, 'a', 0o600));
  } catch (error) {
    throw openingError(error, path);
  }
  const db = openGrowing(path, growing);
  try {
    migrateSqlite(db, steps);
    db.exec('pragma wal_checkpoint(truncate)');
    // SQLite does not delete the log of a renamed file.
    rmSync(`${growing}-wal`);
    // The lock on the new file is still held, so of two processes that start at once only one gets here.
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

/** Makes a renamed file durable, if the file system supports that. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch {
    // Some file systems do not support fsync of a folder.
  } finally {
    closeSync(handle);
  }
}
