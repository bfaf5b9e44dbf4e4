/** Removing users from an organization, and restoring them. */
import { type EndedGrant, endGrantsOf } from '../console/operators.ts';
import type { Changes } from '../directory/change-writes.ts';
import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, StoreError, sql, sqlList, type Work } from '../engine/sql.ts';
import type { User } from '../model.ts';
import { raisePeopleVersion } from '../versions.ts';

const leave = sql<[id: number, name: string]>(
  'leave',
  `update users set left_at = $3 where corp_id = $1 and code = $2 and left_at is null returning id, name`,
);
const endSignIn = [
  sql('drop_sessions_of_leaver', `delete from sessions where corp_id = $1 and user_id = $2`),
  sql('drop_codes_of_leaver', `delete from sign_in_codes where corp_id = $1 and user_id = $2`),
];

/**
 * Marks a user as having left at a time (epoch milliseconds), and deletes their sessions, sign-in codes and roles in the
 * console. The user's number, name and inbox stay. Former users with the same code get different times in the order in
 * which they left, even if the clock does not advance.
 *
 * @returns the roles that have ended
 */
export function* removeUser(corpId: number, code: string, at: number, changes: Changes): Work<readonly EndedGrant[]> {
  yield* raisePeopleVersion(corpId);
  const before = yield* findFormer(corpId, code);
  const row = yield* queryRow(leave, corpId, code, Math.max(at, (before?.leftAt ?? -1) + 1));
  if (!row) return [];
  const [id, name] = row;
  for (const statement of endSignIn) yield* queryRows(statement, corpId, id);
  changes.add(corpId, { type: 'user_leave_org', userId: code, name });
  return yield* endGrantsOf(corpId, id);
}

/** A user who has left. `leftAt` is in epoch milliseconds. */
export type FormerUser = User & { readonly leftAt: number };

type FormerRow = readonly [id: number, code: string, name: string, leftAt: number];

const toFormer = (corpId: number, [id, code, name, leftAt]: FormerRow): FormerUser => ({
  corpId,
  id,
  code,
  name,
  leftAt,
});

const selectFormer = sql<[id: number, code: string, name: string, leftAt: number]>(
  'select_former_user',
  `select id, code, name, left_at from users where corp_id = $1 and code = $2 and left_at is not null
   and left_at <= $3 and left_at >= $4 order by left_at desc, id desc limit 1`,
);

/** Finds the user with a code who left last or, if a time is given, at that time. */
export function* findFormer(corpId: number, code: string, leftAt?: number): Work<FormerUser | undefined> {
  const row = yield* queryRow(selectFormer, corpId, code, leftAt ?? Number.MAX_SAFE_INTEGER, leftAt ?? 0);
  return row && toFormer(corpId, row);
}

/** The cursor of a list of former users: the last one of the previous page. */
export type FormerCursor = readonly [code: string, leftAt: number, id: number];

const selectFormerPage = sql<[id: number, code: string, name: string, leftAt: number]>(
  'select_former_users',
  `select id, code, name, left_at from users where corp_id = $1 and left_at is not null and (code, left_at, id) > ($2, $3, $4)
   order by code, left_at, id limit $5`,
);

/** Reads a page of an organization's former users, in the order of code and time. */
export function* readFormerPage(corpId: number, after: FormerCursor, limit: number): Work<readonly FormerUser[]> {
  const rows = yield* queryRows(selectFormerPage, corpId, ...after, limit);
  return rows.map((row) => toFormer(corpId, row));
}

const restore = sql<[code: string, name: string]>(
  'restore_user',
  `update users set left_at = null where corp_id = $1 and id = $2 and left_at is not null returning code, name`,
);

/**
 * Restores a former user, with inbox and name.
 *
 * @throws StoreError `taken` if another user has the code now, or if the user was restored already
 */
export function* restoreUser(corpId: number, id: number, changes: Changes): Work<void> {
  yield* raisePeopleVersion(corpId);
  const restored = yield* queryRow(restore, corpId, id);
  if (!restored) throw new StoreError('taken', `user ${id} is not a former user`);
  // A sign-in that ran at the same time as the removal may have stored a session after it.
  for (const statement of endSignIn) yield* queryRows(statement, corpId, id);
  const [code, name] = restored;
  changes.add(corpId, { type: 'user_add_org', userId: code, name });
}

const selectFormerCodes = sqlList<[code: string]>(
  'select_former_codes',
  (count) =>
    `select distinct code from users where corp_id = $1 and left_at is not null and code in (${placeholders(2, count)})`,
);

/** Returns those of the codes that belonged to a user who has left. */
export function* findFormerCodes(corpId: number, codes: readonly string[]): Work<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < codes.length; at += codesAtOnce) {
    const keys = padKeys(codes.slice(at, at + codesAtOnce));
    for (const [code] of yield* queryRows(selectFormerCodes(keys.length), corpId, ...keys)) found.add(code);
  }
  return found;
}

const codesAtOnce = 256;
