import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { noSlowStatements, reportSlow, type SlowStatementOptions, type SlowStatements } from '../slow-statements.ts';
import {
  type Driver,
  type Eventually,
  type Query,
  type Row,
  runSync,
  type Statement,
  StoreError,
  type Work,
} from '../sql.ts';
import { recordStatement } from '../statement-errors.ts';
import { createBackups, withoutBackups } from './sqlite-backup.ts';
import { type Checkpoints, scheduleCheckpoints, vacuumPages } from './sqlite-checkpoints.ts';
import { connect, type SqliteOptions } from './sqlite-connect.ts';
import { type Disk, openDisk } from './sqlite-disk.ts';
import { toStoreError } from './sqlite-errors.ts';
import { type OpenFiles, watchFiles } from './sqlite-files.ts';
import { createGroupCommit, type GroupCommit } from './sqlite-group-commit.ts';
import { type Connected, keepIdle, readSchemaCookie, takeIdle } from './sqlite-idle.ts';
import { checkpoint, checkpointMarked } from './sqlite-mark.ts';
import { migrateSqlite, readSchemaVersion } from './sqlite-schema.ts';
import { createStatementCache, type StatementCache, selectRows } from './sqlite-statements.ts';

/**
 * Opens a SQLite database with `node:sqlite`. One process owns the file (exclusive locking), every commit is on disk
 * before it is acknowledged or read (see `createGroupCommit`), and writes that wait at the same time share one commit.
 * Before and after each commit, the driver checks that the open files are still the ones at their paths; see
 * `watchFiles`.
 *
 * @param path a file created by `createSqlite`, or `:memory:`
 * @throws StoreError `locked` if another process has the file open, `unavailable` if it cannot be opened or is not a
 *   huizhi database
 */
export function openSqlite(path: string, options?: SqliteOptions & SlowStatementOptions): Driver {
  const isReusable = path === ':memory:' && options?.isReusable === true;
  const connected = (isReusable ? takeIdle() : undefined) ?? open(path, options);
  const { db } = connected;
  const { use, prepare, end } = lease(connected);
  const files = watchFiles(path);
  const toError = (error: unknown) => toStoreError(error, `the database ${path} cannot be used`);
  const disk = path === ':memory:' ? undefined : openDisk(path);
  const { startClock, runQuery } = createRunner(prepare, options?.slowStatements ?? noSlowStatements, toError);
  const commits: GroupCommit = createGroupCommit({
    db,
    runQuery,
    startClock,
    files,
    disk,
    toStoreError: toError,
    onCommit: (confirmed) => checkpoints.onCommit(confirmed),
  });
  const checkpoints = disk ? scheduleCheckpoints(db, disk, files, commits) : withoutCheckpoints(use);
  const backups = disk ? createBackups(path, disk, checkpoints, options?.backupLogBytes) : withoutBackups;
  if (disk) db.exec('pragma synchronous = normal');
  let closing: Promise<void> | undefined;
  let schema: number | undefined;
  return {
    ...soleProcess,
    ...createReads(startClock, runQuery, commits.holdBack),
    write: (body) => commits.write(body),
    writeLazily: (body) => commits.write(body, true),
    version: () => readSchemaVersion(use()),
    async migrate(steps) {
      try {
        migrateSqlite(use(), steps);
        if (isReusable) schema ??= readSchemaCookie(db);
        if (path !== ':memory:') checkpointMarked(db);
      } catch (error) {
        throw toError(error);
      } finally {
        files.resize();
      }
    },
    tidy: checkpoints.tidy,
    trim: () => use().exec('pragma shrink_memory'),
    copyFile: backups.open,
    origin: async () => undefined,
    size: () => (path === ':memory:' ? memorySize(use()) : fileSize(path)),
    usage: () => ({ file: { log: logSize(path), free: freeBytes(use()) } }),
    close() {
      backups.end();
      closing ??= commits
        .close()
        .then(checkpoints.stop)
        .then(end)
        .then(() => closeOrKeep(connected, schema, files, disk));
      return closing;
    },
  };
}

function open(path: string, options?: SqliteOptions): Connected {
  const db = connect(path, options);
  return { db, prepare: createStatementCache(db) };
}

