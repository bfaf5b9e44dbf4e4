import { StoreError } from '../sql.ts';
import { describeFailure, toStatementError } from '../statement-errors.ts';

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY: another row has the same key. */
const takenCodes = [2067, 1555];

const backup = 'Put a backup in its place, or name another --database.';

/** Advice for the errors of SQLite that concern files rather than a statement, by primary result code. */
const advice: Readonly<Record<number, string>> = {
  // SQLITE_READONLY
  8: 'Mount the file system for writing and give this user write permission on the file and its folder.',
  // SQLITE_IOERR: includes quotas and file size limits, whose own error SQLite does not report.
  10: 'Look for room on the disk (df), a quota, a limit of the file size (ulimit -f), and then for errors of the disk in the log of the system.',
  // SQLITE_CORRUPT
  11: `The file is damaged. ${backup}`,
  // SQLITE_FULL
  13: 'Make room on the disk that holds it.',
  // SQLITE_CANTOPEN: the command line checks folder and permissions, and gives the advice.
  14: '',
  // SQLITE_NOTADB
  26: `The file is not a SQLite database. ${backup}`,
};

/** Advice for errors of the file system, by error code. */
const systemAdvice: Readonly<Record<string, string>> = {
  ENOSPC: advice[13] ?? '',
  EDQUOT: 'Make room, or ask for a larger quota: this user has used up the disk space that it may use.',
  EROFS: 'Mount the file system for writing, or name another --database.',
  EIO: advice[10] ?? '',
  EISDIR: 'This is a folder: name a file in it with --database.',
  EMFILE: 'Raise the limit of open files (ulimit -n).',
};

/**
 * Converts an error of SQLite: to a StoreError `taken` if another row has the key or `unavailable` (with advice) if the
 * files cannot be used, or to a `StatementError` if the statement is wrong.
 *
 * @param doing the beginning of the message, such as `cannot open the database huizhi.db`
 */
export function toStoreError(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = Number(Reflect.get(error, 'errcode') ?? Number.NaN);
  if (takenCodes.includes(code)) return new StoreError('taken', describeFailure(error), { cause: error });
  const help = advice[code & 0xff] ?? systemAdvice[String(Reflect.get(error, 'code'))];
  if (help === undefined) return toStatementError(error);
  return new StoreError('unavailable', `${doing}: ${describeFailure(error)}`, { cause: error, advice: help });
}

/** Whether an error is SQLITE_BUSY or SQLITE_LOCKED: another connection has the file open. */
export function isLocked(error: unknown): boolean {
  const code = error instanceof Error ? Number(Reflect.get(error, 'errcode') ?? 0) & 0xff : 0;
  return code === 5 || code === 6;
}
