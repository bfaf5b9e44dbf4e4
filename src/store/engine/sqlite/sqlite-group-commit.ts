import type { DatabaseSync } from 'node:sqlite';
import { type Query, type Row, runSync, StoreError, type Work } from '../sql.ts';
import type { OpenFiles } from './sqlite-files.ts';
import type { LogFlusher } from './sqlite-flush.ts';
import { rollBack } from './sqlite-schema.ts';

type Waiting = {
  readonly body: () => Work<unknown>;
  /** Whether its commit need not be durable. */
  readonly isLazy: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
};

/** The connection on which groups are committed. */
type Connection = {
  readonly db: DatabaseSync;
  readonly runQuery: (query: Query) => readonly Row[];
  /** Starts the time measurement of the first statement of a group. */
  readonly startClock: () => void;
  readonly files: OpenFiles;
  readonly flusher: LogFlusher;
  /** Converts an error of SQLite to the error that callers get. */
  readonly toStoreError: (error: unknown) => unknown;
  /**
   * Called after each commit. `wasWritten` is true if SQLite ran an automatic checkpoint, which writes to the database
   * file.
   */
  readonly onCommit: (wasWritten: boolean) => void;
};

type Outcome = { readonly waiting: Waiting; readonly value: unknown };

/** The most bodies that share one commit. It limits how long the first of them waits. */
const largestGroup = 256;

/**
 * Creates a group commit: all writes that wait when a transaction begins share its fsync. The whole group runs
 * synchronously, so no reader can see changes that are not durable yet. If one body throws, the group is rolled back
 * and its bodies run again one by one. Writes are acknowledged only if the database file and its log are still at their
 * paths.
 */
export function createGroupCommit(connection: Connection) {
  let queue: Waiting[] = [];
  let scheduled = false;
  let closed = false;
  let wakeIdle: (() => void)[] = [];

  const flush = () => {
    const group = queue.slice(0, largestGroup);
    queue = queue.slice(largestGroup);
    scheduled = queue.length > 0;
    if (scheduled) setImmediate(flush);
    commit(connection, group);
    if (!scheduled) resolveIdle();
  };
  const resolveIdle = () => {
    const waiting = wakeIdle;
    wakeIdle = [];
    for (const wake of waiting) wake();
  };

  return {
    write<T>(body: () => Work<T>, isLazy = false): Promise<T> {
      if (closed) return Promise.reject(new StoreError('unavailable', 'the store is closed'));
      return new Promise<T>((resolve, reject) => {
        queue.push({ body, isLazy, resolve: resolve as (value: never) => void, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      });
    },
    /** Refuses new writes, and resolves when the queue is empty. */
    close(): Promise<void> {
      closed = true;
      return scheduled ? new Promise<void>((resolve) => wakeIdle.push(resolve)) : Promise.resolve();
    },
  };
}

function commit(connection: Connection, group: readonly Waiting[]): void {
  const { files, toStoreError } = connection;
  try {
    files.check();
  } catch (error) {
    for (const { reject } of group) reject(error);
    return;
  }
  let outcomes: readonly Outcome[] = [];
  try {
    outcomes = transact(connection, group);
  } catch (error) {
    const [only] = group;
    if (group.length === 1) only?.reject(toStoreError(error));
    else for (const waiting of group) commit(connection, [waiting]);
    return;
  }
  acknowledge(connection, outcomes);
}

function acknowledge({ files, onCommit: committed }: Connection, outcomes: readonly Outcome[]): void {
  try {
    const wasWritten = files.confirm();
    for (const { waiting, value } of outcomes) waiting.resolve(value as never);
    committed(wasWritten);
  } catch (error) {
    for (const { waiting } of outcomes) waiting.reject(error);
  }
}

function transact(
  { db, runQuery: answer, startClock, files, flusher }: Connection,
  group: readonly Waiting[],
): Outcome[] {
  // Without fsync: the next durable commit writes the log of this one, too.
  const isLazy = group.every((waiting) => waiting.isLazy);
  if (isLazy) db.exec('pragma synchronous = normal');
  db.exec('begin immediate');
  startClock();
  try {
    const outcomes = group.map((waiting) => ({ waiting, value: runSync(waiting.body(), answer) }));
    db.exec('commit');
    if (isLazy) flusher.flush();
    return outcomes;
  } catch (error) {
    rollBack(db);
    files.resize();
    throw error;
  } finally {
    if (isLazy) db.exec('pragma synchronous = full');
  }
}
