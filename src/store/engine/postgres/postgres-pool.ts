import postgres from 'postgres';
import type { SlowStatements } from '../slow-statements.ts';
import { type PoolUsage, type Statement, StoreError } from '../sql.ts';
import type { Sql } from './postgres-query.ts';
import { isRefusedStartup, type Mode, ownSession, recognizeSession, type Session } from './postgres-session.ts';

/**
 * One connection of the pool, opened when it is first used and again after it was lost. It is a postgres.js client with
 * a single connection, so that a transaction is just consecutive statements. (The pool of postgres.js does not fit: a
 * reservation is never served if the connection is not open yet, and stays in the queue after a failure.)
 */
export type PoolConnection = {
  sql: Sql;
  /** The days that have partitions, as far as this process knows. */
  readonly days: Set<number>;
  /** What has been found out about all connections of the pool. */
  readonly session: Session;
  /** Reports slow statements. */
  readonly slow: SlowStatements;
  /** What transactions can rely on; found out when the connection opens. */
  mode: Mode;
  /** Whether it is open, as far as this process knows. */
  isOpen: boolean;
  /** Rises each time the connection is lost. A transaction compares it to notice that it was lost as well. */
  losses: number;
  /** The number of single reads that share the connection. */
  readers: number;
  /** Whether a transaction uses it. */
  isInTransaction: boolean;
  /** True between an error of the socket and its end. Queries sent meanwhile would never return. */
  isFailing: boolean;
  /** How many servers the address names; each new connection goes to the next one. */
  readonly servers: number;
  /** The current attempt to open the connection. */
  opening: Promise<void> | undefined;
  /** Queries that have not returned yet. */
  readonly pending: { cancel(): unknown }[];
  /** Discards the connection and creates a new one. */
  reconnect(): void;
};

export type Pool = {
  /** The version of the schema that this process works with; undefined until the schema was migrated. */
  readonly schema: { version: number | undefined };
  /** The days that have partitions, as far as this process knows; shared by all connections. */
  readonly days: Set<number>;
  readonly session: Session;
  readonly slow: SlowStatements;
  /** Acquires a connection for one transaction. */
  acquire(): Promise<PoolConnection>;
  release(connection: PoolConnection): void;
  /**
   * Runs a single read on an open connection that other reads may share; their queries are pipelined. If the server
   * does not respond in time, the error names the statement.
   */
  share<T>(read: (connection: PoolConnection) => Promise<T>, statement?: Statement): Promise<T>;
  /** Returns the states of the connections, and how many requests wait. */
  usage(): PoolUsage;
  /** Called when a commit was sent and its result was lost. */
  readonly onUnknownOutcome: Set<() => void>;
  /** Closes all connections. `timeout` is in seconds. */
  end(timeout: number): Promise<void>;
};

type Waiting = {
  readonly alone: boolean;
  /** When the wait began, by `performance.now()`. */
  readonly since: number;
  readonly resolve: (connection: PoolConnection) => void;
};

/** Creates a client with a single connection. `server` is the index of the server, modulo the number of servers. */
export type Connect = (onClose: () => void, server: number) => Sql;

export type PoolParts = {
  /** Maximum number of connections. */
  readonly size: number;
  /** How many servers the address names. */
  readonly servers: number;
  readonly session: Session;
  readonly schema: Pool['schema'];
  readonly slow: SlowStatements;
  readonly connect: Connect;
};

/** Creates a pool of at most `size` connections. Requests that find none free wait in a queue. */
export function createPool(parts: PoolParts): Pool {
  const { size, session, schema, slow } = parts;
  const days = new Set<number>();
  const connections = Array.from({ length: size }, () => createConnection(days, parts, () => serveQueue()));
  let queue: Waiting[] = [];
  const waits = { waits: 0, waited: 0 };
  const find = (alone: boolean) =>
    alone ? findLeastBusy(connections.filter((connection) => connection.readers === 0)) : findLeastBusy(connections);
  const occupy = (connection: PoolConnection, alone: boolean) => {
    if (alone) connection.isInTransaction = true;
    else connection.readers++;
    return connection;
  };
  const acquire = (alone: boolean): PoolConnection | Promise<PoolConnection> => {
    const connection = queue.length === 0 ? find(alone) : undefined;
    if (connection) return occupy(connection, alone);
    return new Promise((resolve) => queue.push({ alone, since: performance.now(), resolve }));
  };
  const serveQueue = () => {
    let served = 0;
    for (const { alone, since, resolve } of queue) {
      const connection = find(alone);
      if (!connection) break;
      resolve(occupy(connection, alone));
      waits.waits++;
      waits.waited += performance.now() - since;
      served++;
    }
    if (served > 0) queue = queue.slice(served);
  };
  return {
    schema,
    days,
    session,
    slow,
    usage: () => ({ states: countStates(connections), waiting: queue.length, ...waits }),
    onUnknownOutcome: new Set(),
    acquire: async () => acquire(true),
    release(connection) {
      connection.isInTransaction = false;
      serveQueue();
    },
    async share(read, statement) {
      const found = acquire(false);
      const connection = found instanceof Promise ? await found : found;
      try {
        if (!connection.isOpen) await ensureOpen(connection);
        return await awaitResult(connection, read(connection), resultTimeout, statement);
      } finally {
        connection.readers--;
        serveQueue();
      }
    },
    end: async (timeout) => void (await Promise.all(connections.map((connection) => connection.sql.end({ timeout })))),
  };
}

