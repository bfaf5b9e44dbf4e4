/**
 * The driver contract: what the store needs from a database engine.
 *
 * A verb of the store is a generator that yields queries and gets rows back. SQLite runs the generator to its end
 * synchronously, so no other code sees an unfinished transaction; PostgreSQL awaits each result. The code of the verb
 * is the same for both.
 */

/** A value that both engines support: text, an integer within 53 bits, bytes, or null. */
export type Value = string | number | Uint8Array | null;

/**
 * One row: its values in the order of the select list. Arrays are cheaper than objects; the statement has the types.
 */
export type Row = readonly Value[];

/**
 * A named SQL statement with parameters `$1`, `$2` and so on. `R` is the type of its rows. Four placeholders are
 * replaced by each engine:
 *
 * - `{locked}` at the end of a select: a row lock (`for update`), or nothing.
 * - `{shared}` at the end of a select: a row lock that several transactions can hold (`for share`), or nothing.
 * - `{day $2}` after the name of a partitioned table: the suffix of the partition for the day that this parameter
 *   contains (see partitions.ts), or nothing.
 * - `{among $2}` after a column: a test whether the column is one of the numbers in this parameter, a comma-separated
 *   text.
 *
 * `raisesVersion` marks a statement that invalidates the caches of other processes; see postgres-versions.ts.
 */
export type Statement<R extends Row = Row> = {
  readonly name: string;
  readonly text: string;
  readonly rows?: R;
  readonly raisesVersion?: true;
};

/**
 * What a verb yields: a statement with its parameters. `one` requests only the first row, which is cheaper. `pipelined`
 * means that the verb does not wait for the result, so that the statement is sent together with the next one.
 */
export type Query = {
  readonly statement: Statement;
  readonly params: readonly Value[];
  readonly one: boolean;
  readonly pipelined?: boolean;
};

/** The body of a verb: a generator that yields queries, gets rows and returns a result. */
export type Work<T> = Generator<Query, T, readonly Row[]>;

/** A value (SQLite) or a promise of it (PostgreSQL). `await` works with both. */
export type Eventually<T> = T | Promise<T>;

/** Calls `next` with the value: at once, or when the promise resolves. */
export function andThen<A, B>(value: Eventually<A>, next: (value: A) => Eventually<B>): Eventually<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export type Engine = 'sqlite' | 'postgres';

/** The connection to one database engine. */
export type Driver = {
  readonly engine: Engine;
  /** True if no other process can write this database, so that rows can be cached until this process changes them. */
  readonly exclusive: boolean;
  /**
   * Whether the large tables are partitioned by day: the numbers of messages contain the day, and old partitions are
   * dropped as a whole.
   */
  readonly daily: boolean;
  /** Returns the first row of one statement outside any transaction. */
  one<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Eventually<R | undefined>;
  /** Returns the rows of one statement outside any transaction. */
  rows<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Eventually<readonly R[]>;
  /**
   * Runs a body that only reads, without a transaction: each of its statements may see another state of the database.
   */
  read<T>(body: () => Work<T>): Eventually<T>;
  /** Runs a body that only reads, in a transaction whose statements all see the same state of the database. */
  snapshot<T>(body: () => Work<T>): Eventually<T>;
  /**
   * Runs a body in a transaction and resolves when it is durable. Bodies that wait at the same time may share one
   * commit. A body that throws changes nothing, and only its own promise rejects. A body may run more than once, so it
   * must change nothing but the database.
   */
  write<T>(body: () => Work<T>): Promise<T>;
  /**
   * Like `write`, but resolves before the transaction is durable, which saves waiting for the disk. It is durable as soon
   * as a later `write` is; after a crash it is either there as a whole or not at all.
   */
  writeLazily<T>(body: () => Work<T>): Promise<T>;
  /**
   * Calls the listener each time the result of a commit is lost: the write may be durable although its promise was
   * rejected. Never called by an engine that knows the outcome of every commit.
   */
  onUnknownOutcome(listener: () => void): void;
  /** Returns the version of the schema; 0 for an empty database. */
  version(): Eventually<number>;
  /**
   * Migrates the schema to the latest version under the engine's migration lock, each step in a transaction of its own.
   */
  migrate(steps: Migrations): Promise<void>;
  /** Publishes a text of up to 7900 bytes to all processes on the database that listen now, including this one. */
  publish(topic: string, text: string): Promise<void>;
  /**
   * Listens for published texts. Resolves with a function that stops listening. `missed` is called after the connection
   * was lost and is back: texts published meanwhile are lost.
   */
  listen(heard: (topic: string, text: string) => void, missed: () => void): Promise<() => Promise<void>>;
  /**
   * Runs work under a lock of the whole database, so that no other process does it at the same time. The work may use
   * the driver.
   */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Creates the missing partitions for the day of a time (epoch milliseconds) and for the next day. A write creates
   * missing partitions itself; creating them ahead saves it the time.
   */
  prepareDays(at: number): Promise<void>;
  /**
   * Drops the partitions of the days that ended before a time (epoch milliseconds). Returns the number of days. If
   * another process is dropping partitions, it drops none and returns 0.
   */
  dropDays(before: number): Promise<number>;
  /** Returns some free space to the file system after a removal, in a step of at most a few milliseconds. */
  tidy(): Promise<void>;
  /** Frees the memory of cached pages, after large rows were written or read. */
  trim(): void;
  /**
   * Returns the time of the database server's clock in epoch milliseconds; undefined if the database runs in this
   * process.
   */
  time(): Eventually<number | undefined>;
  /**
   * Returns a text that identifies this copy of the database: another one after a restore, the promotion of a standby, or
   * a move to another server. Undefined if the engine does not know.
   */
  origin(): Promise<string | undefined>;
  /** Returns the size of the database on disk or in memory, in bytes. */
  size(): Eventually<number>;
  /**
   * Opens a copy of the whole database as it is now, which is a file of its own. Reads and writes continue meanwhile.
   *
   * @throws StoreError `unsupported` if the database is not in a file of this process; `taken` if another copy is open
   */
  copyFile(): Promise<FileCopy>;
  close(): Promise<void>;
};

