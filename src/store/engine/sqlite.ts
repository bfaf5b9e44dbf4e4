import { statSync } from 'node:fs';
import { type DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import { noSlowStatements, reportSlow, type SlowStatementOptions, type SlowStatements } from './slow-statements.ts';
import { type Driver, type Query, type Row, runNow, type Statement, type Value, type Work } from './sql.ts';
import { connect, type SqliteOptions } from './sqlite-connect.ts';
import { toStoreError } from './sqlite-errors.ts';
import { type OpenFiles, watchFiles } from './sqlite-files.ts';
import { groupCommit } from './sqlite-group-commit.ts';
import { checkpoint, checkpointMarked } from './sqlite-mark.ts';
import { migrateSqlite, schemaVersion } from './sqlite-schema.ts';
import { noteStatement } from './statement-errors.ts';

type Prepared = { readonly statement: StatementSync; readonly order: readonly number[] | undefined };

/** The first releases of Node 22 give rows as objects only; their keys are in the order of the select list. */
const returnsArrays = typeof StatementSync.prototype.setReturnArrays === 'function';

/** Milliseconds until what was committed is in the file itself: at most so much is lost with a write-ahead log that is deleted. */
const checkpointEvery = 60_000;

/** Milliseconds until a file that SQLite has brought up to date by itself says again that it needs its log. */
const markWithin = 1_000;

/**
 * Opens SQLite through Node's own binding. One process owns the file (exclusive locking), every commit is on the disk before it
 * is acknowledged (`synchronous=full` over a write-ahead log), and writes that wait together share one commit. What this process can write
 * is checked against what it would find at the next start: see `watchFiles`.
 *
 * @param path a file that `createSqlite` has made, or `:memory:`
 * @throws StoreError `locked` when another process has the file, `unavailable` when it cannot be opened or is not a database of huizhi
 */
export function openSqlite(path: string, options?: SqliteOptions & SlowStatementOptions): Driver {
  const db = connect(path, options);
  const files = watchFiles(path);
  const toError = (error: unknown) => toStoreError(error, `the database ${path} cannot be used`);
  const { startClock, answer, reads } = createRunner(db, options?.slowStatements ?? noSlowStatements, toError);
  const { tidy, committed, stop } = path === ':memory:' ? inMemory(db) : keepCheckpoints(db, files);
  const commits = groupCommit({ db, answer, startClock, files, toStoreError: toError, committed });
  let closing: Promise<void> | undefined;
  return {
    ...soleProcess,
    ...reads,
    write: commits.write,
    version: () => schemaVersion(db),
    async migrate(steps) {
      try {
        migrateSqlite(db, steps);
        if (path !== ':memory:') checkpointMarked(db);
      } catch (error) {
        throw toError(error);
      } finally {
        files.resize();
      }
    },
    tidy,
    size: () => (path === ':memory:' ? pages(db) : fileSize(path)),
    close: () => {
      closing ??= commits.close().then(() => {
        stop();
        closeFiles(db, files);
      });
      return closing;
    },
  };
}

type Runner = {
  /** Starts the clock of the first statement of a read or a group of writes. */
  startClock(): void;
  /** Runs one statement. */
  answer(query: Query): readonly Row[];
  readonly reads: Pick<Driver, 'one' | 'rows' | 'read' | 'snapshot'>;
};

/** Creates what runs statements on a connection; each is timed from the end of the one before. */
function createRunner(db: DatabaseSync, slow: SlowStatements, toError: (error: unknown) => unknown): Runner {
  const prepare = statements(db);
  let started = 0;
  const startClock = () => {
    started = performance.now();
  };
  const answer = (query: Query): readonly Row[] => {
    try {
      const rows = answered(prepare(query.statement), query);
      const now = performance.now();
      if (now - started >= slow.after) reportSlow(slow, query.statement, now - started, rows.length);
      started = now;
      return rows;
    } catch (error) {
      throw toError(noteStatement(error, query.statement));
    }
  };
  const readNow = (query: Query): readonly Row[] => {
    startClock();
    return answer(query);
  };
  const read = <T>(body: () => Work<T>): T => {
    startClock();
    return runNow(body(), answer);
  };
  return {
    startClock,
    answer,
    reads: {
      one: (statement, ...params) => readNow({ statement, params, one: true })[0] as never,
      rows: (statement, ...params) => readNow({ statement, params, one: false }) as never,
      read,
      snapshot: read,
    },
  };
}

/** What one process with the file to itself needs no work for. */
const soleProcess = {
  engine: 'sqlite',
  exclusive: true,
  daily: false,
  // A commit that fails is rolled back in this process, so its outcome is known.
  onUnknownOutcome() {},
  tell: async () => {},
  listen: async () => async () => {},
  alone: <T>(work: () => Promise<T>) => work(),
  prepareDays: async () => {},
  dropDays: async () => 0,
  time: () => undefined,
} as const;

type Housekeeping = {
  tidy(): Promise<void>;
  committed(wasWritten: boolean): void;
  stop(): void;
};

const giveSpaceBack = 'pragma incremental_vacuum(16)';

function inMemory(db: DatabaseSync): Housekeeping {
  return { tidy: async () => db.exec(giveSpaceBack), committed: () => {}, stop: () => {} };
}

/** Copies the log into the file every minute in which something was committed, and marks the file again soon after SQLite has copied by itself. */
function keepCheckpoints(db: DatabaseSync, files: OpenFiles): Housekeeping {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  const run = () => {
    due = Number.POSITIVE_INFINITY;
    try {
      files.check();
      checkpointMarked(db);
    } catch {
      // What is in the log is safe there, and the next commit has this tried again.
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
      // A log that is copied back after each step never grows to where copying it takes long.
      db.exec(giveSpaceBack);
      checkpoint(db);
      files.resize();
      schedule(markWithin);
    },
    committed: (wasWritten) => schedule(wasWritten ? markWithin : checkpointEvery),
    stop: () => clearTimeout(timer),
  };
}

/**
 * Closes a connection. The file gets all that is in the log before, wherever it was moved: SQLite then leaves alone what is at its path now, and so
 * would leave the log behind.
 */
function closeFiles(db: DatabaseSync, files: OpenFiles): void {
  try {
    if (!files.isDamaged()) checkpoint(db);
  } catch {
    // The log stays where it is, and has everything.
  }
  db.close();
}

function answered(prepared: Prepared, { params, one }: Query): readonly Row[] {
  if (!one) return all(prepared, params);
  const row = first(prepared, params);
  return row === undefined ? [] : [row];
}

/** Each statement is prepared once; `$n` becomes `?`, with the order remembered where it is not simply 1, 2, 3. */
function statements(db: DatabaseSync): (statement: Statement) => Prepared {
  const known = new Map<Statement, Prepared>();
  return (statement) => {
    const found = known.get(statement);
    if (found) return found;
    const made = prepareOne(db, statement);
    known.set(statement, made);
    return made;
  };
}

function prepareOne(db: DatabaseSync, { text }: Statement): Prepared {
  const order: number[] = [];
  // A transaction of ours is alone in the database, so there is nothing to lock.
  const listed = text.replaceAll(/\{among (\$\d+)\}/g, "in (select value from json_each('[' || $1 || ']'))");
  const plain = listed.replace(/ ?\{locked\}|\{day \$\d+\}/g, '').replace(/\$(\d+)/g, (_, digits: string) => {
    order.push(Number(digits) - 1);
    return '?';
  });
  const statement = db.prepare(plain);
  if (returnsArrays) statement.setReturnArrays(true);
  return { statement, order: order.every((n, i) => n === i) ? undefined : order };
}

function all({ statement, order }: Prepared, params: readonly Value[]): readonly Row[] {
  const rows = statement.all(...bound(order, params)) as unknown as readonly Row[];
  return returnsArrays ? rows : rows.map(asArray);
}

function first({ statement, order }: Prepared, params: readonly Value[]): Row | undefined {
  const row = statement.get(...bound(order, params)) as unknown as Row | undefined;
  return returnsArrays || row === undefined ? row : asArray(row);
}

function bound(order: readonly number[] | undefined, params: readonly Value[]): SQLInputValue[] {
  return (order === undefined ? params : order.map((n) => params[n])) as SQLInputValue[];
}

const asArray = (row: object) => Object.values(row) as unknown as Row;

function pages(db: DatabaseSync): number {
  const { page_count } = db.prepare('pragma page_count').get() as { page_count: number };
  const { page_size } = db.prepare('pragma page_size').get() as { page_size: number };
  return page_count * page_size;
}

function fileSize(path: string): number {
  return ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);
}
