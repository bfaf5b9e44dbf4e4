/** The recipients of a send, by their codes. */
import { maxExactRows, padKeys } from '../engine/rows.ts';
import { placeholders, queryList, sqlList, type Work } from '../engine/sql.ts';

const selectUsersWithBlocks = sqlList<[id: number, code: string, robotId: number | null]>(
  'select_users_with_blocks',
  (count) =>
    `select u.id, u.code, b.robot_id from users u left join blocks b on b.corp_id = u.corp_id and b.user_id = u.id
     where u.corp_id = $1 and u.code in (${placeholders(2, count)}) and u.left_at is null`,
);

/** A current user, with the numbers of the robots that the user has blocked. */
export type Recipient = { readonly id: number; readonly code: string; readonly blocks: readonly number[] };

const noBlocks: readonly number[] = [];

/** Finds the current users of an organization with these codes, by code. */
export function* findRecipients(corpId: number, codes: readonly string[]): Work<ReadonlyMap<string, Recipient>> {
  const found = new Map<string, Recipient>();
  if (codes.length === 0) return found;
  const keys = codes.length > maxExactRows ? padKeys(codes) : codes;
  for (const [id, code, robotId] of yield* queryList(selectUsersWithBlocks(keys.length), [corpId, ...keys])) {
    const blocks = found.get(code)?.blocks ?? noBlocks;
    found.set(code, { id, code, blocks: robotId === null ? blocks : [...blocks, robotId] });
  }
  return found;
}
