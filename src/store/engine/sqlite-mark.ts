import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './sql.ts';
import { hasLog } from './sqlite-files.ts';

/**
 * SQLite's application id says that a file is huizhi's, and its last bit whether the file needs its write-ahead log. It is 0 in files of the
 * first releases, which did not keep it.
 */
const marks = { complete: 0x687a_0000, needsLog: 0x687a_0001 } as const;

/**
 * Refuses a file whose write-ahead log is missing or empty although it has commits that the file lacks.
 *
 * While a process has a file open, the file says `needsLog` and the newest version of the mark, in the log, says `complete`. So whatever copies the
 * log into the file makes it complete: SQLite when the file is closed, or sqlite3 after a crash. A file that needs a log and has none has lost it.
 * No crash leads there, since SQLite neither shortens nor deletes a log before it has been copied into the file.
 */
export function refuseMissingLog(db: DatabaseSync, path: string): void {
  if (mark(db) !== marks.needsLog || hasLog(path)) return;
  throw new StoreError(
    'unavailable',
    `${path} was not closed cleanly, and its write-ahead log ${path}-wal is missing or empty: the newest messages, reads and changes are lost`,
    {
      advice: `Put the -wal file back, or restore a backup. To go on with what the file holds, run huizhi migrate --accept-missing-log --database ${path}`,
    },
  );
}

/** Copies the log into the file, which then says that it needs the log, and begins the log with the mark of a complete file. */
export function checkpointMarked(db: DatabaseSync): void {
  setMark(db, marks.needsLog);
  try {
    checkpoint(db);
  } finally {
    setMark(db, marks.complete);
  }
}

/** Has a file say that it is complete as soon as it is closed, also after a crash in the middle of `checkpointMarked`. */
export function markComplete(db: DatabaseSync): void {
  if (mark(db) === marks.needsLog) setMark(db, marks.complete);
}

/** Copies the log into the file. What is in the log stays there until the next commit. */
export function checkpoint(db: DatabaseSync): void {
  db.exec('pragma wal_checkpoint(passive)');
}

function mark(db: DatabaseSync): number {
  return Number((db.prepare('pragma application_id').get() as { application_id: number }).application_id);
}

function setMark(db: DatabaseSync, value: number): void {
  if (mark(db) !== value) db.exec(`pragma application_id = ${value}`);
}
