import { StoreError } from './sql.ts';
import { describeFailure, toStatementError } from './statement-errors.ts';

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY: another row has the key. */
const takenCodes = [2067, 1555];

const backup = 'Put a backup in its place, or name another --database.';

/** What to do about the errors of SQLite that are about files and not about a statement, by primary result code. */
const advice: Readonly<Record<number, string>> = {
  // SQLITE_READONLY
  8: 'Mount the file system for writing and give this user write permission on the file and its folder.',
  // SQLITE_IOERR: also quotas and limits of the file size, whose error SQLite does not pass on.
  10: 'Look for room on the disk (df), a quota, a limit of the file size (ulimit -f), and then for errors of the disk in the log of the system.',
  // SQLITE_CORRUPT
  11: `The file is damaged. ${backup}`,
  // SQLITE_FULL
  13: 'Make room on the disk that holds it.',
  // SQLITE_CANTOPEN: the command looks at folder and permissions.
  14: '',
  // SQLITE_NOTADB
  26: `The file is not a SQLite database. ${backup}`,
};

/** The same for errors of the file system. */
const systemAdvice: Readonly<Record<string, string>> = {
  ENOSPC: advice[13] ?? '',
  EDQUOT: 'Make room, or ask for a larger quota: this user has used up the disk space that it may use.',
  EROFS: 'Mount the file system for writing, or name another --database.',
  EIO: advice[10] ?? '',
  EISDIR: 'This is a folder: name a file in it with --database.',
  EMFILE: 'Raise the limit of open files (ulimit -n).',
};

/**
 * What an error of SQLite is for the store: `taken` when another row has the key, `locked` when another process has the file, `unavailable` with
 * advice when the files cannot be used, a `StatementError` when a statement is wrong.
 *
 * @param doing what failed, such as `cannot open the database huizhi.db`
 */
export function toStoreError(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = Number(Reflect.get(error, 'errcode') ?? Number.NaN);
  if (takenCodes.includes(code)) return new StoreError('taken', describeFailure(error), { cause: error });
  const help = advice[code & 0xff] ?? systemAdvice[String(Reflect.get(error, 'code'))];
  if (help === undefined) return toStatementError(error);
  return new StoreError('unavailable', `${doing}: ${describeFailure(error)}`, { cause: error, advice: help });
}

/** SQLITE_BUSY and SQLITE_LOCKED: another connection has the file. */
export function isLocked(error: unknown): boolean {
  const code = error instanceof Error ? Number(Reflect.get(error, 'errcode') ?? 0) & 0xff : 0;
  return code === 5 || code === 6;
}
