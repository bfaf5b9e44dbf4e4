/**
 * The driver contract: what an engine must do for the store, and nothing more.
 *
 * A verb of the store is a generator that yields statements and gets rows back. SQLite runs such a generator to its end in one
 * synchronous go, so that nothing can see the middle of a transaction; PostgreSQL awaits each answer. The verb's text is the same.
 */

/** A value as both engines know it: text, an integer within 53 bits, or null. */
export type Value = string | number | null;

/** One row, its values in the order of the select list: arrays are cheaper than objects, and typed by the statement. */
export type Row = readonly Value[];

/**
 * A named, parameterised piece of SQL with `$1`-style parameters. `R` is the type of its rows. `{locked}` at the end of a select
 * means that the rows are about to be changed, and stands for nothing or for the engine's row lock. `{day $2}` after a table that may be
 * kept by day names a parameter whose day (see days.ts) is wanted: it stands for nothing, or makes of the name that of the day's part.
 * `{among $2}` after a column asks whether it is one of the numbers of a parameter, a text with commas between them.
 */
export type Statement<R extends Row = Row> = { readonly name: string; readonly text: string; readonly rows?: R };

/**
 * What a verb yields: a statement with its parameters; `one` when a single row is wanted, which costs less, and `told` when the verb does not
 * wait for it, so that it travels with what comes next.
 */
export type Query = {
  readonly statement: Statement;
  readonly params: readonly Value[];
  readonly one: boolean;
  readonly told?: boolean;
};

/** A verb's body. */
export type Work<T> = Generator<Query, T, readonly Row[]>;

/** A value now (SQLite) or later (PostgreSQL); `await` takes both. */
export type Eventually<T> = T | Promise<T>;

/** Goes on with a value, now or later. */
export function andThen<A, B>(value: Eventually<A>, next: (value: A) => Eventually<B>): Eventually<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export type Engine = 'sqlite' | 'postgres';

/** The thin connection to one engine. */
export type Driver = {
  readonly engine: Engine;
  /** True when no other process can write this database, so that what was read may be kept until this process changes it. */
  readonly exclusive: boolean;
  /** Whether the large tables are kept by day: messages get numbers that tell the day, and whole days are dropped. */
  readonly daily: boolean;
  /** Answers the first row of one statement outside any transaction. */
  one<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Eventually<R | undefined>;
  /** Returns the rows of one statement outside any transaction. */
  rows<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Eventually<readonly R[]>;
  /** Runs a body that only reads, with one statement: those of several may each see another state of the database. */
  read<T>(body: () => Work<T>): Eventually<T>;
  /** Runs a body that only reads, with any number of statements, all of which see the database as of one moment. */
  snapshot<T>(body: () => Work<T>): Eventually<T>;
  /**
   * Runs a body in a transaction and resolves when it is durable. Bodies that wait together may share one commit; one that
   * throws changes nothing and rejects alone. A body may run twice, so it must not touch anything but the database.
   */
  write<T>(body: () => Work<T>): Promise<T>;
  /**
   * Calls the listener whenever the answer to a commit was lost: the write may be durable though its promise was rejected. Never called
   * by an engine that knows the outcome of every commit.
   */
  onUnknownOutcome(listener: () => void): void;
  /** The schema's version; 0 for an empty database. */
  version(): Eventually<number>;
  /** Brings the schema up to date under the engine's migration lock, each step in a transaction of its own. */
  migrate(steps: Migrations): Promise<void>;
  /** Tells every process on the database, this one as well; whoever is not there misses it. A text of up to 7900 bytes. */
  tell(topic: string, text: string): Promise<void>;
  /**
   * Hears what is told until the function that it answers is called. `missed` is called when the connection was away, and whatever
   * was told meanwhile is lost.
   */
  listen(heard: (topic: string, text: string) => void, missed: () => void): Promise<() => Promise<void>>;
  /** Runs work that no other process may do at the same time, such as setting things up; it may use the driver. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Makes room for the days of a time (epoch milliseconds) and of the day after, where there is none yet. A write does so by itself, for
   * whatever day; doing it ahead keeps it from having to.
   */
  prepareDays(at: number): Promise<void>;
  /** Drops the days that had ended by a time, with all that happened on them; answers how many. Leaves it to another process that is at it. */
  dropDays(before: number): Promise<number>;
  /** Gives some free space back after a removal, in a step that takes a few milliseconds at most. */
  tidy(): Promise<void>;
  /** The time of the database server's clock, in epoch milliseconds; undefined where the database is part of this process. */
  time(): Eventually<number | undefined>;
  /** Bytes that the database takes on disk or in memory. */
  size(): Eventually<number>;
  close(): Promise<void>;
};

/** Numbered schema steps; `script(n)` leads from version n-1 to n. */
export type Migrations = {
  readonly latest: number;
  readonly script: (version: number) => string;
};

/** Declares a statement; its name is in the errors that it causes and in the log of slow statements. */
export function sql<R extends Row = Row>(name: string, text: string): Statement<R> {
  return { name, text };
}

/** Asks inside a verb: `const rows = yield* ask(statement, …)`. */
export function* ask<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Work<readonly R[]> {
  return (yield { statement, params, one: false }) as readonly R[];
}

/** Asks for one row at the most. */
export function* askOne<R extends Row>(statement: Statement<R>, ...params: readonly Value[]): Work<R | undefined> {
  return ((yield { statement, params, one: true }) as readonly R[])[0];
}

/** Asks for the only column of one row at the most. */
export function* askValue<V extends Value>(
  statement: Statement<[V]>,
  ...params: readonly Value[]
): Work<V | undefined> {
  const [value] = (yield* askOne(statement, ...params)) ?? [];
  return value;
}

/** Writes inside a verb, and does not wait: what comes after sees it, and if it fails, the whole body fails. */
export function* tell(statement: Statement, ...params: readonly Value[]): Work<void> {
  yield { statement, params, one: false, told: true };
}

/** A family of statements that differ only in how many values a list holds, each prepared once. */
export function sqlList<R extends Row = Row>(
  name: string,
  text: (count: number) => string,
): (count: number) => Statement<R> {
  const made = new Map<number, Statement<R>>();
  return (count) => {
    const known = made.get(count);
    if (known) return known;
    const statement = sql<R>(`${name}_${count}`, text(count));
    made.set(count, statement);
    return statement;
  };
}

/** `$3, $4, $5` for `holes(3, 3)`. */
export function holes(first: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `$${first + i}`).join(', ');
}

/** Rows of a list of values, numbered from `first`: `($3, $4), ($5, $6)` for `tuples(3, 2, 2)`. */
export function tuples(first: number, width: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `(${holes(first + i * width, width)})`).join(', ');
}

/** Drives a body to its end on an engine that answers at once. */
export function runNow<T>(work: Work<T>, answer: (query: Query) => readonly Row[]): T {
  let step = work.next();
  while (!step.done) step = work.next(answer(step.value));
  return step.value;
}

/** Drives a body to its end on an engine that answers later. */
export async function runLater<T>(work: Work<T>, answer: (query: Query) => Promise<readonly Row[]>): Promise<T> {
  let step = work.next();
  while (!step.done) step = work.next(await answer(step.value));
  return step.value;
}

/**
 * The database is there but cannot answer, or this process may not use it; or what was to be written is `taken`, since something has
 * this key already, or `stale`, since what it was made from has changed.
 */
export class StoreError extends Error {
  readonly reason: 'unavailable' | 'locked' | 'newer' | 'behind' | 'taken' | 'stale';
  /** What an operator can do about it: sentences, or undefined where there is nothing to add. */
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
