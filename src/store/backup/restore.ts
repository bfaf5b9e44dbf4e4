import { closeSync, createReadStream, existsSync, fsyncSync, lstatSync, openSync, readSync } from 'node:fs';
import { StoreError } from '../engine/sql.ts';
import { openSqlite } from '../engine/sqlite/sqlite.ts';
import { findLog, followLinks } from '../engine/sqlite/sqlite-files.ts';
import { isMarkedIncomplete } from '../engine/sqlite/sqlite-mark.ts';
import { openSqliteReader } from '../engine/sqlite/sqlite-reader.ts';
import { migrations } from '../migrations/index.ts';
import { dropSetting } from '../settings.ts';
import { type VerifyFinding, type VerifyOptions, verifyDatabase } from '../verify/verify.ts';
import { advanceNumbers } from './advance.ts';
import { installationSetting } from './folder.ts';
import { writeNewFile } from './new-file.ts';

export type Restored = {
  /** The version of the schema in the backup, and after the restore. */
  readonly from: number;
  readonly to: number;
  readonly findings: readonly VerifyFinding[];
};

export type RestoreOptions = Omit<VerifyOptions, 'onProgress'> & {
  /** Called with the bytes that are copied. */
  readonly onCopied: (done: number) => void;
  /** Called with the tables that are checked. */
  readonly onVerified: VerifyOptions['onProgress'];
};

/**
 * Restores a backup as a new database file: copies it, migrates it to the latest schema, moves its numbers ahead, and
 * checks it. The file appears at its place when all of that has succeeded.
 *
 * @returns what the checks have found; problems of the data are those of the database that was backed up
 * @throws StoreError `taken` if there is a database at the place; `unavailable` if the file is damaged or not a complete
 *   backup; `newer` if a newer huizhi has made it
 */
export async function restoreFile(
  database: string,
  chunks: AsyncIterable<Uint8Array>,
  { kinds, onCopied, onVerified }: RestoreOptions,
): Promise<Restored> {
  const place = followLinks(database);
  refuseOccupied(place);
  const file = await writeNewFile(place, chunks, { force: false, onProgress: onCopied });
  try {
    refuseIncomplete(file.path);
    const versions = await prepare(file.path);
    const findings = await verifyFile(file.path, { kinds, onProgress: onVerified });
    refuseDamaged(findings);
    syncFile(file.path);
    file.keep();
    return { ...versions, findings };
  } finally {
    file.discard();
  }
}

/**
 * Reads a backup.
 *
 * @throws StoreError `unavailable` if there is no such file, or if it is a database with a log
 */
export function readBackup(path: string): AsyncIterable<Uint8Array> {
  if (!existsSync(path))
    throw new StoreError('unavailable', `there is no backup ${path}`, { advice: 'Correct the path.' });
  const log = findLog(path);
  if (log !== undefined)
    throw new StoreError('unavailable', `${path} is not a backup: it has a log, ${log}`, {
      advice: `Name a backup, or make one of it with huizhi backup --database ${path}`,
    });
  return readFile(path);
}

/** Reads a file from the first request for a chunk on: nobody would handle an error of a stream that is open before. */
async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 1024 * 1024 });
}

/** Throws a StoreError if the check of the file itself has found damage. */
export function refuseDamaged(findings: readonly VerifyFinding[]): void {
  const damage = findings.find(({ check, state }) => check === 'file' && state === 'wrong');
  if (!damage) return;
  throw new StoreError('unavailable', `the copy is damaged: ${damage.found}`, {
    advice: 'Use an older backup.',
  });
}

/** Checks a file that no process has open; see `verifyDatabase`. */
export async function verifyFile(path: string, options: VerifyOptions): Promise<readonly VerifyFinding[]> {
  const reader = openSqliteReader(path);
  try {
    return await verifyDatabase(reader, options);
  } finally {
    await reader.close();
  }
}

/** What belongs to a database beside its file. */
const ends = ['', '-wal', '-journal', '-new'];

function refuseOccupied(place: string): void {
  const found = ends.map((end) => place + end).find((path) => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  throw new StoreError('taken', `${found} exists already: a backup is restored where there is no database`, {
    advice: 'Move the old database with its -wal file to another folder, or name another --database.',
  });
}

const magic = 'SQLite format 3\0';

/** Refuses a file that is not a database, or whose write-ahead log was not copied with it. */
function refuseIncomplete(path: string): void {
  const head = Buffer.alloc(100);
  const file = openSync(path, 'r');
  const bytes = readSync(file, head);
  closeSync(file);
  if (bytes < head.length || head.toString('latin1', 0, magic.length) !== magic)
    throw new StoreError('unavailable', 'it is not a backup: it is no SQLite database');
  if (isMarkedIncomplete(head))
    throw new StoreError('unavailable', 'it is not a backup: it is the file of a running huizhi without its -wal file');
}

/**
 * Migrates a file, moves its numbers ahead, and makes it an installation of its own: the database that was backed up may
 * still be in use, and have its backups in the same folder. Returns its version before and after.
 */
async function prepare(path: string): Promise<{ readonly from: number; readonly to: number }> {
  const driver = openSqlite(path);
  try {
    const from = await driver.version();
    await driver.migrate(migrations);
    await advanceNumbers(driver, () => dropSetting(installationSetting));
    return { from, to: await driver.version() };
  } finally {
    await driver.close();
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}
