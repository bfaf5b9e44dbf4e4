import type postgres from 'postgres';
import { beginOf, perDay } from './partitions.ts';
import { flushingSpaces } from './postgres-flush.ts';
import { reportSlow, type SlowStatements } from './slow-statements.ts';
import type { Driver, Query, Row, Statement, Value } from './sql.ts';
import { noteStatement } from './statement-errors.ts';

export type Sql = postgres.Sql<{ int8: number }>;

/** The parts of a connection that running a query needs. */
export type Connection = {
  readonly sql: Sql;
  /** The days that have partitions, as far as this process knows. */
  readonly days: ReadonlySet<number>;
  readonly mode: {
    readonly isPrepared: boolean;
    /** Statements that set the limits of a transaction; empty if the session already has them. */
    readonly limits: readonly string[];
  };
  /** Queries that have not returned yet. */
  readonly asked: Set<{ cancel(): unknown }>;
  readonly slow: SlowStatements;
};

/** Runs a query. If the connection allows prepared statements, each statement is prepared once per connection. */
export async function ask(lane: Connection, { statement, params }: Query): Promise<readonly Row[]> {
  const options = { prepare: lane.mode.isPrepared, simple: false };
  const text = textOf(statement, params, lane.days);
  const started = performance.now();
  try {
    const rows = await rowsOf(lane, lane.sql.unsafe(text, valuesOf(statement, params), options));
    const milliseconds = performance.now() - started;
    if (milliseconds >= lane.slow.after) reportSlow(lane.slow, statement, milliseconds, rows.length);
    return rows;
  } catch (error) {
    throw noteStatement(error, statement);
  }
}

/** Returns the parameters as they are sent to the server. */
export function valuesOf(statement: Statement, params: readonly Value[]): Value[] {
  const { list } = textsOf(statement);
  return params.map((value, at) => (at === list ? arrayOf(value) : storable(value)));
}

/**
 * Renders a comma-separated list as an array literal, padded so that postgres.js sends it at once (see
 * postgres-flush.ts).
 */
const arrayOf = (list: Value) => `{${list}}${flushingSpaces}`;

/** A pool that runs single reads on shared connections. */
type SharedConnections = { share<T>(read: (lane: Connection) => Promise<T>, statement?: Statement): Promise<T> };

/** Single statements outside any transaction. */
type SingleReads = Pick<Driver, 'one' | 'rows'> & { query(query: Query): Promise<readonly Row[]> };

/**
 * Creates the functions that run single statements on a pool's connections.
 *
 * @param mend tries to repair the cause of an error; if it returns true, the statement runs again
 * @param fail throws the error as a StoreError
 */
export function createSingleReads(
  pool: SharedConnections,
  mend: (error: unknown) => Promise<boolean>,
  fail: (error: unknown) => never,
): SingleReads {
  const share = (query: Query) => pool.share((lane) => askAlone(lane, query), query.statement);
  const again = async (error: unknown, query: Query) => ((await mend(error)) ? share(query) : fail(error));
  const query = (asked: Query) =>
    share(asked)
      .catch((error: unknown) => again(error, asked))
      .catch(fail);
  return {
    query,
    one: async (statement, ...params) => (await query({ statement, params, one: true }))[0] as never,
    rows: (statement, ...params) => query({ statement, params, one: false }) as never,
  };
}

/**
 * Runs a single statement. If the session lacks the limits, the statement runs in a transaction that sets them first.
 * All statements of that transaction are pipelined, so they add no round trip.
 */
async function askAlone(lane: Connection, query: Query): Promise<readonly Row[]> {
  if (lane.mode.limits.length === 0) return ask(lane, query);
  const begun = run(lane, beginText(lane, ['begin']));
  const [, rows] = await Promise.all([begun, ask(lane, query), run(lane, 'commit')]);
  return rows;
}

/**
 * Renders the statements that begin a transaction. The limits come directly after `begin`, so that they apply to all
 * other statements.
 */
export function beginText({ mode }: Connection, [begin, ...others]: readonly string[]): string {
  return [begin, ...mode.limits, ...others].join('; ');
}

/** Runs one or more statements without parameters, with the simple query protocol. */
export async function run(lane: Connection, text: string): Promise<readonly Row[]> {
  return rowsOf(lane, lane.sql.unsafe(text).simple());
}

/**
 * Awaits the rows of a query. While it runs, the query is in the connection's set of pending queries, so that it can be
 * cancelled.
 */
export async function rowsOf(lane: Connection, asked: ReturnType<Sql['unsafe']>): Promise<readonly Row[]> {
  lane.asked.add(asked);
  try {
    return (await asked.values()) as unknown as readonly Row[];
  } finally {
    lane.asked.delete(asked);
  }
}

/** Returns the suffix of the names of a day's partitions, such as `_20260131`. */
export function suffixOf(day: number): string {
  return day === 0 ? '_first' : `_${new Date(beginOf(day)).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/**
 * The texts of a statement as they are sent to the server. `ofAll` names the partitioned tables. `ofDay` names the
 * partitions of one day, for statements with `{day $n}`. `at` is the index of the parameter that selects the day, and
 * `list` the index of the parameter that is a list.
 */
type Text = {
  readonly ofAll: string;
  readonly at: number | undefined;
  readonly ofDay: Map<number, string>;
  readonly list: number | undefined;
};

const texts = new WeakMap<Statement, Text>();
const dayMark = /\{day \$(\d+)\}/g;
const listMark = /\{among \$(\d+)\}/g;

/**
 * Returns the text of a statement for these parameters. A statement that names a partition costs as much as on an
 * ordinary table; with the name of the partitioned table, the server locks and plans all partitions.
 */
export function textOf(statement: Statement, params: readonly Value[], days: ReadonlySet<number>): string {
  const known = textsOf(statement);
  if (known.at === undefined) return known.ofAll;
  const first = params[known.at];
  const day = Math.floor((typeof first === 'number' ? first : Number.parseInt(`${first}`, 10)) / perDay);
  if (!days.has(day)) return known.ofAll;
  const text = known.ofDay.get(day) ?? engineText(statement).replaceAll(dayMark, suffixOf(day));
  known.ofDay.set(day, text);
  return text;
}

const textsOf = (statement: Statement): Text => texts.get(statement) ?? prepared(statement);

function prepared(statement: Statement): Text {
  const parameter = (mark: RegExp) => {
    const [found] = statement.text.matchAll(mark);
    return found && Number(found[1]) - 1;
  };
  const ofAll = engineText(statement).replaceAll(dayMark, '');
  const text = { ofAll, at: parameter(dayMark), ofDay: new Map(), list: parameter(listMark) };
  texts.set(statement, text);
  return text;
}

const engineText = ({ text }: Statement) =>
  text.replaceAll('{locked}', 'for update').replaceAll(listMark, '= any($$$1)');

/**
 * Replaces NUL, which PostgreSQL does not allow in text, so that a lookup of such a value finds nothing instead of
 * failing.
 */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
