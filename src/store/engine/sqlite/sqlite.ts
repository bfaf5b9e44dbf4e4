import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { noSlowStatements, reportSlow, type SlowStatementOptions, type SlowStatements } from '../slow-statements.ts';
import { type Driver, type Query, type Row, runSync, type Statement, StoreError, type Work } from '../sql.ts';
import { recordStatement } from '../statement-errors.ts';
import { connect, type SqliteOptions } from './sqlite-connect.ts';
import { toStoreError } from './sqlite-errors.ts';
import { type OpenFiles, watchFiles } from './sqlite-files.ts';
import { createLogFlusher, noFlusher } from './sqlite-flush.ts';
import { createGroupCommit } from './sqlite-group-commit.ts';
import { type Connected, keepIdle, readSchemaCookie, takeIdle } from './sqlite-idle.ts';
import { checkpoint, checkpointMarked } from './sqlite-mark.ts';
import { migrateSqlite, readSchemaVersion } from './sqlite-schema.ts';
import { createStatementCache, type StatementCache, selectRows } from './sqlite-statements.ts';

/**
 * Milliseconds between a commit and its checkpoint. If the write-ahead log is deleted, only commits of this interval
 * are lost.
 */
const checkpointEvery = 60_000;

/**
 * Milliseconds between an automatic checkpoint by SQLite and ours, which marks the file as needing its log again (see
 * sqlite-mark.ts).
 */
const markWithin = 1_000;

/**
 * Opens a SQLite database with `node:sqlite`. One process owns the file (exclusive locking), every commit is on disk
 * before it is acknowledged (`synchronous=full` with a write-ahead log), and writes that wait at the same time share
 * one commit. Before and after each commit, the driver checks that the open files are still the ones at their paths;
 * see `watchFiles`.
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
  const { startClock, runQuery, reads } = createRunner(prepare, options?.slowStatements ?? noSlowStatements, toError);
  const { tidy, onCommit, stop } = path === ':memory:' ? withoutCheckpoints(use) : scheduleCheckpoints(db, files);
  const flusher = path === ':memory:' ? noFlusher : createLogFlusher(path);
  const commits = createGroupCommit({ db, runQuery, startClock, files, flusher, toStoreError: toError, onCommit });
  let closing: Promise<void> | undefined;
  let schema: number | undefined;
  return {
    ...soleProcess,
    ...reads,
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
    tidy,
    trim: () => use().exec('pragma shrink_memory'),
    size: () => (path === ':memory:' ? memorySize(use()) : fileSize(path)),
    close() {
      closing ??= commits
        .close()
        .then(stop)
        .then(flusher.close)
        .then(end)
        .then(() => closeOrKeep(connected, schema, files));
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

function closeOrKeep(connected: Connected, schema: number | undefined, files: OpenFiles): void {
  if (schema === undefined || !keepIdle(connected, schema)) closeFiles(connected.db, files);
}

type Runner = {
  /** Starts the clock of the first statement of a read or a group of writes. */
  startClock(): void;
  /** Runs one statement. */
  runQuery(query: Query): readonly Row[];
  readonly reads: Pick<Driver, 'one' | 'rows' | 'read' | 'snapshot'>;
};

/** Creates the functions that run statements on a connection. Each statement is timed from the end of the previous one. */
function createRunner(prepare: StatementCache, slow: SlowStatements, toError: (error: unknown) => unknown): Runner {
  let started = 0;
  const startClock = () => {
    started = performance.now();
  };
  const runQuery = (query: Query): readonly Row[] => {
    try {
      const rows = selectRows(prepare(query.statement), query);
      const now = performance.now();
      if (now - started >= slow.after) reportSlow(slow, query.statement, now - started, rows.length);
      started = now;
      return rows;
    } catch (error) {
      throw toError(recordStatement(error, query.statement));
    }
  };
  const readNow = (query: Query): readonly Row[] => {
    startClock();
    return runQuery(query);
  };
  const read = <T>(body: () => Work<T>): T => {
    startClock();
    return runSync(body(), runQuery);
  };
  return {
    startClock,
    runQuery,
    reads: {
      one: (statement, ...params) => readNow({ statement, params, one: true })[0] as never,
      rows: (statement, ...params) => readNow({ statement, params, one: false }) as never,
      read,
      snapshot: read,
    },
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

type Housekeeping = {
  tidy(): Promise<void>;
  onCommit(wasWritten: boolean): void;
  stop(): void;
};

const vacuumPages = 'pragma incremental_vacuum(16)';

function withoutCheckpoints(use: () => DatabaseSync): Housekeeping {
  return { tidy: async () => use().exec(vacuumPages), onCommit: () => {}, stop: () => {} };
}

/**
 * Runs a checkpoint within a minute of a commit, and sooner after an automatic checkpoint by SQLite, so that the file
 * gets its mark back.
 */
function scheduleCheckpoints(db: DatabaseSync, files: OpenFiles): Housekeeping {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  const run = () => {
    due = Number.POSITIVE_INFINITY;
    try {
      files.check();
      checkpointMarked(db);
    } catch {
      // The commits are safe in the log, and the next commit schedules another attempt.
    } finally {
      files.resize();
    }
  };
  const schedule = (wait: number) => {
    const time = performance.now() + wait;
    if (time >= due) return;
    due = time;
    clearTimeout(timer);
    timer = setTimeout(run, wait).unref();
  };
  return {
    async tidy() {
      // A checkpoint after each step keeps the log short, so that no single checkpoint takes long.
      db.exec(vacuumPages);
      checkpoint(db);
      files.resize();
      schedule(markWithin);
    },
    onCommit: (wasWritten) => schedule(wasWritten ? markWithin : checkpointEvery),
    stop: () => clearTimeout(timer),
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

function memorySize(db: DatabaseSync): number {
  const { page_count } = db.prepare('pragma page_count').get() as { page_count: number };
  const { page_size } = db.prepare('pragma page_size').get() as { page_size: number };
  return page_count * page_size;
}

function fileSize(path: string): number {
  return ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);
}
