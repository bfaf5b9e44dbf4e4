import { type FileCopy, StoreError } from '../sql.ts';
import type { Checkpoints } from './sqlite-checkpoints.ts';
import type { Disk } from './sqlite-disk.ts';
import { markCopy } from './sqlite-mark.ts';

/** The copies of a database file that is in use; one at a time. */
export type Backups = {
  open(): Promise<FileCopy>;
  /** Ends the open copy, because the database is closed. */
  end(): void;
};

/** Bytes that are read at once: a read of the disk takes less than a millisecond, in a thread of its own. */
const chunkBytes = 1024 * 1024;

/** The log may grow by as much as the database file has, and by this many bytes at least, until a copy is given up. */
const leastLogBytes = 1024 * 1024 * 1024;

/** The versions of the file format that reads and writes need: 1 without a log, 2 with one. */
const versions = { offset: 18, withoutLog: 0x0101 } as const;

/**
 * Creates the copies of a database file. A checkpoint puts all commits into the file, and then no other checkpoint runs:
 * all later commits go to the log, so the file stays as it is while it is read. The commits do not wait for the reads. The
 * copy needs no log: it is marked complete, and opens without one.
 */
export function createBackups(disk: Disk, checkpoints: Checkpoints): Backups {
  let current: { isOpen: boolean } | undefined;
  const open = async (): Promise<FileCopy> => {
    if (current) throw new StoreError('taken', 'a backup of this database is being made already');
    const own = { isOpen: true };
    current = own;
    const close = () => {
      if (!own.isOpen) return;
      own.isOpen = false;
      current = undefined;
      checkpoints.resume();
    };
    try {
      await checkpoints.pause();
    } catch (error) {
      own.isOpen = false;
      current = undefined;
      throw error;
    }
    const bytes = disk.fileBytes();
    const check = () => {
      if (!own.isOpen) throw new StoreError('unavailable', 'the database was closed during the backup');
      disk.check();
      if (disk.logBytes() < Math.max(leastLogBytes, bytes)) return;
      close();
      throw new StoreError(
        'unavailable',
        'the backup was read too slowly, and ended so that the log does not fill the disk',
      );
    };
    return { bytes, chunks: () => readChunks(disk, bytes, check), close };
  };
  return { open, end: () => current && endCopy(current) };
}

/** Marks a copy as ended. The next checkpoint is that of closing the database. */
function endCopy(copy: { isOpen: boolean }): void {
  copy.isOpen = false;
}

async function* readChunks(disk: Disk, bytes: number, check: () => void): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; at += chunkBytes) {
    check();
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - at));
    await disk.readFile(chunk, at);
    if (at === 0) {
      chunk.writeUInt16BE(versions.withoutLog, versions.offset);
      markCopy(chunk);
    }
    check();
    yield chunk;
  }
}

/** A database in memory has no file. */
export const withoutBackups: Backups = {
  open: () =>
    Promise.reject(
      new StoreError('unsupported', 'the database is in memory', { advice: 'A snapshot of an emulator has its data.' }),
    ),
  end() {},
};
