import postgres from 'postgres';
import type { Sql } from './postgres-query.ts';
import { isRefusedStartup, type Mode, ownSession, recognizeSession, type Session } from './postgres-session.ts';
import type { SlowStatements } from './slow-statements.ts';
import { type Statement, StoreError } from './sql.ts';

/**
 * One connection of the pool, opened when it is first used and again after it was lost. It is a postgres.js client with
 * a single connection, so that a transaction is just consecutive statements. (The pool of postgres.js does not fit: a
 * reservation is never served if the connection is not open yet, and stays in the queue after a failure.)
 */
export type Lane = {
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
  isTaken: boolean;
  /** True between an error of the socket and its end. Queries sent meanwhile would never return. */
  isFailing: boolean;
  /** How many servers the address names; each new connection goes to the next one. */
  readonly servers: number;
  /** The current attempt to open the connection. */
  waking: Promise<void> | undefined;
  /** Queries that have not returned yet. */
  readonly asked: Set<{ cancel(): unknown }>;
  /** Discards the connection and creates a new one. */
  renew(): void;
};

export type Pool = {
  /** The version of the schema that this process works with; undefined until the schema was migrated. */
  readonly schema: { version: number | undefined };
  /** The days that have partitions, as far as this process knows; shared by all connections. */
  readonly days: Set<number>;
  readonly session: Session;
  readonly slow: SlowStatements;
  /** Acquires a connection for one transaction. */
  take(): Promise<Lane>;
  giveBack(lane: Lane): void;
  /**
   * Runs a single read on an open connection that other reads may share; their queries are pipelined. If the server
   * does not respond in time, the error names the statement.
   */
  share<T>(read: (lane: Lane) => Promise<T>, statement?: Statement): Promise<T>;
  /** Called when a commit was sent and its result was lost. */
  readonly onUnknownOutcome: Set<() => void>;
  /** Closes all connections. `timeout` is in seconds. */
  end(timeout: number): Promise<void>;
};

type Waiting = { readonly alone: boolean; readonly resolve: (lane: Lane) => void };

/** Creates a client with a single connection. `server` is the index of the server, modulo the number of servers. */
export type Connect = (onClose: () => void, server: number) => Sql;

export type PoolParts = {
  /** The most connections. */
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
  const lanes = Array.from({ length: size }, () => createLane(days, parts, () => serve()));
  let line: Waiting[] = [];
  const find = (alone: boolean) => (alone ? freest(lanes.filter((lane) => lane.readers === 0)) : freest(lanes));
  const occupy = (lane: Lane, alone: boolean) => {
    if (alone) lane.isTaken = true;
    else lane.readers++;
    return lane;
  };
  const acquire = (alone: boolean): Lane | Promise<Lane> => {
    const lane = line.length === 0 ? find(alone) : undefined;
    if (lane) return occupy(lane, alone);
    return new Promise((resolve) => line.push({ alone, resolve }));
  };
  const serve = () => {
    let served = 0;
    for (const { alone, resolve } of line) {
      const lane = find(alone);
      if (!lane) break;
      resolve(occupy(lane, alone));
      served++;
    }
    if (served > 0) line = line.slice(served);
  };
  return {
    schema,
    days,
    session,
    slow,
    onUnknownOutcome: new Set(),
    take: async () => acquire(true),
    giveBack(lane) {
      lane.isTaken = false;
      serve();
    },
    async share(read, statement) {
      const found = acquire(false);
      const lane = found instanceof Promise ? await found : found;
      try {
        if (!lane.isOpen) await wake(lane);
        return await answer(lane, read(lane), patience, statement);
      } finally {
        lane.readers--;
        serve();
      }
    },
    end: async (timeout) => void (await Promise.all(lanes.map((lane) => lane.sql.end({ timeout })))),
  };
}

