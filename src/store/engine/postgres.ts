import postgres from 'postgres';
import { dayOf, lastDay } from './partitions.ts';
import { forClient, parseAddress, placeOf } from './postgres-address.ts';
import { toStoreError } from './postgres-errors.ts';
import { writeTransact } from './postgres-fence.ts';
import { channel, listenPostgres, notify } from './postgres-listen.ts';
import { lockNumber, migratePostgres, postgresVersion } from './postgres-migrate.ts';
import { dropDays, learnDays, mend, prepareDay, transactOnDays } from './postgres-partitions.ts';
import { answer, createPool, type Lane, type Pool, type Sql, wake } from './postgres-pool.ts';
import { ask } from './postgres-query.ts';
import { type Asking, snapshot, transact } from './postgres-transaction.ts';
import { type Driver, type Query, type Row, runLater, type Statement, StoreError, sql, type Work } from './sql.ts';

export type PostgresOptions = {
  /** Connections that one process opens at the most; each is one transaction at a time, or many single reads. */
  readonly poolSize: number;
};

/** Seconds that a connection may take to open. */
const connectTimeout = 5;

/** Milliseconds after which the server ends a statement, or a transaction whose process has stopped asking. */
const statementTimeout = 10_000;

/** Seconds that closing waits for what is under way. */
const closeTimeout = 10;

/**
 * Opens PostgreSQL, or an engine that speaks its protocol. Connections open when they are first needed, and again after they were
 * lost; until then whoever asks gets a StoreError.
 *
 * @param url `postgres://user:password@host:port/database`, with any of the client's settings as its query
 */
export function openPostgres(url: string, { poolSize }: PostgresOptions): Driver {
  const client = (onclose: () => void) => connect(url, onclose);
  const servers = Math.max(1, parseAddress(url)?.hosts.length ?? 1);
  const pool = createPool(poolSize, servers, (onclose, server) => connect(url, onclose, server % servers));
  const under = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const fail = (error: unknown): never => {
    throw toStoreError(error, placeOf(url));
  };
  const share = (query: Query) => pool.share((lane) => askOn(lane, query));
  const again = async (error: unknown, query: Query) => ((await mend(pool, error)) ? share(query) : fail(error));
  const read = (query: Query) =>
    share(query)
      .catch((error: unknown) => again(error, query))
      .catch(fail);
  const track = <T>(work: () => Promise<T>): Promise<T> => {
    if (closing) return Promise.reject(new StoreError('unavailable', 'the store is closed'));
    const tracked = work()
      .catch(fail)
      .finally(() => under.delete(tracked));
    under.add(tracked);
    return tracked;
  };
  return {
    engine: 'postgres',
    exclusive: false,
    daily: true,
    one: async (statement, ...params) => (await read({ statement, params, one: true }))[0] as never,
    read: (body) => runLater(body(), read),
    snapshot: (body) => track(() => transactOnDays(pool, () => transact(pool, later(body), snapshot))),
    write: (body) => track(() => transactOnDays(pool, () => writeTransact(pool, later(body)))),
    onUnknownOutcome: (listener) => void pool.onUnknownOutcome.add(listener),
    version: () => track(() => transact(pool, postgresVersion)),
    migrate: (steps) => track(() => migratePostgres(pool, steps).then(() => learnDays(pool))),
    prepareDays: (at) => track(() => prepareMissing(pool, [dayOf(at), dayOf(at) + 1])),
    dropDays: (before) => track(() => dropDays(pool, client(ignored), before)),
    alone: (work) => transact(pool, (asking) => aloneOn(asking, work)).catch(fail),
    tell: async (topic, text) =>
      void (await read({ statement: notify, params: [channel, `${topic} ${text}`], one: true })),
    listen: (heard, missed) => track(() => listenPostgres(client(ignored), heard, missed)),
    // Free space is the server's own affair: its autovacuum gives it back.
    tidy: async () => {},
    time: async () => Number((await read({ statement: serverTime, params: [], one: true }))[0]?.[0]),
    size: async () => Number((await read({ statement: databaseSize, params: [], one: true }))[0]?.[0] ?? 0),
    close: () => {
      closing ??= Promise.allSettled(under).then(() => pool.end(closeTimeout));
      return closing;
    },
  };
}

const serverTime = sql('server_time', 'select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)');

async function prepareMissing(pool: Pool, days: readonly number[]): Promise<void> {
  for (const day of days) if (!pool.days.has(day)) await prepareDay(pool, Math.min(day, lastDay));
}

const ignored = () => {};

const databaseSize: Statement = { name: 'database_size', text: 'select pg_database_size(current_database())' };

/** Makes a client of one server of an address, or of all that it names: then it goes to the next when one is away, and waits until one is there. */
function connect(text: string, onclose: () => void, server?: number): Sql {
  const address = parseAddress(text);
  if (!address) throw unreadable();
  const { url, servers } = forClient(address, server);
  try {
    return postgres(url, {
      ...servers,
      max: 1,
      onclose,
      connect_timeout: connectTimeout,
      // A second at the most, so that an outage ends for us when it ends for the server.
      backoff: (attempts: number) => Math.min(3 ** attempts / 100, 1) * (0.5 + Math.random() / 2),
      max_lifetime: null,
      // 64-bit integers are numbers, since all of ours are within 53 bits; nothing is an array, which saves a question.
      fetch_types: false,
      onnotice: () => {},
      types: { int8: { to: 20, from: [20], parse: Number, serialize: String } },
      connection: {
        application_name: 'huizhi',
        statement_timeout: statementTimeout,
        // Every statement has one good plan; made anew for each values of its parameters it would cost more than it takes.
        plan_cache_mode: 'force_generic_plan',
        jit: 'off',
        idle_in_transaction_session_timeout: statementTimeout,
      },
    });
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause?: unknown) =>
  new StoreError('unavailable', 'cannot read the address of the database', {
    cause,
    advice:
      'Write it as postgres://user:password@host:port/name, several hosts with commas between them, settings behind a question mark.',
  });

async function askOn(lane: Lane, query: Query): Promise<readonly Row[]> {
  if (!lane.isOpen) await wake(lane);
  return answer(lane, ask(lane, query));
}

/** Holds one lock of the whole database as long as the work takes, which itself uses other connections. */
async function aloneOn<T>(asking: Asking, work: () => Promise<T>): Promise<T> {
  await asking.run('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
  await asking.run(`select pg_advisory_xact_lock(${lockNumber}, 2)`);
  return work();
}

/** Drives a verb's body with the statements of a transaction. */
function later<T>(body: () => Work<T>): (asking: Asking) => Promise<T> {
  return (asking) => runLater(body(), asking.ask);
}
