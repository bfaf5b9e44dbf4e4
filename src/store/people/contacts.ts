/** What a directory of people knows about users: unionId, mobile, email and so on. */

import type { Changes, ChangeWrites } from '../directory/change-writes.ts';
import { raiseDirectoryVersion } from '../directory/directory.ts';
import { padKeys } from '../engine/rows.ts';
import {
  type Driver,
  pipeline,
  placeholders,
  queryRow,
  queryRows,
  StoreError,
  sql,
  sqlList,
  type Work,
} from '../engine/sql.ts';
import type { Contact, ContactFields, Membership } from '../model.ts';
import { readMemberships, replaceMemberships } from './departments.ts';

export type ContactRow = readonly [
  id: number,
  code: string,
  name: string,
  unionId: string,
  mobile: string | null,
  email: string | null,
  jobNumber: string | null,
  title: string | null,
];

/** The columns of a contact, of the table `users` under the alias `u`. */
export const contactColumns = 'u.id, u.code, u.name, u.union_id, u.mobile, u.email, u.job_number, u.title';

/** Creates a contact from a row with the columns of `contactColumns`. */
export function toContact(corpId: number, [id, code, name, unionId, ...rest]: ContactRow): Contact {
  const [mobile, email, jobNumber, title] = rest;
  return { corpId, id, code, name, unionId, mobile, email, jobNumber, title };
}

const selectBy = (name: string, column: string) =>
  sql<ContactRow>(
    `select_contact_by_${name}`,
    `select ${contactColumns} from users u where u.corp_id = $1 and u.${column} = $2 and u.left_at is null`,
  );

/** The columns that identify one current user of an organization. */
const selects = {
  code: selectBy('code', 'code'),
  mobile: selectBy('mobile', 'mobile'),
  unionId: selectBy('union_id', 'union_id'),
};

/** Finds a current user by an identifier. */
function* findContact(corpId: number, by: keyof typeof selects, value: string): Work<Contact | undefined> {
  const row = yield* queryRow(selects[by], corpId, value);
  return row && toContact(corpId, row);
}

const selectContacts = sqlList<ContactRow>(
  'select_contacts',
  (count) => `select ${contactColumns} from users u where u.corp_id = $1 and u.id in (${placeholders(2, count)})`,
);

/** Finds users by number, including those who have left. */
function* findContacts(corpId: number, ids: readonly number[]): Work<readonly Contact[]> {
  if (ids.length === 0) return [];
  const keys = padKeys(ids);
  const rows = yield* queryRows(selectContacts(keys.length), corpId, ...keys);
  return rows.map((row) => toContact(corpId, row));
}

const selectNext = sql<ContactRow>(
  'select_contacts_after',
  `select ${contactColumns} from users u where u.corp_id = $1 and u.left_at is null and u.code > $2 order by u.code limit $3`,
);

/** Reads current users in the order of their codes, after a code. */
function* readContacts(corpId: number, after: string, limit: number): Work<readonly Contact[]> {
  return (yield* queryRows(selectNext, corpId, after, limit)).map((row) => toContact(corpId, row));
}

const selectMobiles = sqlList<[code: string, mobile: string]>(
  'select_mobiles',
  (count) =>
    `select code, mobile from users where corp_id = $1 and left_at is null and mobile is not null
     and mobile in (${placeholders(2, count)})`,
);

/** Values in one statement. */
const inStatement = 256;

function* inChunks<R>(values: readonly string[], query: (some: readonly string[]) => Work<readonly R[]>): Work<R[]> {
  const all: R[] = [];
  for (let at = 0; at < values.length; at += inStatement) {
    all.push(...(yield* query(padKeys(values.slice(at, at + inStatement)))));
  }
  return all;
}

/** Finds the codes of the current users with these mobiles, by mobile. */
function* findMobiles(corpId: number, mobiles: readonly string[]): Work<ReadonlyMap<string, string>> {
  const rows = yield* inChunks(mobiles, (some) => queryRows(selectMobiles(some.length), corpId, ...some));
  return new Map(rows.map(([code, mobile]) => [mobile, code]));
}

/** A change of a user; absent members stay as they are, and null clears one. */
export type ContactChange = {
  readonly corpId: number;
  readonly code: string;
  readonly fields: Partial<ContactFields>;
  /** Replaces all memberships of the user. Without any, the user belongs to the root department. */
  readonly memberships?: readonly Membership[];
};

const selectByCode = sqlList<ContactRow>(
  'select_contacts_by_code',
  (count) =>
    `select ${contactColumns} from users u where u.corp_id = $1 and u.left_at is null
     and u.code in (${placeholders(2, count)})`,
);

