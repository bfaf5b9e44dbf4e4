import postgres from 'postgres';
import { answer, isOfSocket, type Lane, type Pool, patience, wake } from './postgres-pool.ts';
import { ask, beginText, run as runOn } from './postgres-query.ts';
import { type Query, type Row, StoreError } from './sql.ts';

/** How many times a body runs on conflicts with other transactions before the caller gets the error. */
const attempts = 10;

/** The statements of a running transaction. */
export type Asking = {
  /** Runs a query of a verb. */
  ask(query: Query): Promise<readonly Row[]>;
  /** Runs statements without parameters, and without a time limit of this process. */
  run(text: string): Promise<readonly Row[]>;
};

/** Begins a read-only transaction whose statements all see the state of the database at the first one. */
export const snapshot: readonly string[] = ['begin isolation level repeatable read read only'];

const readCommitted: readonly string[] = ['begin'];

/**
 * Runs a body in a transaction, at READ COMMITTED by default. After a deadlock, or a serialization failure on engines
 * without READ COMMITTED, the body runs again.
 *
 * @param begin the statements that begin the transaction, sent as one query
 * @param check a statement that is pipelined right after `begin`; if it fails, the transaction fails
 */
export async function transact<T>(
  pool: Pool,
  body: (asking: Asking) => Promise<T>,
  begin = readCommitted,
  check?: Query,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const lane = await pool.take();
    try {
      return await transactOn(lane, body, begin, check);
    } catch (error) {
      if (error instanceof UnknownOutcome) for (const listener of pool.onUnknownOutcome) listener();
      if (!isConflict(error) || attempt === attempts) throw error;
    } finally {
      pool.giveBack(lane);
    }
    await pause(Math.random() * 2 ** attempt);
  }
}

async function transactOn<T>(
  lane: Lane,
  body: (asking: Asking) => Promise<T>,
  begin: readonly string[],
  check: Query | undefined,
): Promise<T> {
  await wake(lane);
  const { losses } = lane;
  // After a lost connection postgres.js would run the next statement on a new one, outside the transaction.
  const isLost = () => lane.losses !== losses || lane.isFailing;
  const checked = <R>(ask: () => Promise<R>): Promise<R> =>
    isLost() ? Promise.reject(new StoreError('unavailable', 'the connection to the database was lost')) : ask();
  const run = (text: string) => checked(() => runOn(lane, text));
  const told: Promise<unknown>[] = [];
  const asked = (query: Query): Promise<readonly Row[]> => {
    const rows = checked(() => answer(lane, ask(lane, query), patience, query.statement));
    if (!query.told) return rows;
    rows.catch(() => {});
    told.push(rows);
    return nothing;
  };
  // Not awaited, so that it is sent together with the first statement. If it fails, all later statements fail as well.
  const begun = checked(() => answer(lane, runOn(lane, beginText(lane, begin))));
  begun.catch(() => {});
  told.push(begun);
  // Pipelined, so that its error is reported with those of the other statements that are not awaited.
  if (check) void asked({ ...check, told: true });
  let committing: Promise<void> | undefined;
  try {
    const value = await body({ run, ask: asked });
    if (begin === snapshot) {
      // Nothing was written, so the commit is not awaited. The connection runs later statements after it.
      run('commit').catch(() => {});
      return value;
    }
    committing = checked(() => commit(lane));
    await Promise.all([...told, committing]);
    return value;
  } catch (last) {
    const error = await firstOf(told, committing, last);
    if (isOfSocket(error) && lane.losses === losses) lane.isFailing = true;
    // The server rolls back the transaction of a lost connection.
    if (!isLost()) await answer(lane, run('rollback')).catch(() => {});
    throw error;
  }
}

/** Milliseconds to wait for the result of a commit, which depends on the server's disk. */
const commitPatience = 5000;

/**
 * Commits. After a conflict the transaction is rolled back; after any other error, or without a result in time, it may
 * be durable.
 */
async function commit(lane: Lane): Promise<void> {
  try {
    await answer(lane, runOn(lane, 'commit'), commitPatience);
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

const nothing: Promise<readonly Row[]> = Promise.resolve([]);

/**
 * Returns the first error of a transaction, since the server refuses all statements after it. If the connection was
 * lost while a commit was under way, returns the `UnknownOutcome`, since all statements before the commit may have
 * succeeded.
 */
async function firstOf(
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
