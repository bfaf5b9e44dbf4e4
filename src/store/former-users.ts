/** Users who have left their organization, and how they are restored. */
import { placeholders, queryRow, queryRows, queryValue, StoreError, sql, sqlList, type Work } from './engine/sql.ts';
import { padded } from './memory/batch-reads.ts';
import type { User } from './model.ts';
import { peopleChanged } from './versions.ts';

const leave = sql<[id: number]>(
  'leave',
  `update users set left_at = $3 where corp_id = $1 and code = $2 and left_at is null returning id`,
);
const endSignIn = [
  sql('drop_sessions_of_leaver', `delete from sessions where corp_id = $1 and user_id = $2`),
  sql('drop_codes_of_leaver', `delete from sign_in_codes where corp_id = $1 and user_id = $2`),
];

/**
 * Marks a user as having left, and ends their sessions and sign-in codes. The number, the inbox and the last name stay with the messages
 * received. Former users of one code have different times, which follow the order in which they left, even when the clock does not advance.
 */
export function* removeUser(corpId: number, code: string, at: number): Work<void> {
  yield* peopleChanged(corpId);
  const before = yield* formerUser(corpId, code);
  const id = yield* queryValue(leave, corpId, code, Math.max(at, (before?.leftAt ?? -1) + 1));
  if (id === undefined) return;
  for (const statement of endSignIn) yield* queryRows(statement, corpId, id);
}

/** A user who has left, at a time in epoch milliseconds. */
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

/** The user with a code who left last or, with a time, who left then. */
export function* formerUser(corpId: number, code: string, leftAt?: number): Work<FormerUser | undefined> {
  const row = yield* queryRow(selectFormer, corpId, code, leftAt ?? Number.MAX_SAFE_INTEGER, leftAt ?? 0);
  return row && toFormer(corpId, row);
}

/** Where a list of former users goes on: after this one. */
export type FormerPlace = readonly [code: string, leftAt: number, id: number];

const selectFormerPage = sql<[id: number, code: string, name: string, leftAt: number]>(
  'select_former_users',
  `select id, code, name, left_at from users where corp_id = $1 and left_at is not null and (code, left_at, id) > ($2, $3, $4)
   order by code, left_at, id limit $5`,
);

/** Users of an organization who have left, by code and then by time. */
export function* formerPage(corpId: number, after: FormerPlace, limit: number): Work<readonly FormerUser[]> {
  const rows = yield* queryRows(selectFormerPage, corpId, ...after, limit);
  return rows.map((row) => toFormer(corpId, row));
}

const restore = sql<[id: number]>(
  'restore_user',
  `update users set left_at = null where corp_id = $1 and id = $2 and left_at is not null returning id`,
);

/**
 * Restores a former user, with inbox and name. Throws a StoreError, `taken`, when another user has the code by now or this one has been
 * restored already.
 */
export function* restoreUser(corpId: number, id: number): Work<void> {
  yield* peopleChanged(corpId);
  const restored = yield* queryRow(restore, corpId, id);
  if (!restored) throw new StoreError('taken', `user ${id} is no former user`);
  // A sign-in at the time of the removal may have stored a session after it.
  for (const statement of endSignIn) yield* queryRows(statement, corpId, id);
}

const selectFormerCodes = sqlList<[code: string]>(
  'select_former_codes',
  (count) =>
    `select distinct code from users where corp_id = $1 and left_at is not null and code in (${placeholders(2, count)})`,
);

/** Those of the codes that belonged to a user who has left. */
export function* formerCodes(corpId: number, codes: readonly string[]): Work<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < codes.length; at += codesAtOnce) {
    const keys = padded(codes.slice(at, at + codesAtOnce));
    for (const [code] of yield* queryRows(selectFormerCodes(keys.length), corpId, ...keys)) found.add(code);
  }
  return found;
}

const codesAtOnce = 256;