/** Lends a connection until its end. Then it refuses work, because its database may be that of another store. */
function lease({ db, prepare }: Connected) {
  let isEnded = false;
  const use = () => {
    if (isEnded) throw new StoreError('unavailable', 'the store is closed');
    return db;
  };
  return {
    use,
    prepare: (statement: Statement) => {
      use();
      return prepare(statement);
    },
    end() {
      isEnded = true;
    },
  };
}

function closeOrKeep(connected: Connected, schema: number | undefined, files: OpenFiles, disk: Disk | undefined): void {
  if (schema !== undefined && keepIdle(connected, schema)) return;
  try {
    disk?.check();
  } catch {
    // SQLite would delete the log, which the next start needs.
    return;
  }
  closeFiles(connected.db, files);
  disk?.close();
}

type Runner = {
  /** Starts the clock of the first statement of a read or a group of writes. */
  startClock(): void;
  /** Runs one statement. */
  runQuery(query: Query): readonly Row[];
};

/** Creates the functions that run statements on a connection. Each statement is timed from the end of the previous one. */
function createRunner(prepare: StatementCache, slow: SlowStatements, toError: (error: unknown) => unknown): Runner {
  // The global is a getter that costs as much as the clock.
  const { performance: clock } = globalThis;
  let started = 0;
  const startClock = () => {
    started = clock.now();
  };
  const runQuery = (query: Query): readonly Row[] => {
    try {
      const rows = selectRows(prepare(query.statement), query);
      const now = clock.now();
      if (now - started >= slow.after) reportSlow(slow, query.statement, now - started, rows.length);
      started = now;
      return rows;
    } catch (error) {
      throw toError(recordStatement(error, query.statement));
    }
  };
  return { startClock, runQuery };
}

/** Creates the reads. Their results are held back until everything that they can have seen is durable. */
function createReads(
  startClock: Runner['startClock'],
  runQuery: Runner['runQuery'],
  holdBack: GroupCommit['holdBack'],
): Pick<Driver, 'one' | 'rows' | 'read' | 'snapshot'> {
  const readNow = (query: Query): readonly Row[] => {
    startClock();
    return runQuery(query);
  };
  const read = <T>(body: () => Work<T>): Eventually<T> => {
    startClock();
    return holdBack(runSync(body(), runQuery));
  };
  return {
    one: (statement, ...params) => holdBack(readNow({ statement, params, one: true })[0]) as never,
    rows: (statement, ...params) => holdBack(readNow({ statement, params, one: false })) as never,
    read,
    snapshot: read,
  };
}

/** The driver methods that do nothing here, because no other process uses the database and its tables are not partitioned. */
const soleProcess = {
  engine: 'sqlite',
  exclusive: true,
  daily: false,
  // A failed commit is rolled back by this process, so its outcome is always known.
  onUnknownOutcome() {},
  publish: async () => {},
  listen: async () => async () => {},
  alone: <T>(work: () => Promise<T>) => work(),
  prepareDays: async () => {},
  dropDays: async () => 0,
  time: () => undefined,
} as const;

function withoutCheckpoints(use: () => DatabaseSync): Checkpoints {
  return {
    tidy: async () => use().exec(vacuumPages),
    onCommit: () => {},
    pause: async () => {},
    resume: () => {},
    stop: () => {},
  };
}

/**
 * Closes the connection after a checkpoint. SQLite runs no checkpoint on close if the file was moved, so without ours
 * the moved file would lack the commits that are in the log.
 */
function closeFiles(db: DatabaseSync, files: OpenFiles): void {
  try {
    if (!files.isDamaged()) checkpoint(db);
  } catch {
    // The log still holds all commits.
  }
  db.close();
}

const memorySize = (db: DatabaseSync) => readPragma(db, 'page_count') * readPragma(db, 'page_size');
const freeBytes = (db: DatabaseSync) => readPragma(db, 'freelist_count') * readPragma(db, 'page_size');

function readPragma(db: DatabaseSync, name: 'page_count' | 'page_size' | 'freelist_count'): number {
  return Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0] ?? 0);
}

function logSize(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function fileSize(path: string): number {
  return ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);
}
