import type { Changes } from '../directory/change-writes.ts';
import { padKeys } from '../engine/rows.ts';
import {
  pipeline,
  placeholders,
  queryRow,
  queryRows,
  queryValue,
  StoreError,
  sql,
  sqlList,
  type Work,
} from '../engine/sql.ts';
import type { NewUser, Person, User } from '../model.ts';
import { directoryVersionColumn, peopleVersionColumn, raisePeopleVersion } from '../versions.ts';
import { findFormer, findFormerCodes } from './former-users.ts';

const upsertUser = sql(
  'upsert_user',
  `insert into users (corp_id, id, code, name, union_id) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, code) where left_at is null do update set name = excluded.name`,
);
const addUser = sql<[id: number]>(
  'add_user',
  `insert into users (corp_id, id, code, name, union_id) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, code) where left_at is null do nothing
   returning id`,
);
const renameUser = sql<[code: string, leftAt: number | null]>(
  'rename_user',
  `update users set name = $3 where corp_id = $1 and id = $2 and name <> $3 returning code, left_at`,
);
const selectUser = sql<[code: string, name: string]>(
  'select_user',
  `select code, name from users where corp_id = $1 and id = $2`,
);
const pageText = (condition: string) =>
  `select id, code, name from users where corp_id = $1 and left_at is null and code > $2 ${condition} order by code limit $3`;
const selectUsers = sql<[id: number, code: string, name: string]>('select_users', pageText(''));
const searchUsers = sql<[id: number, code: string, name: string]>(
  'search_users',
  pageText(`and code <= $5 and (lower(code) like $4 escape '\\' or lower(name) like $4 escape '\\')`),
);
const selectStride = sql<[code: string]>(
  'select_stride',
  `select code from users where corp_id = $1 and left_at is null and code > $2 order by code limit 1 offset $3`,
);
const countUsers = sql<[count: number]>(
  'count_users',
  `select count(*) from users where corp_id = $1 and left_at is null`,
);

const selectUsersByCode = sqlList<[id: number, code: string, name: string]>(
  'select_users_by_code',
  (count) =>
    `select id, code, name from users where corp_id = $1 and code in (${placeholders(2, count)}) and left_at is null`,
);

/** Finds the current users of an organization with these codes. Unknown codes are missing from the result. */
export function* findUsers(corpId: number, codes: readonly string[]): Work<readonly User[]> {
  if (codes.length === 0) return [];
  const rows = yield* queryRows(selectUsersByCode(codes.length), corpId, ...codes);
  return rows.map(([id, code, name]) => ({ corpId, id, code, name }));
}

/** Number of users that one statement looks up. */
const usersAtOnce = 256;

/** Finds the names of the current users with these codes, any number of them, by code. */
function* findNames(corpId: number, codes: readonly string[]): Work<Map<string, string>> {
  const names = new Map<string, string>();
  for (let at = 0; at < codes.length; at += usersAtOnce) {
    for (const { code, name } of yield* findUsers(corpId, padKeys(codes.slice(at, at + usersAtOnce))))
      names.set(code, name);
  }
  return names;
}

/** Creates users, or renames existing ones. If the user with a code has left, a new user is created with that code. */
export function* putUsers(users: readonly NewUser[], changes: Changes): Work<void> {
  for (const [corpId, own] of Map.groupBy(users, (user) => user.corpId)) {
    // Other transactions that change users of the organization wait here, so the names are current.
    yield* raisePeopleVersion(corpId);
    const names = yield* findNames(
      corpId,
      own.map(({ code }) => code),
    );
    for (const user of own) yield* putUser(user, names, changes);
  }
}

/** Creates a user, or renames an existing one, unless the user has this name already. */
function* putUser(user: NewUser, names: Map<string, string>, changes: Changes): Work<void> {
  const { corpId, id, code, name, unionId } = user;
  const before = names.get(code);
  if (before === name) return;
  names.set(code, name);
  yield* pipeline(upsertUser, corpId, id, code, name, unionId);
  changes.add(corpId, { type: before === undefined ? 'user_add_org' : 'user_modify_org', userId: code, name });
}

/**
 * Creates a user.
 *
 * @throws StoreError `taken` if there is a user with this code
 */
export function* createUser({ corpId, id, code, name, unionId }: NewUser, changes: Changes): Work<void> {
  yield* raisePeopleVersion(corpId);
  if (!(yield* queryRow(addUser, corpId, id, code, name, unionId)))
    throw new StoreError('taken', `there is a user ${code} already`);
  changes.add(corpId, { type: 'user_add_org', userId: code, name });
}

/** Renames a user. It does not restore a user who is removed at the same time. */
export function* renameUserTo({ corpId, id, name }: User, changes: Changes): Work<void> {
  yield* raisePeopleVersion(corpId);
  const [code, leftAt] = (yield* queryRow(renameUser, corpId, id, name)) ?? [];
  if (code !== undefined && leftAt === null) changes.add(corpId, { type: 'user_modify_org', userId: code, name });
}

/** Finds a user by number, including one who has left. */
export function* findUser(corpId: number, id: number): Work<User | undefined> {
  const row = yield* queryRow(selectUser, corpId, id);
  if (!row) return undefined;
  const [code, name] = row;
  return { corpId, id, code, name };
}

