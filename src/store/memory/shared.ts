import { readDirectoryVersion } from '../directory/directory.ts';
import { andThen, type Driver } from '../engine/sql.ts';
import { selectVersionedGrant, toVersionedGrant } from '../grants.ts';
import { type MessageRow, parseRecipientsOf, readReceiptsWithVersions, toReceipt } from '../messages/receipts.ts';
import type { Grant, Person } from '../model.ts';
import { findPeople, findPeopleWithVersions } from '../people/users.ts';
import { shareSetting } from '../processes.ts';
import { readSetting } from '../settings.ts';
import { createBatchReader } from './batch-reads.ts';
import { type Cache, createNumberCache } from './cache.ts';
import { grantSets, type Reads } from './reads.ts';
import { createPeopleCache, mapById, type PeopleCache } from './user-pages.ts';

/** Maximum number of keys in one query. */
const receiptsAtOnce = 32;
const peopleAtOnce = 256;
const grantsAtOnce = 100;

/**
 * Creates the reads of a database that other processes also write. Reads that wait at the same time share one query,
 * and each query also returns the versions of the directory and of the organization's people. Cached grants and people
 * are valid until such a version rises, so no request needs a separate query for the versions. Messages are not cached.
 */
export function createSharedReads(driver: Driver): Reads {
  const people = createPeopleCache();
  const grants = createNumberCache<Grant>(grantSets);
  const versions = createVersions({ people, grants });
  const grantOf = createBatchReader(createGrantReader(driver, grants, versions), grantsAtOnce);
  return {
    receipt: createReceiptReader(driver, people, versions),
    prefetch: () => undefined,
    people: (corpId, ids) =>
      andThen(
        driver.read(() => findPeople(corpId, ids)),
        mapById,
      ),
    grant: (corpId, id) => grantOf(corpId, id, (found) => found),
    presumedGrant(corpId, id, directory) {
      const grant = versions.directory() === directory ? grants.get(id) : undefined;
      return grant?.corpId === corpId ? grant : undefined;
    },
    seenDirectory: versions.directory,
    sawDirectory: versions.sawDirectory,
    directoryVersion: () => driver.read(readDirectoryVersion),
    sharedSetting: (name) => driver.read(() => readSetting(name)),
    async shareSetting(name, value) {
      await driver.write(() => shareSetting(name, value));
      return true;
    },
    lookups: { grants: grants.lookups },
    forgetReceipt() {},
    forgetGrant: grants.delete,
    forgetGrants: grants.clear,
    forgetPeople: people.clear,
    clear() {
      grants.clear();
      people.clear();
    },
  };
}

type Cached = { readonly people: PeopleCache; readonly grants: Cache<number, Grant> };

type Versions = {
  directory(): number;
  sawDirectory(version: number): void;
  sawPeople(corpId: number, version: number): void;
  /** Whether no query has returned newer versions. */
  areNewest(directory: number, corpId: number, people: number): boolean;
};

/**
 * Creates the record of the newest versions that queries have returned, in any order. A newer version invalidates the
 * caches.
 */
function createVersions({ people, grants }: Cached): Versions {
  let newest = 0;
  const peopleVersions = new Map<number, number>();
  const peopleVersionOf = (corpId: number) => peopleVersions.get(corpId) ?? 0;
  return {
    directory: () => newest,
    sawDirectory(version) {
      if (version <= newest) return;
      newest = version;
      grants.clear();
      people.clear();
    },
    sawPeople(corpId, version) {
      if (version <= peopleVersionOf(corpId)) return;
      peopleVersions.set(corpId, version);
      people.clear();
    },
    areNewest: (directory, corpId, version) => directory === newest && version === peopleVersionOf(corpId),
  };
}

/** Creates a function that reads grants with the current version of the directory, and caches them. */
function createGrantReader(driver: Driver, grants: Cache<number, Grant>, versions: Versions) {
  return async (corpId: number, ids: readonly number[]): Promise<ReadonlyMap<number, Grant>> => {
    const rows = await Promise.all(ids.map((id) => driver.one(selectVersionedGrant, corpId, id)));
    const found = rows.flatMap((row) => (row ? [toVersionedGrant(row)] : []));
    for (const { directory } of found) versions.sawDirectory(directory);
    for (const { grant, directory } of found) if (directory === versions.directory()) grants.set(grant.id, grant);
    return new Map(found.map(({ grant }) => [grant.id, grant]));
  };
}

/**
 * Creates a function that reads receipts: one query for the messages of a batch, and another for people who are not
 * cached.
 */
function createReceiptReader(driver: Driver, known: PeopleCache, versions: Versions): Reads['receipt'] {
  const rowOf = createBatchReader(createRowReader(driver, versions), receiptsAtOnce);
  const personOf = createBatchReader(createPeopleReader(driver, known, versions), peopleAtOnce);
  const withPeople = async (corpId: number, messageId: number, row: Readonly<MessageRow>) => {
    // Cached people are read now, since they may be evicted while this waits for the others.
    const person = async (id: number) => known.get(id) ?? (await personOf(corpId, id, (found) => found));
    const ids = parseRecipientsOf(row);
    const found = await Promise.all(ids.map(person));
    return toReceipt(corpId, messageId, row, new Map(ids.map((id, i) => [id, found[i]])));
  };
  return (corpId, messageId) =>
    rowOf(
      corpId,
      messageId,
      (row) => row && (toReceipt(corpId, messageId, row, known) ?? withPeople(corpId, messageId, row)),
    );
}

/** Creates a function that reads rows of messages, and records the versions in the result. */
function createRowReader(driver: Driver, versions: Versions) {
  return async (corpId: number, ids: readonly number[]): Promise<ReadonlyMap<number, Readonly<MessageRow>>> => {
    const { rows, directory, people } = await readReceiptsWithVersions(driver, corpId, ids);
    versions.sawDirectory(directory);
    versions.sawPeople(corpId, people);
    return rows;
  };
}

/** Creates a function that reads people, and caches them together with people who have adjacent numbers. */
function createPeopleReader(driver: Driver, known: PeopleCache, versions: Versions) {
  return async (corpId: number, ids: readonly number[]): Promise<ReadonlyMap<number, Person>> => {
    const { found, directory, version } = await driver.read(() => findPeopleWithVersions(corpId, addAdjacent(ids)));
    versions.sawDirectory(directory);
    versions.sawPeople(corpId, version);
    // A result with older versions is returned to its callers but not cached.
    if (versions.areNewest(directory, corpId, version)) found.forEach(known.set);
    return new Map(found.map((person) => [person.id, person]));
  };
}

const blockSize = 32;
const blocks = 4;

/**
 * Adds adjacent numbers to numbers of people. Usually a person is not cached because this process has just started, or
 * because a change has cleared the cache. Reading in blocks fills the cache for a large organization sooner.
 */
function addAdjacent(ids: readonly number[]): readonly number[] {
  const starts = ids.slice(0, blocks).map((id) => id - (id % blockSize));
  return [...new Set([...ids, ...starts.flatMap((start) => Array.from({ length: blockSize }, (_, i) => start + i))])];
}
