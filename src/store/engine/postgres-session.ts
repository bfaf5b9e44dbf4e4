import postgres from 'postgres';
import { type Connection, rowsOf, run } from './postgres-query.ts';

/** What the connections of a pool have in common. */
export type Session = {
  /**
   * Whether a connection pooler such as PgBouncer is between this process and the server. It may give each transaction another server
   * connection, so nothing of a session outlives a transaction. Never becomes false again.
   */
  isPooled: boolean;
};

/** A connection of a pool, and how often it was lost. */
type SessionConnection = Connection & { readonly session: Session; readonly losses: number };

/** What a transaction on a connection can rely on. */
export type Mode = {
  /** Statements that set the limits of a transaction, to be sent with its `begin`; empty where the session has them. */
  readonly limits: readonly string[];
  /** Whether a statement can be prepared once for all transactions. */
  readonly isPrepared: boolean;
};

/** Milliseconds after which the server ends a statement, or a transaction whose process sends no further statement. */
const timeLimit = 10_000;

/** A parameter without any effect: a session in which it can be read has the other parameters as well. */
const marker = 'huizhi.session';

const limits = {
  statement_timeout: `${timeLimit}ms`,
  idle_in_transaction_session_timeout: `${timeLimit}ms`,
  // Each statement has one good plan. A new plan for each set of parameters would cost more than it saves.
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
};

/** The parameters with which a session begins. */
export const startupParameters: Readonly<Record<string, string>> = { ...limits, [marker]: 'own' };

const setLimits = Object.entries(limits).map(([name, value]) => `set local ${name} = '${value}'`);

export const ownSession: Mode = { limits: [], isPrepared: true };

/**
 * Finds out whether a new connection is a session of the server. Poolers either refuse startup parameters (see `isRefusedStartup`) or
 * ignore them.
 */
export async function recognizeSession(lane: SessionConnection): Promise<Mode> {
  if (lane.session.isPooled) return probe(lane);
  const [row] = await run(lane, `select current_setting('${marker}', true)`);
  if (row?.[0] === 'own') return ownSession;
  lane.session.isPooled = true;
  return probe(lane);
}

/** SQL states of a parameter that is not accepted: violation of the protocol, unknown, not supported. */
const refusals = ['08P01', '42704', '0A000'];

/** Whether a connection was refused because of a parameter that it began with. */
export function isRefusedStartup(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError) || !refusals.includes(error.code)) return false;
  return Object.keys(startupParameters).some((name) => error.message.includes(name));
}

/** Names of prepared statements as the package makes them. A pooler that knows prepared statements gives them names of its own. */
const nameOfPackage = '^[a-z0-9]+$';

const areLimitsInForce = Object.entries(limits)
  .map(([name, value]) => `current_setting('${name}') = cast(${asShown(value)} as text)`)
  .join(' and ');

/** A time as the server shows it. */
function asShown(value: string): string {
  return value === `${timeLimit}ms` ? `'${timeLimit / 1000}s'` : `'${value}'`;
}

/** Finds itself among the prepared statements of the server connection. */
const findItself = `/* huizhi: how are statements named? */
  select cast(bool_and(name !~ '${nameOfPackage}') as int),
    string_agg('deallocate "' || name || '"', '; ') filter (where name ~ '${nameOfPackage}'),
    cast(${areLimitsInForce} as int)
  from pg_prepared_statements where statement like '/* huizhi: how are statements named? */%'`;

/** Asks a pooler's server connection what it has: prepared statements, and limits that its role or database brings along. */
async function probe(lane: SessionConnection): Promise<Mode> {
  const { losses } = lane;
  await run(lane, 'begin');
  let deallocate: unknown;
  try {
    const options = { prepare: true, simple: false };
    const [row] = await rowsOf(lane, lane.sql.unsafe(findItself, [], options));
    deallocate = row?.[1];
    return { limits: Number(row?.[2]) ? [] : setLimits, isPrepared: Boolean(Number(row?.[0])) };
  } finally {
    if (lane.losses === losses) await run(lane, typeof deallocate === 'string' ? `${deallocate}; commit` : 'commit');
  }
}
