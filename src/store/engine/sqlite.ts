import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import {
  type Driver,
  type Migrations,
  type Query,
  type Row,
  runNow,
  type Statement,
  StoreError,
  type Value,
} from './sql.ts';
import { groupCommit } from './sqlite-commit.ts';
import { teachPlanner } from './sqlite-planner.ts';

type Prepared = { readonly statement: StatementSync; readonly order: readonly number[] | undefined };

/** The first releases of Node 22 give rows as objects only; their keys are in the order of the select list. */
const returnsArrays = typeof StatementSync.prototype.setReturnArrays === 'function';

/**
 * Opens SQLite through Node's own binding. One process owns the file (exclusive locking), every commit is on the disk before it
 * is acknowledged (`synchronous=full` over a write-ahead log), and writes that wait together share one commit.
 *
 * @param path a file, or `:memory:`
 * @throws StoreError `locked` when another process has the file, `unavailable` when it cannot be opened
 */
export function openSqlite(path: string): Driver {
  const db = connect(path);
  const prepare = statements(db);
  const answer = (query: Query): readonly Row[] => {
    try {
      return answered(prepare(query.statement), query);
    } catch (error) {
      throw toStoreError(error);
    }
  };
  const commits = groupCommit(db, answer);
  let closing: Promise<void> | undefined;
  return {
    engine: 'sqlite',
    exclusive: true,
    daily: false,
    one: (statement, ...params) => first(prepare(statement), params) as never,
    read: (body) => runNow(body(), answer),
    snapshot: (body) => runNow(body(), answer),
    write: commits.write,
    // A commit that fails is rolled back in this process, so its outcome is known.
    onUnknownOutcome() {},
    version: () => schemaVersion(db),
    migrate: async (steps) => migrate(db, steps),
    // Nobody else can have the file, so there is nobody to tell.
    tell: async () => {},
    listen: async () => async () => {},
    // This process has the file to itself.
    alone: (work) => work(),
    prepareDays: async () => {},
    dropDays: async () => 0,
    // A log that is copied back after each step never grows to where copying it takes long.
    tidy: async () => db.exec('pragma incremental_vacuum(16); pragma wal_checkpoint(passive)'),
    time: () => undefined,
    size: () => (path === ':memory:' ? pages(db) : fileSize(path)),
    close: () => {
      closing ??= commits.close().then(() => db.close());
      return closing;
    },
  };
}

function answered(prepared: Prepared, { params, one }: Query): readonly Row[] {
  if (!one) return all(prepared, params);
  const row = first(prepared, params);
  return row === undefined ? [] : [row];
}

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY: something else has the key. */
const takenCodes = [2067, 1555];

function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || !takenCodes.includes(Number(Reflect.get(error, 'errcode')))) return error;
  return new StoreError('taken', error.message, { cause: error });
}

function connect(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') keepPrivate(path);
    db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    // Exclusive locking keeps the index of the log in this process's memory, and other processes out.
    db.exec('pragma locking_mode = exclusive; pragma auto_vacuum = incremental; pragma journal_mode = wal;');
    // Up to 256 MB of pages in memory, taken as they are read: inboxes are written all over their table, and receipts asked all over
    // theirs. Against 64, random receipts among a million are a quarter faster. The log may grow to 16 MB before it is copied back.
    db.exec('pragma synchronous = full; pragma cache_size = -256000; pragma wal_autocheckpoint = 4000;');
    db.exec('pragma temp_store = memory;');
    db.exec('begin immediate; commit');
    return db;
  } catch (error) {
    db?.close();
    throw opening(error, path);
  }
}

/** The file holds the server's secret and people's messages: it is made for its owner alone. SQLite gives its log the same mode. */
function keepPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

function opening(error: unknown, path: string): StoreError {
  const text = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(text)) {
    return new StoreError('locked', `${path} is in use by another process; stop it first, or name another --database`, {
      cause: error,
    });
  }
  return new StoreError('unavailable', `cannot open the database ${path}: ${text}`, { cause: error });
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

function migrate(db: DatabaseSync, steps: Migrations): void {
  const found = schemaVersion(db);
  if (found > steps.latest) {
    const why = `its schema is version ${found} and this huizhi knows versions up to ${steps.latest}`;
    throw new StoreError('newer', `the database was made by a newer huizhi (${why}); run that one or a later one`);
  }
  for (let version = found + 1; version <= steps.latest; version++) {
    const text = steps
      .script(version)
      .replaceAll('{key}', 'text')
      .replaceAll('{clustered}', 'without rowid')
      .replace(/\{by day [^}]*\}/g, '');
    db.exec('begin immediate');
    try {
      db.exec(text);
      teachPlanner(db);
      db.exec(`pragma user_version = ${version}`);
      db.exec('commit');
    } catch (error) {
      db.exec('rollback');
      throw error;
    }
  }
}

function schemaVersion(db: DatabaseSync): number {
  return Number((db.prepare('pragma user_version').get() as { user_version: number }).user_version);
}

function pages(db: DatabaseSync): number {
  const { page_count } = db.prepare('pragma page_count').get() as { page_count: number };
  const { page_size } = db.prepare('pragma page_size').get() as { page_size: number };
  return page_count * page_size;
}

function fileSize(path: string): number {
  return ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);
}