function createLane(days: Set<number>, { servers, session, slow, connect }: PoolParts, onFree: () => void): Lane {
  let server = 0;
  const open = (): Sql => {
    const sql = connect(() => lane.sql === sql && lost(), server++);
    return sql;
  };
  const lost = () => {
    // postgres.js would run queued statements on the next connection, outside their transaction, so they are cancelled.
    // Statements that were already sent are rejected with the connection. Cancelling those would open another
    // connection whose failure cannot be caught and would end the process.
    for (const asked of lane.asked) if (!isOnConnection(asked)) asked.cancel();
    renew();
  };
  // A client whose connection has ended may hold a partly written buffer, and wait for ever to write the rest. So it is
  // replaced.
  const renew = () => {
    lane.sql.end({ timeout: 0 }).catch(() => {});
    lane.sql = open();
    lane.isOpen = false;
    lane.isFailing = false;
    lane.losses++;
    onFree();
  };
  const lane: Lane = {
    sql: undefined as never,
    days,
    session,
    slow,
    mode: ownSession,
    isOpen: false,
    losses: 0,
    readers: 0,
    isTaken: false,
    isFailing: false,
    servers,
    waking: undefined,
    asked: new Set(),
    renew,
  };
  lane.sql = open();
  return lane;
}

/** Whether postgres.js has sent a query: it then sets the query's `state`. */
const isOnConnection = (asked: object) => Boolean(Reflect.get(asked, 'state'));

/**
 * Milliseconds after which a connection that does not respond is discarded. The server would have cancelled the
 * statement before.
 */
export const patience = 15_000;

/**
 * Awaits a result. If there is none in time, it replaces the connection and rejects with a StoreError that names the
 * statement.
 *
 * @param within milliseconds
 */
export function answer<T>(lane: Lane, asked: Promise<T>, within = patience, statement?: Statement): Promise<T> {
  const { losses } = lane;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (lane.losses === losses) lane.renew();
      reject(new StoreError('unavailable', `the database gave no answer${statement ? ` to ${statement.name}` : ''}`));
    }, within);
    asked.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (lane.losses === losses && isOfSocket(error)) lane.isFailing = true;
        reject(error);
      },
    );
  });
}

/** Whether an error is one of the socket. After an error that the server reports, the connection can still be used. */
export function isOfSocket(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof postgres.PostgresError) return false;
  return 'errno' in error || 'syscall' in error || /^CONN/.test(String(Reflect.get(error, 'code')));
}

/**
 * Opens the connection unless it is open, so that the next queries are sent at once and in order. Tries each server of
 * the address once.
 */
export async function wake(lane: Lane): Promise<void> {
  if (lane.isOpen) return;
  lane.waking ??= open(lane).finally(() => {
    lane.waking = undefined;
  });
  await lane.waking;
}

async function open(lane: Lane): Promise<void> {
  let isPlain = false;
  for (let left = lane.servers; ; left--) {
    try {
      return await openOnce(lane);
    } catch (error) {
      if (!isPlain && isRefusedStartup(error)) {
        // A connection pooler: the next attempt has no startup parameters, and does not count as another server.
        lane.session.isPooled = true;
        isPlain = true;
        left++;
        lane.renew();
        continue;
      }
      // Includes the error for a server that does not satisfy `target_session_attrs`.
      if (left === 1 || !isOfSocket(error)) throw error;
      lane.renew();
    }
  }
}

async function openOnce(lane: Lane): Promise<void> {
  // After the server has closed a connection, postgres.js rejects the first query of the next one with the same error.
  const again = (error: unknown) => (lane.losses > 0 && !isOfSocket(error) ? hello(lane) : Promise.reject(error));
  await hello(lane).catch(again);
  lane.isOpen = true;
}

async function hello(lane: Lane): Promise<void> {
  lane.mode = await answer(lane, recognizeSession(lane));
}

/** Finds the connection with the fewest readers that no transaction uses. Prefers an open one. */
function freest(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined;
  for (const lane of lanes) {
    if (lane.isTaken || lane.isFailing) continue;
    if (!best || lane.readers < best.readers || (lane.readers === best.readers && lane.isOpen && !best.isOpen))
      best = lane;
  }
  return best;
}
