import type { DatabaseSync } from 'node:sqlite';
import { type Query, type Row, runNow, StoreError, type Work } from './sql.ts';

type Waiting = {
  readonly body: () => Work<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
};

type Outcome = { readonly waiting: Waiting; readonly value: unknown };

/** No more bodies than this share one commit, so that the first of them does not wait for a crowd. */
const largestGroup = 256;

/**
 * Group commit: every write that waits when a transaction begins shares its fsync. The whole group runs in one synchronous go, so no
 * reader can see what is not yet durable. If one body throws, the group is rolled back and its bodies run again one by one.
 */
export function groupCommit(db: DatabaseSync, answer: (query: Query) => readonly Row[]) {
  let queue: Waiting[] = [];
  let scheduled = false;
  let closed = false;
  let wakeIdle: (() => void)[] = [];

  const flush = () => {
    const group = queue.slice(0, largestGroup);
    queue = queue.slice(largestGroup);
    scheduled = queue.length > 0;
    if (scheduled) setImmediate(flush);
    commit(db, answer, group);
    if (!scheduled) settleIdle();
  };
  const settleIdle = () => {
    const waiting = wakeIdle;
    wakeIdle = [];
    for (const wake of waiting) wake();
  };

  return {
    write<T>(body: () => Work<T>): Promise<T> {
      if (closed) return Promise.reject(new StoreError('unavailable', 'the store is closed'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ body, resolve: resolve as (value: never) => void, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      });
    },
    /** Takes no more, and resolves when nothing waits to be written. */
    close(): Promise<void> {
      closed = true;
      return scheduled ? new Promise<void>((resolve) => wakeIdle.push(resolve)) : Promise.resolve();
    },
  };
}

function commit(db: DatabaseSync, answer: (query: Query) => readonly Row[], group: readonly Waiting[]): void {
  try {
    const outcomes = transact(db, answer, group);
    for (const { waiting, value } of outcomes) waiting.resolve(value as never);
  } catch (error) {
    const [only] = group;
    if (group.length === 1) only?.reject(error);
    else for (const waiting of group) commit(db, answer, [waiting]);
  }
}

function transact(db: DatabaseSync, answer: (query: Query) => readonly Row[], group: readonly Waiting[]): Outcome[] {
  db.exec('begin immediate');
  try {
    const outcomes = group.map((waiting) => ({ waiting, value: runNow(waiting.body(), answer) }));
    db.exec('commit');
    return outcomes;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** A full disk makes SQLite roll back by itself; then there is nothing left to roll back, and it says so. */
function rollBack(db: DatabaseSync): void {
  try {
    db.exec('rollback');
  } catch (error) {
    if (!/no transaction is active/.test(String(error))) throw error;
  }
}
