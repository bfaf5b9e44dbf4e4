import { closeSync, fdatasync, fstatSync, openSync, read } from 'node:fs';
import { resolve } from 'node:path';
import { StoreError } from '../sql.ts';
import { logPathOf } from './sqlite-files.ts';

/**
 * Writes the files of a database from the kernel's cache to the disk, without blocking the event loop. SQLite itself
 * would wait for the disk in the middle of a commit, and no request could be answered meanwhile.
 */
export type Disk = {
  /**
   * Resolves when all commits so far are on the disk.
   *
   * @throws StoreError `unavailable` if the disk has reported an error, now or earlier. The kernel reports an error once,
   *   and may then have dropped what was not written, so no later success counts.
   */
  syncLog(): Promise<void>;
  /** The same for the pages that checkpoints have copied to the database file so far. */
  syncFile(): Promise<void>;
  /** Returns the bytes of the database file. */
  fileBytes(): number;
  /** Returns the bytes of the log. */
  logBytes(): number;
  /** Reads from a position of the database file until a buffer is full. */
  readFile(into: Buffer, position: number): Promise<void>;
  /**
   * Throws the error of the disk, if it has reported one. Some commits may be missing on it then, so nothing must be
   * stored or read any more.
   */
  check(): void;
  /** Closes the descriptors when nothing uses them. Must be called after the database was closed. */
  close(): void;
};

/**
 * Opens the disk of a database file that SQLite has open. The descriptors stay open until the database is closed,
 * because closing a descriptor of the database file releases the locks that SQLite has on it
 * (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
export function openDisk(path: string): Disk {
  const log = openSync(logPathOf(path), 'r+');
  const file = openSync(resolve(path), 'r+');
  let running = 0;
  let isClosing = false;
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();
  let failure: StoreError | undefined;
  const closeUnused = () => {
    if (!isClosing || isClosed || running > 0) return;
    isClosed = true;
    closeSync(log);
    closeSync(file);
  };
  const syncNow = (descriptor: number) =>
    new Promise<void>((resolve, reject) => {
      fdatasync(descriptor, (error) => {
        if (!error) return resolve();
        failure ??= toFailure(path, error);
        reject(failure);
      });
    });
  // One after the other, so that each call knows whether an earlier one has failed.
  const sync = (descriptor: number) => {
    running++;
    last = last
      .then(() => syncNow(descriptor))
      .finally(() => {
        running--;
        closeUnused();
      });
    return last;
  };
  const readFile = async (into: Buffer, position: number) => {
    running++;
    try {
      await readFully(file, into, position);
    } finally {
      running--;
      closeUnused();
    }
  };
  return {
    syncLog: () => sync(log),
    syncFile: () => sync(file),
    fileBytes: () => fstatSync(file).size,
    logBytes: () => fstatSync(log).size,
    readFile,
    check() {
      if (failure) throw failure;
    },
    close() {
      isClosing = true;
      closeUnused();
    },
  };
}

async function readFully(descriptor: number, into: Buffer, position: number): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const bytes = await readSome(descriptor, into, at, position + at);
    if (bytes === 0) throw new Error('the database file is shorter than before');
    at += bytes;
  }
}

function readSome(descriptor: number, into: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, at, into.length - at, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

function toFailure(path: string, cause: Error): StoreError {
  const why = `the disk of the database ${path} has reported an error (${cause.message})`;
  const advice = 'Check the disk. huizhi reads the write-ahead log again when it starts.';
  return new StoreError('unavailable', `${why}: nothing is stored or read until huizhi is started again`, {
    cause,
    advice,
  });
}
