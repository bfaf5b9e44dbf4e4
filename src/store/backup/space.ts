import { statfs } from 'node:fs/promises';
import { StoreError } from '../engine/sql.ts';

/** Bytes that a backup leaves free on a disk that the database may share: its log grows while the backup is made. */
export const reservedBytes = 256 * 1024 * 1024;

/**
 * Checks that the disk of a folder has that many bytes of free space.
 *
 * @throws StoreError `full` if it has not
 */
export async function requireSpace(folder: string, needed: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  // Some network file systems do not report their size.
  if (blocks === 0 || free >= needed) return;
  throw new StoreError(
    'full',
    `the disk of ${folder} has ${Math.floor(free / mebibyte)} MiB of free space, and the backup needs ${Math.ceil(needed / mebibyte)} MiB`,
    { advice: 'Free some space, or write the backup to another disk.' },
  );
}

const mebibyte = 1024 * 1024;
