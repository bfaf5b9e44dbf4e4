import type { DatabaseSync } from 'node:sqlite';
import { type Eventually, type Query, type Row, runSync, StoreError, type Work } from '../sql.ts';
import type { Disk } from './sqlite-disk.ts';
import type { Confirmed, OpenFiles } from './sqlite-files.ts';
import { createLane } from './sqlite-lane.ts';
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
  /** Undefined if the database is in memory. */
  readonly disk: Disk | undefined;
  /** Converts an error of SQLite to the error that callers get. */
  readonly toStoreError: (error: unknown) => unknown;
  /** Called after each group of commits. */
  readonly onCommit: (confirmed: Confirmed) => void;
};

export type GroupCommit = {
  /** Runs a body in a transaction. Resolves when it is durable or, if it is lazy, when it is committed. */
  write<T>(body: () => Work<T>, isLazy?: boolean): Promise<T>;
  /** Runs a step while no commit is under way. Writes wait until it ends. */
  runBetween(step: () => Promise<void>): Promise<void>;
  /**
   * Returns the value of a read when everything that it can have seen is durable: at once, or as a promise while a
   * commit is under way.
   *
   * @throws StoreError `unavailable` after the disk has reported an error, because some commits may be missing on it
   */
  holdBack<T>(value: T): Eventually<T>;
  /** Refuses new writes, and resolves when all others have ended. */
  close(): Promise<void>;
};

type Outcome = { readonly waiting: Waiting; readonly value: unknown };

/** The most bodies that share one commit. It limits how long the first of them waits. */
const largestGroup = 256;

/**
 * Creates a group commit: all writes that wait when a transaction begins share it, and the wait for the disk after it.
 * If one body throws, the group is rolled back and its bodies run again one by one. Writes are acknowledged only if the
 * database file and its log are still at their paths.
 *
 * SQLite commits without waiting for the disk (`synchronous = normal`); then the log is written to the disk in the
 * background. Other requests are served meanwhile, but the results of their reads are held back, so that no caller ever
 * sees what a crash could undo.
 */
export function createGroupCommit(connection: Connection): GroupCommit {
  const { files, disk, onCommit } = connection;
  const lane = createLane();
  let queue: Waiting[] = [];
  let closed = false;
  const syncs = disk && createSyncs(disk);

  const commitNext = (): Promise<void> | undefined => {
    const group = queue.slice(0, largestGroup);
    queue = queue.slice(largestGroup);
    if (queue.length > 0) lane.add(commitNext);
    const outcomes = commit(connection, group);
    if (outcomes.length === 0) return undefined;
    if (!syncs) return acknowledge(outcomes);
    if (outcomes.every(({ waiting }) => waiting.isLazy)) {
      syncs.startLazily();
      return acknowledge(outcomes);
    }
    return syncs.wait(
      () => acknowledge(outcomes),
      (error) => rejectAll(outcomes, error),
    );
  };
  const acknowledge = (outcomes: readonly Outcome[]): undefined => {
    try {
      const confirmed = files.confirm();
      for (const { waiting, value } of outcomes) waiting.resolve(value as never);
      onCommit(confirmed);
    } catch (error) {
      rejectAll(outcomes, error);
    }
  };

  return {
    write(body, isLazy = false) {
      if (closed) return refuseClosed();
      return new Promise((resolve, reject) => {
        queue.push({ body, isLazy, resolve: resolve as (value: never) => void, reject });
        if (queue.length === 1) lane.add(commitNext);
      });
    },
    runBetween: (step) => (closed ? refuseClosed() : lane.addFirst(step)),
    holdBack(value) {
      disk?.check();
      const waiting = syncs?.current();
      return waiting ? waiting.then(() => value) : value;
    },
    close() {
      closed = true;
      return lane.whenIdle();
    },
  };
}

/** The waits of a group commit for the disk, one at a time. */
function createSyncs(disk: Disk) {
  let current: Promise<void> | undefined;
  let isSyncingLazily = false;
  return {
    /** The wait of a durable commit that is under way. */
    current: () => current,
    /** Waits until everything committed is on the disk. Rejects with the error that `onError` has got. */
    wait(onDurable: () => void, onError: (error: unknown) => void): Promise<void> {
      current = disk
        .syncLog()
        .finally(() => {
          current = undefined;
        })
        .then(onDurable, (error: unknown) => {
          onError(error);
          throw error;
        });
      return current;
    },
    /** Begins to write the log after lazy commits, so that the next durable commit has little left to write. */
    startLazily(): void {
      if (isSyncingLazily) return;
      isSyncingLazily = true;
      const end = () => {
        isSyncingLazily = false;
      };
      disk.syncLog().then(end, end);
    },
  };
}

const refuseClosed = () => Promise.reject(new StoreError('unavailable', 'the store is closed'));

function rejectAll(outcomes: readonly Outcome[], error: unknown): void {
  for (const { waiting } of outcomes) waiting.reject(error);
}

/** Commits a group. Rejects the bodies that fail, and returns the outcomes of the others. */
function commit(connection: Connection, group: readonly Waiting[]): readonly Outcome[] {
  try {
    connection.disk?.check();
    connection.files.check();
  } catch (error) {
    for (const { reject } of group) reject(error);
    return [];
  }
  return transactOrSplit(connection, group);
}

function transactOrSplit(connection: Connection, group: readonly Waiting[]): readonly Outcome[] {
  try {
    return transact(connection, group);
  } catch (error) {
    const [only] = group;
    if (group.length > 1) return group.flatMap((waiting) => transactOrSplit(connection, [waiting]));
    only?.reject(connection.toStoreError(error));
    return [];
  }
}

function transact({ db, runQuery, startClock, files }: Connection, group: readonly Waiting[]): readonly Outcome[] {
  db.exec('begin immediate');
  startClock();
  try {
    const outcomes = group.map((waiting) => ({ waiting, value: runSync(waiting.body(), runQuery) }));
    db.exec('commit');
    return outcomes;
  } catch (error) {
    rollBack(db);
    files.resize();
    throw error;
  }
}
