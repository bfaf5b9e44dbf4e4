/** Backups of databases, and checks of their data. A start of a server does not need them. */
import { statSync } from 'node:fs';
import type { Config } from './config/options.ts';
import { type BackedUp, type BackupSource, backUpTo } from './store/backup/backup.ts';
import { finishRestore } from './store/backup/finish.ts';
import { refusePlace } from './store/backup/new-file.ts';
import { type Restored, readBackup, restoreFile } from './store/backup/restore.ts';
import { StoreError } from './store/engine/sql.ts';
import { followLinks } from './store/engine/sqlite/sqlite-files.ts';
import { isPostgres, openExisting, openReader } from './store/open.ts';
import { type VerifyFinding, verifyDatabase } from './store/verify/verify.ts';
import { storedKindNumbers } from './wire/vendor/messages.ts';

export type { BackupSource } from './store/backup/backup.ts';

/**
 * Checks the invariants of a database and changes nothing; see `verifyDatabase`. Rejects with a StoreError if the
 * database cannot be read.
 */
export async function verify(
  config: Config,
  onProgress: (done: number, total: number) => void,
): Promise<readonly VerifyFinding[]> {
  const reader = await openReader(config.database, config);
  try {
    return await verifyDatabase(reader, { kinds: storedKindNumbers, onProgress });
  } finally {
    await reader.close();
  }
}

/** What a backup or a restore reports while it runs: bytes that are copied, then tables that are checked. */
export type BackupProgress = {
  readonly onCopied: (done: number, total: number | undefined) => void;
  readonly onVerified: (done: number, total: number) => void;
};

/**
 * Copies the file of a database that no process has open; `write` gets the copy. Rejects with a StoreError if the database
 * cannot be opened.
 */
export async function copyDatabase<T>(config: Config, write: (source: BackupSource) => Promise<T>): Promise<T> {
  refusePostgres(config.database, 'backup', 'pg_dump');
  const driver = await openExisting(config.database, config);
  try {
    const copy = await driver.copyFile();
    try {
      return await write(copy);
    } finally {
      copy.close();
    }
  } finally {
    await driver.close();
  }
}

/** Whether an error says that another process has the database open. */
export function isDatabaseInUse(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'locked';
}

/**
 * Refuses a path to which no backup can be written, before a copy is requested. Throws a StoreError; see `refusePlace`.
 * The database itself is never replaced, under no name that it has.
 */
export function refuseBackupPath(path: string, { database, force = false }: Config): void {
  if (isSameFile(path, database))
    throw new StoreError('taken', `${path} is the database itself`, { advice: 'Name another file.' });
  refusePlace(followLinks(path), force);
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Writes a copy to a file and checks it; see `backUpTo`. */
export function writeBackup(
  source: BackupSource,
  path: string,
  { force = false }: Config,
  progress: BackupProgress,
): Promise<BackedUp> {
  return backUpTo(path, source, { force, kinds: storedKindNumbers, ...progress });
}

/** Makes a new database of a backup; see `restoreFile`. `from` is a path, or the content of the backup. */
export async function restore(
  { database }: Config,
  from: string | AsyncIterable<Uint8Array>,
  progress: BackupProgress,
): Promise<Restored> {
  refusePostgres(database, 'restore', 'pg_restore');
  const chunks = typeof from === 'string' ? readBackup(from) : from;
  return restoreFile(database, chunks, {
    kinds: storedKindNumbers,
    onCopied: (done) => progress.onCopied(done, undefined),
    onVerified: progress.onVerified,
  });
}

/** Finishes the restore of a database that other tools have put in its place; see `finishRestore`. */
export function finishRestored(config: Config, { onVerified }: Pick<BackupProgress, 'onVerified'>): Promise<Restored> {
  return finishRestore(config.database, config, { kinds: storedKindNumbers, onProgress: onVerified });
}

function refusePostgres(database: string, command: string, tool: string): void {
  if (!isPostgres(database)) return;
  throw new StoreError('unsupported', `huizhi ${command} is for SQLite, and this database is on PostgreSQL`, {
    advice: `Use ${tool}; docs/how-to/backup.md shows how.`,
  });
}
