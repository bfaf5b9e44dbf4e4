import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../sql.ts';
import type { Disk } from './sqlite-disk.ts';
import { hasLog } from './sqlite-files.ts';

/**
 * SQLite's application id marks a file as a huizhi database, and its last bit says whether the file needs its
 * write-ahead log. It is 0 in files of the first releases.
 */
const marks = { complete: 0x687a_0000, needsLog: 0x687a_0001 } as const;

/**
 * Refuses a file whose write-ahead log is missing or empty, if commits were lost with the log.
 *
 * While a process has the file open, the mark in the file is `needsLog`, and a newer version of the mark, in the log,
 * is `complete`. So a full checkpoint, by SQLite on close or by the sqlite3 tool after a crash, makes the file
 * `complete`. A file that is marked `needsLog` and has no log has lost it. A crash cannot cause this, because SQLite
 * never truncates or deletes a log before its checkpoint.
 *
 * @throws StoreError `unavailable`, with advice
 */
export function refuseMissingLog(db: DatabaseSync, path: string): void {
  if (readMark(db) !== marks.needsLog || hasLog(path)) return;
  throw new StoreError(
    'unavailable',
    `${path} was not closed cleanly, and its write-ahead log ${path}-wal is missing or empty: the newest messages, reads and changes are lost`,
    {
      advice: `Put the -wal file back, or restore a backup. To go on with what the file holds, run huizhi migrate --accept-missing-log --database ${path}`,
    },
  );
}

/** Runs a checkpoint that leaves the mark `needsLog` in the file and `complete` in the log. */
export function checkpointMarked(db: DatabaseSync): void {
  checkpoint(db);
  markFile(db);
}

/**
 * The same without blocking the event loop. No commit may run until it has ended: the first commit after a complete
 * checkpoint overwrites the log, which is still needed until the pages are on the disk. It fails only if the disk does.
 *
 * @returns the number of pages that were in the log
 */
export async function checkpointInBackground(db: DatabaseSync, disk: Disk): Promise<number> {
  await disk.syncLog();
  const pages = withoutSync(db, () => copyPages(db));
  await disk.syncFile();
  withoutSync(db, () => markFile(db));
  return pages;
}

/**
 * Writes `needsLog` to the file and then `complete` to the log, right after a checkpoint, which has made the file
 * `complete`. A process that is killed in between leaves a file that is refused once another program has removed its log,
 * so nothing may wait here. No sync is needed: the file has all commits, and the first page changes in its first sector
 * only, which a disk writes as a whole.
 */
function markFile(db: DatabaseSync): void {
  setMark(db, marks.needsLog);
  try {
    checkpoint(db);
  } finally {
    setMark(db, marks.complete);
  }
}

/** Copies the pages of the log to the database file. */
function copyPages(db: DatabaseSync): number {
  const { log } = db.prepare('pragma wal_checkpoint(passive)').get() as { log: number };
  return log;
}

function withoutSync<T>(db: DatabaseSync, work: () => T): T {
  db.exec('pragma synchronous = off');
  try {
    return work();
  } finally {
    db.exec('pragma synchronous = normal');
  }
}

/** Writes `complete` to the log of a file marked `needsLog`, for example after a crash during `markFile`. */
export function markComplete(db: DatabaseSync): void {
  if (readMark(db) === marks.needsLog) setMark(db, marks.complete);
}

/** Runs a passive checkpoint. The log keeps its content until the next commit. */
export function checkpoint(db: DatabaseSync): void {
  db.exec('pragma wal_checkpoint(passive)');
}

/** The offset of the application id in a database file (https://sqlite.org/fileformat.html, section 1.3). */
const markOffset = 68;

/** Writes `complete` to the first bytes of a copy of a database file that needs no log. */
export function markCopy(bytes: Buffer): void {
  bytes.writeUInt32BE(marks.complete, markOffset);
}

/** Whether the first bytes of a database file say that it needs its log. */
export function isMarkedIncomplete(bytes: Buffer): boolean {
  return bytes.readUInt32BE(markOffset) === marks.needsLog;
}

function readMark(db: DatabaseSync): number {
  return Number((db.prepare('pragma application_id').get() as { application_id: number }).application_id);
}

function setMark(db: DatabaseSync, value: number): void {
  if (readMark(db) !== value) db.exec(`pragma application_id = ${value}`);
}
