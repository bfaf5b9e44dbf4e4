import type postgres from 'postgres';
import { perDay, startTimeOf } from '../partitions.ts';
import { reportSlow, type SlowStatements } from '../slow-statements.ts';
import type { Driver, Query, Row, Statement, Value } from '../sql.ts';
import { recordStatement } from '../statement-errors.ts';
import { flushingSpaces } from './postgres-flush.ts';

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
  readonly pending: { cancel(): unknown }[];
  readonly slow: SlowStatements;
};

/** Runs a query. If the connection allows prepared statements, each statement is prepared once per connection. */
export async function runQuery(connection: Connection, { statement, params }: Query): Promise<readonly Row[]> {
  const options = { prepare: connection.mode.isPrepared, simple: false };
  const text = renderText(statement, params, connection.days);
  const started = performance.now();
  try {
    const rows = await awaitRows(connection, connection.sql.unsafe(text, toParameters(statement, params), options));
    const milliseconds = performance.now() - started;
    if (milliseconds >= connection.slow.after) reportSlow(connection.slow, statement, milliseconds, rows.length);
    return rows;
  } catch (error) {
    throw recordStatement(error, statement);
  }
}

/** Returns the parameters as they are sent to the server. */
export function toParameters(statement: Statement, params: readonly Value[]): Value[] {
  const { list } = getTexts(statement);
  return params.map((value, at) => (at === list ? toArrayLiteral(value) : replaceNul(value)));
}

/**
 * Renders a comma-separated list as an array literal, padded so that postgres.js sends it at once (see
 * postgres-flush.ts).
 */
const toArrayLiteral = (list: Value) => `{${list}}${flushingSpaces}`;

/** A pool that runs single reads on shared connections. */
type SharedConnections = { share<T>(read: (connection: Connection) => Promise<T>, statement?: Statement): Promise<T> };

/** Single statements outside any transaction. */
type SingleReads = Pick<Driver, 'one' | 'rows'> & { query(query: Query): Promise<readonly Row[]> };

/**
 * Creates the functions that run single statements on a pool's connections.
 *
 * @param repair tries to repair the cause of an error; if it returns true, the statement runs again
 * @param fail throws the error as a StoreError
 */
export function createSingleReads(
  pool: SharedConnections,
  repair: (error: unknown) => Promise<boolean>,
  fail: (error: unknown) => never,
): SingleReads {
  const share = (query: Query) => pool.share((connection) => runSingle(connection, query), query.statement);
  const again = async (error: unknown, query: Query) => ((await repair(error)) ? share(query) : fail(error));
  const query = (request: Query) =>
    share(request)
      .catch((error: unknown) => again(error, request))
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
async function runSingle(connection: Connection, query: Query): Promise<readonly Row[]> {
  if (connection.mode.limits.length === 0) return runQuery(connection, query);
  const beginning = runText(connection, renderBegin(connection, ['begin']));
  const [, rows] = await Promise.all([beginning, runQuery(connection, query), runText(connection, 'commit')]);
  return rows;
}

/**
 * Renders the statements that begin a transaction. The limits come directly after `begin`, so that they apply to all
 * other statements.
 */
export function renderBegin({ mode }: Connection, [begin, ...others]: readonly string[]): string {
  return [begin, ...mode.limits, ...others].join('; ');
}

/** Runs one or more statements without parameters, with the simple query protocol. */
export async function runText(connection: Connection, text: string): Promise<readonly Row[]> {
  return awaitRows(connection, connection.sql.unsafe(text).simple());
}

/**
 * Awaits the rows of a query. While it runs, the query is in the connection's list of pending queries, so that it can be
 * cancelled. They end in the order in which they were sent. A Set would keep the rows of ended queries in memory until
 * the next full garbage collection, since V8 does not clear its old hash tables.
 */
export async function awaitRows(connection: Connection, query: ReturnType<Sql['unsafe']>): Promise<readonly Row[]> {
  const { pending } = connection;
  pending.push(query);
  try {
    return (await query.values()) as unknown as readonly Row[];
  } finally {
    if (pending[0] === query) pending.shift();
    else pending.splice(pending.indexOf(query), 1);
  }
}

/** Returns the suffix of the names of a day's partitions, such as `_20260131`. */
export function renderSuffix(day: number): string {
  return day === 0 ? '_first' : `_${new Date(startTimeOf(day)).toISOString().slice(0, 10).replaceAll('-', '')}`;
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
export function renderText(statement: Statement, params: readonly Value[], days: ReadonlySet<number>): string {
  const known = getTexts(statement);
  if (known.at === undefined) return known.ofAll;
  const first = params[known.at];
  const day = Math.floor((typeof first === 'number' ? first : Number.parseInt(`${first}`, 10)) / perDay);
  if (!days.has(day)) return known.ofAll;
  const text = known.ofDay.get(day) ?? toEngineText(statement).replaceAll(dayMark, renderSuffix(day));
  known.ofDay.set(day, text);
  return text;
}

const getTexts = (statement: Statement): Text => texts.get(statement) ?? createTexts(statement);

function createTexts(statement: Statement): Text {
  const parameter = (mark: RegExp) => {
    const [found] = statement.text.matchAll(mark);
    return found && Number(found[1]) - 1;
  };
  const ofAll = toEngineText(statement).replaceAll(dayMark, '');
  const text = { ofAll, at: parameter(dayMark), ofDay: new Map(), list: parameter(listMark) };
  texts.set(statement, text);
  return text;
}

const toEngineText = ({ text }: Statement) =>
  text.replaceAll('{locked}', 'for update').replaceAll('{shared}', 'for share').replaceAll(listMark, '= any($$$1)');

/**
 * Replaces NUL, which PostgreSQL does not allow in text, so that a lookup of such a value finds nothing instead of
 * failing.
 */
function replaceNul(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
