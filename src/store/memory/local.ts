import { andThen, type Driver, type Eventually } from '../engine/sql.ts';
import * as messages from '../messages.ts';
import type { Person, Receipt } from '../model.ts';
import { parseRecipients } from '../receipts.ts';
import * as people from '../users.ts';
import { createCache, createDoorkeeper } from './cache.ts';
import { createReceiptsKept, type ReceiptsKept } from './receipt-arena.ts';
import type { Beside } from './shared.ts';
import type { PeopleKept } from './user-pages.ts';

/** Receipts and their people, from memory where nobody else can change them. */
export type ReceiptMemory = {
  /** What `take` makes of a message with its deliveries. */
  receipt<R>(corpId: number, messageId: number, take: (found: Receipt | undefined) => R): Eventually<R>;
  /** Reads a step of messages before anybody asks; see `Store.keepReceipts`. */
  readAhead(corpId: number, before: number, since: number, limit: number): Eventually<number | undefined>;
  /** Users by number, also those who have left. */
  people(corpId: number, ids: readonly number[]): Eventually<ReadonlyMap<number, Person>>;
  /** After a change of a message. */
  forget(messageId: number): void;
  /** After a change of people. */
  forgetPeople(): void;
  clear(): void;
};

/** Receipts with their texts that one generation of the cache holds: a kilobyte each. */
const hotLimit = 2048;
/** Messages whose last question is remembered. */
const doorPlaces = 8192;

/**
 * Three places for a process that is alone: whole receipts with the texts made of them, for what is asked again and again; the
 * numbers of a million messages; and the people in them. Each is dropped as soon as a change of it is durable, before the change is
 * acknowledged. Beside other processes receipts are not kept; see `Beside`.
 */
export function createReceiptMemory(driver: Driver, known: PeopleKept, beside: Beside): ReceiptMemory {
  return driver.exclusive ? createOwnMemory(driver, known) : createSharedMemory(driver, known, beside);
}

function createSharedMemory(driver: Driver, known: PeopleKept, beside: Beside): ReceiptMemory {
  return {
    receipt: beside.receipt,
    readAhead: () => undefined,
    people: (corpId, ids) =>
      andThen(
        driver.read(() => people.peopleOf(corpId, ids)),
        byNumber,
      ),
    forget: () => {},
    forgetPeople: known.clear,
    clear: known.clear,
  };
}

type IdRow = Readonly<[id: number, ...messages.ReceiptRow]>;

function createOwnMemory(driver: Driver, known: PeopleKept): ReceiptMemory {
  const hot = createCache<number, Receipt>(hotLimit);
  const doorkeeper = createDoorkeeper(doorPlaces);
  const numbers = createReceiptsKept();
  const readPeople = reader(driver, known);
  /** What is asked for a second time is kept whole. */
  const admit = (receipt: Receipt) => {
    if (doorkeeper.seen(receipt.messageId)) hot.set(receipt.messageId, receipt);
    return receipt;
  };
  const keep = (receipt: Receipt | undefined) => {
    if (!receipt) return undefined;
    numbers.set(receipt);
    return admit(receipt);
  };
  const fromRow = (corpId: number, messageId: number, row: Readonly<messages.ReceiptRow>) => {
    const receipt = messages.toReceipt(corpId, messageId, row, known);
    if (receipt) return keep(receipt);
    return andThen(readPeople(corpId, parseRecipients(row[5])), (found) =>
      keep(messages.toReceipt(corpId, messageId, row, found)),
    );
  };
  return {
    receipt(corpId, messageId, take) {
      const whole = hot.get(messageId);
      if (whole && whole.corpId === corpId) return take(whole);
      const kept = numbers.get(corpId, messageId, known);
      if (kept) return take(admit(kept));
      const read = andThen(
        driver.one(messages.selectReceipt, corpId, messageId),
        (row) => row && fromRow(corpId, messageId, row),
      );
      return andThen(read, take);
    },
    readAhead: aheadReader(driver, numbers, known),
    people: readPeople,
    forget(messageId) {
      hot.delete(messageId);
      numbers.delete(messageId);
    },
    forgetPeople() {
      known.clear();
      hot.clear();
    },
    clear() {
      for (const part of [numbers, known, hot]) part.clear();
    },
  };
}

/** Reads people and keeps them. */
function reader(driver: Driver, known: PeopleKept): ReceiptMemory['people'] {
  const keepAll = (found: readonly Person[]) => {
    for (const person of found) known.set(person);
    return byNumber(found);
  };
  return (corpId, ids) =>
    andThen(
      driver.read(() => people.peopleOf(corpId, ids)),
      keepAll,
    );
}

/** Keeps step after step of messages and the people in them. */
function aheadReader(driver: Driver, numbers: ReceiptsKept, known: PeopleKept): ReceiptMemory['readAhead'] {
  const readPeople = reader(driver, known);
  const keepRows = (corpId: number, rows: readonly IdRow[]) => {
    for (const [messageId, ...row] of rows) {
      const receipt = messages.toReceipt(corpId, messageId, row, known);
      if (receipt) numbers.set(receipt);
    }
  };
  return (corpId, before, since, limit) => {
    if (numbers.isFull()) return undefined;
    const read = driver.read(() => messages.receiptsBefore(corpId, before, limit));
    return andThen(read, (rows) => {
      const strangers = rows.flatMap((row) => parseRecipients(row[6])).filter((id) => known.get(id) === undefined);
      return andThen(readPeople(corpId, [...new Set(strangers)]), () => {
        keepRows(corpId, rows);
        return nextStep(rows, since, limit);
      });
    });
  };
}

function nextStep(rows: readonly IdRow[], since: number, limit: number): number | undefined {
  const last = rows.at(-1);
  return last && rows.length === limit && last[3] >= since ? last[0] : undefined;
}

const byNumber = (found: readonly Person[]): ReadonlyMap<number, Person> =>
  new Map(found.map((person) => [person.id, person]));
