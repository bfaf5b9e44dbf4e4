import type postgres from 'postgres';
import { beginOf, perDay } from './partitions.ts';
import { flushingSpaces } from './postgres-flush.ts';
import { reportSlow, type SlowStatements } from './slow-statements.ts';
import type { Driver, Query, Row, Statement, Value } from './sql.ts';
import { noteStatement } from './statement-errors.ts';

export type Sql = postgres.Sql<{ int8: number }>;

/** What a query needs of its connection. */
export type Connection = {
  readonly sql: Sql;
  /** The days whose tables are known to be there. */
  readonly days: ReadonlySet<number>;
  readonly mode: {
    readonly isPrepared: boolean;
    /** Statements that set the limits of a transaction; empty where the session has them. */
    readonly limits: readonly string[];
  };
  /** Queries without a result so far. */
  readonly asked: Set<{ cancel(): unknown }>;
  readonly slow: SlowStatements;
};

/** Each statement is prepared once on each connection, and from then on named, where the connection allows it. */
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

/** The parameters as the server gets them. */
export function valuesOf(statement: Statement, params: readonly Value[]): Value[] {
  const { list } = textsOf(statement);
  return params.map((value, at) => (at === list ? arrayOf(value) : storable(value)));
}

/** A list as the server reads an array, long enough to be sent at once. */
const arrayOf = (list: Value) => `{${list}}${flushingSpaces}`;

/** A pool that runs single reads on connections that others may share. */
type SharedConnections = { share<T>(read: (lane: Connection) => Promise<T>, statement?: Statement): Promise<T> };

/** Single statements outside any transaction. */
type SingleReads = Pick<Driver, 'one' | 'rows'> & { query(query: Query): Promise<readonly Row[]> };

/**
 * Creates the reads of a pool.
 *
 * @param mend tries to remove the reason of a failure; if it returns true the statement runs again
 * @param fail throws a failure as a StoreError
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
 * Runs a single statement. Where the session has no limits of its own it becomes a transaction that sets them; its statements are sent together,
 * so no round trip is added.
 */
async function askAlone(lane: Connection, query: Query): Promise<readonly Row[]> {
  if (lane.mode.limits.length === 0) return ask(lane, query);
  const begun = run(lane, beginText(lane, ['begin']));
  const [, rows] = await Promise.all([begun, ask(lane, query), run(lane, 'commit')]);
  return rows;
}

/** Begins a transaction. The limits come right after `begin`, so that they are in force for all other statements. */
export function beginText({ mode }: Connection, [begin, ...others]: readonly string[]): string {
  return [begin, ...mode.limits, ...others].join('; ');
}

/** Runs a text without parameters. */
export async function run(lane: Connection, text: string): Promise<readonly Row[]> {
  return rowsOf(lane, lane.sql.unsafe(text).simple());
}

/** The rows that a query of the package returns. */
export async function rowsOf(lane: Connection, asked: ReturnType<Sql['unsafe']>): Promise<readonly Row[]> {
  lane.asked.add(asked);
  try {
    return (await asked.values()) as unknown as readonly Row[];
  } finally {
    lane.asked.delete(asked);
  }
}

/** What the name of a day's table ends in. */
export function suffixOf(day: number): string {
  return day === 0 ? '_first' : `_${new Date(beginOf(day)).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/**
 * A statement as the server gets it: about whatever day, and (where it is about the day of its parameter `at`) about each day; `list` is
 * the parameter that is one.
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

/** By its own name, a day's table costs no more than one that is alone; by the name of the whole all its days are locked and planned. */
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

/** PostgreSQL has no text with a zero in it, so whoever asks for one asks for what is not there. */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