const selectPresent = sql<[id: number]>(
  'select_user_number',
  `select id from users where corp_id = $1 and code = $2 and left_at is null`,
);

/** Finds the number of the current user with a code or, if there is none, of the user with this code who left last. */
export function* findUserNumber(corpId: number, code: string): Work<number | undefined> {
  const present = yield* queryValue(selectPresent, corpId, code);
  return present ?? (yield* findFormer(corpId, code))?.id;
}

/**
 * Creates the users of a configuration of one organization, or renames existing ones. A user who was removed is not
 * created again under the same code.
 *
 * @returns the codes of those removed users
 */
export function* putConfiguredUsers(users: readonly NewUser[], changes: Changes): Work<readonly string[]> {
  const [first] = users;
  if (!first) return [];
  const { corpId } = first;
  const codes = users.map(({ code }) => code);
  yield* raisePeopleVersion(corpId);
  const former = yield* findFormerCodes(corpId, codes);
  const names = yield* findNames(corpId, codes);
  const left: string[] = [];
  for (const user of users) {
    if (former.has(user.code) && !names.has(user.code)) left.push(user.code);
    else yield* putUser(user, names, changes);
  }
  return left;
}

/**
 * Converts to lower case as `lower()` does in both engines for text that sorts by code point: only the letters of
 * ASCII.
 */
export const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Reads a page of an organization's current users, in the order of their codes, after the code `after`. */
export function* readUsersPage(corpId: number, after: string, limit: number): Work<readonly User[]> {
  const rows = yield* queryRows(selectUsers, corpId, after, limit);
  return rows.map(([id, code, name]) => ({ corpId, id, code, name }));
}

/** A text that sorts after every code: the largest character, as often as a code can have characters. */
const end = '\u{10ffff}'.repeat(64);

/**
 * The result of one step of a search. `to` is the last code that was searched; `isAll` means that there are no users
 * after it.
 */
export type UsersFound = { readonly users: readonly User[]; readonly to: string; readonly isAll: boolean };

/**
 * Searches the next `stride` users after a code for those whose code or name contains a text, ignoring the case of
 * ASCII letters. No index supports this, so a search scans the users in short steps.
 */
export function* findUsersBy(corpId: number, after: string, text: string, stride: number): Work<UsersFound> {
  const pattern = `%${asciiLower(text).replace(/[\\%_]/g, '\\$&')}%`;
  const to = yield* queryValue(selectStride, corpId, after, stride - 1);
  const rows = yield* queryRows(searchUsers, corpId, after, stride, pattern, to ?? end);
  const users = rows.map(([id, code, name]) => ({ corpId, id, code, name }));
  return { users, to: to ?? end, isAll: to === undefined };
}

/** Counts the current users of an organization. */
export function* countUsersOf(corpId: number): Work<number> {
  return (yield* queryValue(countUsers, corpId)) ?? 0;
}

const selectPeople = sqlList<[id: number, code: string, name: string, leftAt: number | null]>(
  'select_people',
  (count) => `select id, code, name, left_at from users where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** Maximum number of user numbers in one statement. */
const peopleAtOnce = 1024;

/** Finds users by number, including those who have left. */
export function* findPeople(corpId: number, ids: readonly number[]): Work<readonly Person[]> {
  if (ids.length === 0) return [];
  if (ids.length > peopleAtOnce) {
    const rest = yield* findPeople(corpId, ids.slice(peopleAtOnce));
    return [...(yield* findPeople(corpId, ids.slice(0, peopleAtOnce))), ...rest];
  }
  const keys = padKeys(ids);
  const rows = yield* queryRows(selectPeople(keys.length), corpId, ...keys);
  return rows.map(([id, code, name, leftAt]) => ({ corpId, id, code, name, leftAt, text: undefined }));
}

const selectLeavers = sqlList<[id: number]>(
  'select_leavers',
  (count) => `select id from users where corp_id = $1 and left_at is not null and id in (${placeholders(2, count)})`,
);

/** Maximum number of values in one statement. A page of messages needs one or two statements. */
const leaversAtOnce = 512;

/** Returns the numbers of the given users who have left. */
export function* findLeavers(corpId: number, ids: ReadonlySet<number>): Work<ReadonlySet<number>> {
  const all = [...ids];
  const found = new Set<number>();
  for (let at = 0; at < all.length; at += leaversAtOnce) {
    const keys = padKeys(all.slice(at, at + leaversAtOnce));
    for (const [id] of yield* queryRows(selectLeavers(keys.length), corpId, ...keys)) found.add(id);
  }
  return found;
}

const selectVersions = sql<[directory: number, people: number]>(
  'select_people_version',
  `select ${directoryVersionColumn} as directory, ${peopleVersionColumn} as people`,
);

/** Users, with the versions that were read before them. The users are at least as new as these versions. */
export type PeopleWithVersions = {
  readonly found: readonly Person[];
  readonly directory: number;
  readonly version: number;
};

/** Like `findPeople`, with the versions that a process on a shared database needs for its caches. */
export function* findPeopleWithVersions(corpId: number, ids: readonly number[]): Work<PeopleWithVersions> {
  const [directory = 0, version = 0] = (yield* queryRow(selectVersions, corpId)) ?? [];
  return { found: yield* findPeople(corpId, ids), directory, version };
}
