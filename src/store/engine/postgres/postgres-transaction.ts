import postgres from 'postgres';
import { type Query, type Row, StoreError } from '../sql.ts';
import {
  awaitResult,
  ensureOpen,
  isSocketError,
  type Pool,
  type PoolConnection,
  resultTimeout,
} from './postgres-pool.ts';
import { renderBegin, runQuery, runText } from './postgres-query.ts';

/** How many times a body runs on conflicts with other transactions before the caller gets the error. */
const attempts = 10;

/** The statements of a running transaction. */
export type Transaction = {
  /** Runs a query of a verb. */
  query(query: Query): Promise<readonly Row[]>;
  /** Runs statements without parameters, and without a time limit of this process. */
  run(text: string): Promise<readonly Row[]>;
};

/** How a transaction begins and ends. */
export type TransactionOptions = {
  /** The statements that begin it, sent as one query. */
  readonly begin?: readonly string[];
  /** A statement that is pipelined right after `begin`; if it fails, the transaction fails. */
  readonly check?: Query;
  /** Milliseconds to wait for the result of the commit. */
  readonly commitTimeout?: number;
};

/** Begins a read-only transaction whose statements all see the state of the database at the first one. */
export const snapshot: TransactionOptions = { begin: ['begin isolation level repeatable read read only'] };

const readCommitted: readonly string[] = ['begin'];

/**
 * Runs a body in a transaction, at READ COMMITTED by default. After a deadlock, or a serialization failure on engines
 * without READ COMMITTED, the body runs again.
 */
export async function transact<T>(
  pool: Pool,
  body: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const connection = await pool.acquire();
    try {
      return await transactOn(connection, body, options);
    } catch (error) {
      if (error instanceof UnknownOutcome) for (const listener of pool.onUnknownOutcome) listener();
      if (!isConflict(error) || attempt === attempts) throw error;
    } finally {
      pool.release(connection);
    }
    await pause(Math.random() * 2 ** attempt);
  }
}

async function transactOn<T>(
  connection: PoolConnection,
  body: (tx: Transaction) => Promise<T>,
  { begin = readCommitted, check, commitTimeout = usualCommitTimeout }: TransactionOptions,
): Promise<T> {
  await ensureOpen(connection);
  const { losses } = connection;
  // After a lost connection postgres.js would run the next statement on a new one, outside the transaction.
  const isLost = () => connection.losses !== losses || connection.isFailing;
  const ifOpen = <R>(send: () => Promise<R>): Promise<R> =>
    isLost() ? Promise.reject(new StoreError('unavailable', 'the connection to the database was lost')) : send();
  const run = (text: string) => ifOpen(() => runText(connection, text));
  const pipelined: Promise<unknown>[] = [];
  const runInOrder = (query: Query): Promise<readonly Row[]> => {
    const rows = ifOpen(() => awaitResult(connection, runQuery(connection, query), resultTimeout, query.statement));
    if (!query.pipelined) return rows;
    rows.catch(() => {});
    pipelined.push(rows);
    return noRows;
  };
  // Not awaited, so that it is sent together with the first statement. If it fails, all later statements fail as well.
  const beginning = ifOpen(() => awaitResult(connection, runText(connection, renderBegin(connection, begin))));
  beginning.catch(() => {});
  pipelined.push(beginning);
  // Pipelined, so that its error is reported with those of the other statements that are not awaited.
  if (check) void runInOrder({ ...check, pipelined: true });
  let committing: Promise<void> | undefined;
  try {
    const value = await body({ run, query: runInOrder });
    if (begin === snapshot.begin) {
      // Nothing was written, so the commit is not awaited. The connection runs later statements after it.
      run('commit').catch(() => {});
      return value;
    }
    committing = ifOpen(() => commit(connection, commitTimeout));
    await Promise.all([...pipelined, committing]);
    return value;
  } catch (last) {
    const error = await findFirstError(pipelined, committing, last);
    if (isSocketError(error) && connection.losses === losses) connection.isFailing = true;
    // The server rolls back the transaction of a lost connection.
    if (!isLost()) await awaitResult(connection, run('rollback')).catch(() => {});
    throw error;
  }
}

/** Milliseconds to wait for the result of a commit, which depends on the server's disk. */
const usualCommitTimeout = 5000;

/**
 * The same for a change of the schema: the commit also deletes the files of dropped tables, and on Citus it ends when all
 * nodes have committed what was copied to them.
 */
export const schemaChange: TransactionOptions = { commitTimeout: 300_000 };

/**
 * Commits. After a conflict the transaction is rolled back; after any other error, or without a result in time, it may
 * be durable.
 */
async function commit(connection: PoolConnection, timeout: number): Promise<void> {
  try {
    await awaitResult(connection, runText(connection, 'commit'), timeout);
  } catch (error) {
    throw isConflict(error) ? error : new UnknownOutcome(error);
  }
}

/** The result of a commit was lost. The transaction is not repeated, since it may be durable already. */
class UnknownOutcome extends StoreError {
  constructor(cause: unknown) {
    super('unavailable', `the database gave no answer to a commit: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

const noRows: Promise<readonly Row[]> = Promise.resolve([]);

/**
 * Returns the first error of a transaction, since the server refuses all statements after it. If the connection was
 * lost while a commit was under way, returns the `UnknownOutcome`, since all statements before the commit may have
 * succeeded.
 */
async function findFirstError(
  told: readonly Promise<unknown>[],
  committing: Promise<void> | undefined,
  last: unknown,
): Promise<unknown> {
  const failed = (await Promise.allSettled(told)).find((one) => one.status === 'rejected');
  if (!failed || failed.reason instanceof postgres.PostgresError) return failed ? failed.reason : last;
  const unknown = await committing?.catch((error: unknown) => error);
  return unknown instanceof UnknownOutcome ? unknown : failed.reason;
}

function isConflict(error: unknown): boolean {
  return error instanceof postgres.PostgresError && (error.code === '40001' || error.code === '40P01');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
