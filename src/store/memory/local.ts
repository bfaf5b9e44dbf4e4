import { andThen, type Driver, type Eventually, queryRow, type Work } from '../engine/sql.ts';
import { selectGrant, toGrant } from '../grants.ts';
import {
  type NumberedRow,
  parseRecipientsOf,
  type ReceiptRow,
  readReceiptsBefore,
  selectReceipt,
  toReceipt,
} from '../messages/receipts.ts';
import type { Grant, Person, Receipt } from '../model.ts';
import { findPeople } from '../people/users.ts';
import { type Cache, countLookup, createLookups, createNumberCache, type Lookups } from './cache.ts';
import { grantSets, type Reads } from './reads.ts';
import { blocksIn, createReceiptArena, type ReceiptArena } from './receipt-arena.ts';
import { createPeopleCache, mapById, type PeopleCache } from './user-pages.ts';

/** Sets of the cache of whole receipts: up to 8192 receipts of about a kilobyte. */
const receiptSets = 4096;

export type MemoryOptions = {
  /** Mebibytes for compact receipts. */
  readonly receiptCache?: number | undefined;
};

/**
 * Creates the reads of a database that only this process writes. It caches whole receipts that were read twice, the
 * compact receipts of a million messages (see receipt-arena.ts), their people, and grants. After a change is durable,
 * the changed entries are evicted before the change is acknowledged.
 *
 * What is cached was read in one step. The result of a read can be held back until a commit is durable, but a change
 * that is not in it commits later, so that its eviction cannot come first. Of two steps, the first may be outdated.
 */
export function createOwnReads(driver: Driver, { receiptCache }: MemoryOptions): Reads {
  const people = createPeopleCache();
  const readPeople = createPeopleReader(driver, people);
  const receipts = createReceiptCache(driver, people, receiptCache);
  const grants = createNumberCache<Grant>(grantSets);
  return {
    ...receipts,
    lookups: { grants: grants.lookups, receipts: receipts.lookups },
    people: readPeople,
    grant: createGrantReader(driver, grants),
    presumedGrant: () => undefined,
    seenDirectory: () => 0,
    sawDirectory() {},
    directoryVersion: () => 0,
    sharedSetting: () => undefined,
    shareSetting: async () => false,
    forgetGrant: grants.delete,
    forgetGrants: grants.clear,
    forgetPeople() {
      people.clear();
      receipts.forgetWhole();
    },
    clear() {
      receipts.clear();
      people.clear();
      grants.clear();
    },
  };
}

type ReceiptCache = Pick<Reads, 'receipt' | 'prefetch' | 'forgetReceipt' | 'clear'> & {
  readonly lookups: Lookups;
  /** Evicts whole receipts, which contain people, but not compact receipts, which contain only their numbers. */
  forgetWhole(): void;
};

function createReceiptCache(driver: Driver, known: PeopleCache, mebibytes?: number): ReceiptCache {
  const whole = createNumberCache<Receipt>(receiptSets);
  const numbers = createReceiptArena(mebibytes && blocksIn(mebibytes));
  const lookups = createLookups();
  /** Caches a whole receipt when it is read for the second time. */
  const admit = (receipt: Receipt) => {
    if (whole.admits(receipt.messageId)) whole.set(receipt.messageId, receipt);
    return receipt;
  };
  const cache = (receipt: Receipt | undefined) => {
    if (!receipt) return undefined;
    numbers.set(receipt);
    return admit(receipt);
  };
  const fromRow = (corpId: number, messageId: number, row: Readonly<ReceiptRow>) => {
    const receipt = toReceipt(corpId, messageId, row, known);
    if (receipt) return cache(receipt);
    return andThen(
      driver.read(() => readWhole(corpId, messageId)),
      (found) => {
        if (!found) return undefined;
        cachePeople(known, found.people);
        return cache(toReceipt(corpId, messageId, found.row, mapById(found.people)));
      },
    );
  };
  return {
    lookups,
    receipt(corpId, messageId) {
      const cached = whole.get(messageId);
      if (cached && cached.corpId === corpId) return countLookup(lookups, cached);
      const compact = countLookup(lookups, numbers.get(corpId, messageId, known));
      if (compact) return admit(compact);
      return andThen(driver.one(selectReceipt, corpId, messageId), (row) => row && fromRow(corpId, messageId, row));
    },
    prefetch: createPrefetcher(driver, numbers, known),
    forgetReceipt(messageId) {
      whole.delete(messageId);
      numbers.delete(messageId);
    },
    forgetWhole: whole.clear,
    clear() {
      whole.clear();
      numbers.clear();
    },
  };
}

function createGrantReader(driver: Driver, grants: Cache<number, Grant>) {
  return (corpId: number, id: number): Eventually<Grant | undefined> => {
    const cached = grants.get(id);
    if (cached && cached.corpId === corpId) return cached;
    return andThen(driver.one(selectGrant, corpId, id), (row) => {
      const grant = row && toGrant(row);
      if (grant) grants.set(id, grant);
      return grant;
    });
  };
}

/** Reads a message together with its recipients. */
function* readWhole(
  corpId: number,
  messageId: number,
): Work<{ readonly row: Readonly<ReceiptRow>; readonly people: readonly Person[] } | undefined> {
  const row = yield* queryRow(selectReceipt, corpId, messageId);
  return row && { row, people: yield* findPeople(corpId, parseRecipientsOf(row)) };
}

function cachePeople(known: PeopleCache, found: readonly Person[]): void {
  for (const person of found) known.set(person);
}

/** Creates a function that reads people and caches them. */
function createPeopleReader(driver: Driver, known: PeopleCache): Reads['people'] {
  return (corpId, ids) =>
    andThen(
      driver.read(() => findPeople(corpId, ids)),
      (found) => {
        cachePeople(known, found);
        return mapById(found);
      },
    );
}

/**
 * Creates a function that prefetches messages and their people into the cache, one step per call; see
 * `Store.prefetchReceipts`.
 */
function createPrefetcher(driver: Driver, numbers: ReceiptArena, known: PeopleCache): Reads['prefetch'] {
  return (corpId, before, since, limit) => {
    if (numbers.isFull()) return undefined;
    const isUnknown = (id: number) => known.get(id) === undefined;
    return andThen(
      driver.read(() => readStep(corpId, before, limit, isUnknown)),
      ({ rows, people }) => {
        cachePeople(known, people);
        for (const { messageId, row } of rows) {
          const receipt = toReceipt(corpId, messageId, row, known);
          if (receipt) numbers.set(receipt);
        }
        return nextStep(rows, since, limit);
      },
    );
  };
}

/** Reads a step of messages together with those of their recipients who are not cached. */
function* readStep(
  corpId: number,
  before: number,
  limit: number,
  isUnknown: (id: number) => boolean,
): Work<{ readonly rows: readonly NumberedRow[]; readonly people: readonly Person[] }> {
  const rows = yield* readReceiptsBefore(corpId, before, limit);
  const missing = rows.flatMap(({ row }) => parseRecipientsOf(row)).filter(isUnknown);
  return { rows, people: yield* findPeople(corpId, [...new Set(missing)]) };
}

function nextStep(rows: readonly NumberedRow[], since: number, limit: number): number | undefined {
  const last = rows.at(-1);
  return last && rows.length === limit && last.sentAt >= since ? last.messageId : undefined;
}
