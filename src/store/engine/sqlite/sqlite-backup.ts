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

/** `reading`: no checkpoint runs. `read`: the copy was read to its end, and checkpoints run again. */
type CopyState = 'reading' | 'read' | 'ended';

/** Bytes that are read at once: a read of the disk takes less than a millisecond, in a thread of its own. */
const chunkBytes = 1024 * 1024;

/**
 * The size of the log at which a copy is given up. The checkpoint after a copy writes that much at once, and the process
 * serves no request while it does.
 */
const largestLogBytes = 128 * 1024 * 1024;

/** The versions of the file format that reads and writes need: 1 without a log, 2 with one. */
const versions = { offset: 18, withoutLog: 0x0101 } as const;

/**
 * Creates the copies of a database file. A checkpoint puts all commits into the file, and then no other checkpoint runs
 * until the last byte was read: all later commits go to the log, so the file stays as it is. The commits do not wait for
 * the reads. The copy needs no log: it is marked complete, and opens without one.
 */
export function createBackups(
  database: string,
  disk: Disk,
  checkpoints: Checkpoints,
  logLimit: number = largestLogBytes,
): Backups {
  let current: { state: CopyState } | undefined;
  const open = async (): Promise<FileCopy> => {
    if (current) throw new StoreError('taken', 'a backup of this database is being made already');
    const own: { state: CopyState } = { state: 'reading' };
    current = own;
    try {
      await checkpoints.pause();
    } catch (error) {
      current = undefined;
      throw error;
    }
    const moveTo = (state: CopyState) => {
      if (own.state === 'reading') checkpoints.resume();
      own.state = state;
    };
    const close = () => {
      if (own.state === 'ended') return;
      moveTo('ended');
      current = undefined;
    };
    const check = () => {
      if (own.state !== 'reading') throw new StoreError('unavailable', 'the backup was ended before it was complete');
      disk.check();
      if (disk.logBytes() < logLimit) return;
      close();
      throw new StoreError(
        'unavailable',
        `the backup was read too slowly, and ended when the log of the database had ${toMebibytes(logLimit)} MiB`,
        { advice: 'Write it to a faster disk, or at a time with less load.' },
      );
    };
    const bytes = disk.fileBytes();
    return { database, bytes, chunks: () => readChunks(disk, bytes, check, () => moveTo('read')), close };
  };
  return {
    open,
    end() {
      // The next checkpoint is that of closing the database.
      if (current) current.state = 'ended';
      current = undefined;
    },
  };
}

const toMebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

/**
 * Reads the file in chunks.
 *
 * @param check throws if what was read is not, or what will be read will not be, as it was when the copy was opened
 * @param onEnd called when everything was read, before the last chunk is used
 */
async function* readChunks(
  disk: Disk,
  bytes: number,
  check: () => void,
  onEnd: () => void,
): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes; at += chunkBytes) {
    check();
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - at));
    await disk.readFile(chunk, at);
    if (at === 0) {
      chunk.writeUInt16BE(versions.withoutLog, versions.offset);
      markCopy(chunk);
    }
    check();
    if (at + chunk.length === bytes) onEnd();
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
