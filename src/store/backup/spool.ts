import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type FileCopy, StoreError } from '../engine/sql.ts';
import { followLinks } from '../engine/sqlite/sqlite-files.ts';
import { requireSpace, reservedBytes } from './space.ts';

/** Bytes that are read at once. */
const chunkBytes = 1024 * 1024;

/**
 * Copies a database to a temporary file beside it at the speed of the disk, and reads the copy from there at the speed
 * of its reader, so that a slow network does not keep the checkpoints of the database waiting. Reading begins at once.
 * Closes the given copy when the new one is closed, or if it throws.
 *
 * @param reserve bytes that stay free on the disk
 * @throws StoreError `full` if the disk has not enough space
 */
export async function spoolCopy(copy: FileCopy, reserve: number = reservedBytes): Promise<FileCopy> {
  try {
    const database = followLinks(copy.database);
    await requireSpace(dirname(database), copy.bytes + reserve);
    return readBehind(copy, await openUnnamed(`${database}-copy-${randomUUID()}`));
  } catch (error) {
    copy.close();
    throw error;
  }
}

/** Opens a new file for its owner only, and removes its name: it disappears with the process. */
async function openUnnamed(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600);
  rmSync(path);
  return file;
}

/** Starts to write a copy to a file. Returns a copy that reads from the file what is written. */
function readBehind(copy: FileCopy, file: FileHandle): FileCopy {
  let written = 0;
  let failure: unknown;
  let progress = Promise.withResolvers<void>();
  const reportProgress = () => {
    progress.resolve();
    progress = Promise.withResolvers();
  };
  const fail = (error: unknown) => {
    failure ??= error;
    reportProgress();
  };
  const write = async () => {
    for await (const chunk of copy.chunks()) {
      await file.writeFile(chunk);
      written += chunk.length;
      reportProgress();
      if (failure !== undefined) return;
    }
  };
  const writing = write().catch(fail);
  async function* chunks(): AsyncGenerator<Buffer, void> {
    for (let at = 0; at < copy.bytes; ) {
      while (at === written && failure === undefined) await progress.promise;
      if (failure !== undefined) throw failure;
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, written - at));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    copy.close();
    fail(new StoreError('unavailable', 'the backup was ended before it was complete'));
    // A file that cannot be closed disappears with the process.
    writing.then(() => file.close()).catch(() => {});
  };
  return { ...copy, chunks, close };
}
