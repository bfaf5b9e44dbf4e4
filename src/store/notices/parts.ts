/** The receivers of a notice that is being delivered, in parts, of which a step reads few. */
import { createInsert } from '../engine/rows.ts';
import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';

/** Receivers in a part: 2 KiB of numbers. */
const partSize = 256;

const insertRows = createInsert(
  'insert_notice_receivers',
  'notice_receivers',
  'corp_id, notice_id, last_user, position, receivers',
);

/** Stores the receivers of a notice, which are ascending. */
export function* insertReceivers(corpId: number, noticeId: number, receivers: readonly number[]): Work<void> {
  const starts = Array.from({ length: Math.ceil(receivers.length / partSize) }, (_, part) => part * partSize);
  yield* insertRows(
    starts.flatMap((position) => {
      const part = receivers.slice(position, position + partSize);
      return [corpId, noticeId, part.at(-1) ?? 0, position, part.join(',')];
    }),
  );
}

const selectParts = sql<[receivers: string]>(
  'select_notice_receivers_parts',
  `select receivers from notice_receivers
   where corp_id = $1 and notice_id = $2 and last_user > $3 order by last_user limit $4`,
);

/** Reads the next receivers with numbers above `after`, ascending: up to `count`. */
export function* readNextReceivers(
  corpId: number,
  noticeId: number,
  after: number,
  count: number,
): Work<readonly number[]> {
  // Some receivers of the first part may have been processed already.
  const parts = yield* queryRows(selectParts, corpId, noticeId, after, Math.ceil(count / partSize) + 1);
  const receivers = parts.flatMap(([text]) => parsePart(text));
  return receivers.filter((userId) => userId > after).slice(0, count);
}

const parsePart = (text: string): readonly number[] => text.split(',').map(Number);

const selectPosition = sql<[position: number, receivers: string]>(
  'select_notice_receivers_position',
  `select position, receivers from notice_receivers
   where corp_id = $1 and notice_id = $2 and last_user > $3 order by last_user limit 1`,
);

/** Counts the receivers with numbers up to `last`; undefined if there are none above it. */
export function* countReceiversUpTo(corpId: number, noticeId: number, last: number): Work<number | undefined> {
  const row = yield* queryRow(selectPosition, corpId, noticeId, last);
  if (!row) return undefined;
  const [position, receivers] = row;
  return position + parsePart(receivers).filter((userId) => userId <= last).length;
}

const deleteParts = sql(
  'delete_notice_receivers',
  `delete from notice_receivers where corp_id = $1 and notice_id = $2 and last_user <= $3`,
);

/** Deletes the parts whose receivers have numbers up to `last`. */
export function* deleteReceiversUpTo(corpId: number, noticeId: number, last: number): Work<void> {
  yield* queryRows(deleteParts, corpId, noticeId, last);
}

const deleteSome = sql<[lastUser: number]>(
  'delete_some_notice_receivers',
  `delete from notice_receivers where (corp_id, notice_id, last_user) in (
     select corp_id, notice_id, last_user from notice_receivers where corp_id = $1 and notice_id = $2 limit $3)
   returning last_user`,
);

/** Deletes up to `limit` parts of a notice that was recalled during its delivery. Returns how many. */
export function* deleteSomeReceivers(corpId: number, noticeId: number, limit: number): Work<number> {
  return (yield* queryRows(deleteSome, corpId, noticeId, limit)).length;
}
