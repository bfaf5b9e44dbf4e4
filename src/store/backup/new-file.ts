import { createHash, type Hash, hash } from 'node:crypto';
import { accessSync, constants, linkSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StoreError } from '../engine/sql.ts';
import { syncFolder } from '../engine/sqlite/sqlite-connect.ts';
import { findLog } from '../engine/sqlite/sqlite-files.ts';
import { requireSpace } from './space.ts';

/** A file that is being written beside its place. */
export type NewFile = {
  /** The path until `keep()`. */
  readonly path: string;
  /** Moves the file to its place, durably. */
  keep(): void;
  /** Removes the file, unless it is in its place. */
  discard(): void;
};

export type WriteOptions = {
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  /** Bytes of free space that the disk must have; undefined if they are not known. */
  readonly needed?: number | undefined;
  /** Called with the bytes that are written. */
  readonly onProgress: (done: number) => void;
};

/**
 * Writes a file beside its place, reads it back, and compares both. The file at the place stays as it is until `keep()`,
 * and a process that is killed before leaves it whole: a later call removes what that process has left.
 *
 * @throws StoreError as `refusePlace`; `full` if the disk has too little space; `unavailable` if the file that was read differs from what was written
 */
export async function writeNewFile(
  place: string,
  chunks: AsyncIterable<Uint8Array>,
  { force, needed, onProgress }: WriteOptions,
): Promise<NewFile> {
  refusePlace(place, force);
  removeLeftovers(dirname(place), (name) => name === basename(place));
  if (needed !== undefined) await requireSpace(dirname(place), needed);
  const path = `${place}-part-${machine}-${process.pid}`;
  // The content has secrets and people's messages, so only its owner may read it.
  const file = await open(path, 'wx+', 0o600);
  try {
    await writeAndCompare(file, path, chunks, onProgress);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return {
    path,
    keep() {
      refuseLog(place);
      if (force) renameSync(path, place);
      else moveWithoutReplacing(path, place);
      syncFolder(dirname(place));
    },
    discard() {
      for (const end of ends) rmSync(path + end, { force: true });
    },
  };
}

/** The part of the name of an unfinished file that says to which machine the number of its process belongs. */
const machine = hash('sha256', hostname()).slice(0, 8);

/** Milliseconds without a write after which an unfinished file of another machine is left over. */
const abandonedAfter = 24 * 3_600_000;

/** The files of an unfinished database. */
const ends = ['', '-wal', '-shm', '-journal'];

/**
 * Refuses a place where no file can be written.
 *
 * @param force whether a file that is there may be replaced
 * @throws StoreError `taken` if there is a file, unless `force` is set, anything else, such as a folder or a device, or
 *   the log of a database; `unavailable` if this user can create no file in the folder
 */
export function refusePlace(place: string, force: boolean): void {
  const folder = dirname(place);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StoreError('unavailable', `no file can be created in the folder ${folder}`, {
      cause,
      advice: 'Create the folder, change its permissions, or name another file.',
    });
  }
  if (!force) refuseExisting(place);
  else if (lstatSync(place, { throwIfNoEntry: false })?.isFile() === false)
    throw new StoreError('taken', `${place} is not a file that can be replaced`, { advice: 'Name a file.' });
  refuseLog(place);
}

/** Refuses a place beside the log of a database: SQLite would replay that over the new file. */
function refuseLog(place: string): void {
  const log = findLog(place);
  if (log === undefined) return;
  throw new StoreError('taken', `${log} is the log of a database, which SQLite would replay over the new file`, {
    advice: `Name another file. If no process has ${place} open, you can also move it with its log to another folder.`,
  });
}

async function writeAndCompare(
  file: FileHandle,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onProgress: (done: number) => void,
): Promise<void> {
  const written = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    await file.writeFile(chunk);
    written.update(chunk);
    bytes += chunk.length;
    onProgress(bytes);
  }
  await file.sync();
  const read = await hashFile(file, bytes);
  if (written.digest('hex') === read.digest('hex')) return;
  throw new StoreError('unavailable', `what was read from ${path} is not what was written to it`, {
    advice: 'Check the disk.',
  });
}

async function hashFile(file: FileHandle, bytes: number): Promise<Hash> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash;
}

function refuseExisting(place: string): void {
  if (lstatSync(place, { throwIfNoEntry: false })) throw existing(place);
}

function existing(place: string): StoreError {
  return new StoreError('taken', `${place} exists already`);
}

/** Moves a file. If another one was created at the place meanwhile, that one stays. */
function moveWithoutReplacing(path: string, place: string): void {
  try {
    linkSync(path, place);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw existing(place);
    // Some file systems have no links.
    refuseExisting(place);
    renameSync(path, place);
    return;
  }
  rmSync(path);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}

/**
 * Removes the unfinished files in a folder whose processes have ended. Other machines may share the folder: a file of
 * theirs is removed when it was not written to for a day.
 *
 * @param isOwn whether a name is that of a file that would have been replaced
 */
export function removeLeftovers(folder: string, isOwn: (name: string) => boolean): void {
  for (const name of readdirSync(folder)) {
    const [, place = '', host, pid] = /^(.+)-part-([0-9a-f]{8})-(\d+)(?:-wal|-shm|-journal)?$/.exec(name) ?? [];
    if (pid === undefined || !isOwn(place)) continue;
    const path = join(folder, name);
    if (host === machine ? hasEnded(Number(pid)) : isOld(path)) rmSync(path, { force: true });
  }
}

function hasEnded(pid: number): boolean {
  return pid === process.pid || !isAlive(pid);
}

function isOld(path: string): boolean {
  const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > abandonedAfter;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