function countStates(connections: readonly PoolConnection[]): PoolUsage['states'] {
  const states = { transaction: 0, reading: 0, idle: 0, closed: 0 };
  for (const { isInTransaction, readers, isOpen } of connections) {
    if (isInTransaction) states.transaction++;
    else if (readers > 0) states.reading++;
    else states[isOpen ? 'idle' : 'closed']++;
  }
  return states;
}

function createConnection(
  days: Set<number>,
  { servers, session, slow, connect }: PoolParts,
  onFree: () => void,
): PoolConnection {
  let server = 0;
  const open = (): Sql => {
    const sql = connect(() => connection.sql === sql && lost(), server++);
    return sql;
  };
  const lost = () => {
    // postgres.js would run queued statements on the next connection, outside their transaction, so they are cancelled.
    // Statements that were already sent are rejected with the connection. Cancelling those would open another
    // connection whose failure cannot be caught and would end the process.
    for (const query of connection.pending) if (!isSent(query)) query.cancel();
    reconnect();
  };
  // A client whose connection has ended may have a partly written buffer, and wait forever to write the rest. Therefore
  // it is replaced.
  const reconnect = () => {
    connection.sql.end({ timeout: 0 }).catch(() => {});
    connection.sql = open();
    connection.isOpen = false;
    connection.isFailing = false;
    connection.losses++;
    onFree();
  };
  const connection: PoolConnection = {
    sql: undefined as never,
    days,
    session,
    slow,
    mode: ownSession,
    isOpen: false,
    losses: 0,
    readers: 0,
    isInTransaction: false,
    isFailing: false,
    servers,
    opening: undefined,
    pending: [],
    reconnect,
  };
  connection.sql = open();
  return connection;
}

/** Whether postgres.js has sent a query: it then sets the query's `state`. */
const isSent = (query: object) => Boolean(Reflect.get(query, 'state'));

/**
 * Milliseconds after which a connection that does not respond is discarded. The server would have cancelled the
 * statement before.
 */
export const resultTimeout = 15_000;

/**
 * Awaits a result. If there is none in time, it replaces the connection and rejects with a StoreError that names the
 * statement.
 *
 * @param within milliseconds
 */
export function awaitResult<T>(
  connection: PoolConnection,
  result: Promise<T>,
  within = resultTimeout,
  statement?: Statement,
): Promise<T> {
  const { losses } = connection;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (connection.losses === losses) connection.reconnect();
      reject(new StoreError('unavailable', `the database gave no answer${statement ? ` to ${statement.name}` : ''}`));
    }, within);
    result.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (connection.losses === losses && isSocketError(error)) connection.isFailing = true;
        reject(error);
      },
    );
  });
}

/** Whether an error is one of the socket. After an error that the server reports, the connection can still be used. */
export function isSocketError(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof postgres.PostgresError) return false;
  return 'errno' in error || 'syscall' in error || /^CONN/.test(String(Reflect.get(error, 'code')));
}

/**
 * Opens the connection unless it is open, so that the next queries are sent at once and in order. Tries each server of
 * the address once.
 */
export async function ensureOpen(connection: PoolConnection): Promise<void> {
  if (connection.isOpen) return;
  connection.opening ??= open(connection).finally(() => {
    connection.opening = undefined;
  });
  await connection.opening;
}

async function open(connection: PoolConnection): Promise<void> {
  let isPlain = false;
  for (let left = connection.servers; ; left--) {
    try {
      return await openOnce(connection);
    } catch (error) {
      if (!isPlain && isRefusedStartup(error)) {
        // A connection pooler: the next attempt has no startup parameters, and does not count as another server.
        connection.session.isPooled = true;
        isPlain = true;
        left++;
        connection.reconnect();
        continue;
      }
      // Includes the error for a server that does not satisfy `target_session_attrs`.
      if (left === 1 || !isSocketError(error)) throw error;
      connection.reconnect();
    }
  }
}

async function openOnce(connection: PoolConnection): Promise<void> {
  // After the server has closed a connection, postgres.js rejects the first query of the next one with the same error.
  const again = (error: unknown) =>
    connection.losses > 0 && !isSocketError(error) ? handshake(connection) : Promise.reject(error);
  await handshake(connection).catch(again);
  connection.isOpen = true;
}

async function handshake(connection: PoolConnection): Promise<void> {
  connection.mode = await awaitResult(connection, recognizeSession(connection));
}

/** Finds the connection with the fewest readers that no transaction uses. Prefers an open one. */
function findLeastBusy(connections: readonly PoolConnection[]): PoolConnection | undefined {
  let best: PoolConnection | undefined;
  for (const connection of connections) {
    if (connection.isInTransaction || connection.isFailing) continue;
    if (
      !best ||
      connection.readers < best.readers ||
      (connection.readers === best.readers && connection.isOpen && !best.isOpen)
    )
      best = connection;
  }
  return best;
}
