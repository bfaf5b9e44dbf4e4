/** The users whom a work notice names by userId or by department. */
import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, sql, sqlList, type Work } from '../engine/sql.ts';
import { findUsers } from '../people/users.ts';

const selectInDepartments = sqlList<[userId: number]>(
  'select_receivers_in_departments',
  (count) =>
    `select m.user_id from department_members m join users u on u.corp_id = m.corp_id and u.id = m.user_id
     where m.corp_id = $1 and m.department_id in (${placeholders(2, count)}) and u.left_at is null`,
);
const selectAll = sql<[id: number]>(
  'select_all_receivers',
  `select id from users where corp_id = $1 and id > $2 and left_at is null order by id limit $3`,
);

/** Finds the numbers of current users by userId. */
export function* findReceivers(corpId: number, codes: readonly string[]): Work<ReadonlyMap<string, number>> {
  const found = yield* findUsers(corpId, padKeys(codes));
  return new Map(found.map(({ id, code }) => [code, id]));
}

/** Reads the numbers of the current members of departments themselves. */
export function* readReceiversIn(corpId: number, departmentIds: readonly number[]): Work<readonly number[]> {
  if (departmentIds.length === 0) return [];
  const keys = padKeys(departmentIds);
  return (yield* queryRows(selectInDepartments(keys.length), corpId, ...keys)).map(([userId]) => userId);
}

/** Reads a page of the numbers of all current users, after the number `after`. */
export function* readAllReceivers(corpId: number, after: number, limit: number): Work<readonly number[]> {
  return (yield* queryRows(selectAll, corpId, after, limit)).map(([id]) => id);
}
