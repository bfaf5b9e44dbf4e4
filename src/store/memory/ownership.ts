import type { Driver } from '../engine/sql.ts';
import { createOwnReads, type MemoryOptions } from './local.ts';
import { createOwnWrites, createSharedWrites, type MessageWrites } from './message-writes.ts';
import type { Reads } from './reads.ts';
import { createSharedReads } from './shared.ts';

/** The reads and writes that differ between a database of one process and a shared database. */
export type Ownership = { readonly reads: Reads; readonly writes: MessageWrites };

/**
 * Chooses the reads and writes for a database of one process or for a shared database. Called once, when a store is
 * opened.
 *
 * @param owner returns the number of this process
 */
export function chooseReadsAndWrites(driver: Driver, owner: () => number, options: MemoryOptions): Ownership {
  return driver.exclusive
    ? { reads: createOwnReads(driver, options), writes: createOwnWrites(driver, owner) }
    : { reads: createSharedReads(driver), writes: createSharedWrites(driver, owner) };
}
