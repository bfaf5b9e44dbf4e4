import type { Eventually } from '../engine/sql.ts';
import type { Grant, Person, Receipt } from '../model.ts';
import type { Lookups } from './cache.ts';

/** Sets of the cache of grants: up to 16384 grants of about a hundred bytes. */
export const grantSets = 8192;

/**
 * The most frequent reads, with their caches. There are two implementations: `createOwnReads` for a process that has
 * the database to itself, and `createSharedReads` for one of several processes. The store chooses one when it is
 * opened.
 */
export type Reads = {
  /** Finds a message with its deliveries. While it is cached, it returns the same object until the message changes. */
  receipt(corpId: number, messageId: number): Eventually<Receipt | undefined>;
  /** Prefetches a step of receipts into the cache; see `Store.prefetchReceipts`. */
  prefetch(corpId: number, before: number, since: number, limit: number): Eventually<number | undefined>;
  /** Finds users by number, including those who have left. */
  people(corpId: number, ids: readonly number[]): Eventually<ReadonlyMap<number, Person>>;
  grant(corpId: number, id: number): Eventually<Grant | undefined>;
  /**
   * Returns a cached grant that is valid if the directory still has this version. Undefined if `grant` has to be
   * called. The caller must check, after its next query has returned, that `seenDirectory` is not newer.
   */
  presumedGrant(corpId: number, id: number, directory: number): Grant | undefined;
  /**
   * Returns the newest version of the directory that a query has returned; 0 if no other process can change the
   * directory.
   */
  seenDirectory(): number;
  /** Records the version that a query of the directory has returned. */
  sawDirectory(version: number): void;
  /** Reads the version of the directory from the database; 0 if no other process can change it. */
  directoryVersion(): Eventually<number>;
  /** Reads a setting that all processes on the database share; undefined if the database is not shared. */
  sharedSetting(name: string): Eventually<string | undefined>;
  /** Stores a shared setting. If the database is not shared, it stores nothing and resolves with false. */
  shareSetting(name: string, value: string): Promise<boolean>;
  /** Evicts a receipt after its message has changed. */
  forgetReceipt(messageId: number): void;
  /** Evicts a grant after it has changed. */
  forgetGrant(id: number): void;
  forgetGrants(): void;
  /** Evicts all people, and the receipts that contain them, after one of them has changed. */
  forgetPeople(): void;
  clear(): void;
  /** Look-ups in the caches by name. */
  readonly lookups: { readonly grants: Lookups; readonly receipts?: Lookups };
};
