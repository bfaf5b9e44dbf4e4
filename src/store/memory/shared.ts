import type { Driver } from '../engine/sql.ts';
import { type GrantBeside, selectGrantBeside, toGrantBeside } from '../grants.ts';
import { type BesideRow, receiptsBeside, toReceipt } from '../messages.ts';
import type { Grant, Person, Receipt } from '../model.ts';
import { parseRecipients } from '../receipts.ts';
import { peopleBeside } from '../users.ts';
import { createGather } from './batch-reads.ts';
import type { Cache } from './cache.ts';
import type { PeopleKept } from './user-pages.ts';

/** The most that one question to the database asks for. */
const receiptsAtOnce = 32;
const peopleAtOnce = 256;
const grantsAtOnce = 100;

/**
 * Reading where other processes write. What is asked for at the same time is asked for in one question, and each question brings along how
 * often the directory and the organization's people have changed; so what was read before of grants and people serves again as long as
 * nothing has, and nobody waits for a question about that alone. Of messages nothing is kept.
 */
export type Beside = {
  /** Whether no answer so far has brought a newer version of the directory along. */
  isNewest(directory: number): boolean;
  /** Tells of a version that came with another answer. */
  sawDirectory(version: number): void;
  receipt<R>(corpId: number, messageId: number, take: (found: Receipt | undefined) => R): Promise<R>;
  /** A grant, and the version that the directory has at this moment, in one question. */
  grant(corpId: number, id: number): Promise<GrantBeside | undefined>;
  /** A grant that was asked for since the directory changed last, if that is still its version; at the most it was extended meanwhile. */
  keptGrant(corpId: number, id: number, directory: number): Grant | undefined;
};

type Kept = { readonly people: PeopleKept; readonly grants: Cache<number, Grant> };

/** @param kept emptied when something in it may be wrong */
export function createBeside(driver: Driver, kept: Kept): Beside {
  const versions = createVersions(kept);
  const grantsOf = async (corpId: number, ids: readonly number[]): Promise<ReadonlyMap<number, GrantBeside>> => {
    const rows = await Promise.all(ids.map((id) => driver.one(selectGrantBeside, corpId, id)));
    const found = rows.flatMap((row) => (row ? [toGrantBeside(row)] : []));
    for (const { directory } of found) versions.sawDirectory(directory);
    for (const { grant, directory } of found) if (directory === versions.directory()) kept.grants.set(grant.id, grant);
    return new Map(found.map((one) => [one.grant.id, one]));
  };
  const grant = createGather(grantsOf, grantsAtOnce);
  return {
    isNewest: (directory) => versions.directory() <= directory,
    sawDirectory: versions.sawDirectory,
    receipt: receiptFinder(driver, kept.people, versions),
    grant: (corpId, id) => grant(corpId, id, (found) => found),
    keptGrant(corpId, id, directory) {
      const grant = versions.directory() === directory ? kept.grants.get(id) : undefined;
      return grant?.corpId === corpId ? grant : undefined;
    },
  };
}

type Versions = {
  directory(): number;
  sawDirectory(version: number): void;
  sawPeople(corpId: number, version: number): void;
  /** Whether nothing newer than this was seen. */
  areNewest(directory: number, corpId: number, people: number): boolean;
};

/** The newest versions that any answer has brought; answers come in any order. What is older than they are goes. */
function createVersions({ people, grants }: Kept): Versions {
  let newest = 0;
  const peopleVersions = new Map<number, number>();
  const peopleOf = (corpId: number) => peopleVersions.get(corpId) ?? 0;
  return {
    directory: () => newest,
    sawDirectory(version) {
      if (version <= newest) return;
      newest = version;
      grants.clear();
      people.clear();
    },
    sawPeople(corpId, version) {
      if (version <= peopleOf(corpId)) return;
      peopleVersions.set(corpId, version);
      people.clear();
    },
    areNewest: (directory, corpId, version) => directory === newest && version === peopleOf(corpId),
  };
}

/** Finds receipts, with one question for the messages and another for people who are not known yet. */
function receiptFinder(driver: Driver, known: PeopleKept, versions: Versions): Beside['receipt'] {
  const rowOf = createGather(rowFinder(driver, versions), receiptsAtOnce);
  const personOf = createGather(peopleFinder(driver, known, versions), peopleAtOnce);
  const met = async (corpId: number, row: Readonly<BesideRow>): Promise<Receipt | undefined> => {
    // Those who are known are held at once, since they may go from memory while this waits for the others.
    const person = async (id: number) => known.get(id) ?? (await personOf(corpId, id, (found) => found));
    const ids = parseRecipients(row[5]);
    const found = await Promise.all(ids.map(person));
    return toReceipt(corpId, row[7], row, new Map(ids.map((id, i) => [id, found[i]])));
  };
  return (corpId, messageId, take) =>
    rowOf(corpId, messageId, (row) => {
      const receipt = row && toReceipt(corpId, messageId, row, known);
      return row && !receipt ? met(corpId, row).then(take) : take(receipt);
    });
}

/** Finds rows of messages, and sees the versions that they bring. */
function rowFinder(driver: Driver, versions: Versions) {
  return async (corpId: number, ids: readonly number[]): Promise<ReadonlyMap<number, Readonly<BesideRow>>> => {
    const { rows, directory, people } = await driver.read(() => receiptsBeside(corpId, ids));
    versions.sawDirectory(directory);
    versions.sawPeople(corpId, people);
    return new Map(rows.map((row) => [row[7], row]));
  };
}

/** Finds people, and keeps them and those around them. */
function peopleFinder(driver: Driver, known: PeopleKept, versions: Versions) {
  return async (corpId: number, ids: readonly number[]): Promise<ReadonlyMap<number, Person>> => {
    const { found, directory, version } = await driver.read(() => peopleBeside(corpId, withNeighbours(ids)));
    versions.sawDirectory(directory);
    versions.sawPeople(corpId, version);
    // An older answer serves whoever has asked for it, and is not kept.
    if (versions.areNewest(directory, corpId, version)) found.forEach(known.set);
    return new Map(found.map((person) => [person.id, person]));
  };
}

const blockSize = 32;
const blocks = 4;

/**
 * Numbers of people with some around them. Who is missing shows that this process has just begun to ask, or that somebody was renamed:
 * then a large organization is known again sooner than if each of its people had to be met by chance.
 */
function withNeighbours(ids: readonly number[]): readonly number[] {
  const starts = ids.slice(0, blocks).map((id) => id - (id % blockSize));
  return [...new Set([...ids, ...starts.flatMap((start) => Array.from({ length: blockSize }, (_, i) => start + i))])];
}
