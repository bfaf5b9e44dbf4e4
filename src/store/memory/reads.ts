import type { Eventually } from '../engine/sql.ts';
import type { Grant, Person, Receipt } from '../model.ts';

/** Sets of the cache of grants: up to 16384 of them, a hundred bytes each. */
export const grantSets = 8192;

/**
 * The reads that there are most of, and what is cached for them. There are two implementations: `createOwnReads` for a process that has the
 * database to itself, and `createSharedReads` for one of several. The store chooses one when it is opened.
 */
export type Reads = {
  /** A message with its deliveries; while it is cached, the same object until something about it changes. */
  receipt(corpId: number, messageId: number): Eventually<Receipt | undefined>;
  /** Loads a step of messages into memory; see `Store.keepReceipts`. */
  readAhead(corpId: number, before: number, since: number, limit: number): Eventually<number | undefined>;
  /** Users by number, including those who have left. */
  people(corpId: number, ids: readonly number[]): Eventually<ReadonlyMap<number, Person>>;
  grant(corpId: number, id: number): Eventually<Grant | undefined>;
  /**
   * A grant that was read while the directory had this version, as far as this process knows. Undefined where `grant` has to be called. It is
   * right if `seenDirectory` is not newer after the next query has returned.
   */
  presumedGrant(corpId: number, id: number, directory: number): Grant | undefined;
  /** The newest version of the directory that a query has returned; 0 where no other process can change the directory. */
  seenDirectory(): number;
  /** Records the version that a query of the directory has returned. */
  sawDirectory(version: number): void;
  /** The version that the directory has in the database; 0 where no other process can change it. */
  directoryVersion(): Eventually<number>;
  /** A setting that all processes on the database follow; undefined where there are no others. */
  sharedSetting(name: string): Eventually<string | undefined>;
  /** Stores such a setting; returns false, and stores nothing, where there are no other processes. */
  shareSetting(name: string, value: string): Promise<boolean>;
  /** Evicts a message after it was changed. */
  forgetReceipt(messageId: number): void;
  /** Evicts a grant after it was changed. */
  forgetGrant(id: number): void;
  forgetGrants(): void;
  /** Evicts all people, and what was made of them, after one of them was changed. */
  forgetPeople(): void;
  clear(): void;
};
