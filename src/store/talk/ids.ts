import { queryRows, queryValue, sql, type Work } from '../engine/sql.ts';

/** A robot or a user of an organization; the other number is 0. */
export type Talker = { readonly robotId: number; readonly userId: number };

const insertId = sql(
  'insert_dingtalk_id',
  `insert into dingtalk_ids (corp_id, robot_id, user_id, code) values ($1, $2, $3, $4) on conflict do nothing`,
);
const selectId = sql<[code: string]>(
  'select_dingtalk_id',
  `select code from dingtalk_ids where corp_id = $1 and robot_id = $2 and user_id = $3`,
);

/** Returns the stored id of a robot or user, which never changes. Stores `fresh` if there is none. */
export function* ensureId(corpId: number, { robotId, userId }: Talker, fresh: string): Work<string> {
  const known = yield* queryValue(selectId, corpId, robotId, userId);
  if (known !== undefined) return known;
  yield* queryRows(insertId, corpId, robotId, userId, fresh);
  return (yield* queryValue(selectId, corpId, robotId, userId)) ?? fresh;
}
