import type { Driver } from '../engine/sql.ts';
import { createOwnReads } from './local.ts';
import { createOwnWrites, createSharedWrites, type MessageWrites } from './message-writes.ts';
import type { Reads } from './reads.ts';
import { createSharedReads } from './shared.ts';

/** What differs between a process that has the database to itself and one of several on it. */
export type Ownership = { readonly reads: Reads; readonly writes: MessageWrites };

/**
 * Chooses once, when a store is opened, between the reads and writes of a database of one process and those of a shared one.
 *
 * @param owner returns the number of this process
 */
export function chooseByOwnership(driver: Driver, owner: () => number): Ownership {
  return driver.exclusive
    ? { reads: createOwnReads(driver), writes: createOwnWrites(driver, owner) }
    : { reads: createSharedReads(driver), writes: createSharedWrites(driver, owner) };
}
