import postgres from 'postgres';
import { awaitRows, type Connection, runText } from './postgres-query.ts';

/** What has been found out about all connections of a pool. */
export type Session = {
  /**
   * Whether a connection pooler such as PgBouncer is between this process and the server. It may run each transaction
   * on another server connection, so session state does not outlast a transaction. Once true, it stays true.
   */
  isPooled: boolean;
  /** Whether the database has the Citus extension, so that its tables may be distributed. */
  isCitus: boolean;
};

/** A connection of a pool. `losses` counts how often it was lost. */
type SessionConnection = Connection & { readonly session: Session; readonly losses: number };

/** What a transaction on a connection can rely on. */
export type Mode = {
  /**
   * Statements that set the limits of a transaction, to be sent with its `begin`; empty if the session already has
   * them.
   */
  readonly limits: readonly string[];
  /** Whether a prepared statement can be reused by later transactions. */
  readonly isPrepared: boolean;
};

/** Milliseconds after which the server cancels a statement, or ends a transaction that is idle. */
const timeLimit = 10_000;

/** A parameter without effect. If the session has it, the session has the other startup parameters as well. */
const marker = 'huizhi.session';

const limits = {
  statement_timeout: `${timeLimit}ms`,
  idle_in_transaction_session_timeout: `${timeLimit}ms`,
  // Each statement has one good plan. Planning again for each set of parameters would cost more than it saves.
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
};

/** Citus cannot plan some joins and subqueries without the values of their parameters. */
const limitsOnCitus = { ...limits, plan_cache_mode: 'auto' };

/** The startup parameters of a session. */
export const startupParameters: Readonly<Record<string, string>> = { ...limits, [marker]: 'own' };

const renderSetting = ([name, value]: readonly [string, string]) => `set local ${name} = '${value}'`;

export const ownSession: Mode = { limits: [], isPrepared: true };

/** Reads whether the session has the startup parameters, and adapts it to Citus if the database has that extension. */
const selectSession = `
  select own, (select set_config('plan_cache_mode', '${limitsOnCitus.plan_cache_mode}', false) from pg_extension
    where extname = 'citus' and own = 'own')
  from (select current_setting('${marker}', true) as own) session`;

/**
 * Finds out whether a new connection is a session of the server or goes through a connection pooler. Poolers either
 * refuse startup parameters (see `isRefusedStartup`) or ignore them.
 */
export async function recognizeSession(connection: SessionConnection): Promise<Mode> {
  if (connection.session.isPooled) return probe(connection);
  const [own, planCacheMode] = (await runText(connection, selectSession))[0] ?? [];
  connection.session.isCitus = typeof planCacheMode === 'string';
  if (own === 'own') return ownSession;
  connection.session.isPooled = true;
  return probe(connection);
}

/** SQL states of a refused parameter: protocol violation, undefined object, feature not supported. */
const refusals = ['08P01', '42704', '0A000'];

/** Whether the connection was refused because of a startup parameter. */
export function isRefusedStartup(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError) || !refusals.includes(error.code)) return false;
  return Object.keys(startupParameters).some((name) => error.message.includes(name));
}

/**
 * The names that postgres.js gives prepared statements. A pooler that supports prepared statements renames them on the
 * server.
 */
const nameOfPackage = '^[a-z0-9]+$';

const hasCitus = `exists (select 1 from pg_extension where extname = 'citus')`;

/** Renders a test whether a session has limits. `current_setting` renders `10000ms` as `10s`. */
const renderComparison = (of: Readonly<Record<string, string>>) =>
  Object.entries(of)
    .map(([name, value]) => [name, value === `${timeLimit}ms` ? `${timeLimit / 1000}s` : value] as const)
    .map(([name, value]) => `current_setting('${name}') = cast('${value}' as text)`)
    .join(' and ');

const areLimitsInForce = `case when ${hasCitus} then ${renderComparison(limitsOnCitus)} else ${renderComparison(limits)} end`;

/**
 * Finds this statement among the prepared statements of the server connection. Returns whether all copies were renamed
 * (by a pooler that supports prepared statements), the statements that deallocate the others, whether the limits are in
 * force, and whether the database has Citus.
 */
const findItself = `/* huizhi: how are statements named? */
  select cast(bool_and(name !~ '${nameOfPackage}') as int),
    string_agg('deallocate "' || name || '"', '; ') filter (where name ~ '${nameOfPackage}'),
    cast(${areLimitsInForce} as int), cast(${hasCitus} as int)
  from pg_prepared_statements where statement like '/* huizhi: how are statements named? */%'`;

/**
 * Finds out, through a pooler, whether prepared statements can be used, and whether the role or the database already
 * sets the limits.
 */
async function probe(connection: SessionConnection): Promise<Mode> {
  const { losses } = connection;
  await runText(connection, 'begin');
  let deallocate: unknown;
  try {
    const options = { prepare: true, simple: false };
    const [row] = await awaitRows(connection, connection.sql.unsafe(findItself, [], options));
    deallocate = row?.[1];
    connection.session.isCitus = Boolean(Number(row?.[3]));
    const set = Object.entries(connection.session.isCitus ? limitsOnCitus : limits).map(renderSetting);
    return { limits: Number(row?.[2]) ? [] : set, isPrepared: Boolean(Number(row?.[0])) };
  } finally {
    if (connection.losses === losses)
      await runText(connection, typeof deallocate === 'string' ? `${deallocate}; commit` : 'commit');
  }
}
