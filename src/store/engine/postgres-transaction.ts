import postgres from 'postgres';
import { answer, isOfSocket, type Lane, type Pool, patience, wake } from './postgres-pool.ts';
import { ask, beginText, run as runOn } from './postgres-query.ts';
import { type Query, type Row, StoreError } from './sql.ts';

/** How often a body runs before its conflict with others is the caller's to know. */
const attempts = 10;

/** What a transaction asks with. */
export type Asking = {
  /** Asks a verb's statement. */
  ask(query: Query): Promise<readonly Row[]>;
  /** Runs a text that may take as long as it likes. */
  run(text: string): Promise<readonly Row[]>;
};

/** A transaction that only reads, and sees the database as it was at its first statement. */
export const snapshot: readonly string[] = ['begin isolation level repeatable read read only'];

const readCommitted: readonly string[] = ['begin'];

/**
 * Runs a body in a transaction, at READ COMMITTED unless it is a snapshot. One that lost against another (a deadlock, or on engines that
 * have no weaker level a conflict) runs again.
 *
 * @param begin the statements that begin it, which are sent together
 * @param check a statement that is sent right after `begin`, and without which the transaction fails
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
  // The package would open a new connection for the next statement, outside of any transaction.
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
  // Not awaited: it travels together with the first statement, and the commit with the last ones. If it fails, so does all that follows.
  const begun = checked(() => answer(lane, runOn(lane, beginText(lane, begin))));
  begun.catch(() => {});
  told.push(begun);
  // Detached: its error is reported with those of the other statements that are not awaited.
  if (check) void asked({ ...check, told: true });
  let committing: Promise<void> | undefined;
  try {
    const value = await body({ run, ask: asked });
    if (begin === snapshot) {
      // Nothing was written, so the end is not awaited; what the connection runs next comes after it.
      run('commit').catch(() => {});
      return value;
    }
    committing = checked(() => commit(lane));
    await Promise.all([...told, committing]);
    return value;
  } catch (last) {
    const error = await firstOf(told, committing, last);
    if (isOfSocket(error) && lane.losses === losses) lane.isFailing = true;
    // A lost connection has rolled back by itself.
    if (!isLost()) await answer(lane, run('rollback')).catch(() => {});
    throw error;
  }
}

/** Milliseconds for the answer to a commit, which takes as long as the server's disk does. */
const commitPatience = 5000;

/** Commits. A conflict has rolled back; after any other failure, or without an answer, the transaction may be durable. */
async function commit(lane: Lane): Promise<void> {
  try {
    await answer(lane, runOn(lane, 'commit'), commitPatience);
  } catch (error) {
    throw isConflict(error) ? error : new UnknownOutcome(error);
  }
}

/** The answer to a commit was lost. Never repeated here: the body of the transaction may not run twice. */
class UnknownOutcome extends StoreError {
  constructor(cause: unknown) {
    super('unavailable', `the database gave no answer to a commit: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

const nothing: Promise<readonly Row[]> = Promise.resolve([]);

/**
 * The failure that was the first: after it the server refuses whatever else the transaction asks. If the connection was lost with a commit
 * on its way, the failure is the unknown outcome, since all statements before it may have succeeded.
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
