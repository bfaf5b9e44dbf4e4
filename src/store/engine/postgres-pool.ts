import postgres from 'postgres';
import type { Sql } from './postgres-query.ts';
import { isRefusedStartup, type Mode, ownSession, recognizeSession, type Session } from './postgres-session.ts';
import type { SlowStatements } from './slow-statements.ts';
import { type Statement, StoreError } from './sql.ts';

/**
 * One connection, opened when it is first used and again after it was lost. It is a client of the package with a single connection, so
 * that a transaction is nothing but statements in a row. (A reservation from the package's own pool is never served when the connection
 * has yet to be opened, and stays in its queue after a failure.)
 */
export type Lane = {
  sql: Sql;
  /** The days whose tables are known to be there. */
  readonly days: Set<number>;
  /** What is known of all connections of the pool. */
  readonly session: Session;
  /** Reports slow statements. */
  readonly slow: SlowStatements;
  /** What its transactions can rely on; found out when it opens. */
  mode: Mode;
  /** Whether it is known to be open now. */
  isOpen: boolean;
  /** Changes whenever the connection is lost, and with it the transaction. */
  losses: number;
  /** Readers that share it, or a transaction that has it to itself. */
  readers: number;
  isTaken: boolean;
  /** Between an error of the socket and its end nothing may be asked: the package would never answer. */
  isFailing: boolean;
  /** How many servers the address names; each new connection goes to the next one. */
  readonly servers: number;
  /** The attempt to open it that is under way. */
  waking: Promise<void> | undefined;
  /** What has no answer yet. */
  readonly asked: Set<{ cancel(): unknown }>;
  /** Throws the connection away and begins a new one. */
  renew(): void;
};

export type Pool = {
  /** The version of the schema that this process works with, once it is known. */
  readonly schema: { version: number | undefined };
  /** The days whose tables are known to be there, for all connections. */
  readonly days: Set<number>;
  readonly session: Session;
  readonly slow: SlowStatements;
  /** Gives a connection to one transaction. */
  take(): Promise<Lane>;
  giveBack(lane: Lane): void;
  /**
   * Runs a single read on an open connection that others may share: what they ask travels together. If there is no answer, the error names
   * the statement.
   */
  share<T>(read: (lane: Lane) => Promise<T>, statement?: Statement): Promise<T>;
  /** Called when a commit was sent and its answer was lost. */
  readonly onUnknownOutcome: Set<() => void>;
  /** Ends every connection, at the latest after so many seconds. */
  end(timeout: number): Promise<void>;
};

type Waiting = { readonly alone: boolean; readonly resolve: (lane: Lane) => void };

/** Opens a client with a single connection, to the server with this number; numbers beyond the last begin again with the first. */
export type Connect = (onClose: () => void, server: number) => Sql;

export type PoolParts = {
  /** Connections at the most. */
  readonly size: number;
  /** How many servers the address names. */
  readonly servers: number;
  readonly session: Session;
  readonly schema: Pool['schema'];
  readonly slow: SlowStatements;
  readonly connect: Connect;
};

/** Keeps at most `size` connections; who finds none free waits in line. */
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
    // postgres.js would run queued statements on the next connection, outside of their transaction. Statements that already have a
    // connection are rejected with it. To cancel those, it would open a connection whose failure nobody can handle, and which ends the process.
    for (const asked of lane.asked) if (!isOnConnection(asked)) asked.cancel();
    renew();
  };
  // A client whose connection has ended may keep half of what it was about to write, and wait forever to write the rest.
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

/** Whether the package has put a statement on a connection: it notes the connection's `state` in the statement. */
const isOnConnection = (asked: object) => Boolean(Reflect.get(asked, 'state'));

/** Milliseconds after which a connection that gives no answer is thrown away: the server would have ended the statement before. */
export const patience = 15_000;

/** Waits for an answer, and renews the connection when there is none; the error names the statement. */
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

/** The server's own errors leave the connection as it is. */
export function isOfSocket(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof postgres.PostgresError) return false;
  return 'errno' in error || 'syscall' in error || /^CONN/.test(String(Reflect.get(error, 'code')));
}

/** Makes sure that a connection is open, so that what is asked next goes out at once and in order. Each server of the address is tried once. */
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
        // A pooler: the next connection begins without parameters, and does not count as another server.
        lane.session.isPooled = true;
        isPlain = true;
        left++;
        lane.renew();
        continue;
      }
      // Also of a server that is up and not the one that `target_session_attrs` asks for.
      if (left === 1 || !isOfSocket(error)) throw error;
      lane.renew();
    }
  }
}

async function openOnce(lane: Lane): Promise<void> {
  // After a connection that the server has ended, the package tells the end once more to the first who asks.
  const again = (error: unknown) => (lane.losses > 0 && !isOfSocket(error) ? hello(lane) : Promise.reject(error));
  await hello(lane).catch(again);
  lane.isOpen = true;
}

async function hello(lane: Lane): Promise<void> {
  lane.mode = await answer(lane, recognizeSession(lane));
}

/** The least used of the connections that no transaction has, an open one first. */
function freest(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined;
  for (const lane of lanes) {
    if (lane.isTaken || lane.isFailing) continue;
    if (!best || lane.readers < best.readers || (lane.readers === best.readers && lane.isOpen && !best.isOpen))
      best = lane;
  }
  return best;
}