/** Finds the current users with these codes. */
function* findByCodes(corpId: number, codes: readonly string[]): Work<readonly Contact[]> {
  const rows = yield* inChunks(codes, (some) => queryRows(selectByCode(some.length), corpId, ...some));
  return rows.map((row) => toContact(corpId, row));
}

const clearMobile = sql('clear_mobile', `update users set mobile = null where corp_id = $1 and id = $2`);
const updateContact = sql(
  'update_contact',
  `update users set mobile = $3, email = $4, job_number = $5, title = $6 where corp_id = $1 and id = $2`,
);

/**
 * Raises the version of the directory if there are changes of users. Other transactions that change contact data or
 * departments wait here, so what is read afterwards is current. A transaction that also changes people calls it first,
 * since all transactions lock the directory before people.
 */
export function* lockContacts(given: readonly ContactChange[]): Work<void> {
  if (given.length > 0) yield* raiseDirectoryVersion();
}

/**
 * Changes current users of one organization. Users who do not exist are skipped, and rows that do not change are not
 * written.
 *
 * @throws StoreError `taken` if another user has one of the mobiles
 */
export function* changeContacts(corpId: number, given: readonly ContactChange[], changes: Changes): Work<void> {
  yield* lockContacts(given);
  const found = yield* findByCodes(
    corpId,
    given.map(({ code }) => code),
  );
  const known = new Map(found.map((contact) => [contact.code, contact]));
  const pairs = given.flatMap((change) => {
    const contact = known.get(change.code);
    return contact ? [{ before: contact, after: { ...contact, ...change.fields }, change }] : [];
  });
  // Two users may exchange their mobiles.
  for (const { before, after } of pairs) {
    if (before.mobile !== null && before.mobile !== after.mobile) yield* pipeline(clearMobile, corpId, before.id);
  }
  yield* refuseTakenMobiles(
    corpId,
    pairs.filter(({ before, after }) => before.mobile !== after.mobile).map(({ after }) => after),
  );
  const memberships = yield* readMemberships(
    corpId,
    pairs.flatMap(({ after, change }) => (change.memberships ? after.id : [])),
  );
  for (const { before, after, change } of pairs) {
    const isChanged = String(toRow(before)) !== String(toRow(after));
    if (isChanged) yield* pipeline(updateContact, ...toRow(after));
    const homes = change.memberships;
    const isMoved = homes !== undefined && !isSame(homes, memberships.get(after.id) ?? []);
    if (isMoved) yield* replaceMemberships(corpId, after.id, homes);
    if (isChanged || isMoved) changes.add(corpId, { type: 'user_modify_org', userId: after.code, name: after.name });
  }
}

function isSame(given: readonly Membership[], stored: readonly Membership[]): boolean {
  const render = (all: readonly Membership[]) =>
    all.map(({ departmentId, leader, position }) => `${departmentId} ${leader} ${position}`).toSorted();
  return String(render(given)) === String(render(stored));
}

function toRow({ corpId, id, mobile, email, jobNumber, title }: Contact) {
  return [corpId, id, mobile, email, jobNumber, title] as const;
}

function* refuseTakenMobiles(corpId: number, contacts: readonly Contact[]): Work<void> {
  const owners = yield* findMobiles(
    corpId,
    contacts.flatMap(({ mobile }) => mobile ?? []),
  );
  for (const { code, mobile } of contacts) {
    const owner = owners.get(mobile ?? '');
    if (owner !== undefined && owner !== code)
      throw new StoreError('taken', `user ${code} cannot have the mobile of user ${owner}`);
  }
}

/** Creates the verbs for contacts. */
export function createContactVerbs(driver: Driver, writes: ChangeWrites) {
  return {
    find: (corpId: number, by: keyof typeof selects, value: string) =>
      driver.read(() => findContact(corpId, by, value)),
    ofUsers: (corpId: number, ids: readonly number[]) => driver.read(() => findContacts(corpId, ids)),
    byCodes: (corpId: number, codes: readonly string[]) => driver.read(() => findByCodes(corpId, codes)),
    page: (corpId: number, after: string, limit: number) => driver.read(() => readContacts(corpId, after, limit)),
    mobiles: (corpId: number, mobiles: readonly string[]) => driver.read(() => findMobiles(corpId, mobiles)),
    change: (corpId: number, given: readonly ContactChange[], at?: number) =>
      writes.write(at, (changes) => changeContacts(corpId, given, changes)),
  };
}

export type ContactVerbs = ReturnType<typeof createContactVerbs>;
