import type { DatabaseSync } from 'node:sqlite';
import type { Disk } from './sqlite-disk.ts';
import type { Confirmed, OpenFiles } from './sqlite-files.ts';
import type { GroupCommit } from './sqlite-group-commit.ts';
import { checkpointInBackground } from './sqlite-mark.ts';

export type Checkpoints = {
  /** Frees some pages, and runs a checkpoint, so that no later checkpoint takes long. */
  tidy(): Promise<void>;
  /** Schedules a checkpoint after a group of commits. */
  onCommit(confirmed: Confirmed): void;
  /**
   * Runs a checkpoint, after which the database file has all commits, and no other until `resume()`: the file does not
   * change, and all commits are in the log.
   */
  pause(): Promise<void>;
  resume(): void;
  stop(): void;
};

/**
 * Milliseconds between a commit and its checkpoint. If the write-ahead log is deleted, only commits of this interval
 * are lost.
 */
const checkpointEvery = 60_000;

/** Milliseconds between an automatic checkpoint by SQLite and the checkpoint that marks the file again. */
const markWithin = 1_000;

/**
 * Pages of the log after which a checkpoint runs: 8 MB. A page that changes often is copied to the file once for
 * several commits. SQLite runs a checkpoint itself, which blocks the process, at twice as many.
 */
const checkpointPages = 2000;

/** Pages of the log after which SQLite runs a checkpoint itself. */
export const automaticPages = 2 * checkpointPages;

const pageBytes = 4096;

/**
 * The size to which the log is cut after a checkpoint, when it was larger: after a backup or a large commit. It is never
 * cut to nothing, so that a crash cannot leave a file without its log.
 */
export const keptLogBytes = automaticPages * pageBytes;

/** Groups of commits before the first checkpoint; later ones follow from how many pages a group has changed. */
const firstGroups = 100;

export const vacuumPages = 'pragma incremental_vacuum(16)';

/**
 * Runs checkpoints in the background: when the log has about 8 MB, and within a minute of a commit. A checkpoint leaves
 * the mark in the file that it needs its log (sqlite-mark.ts).
 */
export function scheduleCheckpoints(db: DatabaseSync, disk: Disk, files: OpenFiles, commits: GroupCommit): Checkpoints {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let isWaiting = false;
  let isPaused = false;
  const budget = createBudget();
  const checkpoint = async () => {
    isWaiting = false;
    if (isPaused) return;
    due = Number.POSITIVE_INFINITY;
    clearTimeout(timer);
    try {
      files.check();
      budget.restart(await checkpointInBackground(db, disk));
    } finally {
      files.resize();
    }
  };
  const run = () => {
    if (isWaiting) return;
    isWaiting = true;
    // If it fails, the commits are safe in the log, and the next commit schedules another attempt.
    commits.runBetween(checkpoint).catch(() => {
      isWaiting = false;
    });
  };
  const schedule = (wait: number) => {
    const time = performance.now() + wait;
    if (time >= due) return;
    due = time;
    clearTimeout(timer);
    timer = setTimeout(run, wait).unref();
  };
  return {
    tidy: () =>
      commits.runBetween(async () => {
        freePages(db, files);
        await checkpoint();
      }),
    onCommit({ wasWritten, logBytes }) {
      if (isPaused) return;
      if (budget.isSpent(logBytes)) run();
      else schedule(wasWritten ? markWithin : checkpointEvery);
    },
    pause: () =>
      commits.runBetween(async () => {
        await checkpoint();
        db.exec('pragma wal_autocheckpoint = 0');
        isPaused = true;
      }),
    resume() {
      isPaused = false;
      db.exec(`pragma wal_autocheckpoint = ${automaticPages}`);
      run();
    },
    stop: () => clearTimeout(timer),
  };
}

/** Frees some pages, which may cut the log. */
function freePages(db: DatabaseSync, files: OpenFiles): void {
  files.check();
  db.exec(vacuumPages);
  files.resize();
}

/**
 * Estimates when the log has `checkpointPages` pages. SQLite tells their number only during a checkpoint, so it is
 * derived from the number of commits, and from the size of the log when that grows.
 */
function createBudget() {
  let groups = 0;
  let most = firstGroups;
  let largest = checkpointPages * pageBytes;
  let size = 0;
  return {
    /** Counts a group of commits. Returns whether it is time for a checkpoint. */
    isSpent(logBytes: number): boolean {
      groups++;
      size = logBytes;
      return groups >= most || logBytes > largest;
    },
    /** Starts to count again after a checkpoint of a log with that many pages. */
    restart(pages: number): void {
      if (groups > 0 && pages > 0) most = Math.max(1, Math.round((groups * checkpointPages) / pages));
      groups = 0;
      largest = Math.max(largest, size);
    },
  };
}