/**
 * What a distributed engine does with a table: it distributes the rows by organization, or keeps a copy of the whole
 * table on every node.
 */
export type TableRole = 'distributed' | 'reference';

/** A consistent copy of a database. It must be closed: the log grows while it is read, and no other copy can be opened. */
export type FileCopy = {
  /** The path of the database. */
  readonly database: string;
  readonly bytes: number;
  /**
   * Reads the copy, in order.
   *
   * @throws StoreError `unavailable` if the copy was closed, or took so long that the log has become too large
   */
  chunks(): AsyncGenerator<Buffer>;
  close(): void;
};

/** The part of a driver that only reads. */
export type Reader = Pick<Driver, 'engine' | 'one' | 'rows' | 'snapshot' | 'version' | 'close'>;

/** The migration steps of the schema. `script(n)` migrates version n-1 to version n. */
export type Migrations = {
  readonly latest: number;
  readonly script: (version: number) => string;
  /** The role of each table on a distributed engine, by the name of the table. */
  readonly roles: Readonly<Record<string, TableRole>>;
};

/** Declares a statement. Its name appears in its errors and in the log of slow statements. */
export function sql<R extends Row = Row>(name: string, text: string): Statement<R> {
  return { name, text };
}

/** Declares a statement that raises a version by which processes know whether their caches are valid. */
export function sqlVersion<R extends Row = Row>(name: string, text: string): Statement<R> {
  return { name, text, raisesVersion: true };
}

/** Runs a query inside a verb and returns its rows: `const rows = yield* queryRows(statement, …)`. */
export function* queryRows<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Work<readonly R[]> {
  return (yield { statement, params, one: false }) as readonly R[];
}

/** Like `queryRows`, for a list of parameters that may be long. */
export function* queryList<R extends Row>(statement: Statement<R>, params: readonly Value[]): Work<readonly R[]> {
  return (yield { statement, params, one: false }) as readonly R[];
}

/** Queries the first row, or undefined if there is none. */
export function* queryRow<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Work<R | undefined> {
  return ((yield { statement, params, one: true }) as readonly R[])[0];
}

/** Queries the only column of the first row, or undefined if there is none. */
export function* queryValue<V extends Value>(
  statement: Statement<[V]>,
  ...params: readonly Value[]
): Work<V | undefined> {
  const [value] = (yield* queryRow(statement, ...params)) ?? [];
  return value;
}

/**
 * Sends a statement inside a verb without waiting for its result. Later statements see its effect; if it fails, the
 * whole body fails.
 */
export function* pipeline(statement: Statement, ...params: readonly Value[]): Work<void> {
  yield { statement, params, one: false, pipelined: true };
}

/** Declares a family of statements that differ only in the length of a list. Each length is created once. */
export function sqlList<R extends Row = Row>(
  name: string,
  text: (count: number) => string,
): (count: number) => Statement<R> {
  const declared = new Map<number, Statement<R>>();
  return (count) => {
    const found = declared.get(count);
    if (found) return found;
    const statement = sql<R>(`${name}_${count}`, text(count));
    declared.set(count, statement);
    return statement;
  };
}

/** Renders a list of parameters, such as `$3, $4, $5` for `placeholders(3, 3)`. */
export function placeholders(first: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `$${first + i}`).join(', ');
}

/** Renders rows of parameters, such as `($3, $4), ($5, $6)` for `tuples(3, 2, 2)`. */
export function tuples(first: number, width: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `(${placeholders(first + i * width, width)})`).join(', ');
}

/** Runs a body to its end on an engine that returns rows synchronously. */
export function runSync<T>(work: Work<T>, run: (query: Query) => readonly Row[]): T {
  let step = work.next();
  while (!step.done) step = work.next(run(step.value));
  return step.value;
}

/** Runs a body to its end on an engine that returns promises of rows. */
export async function runAsync<T>(work: Work<T>, run: (query: Query) => Promise<readonly Row[]>): Promise<T> {
  let step = work.next();
  while (!step.done) step = work.next(await run(step.value));
  return step.value;
}

/**
 * A failure that the caller can handle. `unavailable`: the database cannot be reached or used. `locked`: another
 * process has the file open. `newer`: the schema was made by a newer huizhi. `behind`: the database was replaced by one
 * with an older schema. `unsupported`: this engine cannot do that. `taken`: the key to be written exists already. `stale`: the data that the change was based on
 * has changed since. `full`: the disk has not enough free space.
 */
export class StoreError extends Error {
  readonly reason: 'unavailable' | 'locked' | 'newer' | 'behind' | 'unsupported' | 'taken' | 'stale' | 'full';
  /** What an operator can do about it, in whole sentences; undefined if there is nothing to add. */
  readonly advice: string | undefined;
  constructor(
    reason: StoreError['reason'],
    message: string,
    options: ErrorOptions & { readonly advice?: string } = {},
  ) {
    const { advice, ...rest } = options;
    super(message, rest);
    this.name = 'StoreError';
    this.reason = reason;
    this.advice = advice;
  }
}
