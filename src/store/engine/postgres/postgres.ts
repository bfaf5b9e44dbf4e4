import { dayOf, lastDay } from '../partitions.ts';
import { noSlowStatements, type SlowStatementOptions } from '../slow-statements.ts';
import { type Driver, type Migrations, runAsync, StoreError, sql, type Work } from '../sql.ts';
import { renderLocation } from './postgres-address.ts';
import { connect, openPool } from './postgres-connect.ts';
import { createDirectAccess, type Direct } from './postgres-direct.ts';
import { toStoreError } from './postgres-errors.ts';
import { channel, listenPostgres, notify } from './postgres-listen.ts';
import { lockNumber, migratePostgres, readPostgresVersion } from './postgres-migrate.ts';
import { readPostgresOrigin } from './postgres-origin.ts';
import { createDay, createMissingDay, dropDays, loadDays, retryOnMissingDay } from './postgres-partitions.ts';
import type { Pool } from './postgres-pool.ts';
import { createSingleReads } from './postgres-query.ts';
import { snapshot, type Transaction, transact } from './postgres-transaction.ts';
import { writeBody } from './postgres-versions.ts';

export { distributePostgres } from './postgres-distribute.ts';

export type PostgresOptions = {
  /**
   * Maximum number of connections that one process opens. Each runs one transaction at a time, or several single reads.
   */
  readonly poolSize: number;
  /** The address of the server itself, if `url` leads to a connection pooler; undefined if it does not. */
  readonly databaseDirect?: string | undefined;
};

/** Seconds that closing waits for running queries. */
const closeTimeout = 10;

/**
 * Opens a driver for PostgreSQL, or for an engine with its protocol. Connections are opened when they are first needed,
 * and again after they were lost. While the server is unreachable, calls reject with a StoreError `unavailable`.
 *
 * @param url `postgres://user:password@host:port/database`, with any settings of postgres.js as its query string
 */
export function openPostgres(url: string, options: PostgresOptions & SlowStatementOptions): Driver {
  const { poolSize, databaseDirect } = options;
  const pool = openPool(url, poolSize, {
    schema: { version: undefined },
    slow: options.slowStatements ?? noSlowStatements,
  });
  const direct = createDirectAccess(url, databaseDirect, pool);
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const fail = (error: unknown): never => {
    throw toStoreError(error, renderLocation(url));
  };
  const { query, one, rows } = createSingleReads(pool, (error) => createMissingDay(pool, error), fail);
  const track = <T>(work: () => Promise<T>): Promise<T> => {
    if (closing) return Promise.reject(new StoreError('unavailable', 'the store is closed'));
    const tracked = work()
      .catch(fail)
      .finally(() => running.delete(tracked));
    running.add(tracked);
    return tracked;
  };
  return {
    engine: 'postgres',
    exclusive: false,
    daily: true,
    one,
    rows,
    read: (body) => runAsync(body(), query),
    snapshot: (body) => track(() => retryOnMissingDay(pool, () => transact(pool, runBody(body), snapshot))),
    write: (body) => track(() => writeBody(pool, body)),
    writeLazily: (body) => track(() => writeBody(pool, body, true)),
    onUnknownOutcome: (listener) => void pool.onUnknownOutcome.add(listener),
    version: () => track(() => direct.check().then(() => transact(pool, readPostgresVersion))),
    migrate: (steps) => track(() => migrate(pool, direct, steps)),
    prepareDays: (at) => track(() => prepareMissing(pool, [dayOf(at), dayOf(at) + 1])),
    dropDays: (before) => track(() => direct.run(2, (own) => dropDays(pool, own, before))),
    alone: (work) => direct.share((own) => transact(own, (tx) => runUnderLock(tx, work))).catch(fail),
    publish: async (topic, text) => void (await one(notify, channel, `${topic} ${text}`)),
    listen: (heard, missed) => track(() => listenPostgres(connect(direct.url), heard, missed)),
    // The server's autovacuum reclaims free space.
    tidy: async () => {},
    trim() {},
    time: async () => Number((await one(serverTime))?.[0]),
    origin: () => track(() => readPostgresOrigin(pool)),
    size: async () => {
      const [size] = (await one(databaseSize)) ?? [];
      return Number((pool.session.isCitus ? (await one(sizeOnAllNodes))?.[0] : size) ?? 0);
    },
    copyFile: () =>
      Promise.reject(
        new StoreError('unsupported', 'the database is on PostgreSQL', {
          advice: 'Use the tools of PostgreSQL, such as pg_dump.',
        }),
      ),
    close: () => {
      closing ??= Promise.allSettled(running).then(() => pool.end(closeTimeout));
      return closing;
    },
  };
}

const serverTime = sql('server_time', 'select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)');

async function migrate(pool: Pool, direct: Direct, steps: Migrations): Promise<void> {
  await direct.check();
  await direct.share((own) => migratePostgres(own, steps));
  await loadDays(pool);
}

async function prepareMissing(pool: Pool, days: readonly number[]): Promise<void> {
  for (const day of days) if (!pool.days.has(day)) await createDay(pool, Math.min(day, lastDay));
}

const databaseSize = sql('database_size', 'select pg_database_size(current_database())');

const sizeOnAllNodes = sql(
  'size_on_all_nodes',
  `select cast(sum(cast(result as bigint)) as bigint)
   from run_command_on_all_nodes('select pg_database_size(current_database())') where success`,
);

/** Runs work while a transaction holds a lock of the whole database. The work itself uses other connections. */
async function runUnderLock<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await tx.run('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
  await tx.run(`select pg_advisory_xact_lock(${lockNumber}, 2)`);
  return work();
}

/** Returns a function that runs the body of a verb in a transaction. */
function runBody<T>(body: () => Work<T>): (tx: Transaction) => Promise<T> {
  return (tx) => runAsync(body(), tx.query);
}
