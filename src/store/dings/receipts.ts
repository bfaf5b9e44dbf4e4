import { queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import type { ReadManner, Touched } from '../model.ts';
import { readManners } from '../model.ts';
import { appendDingEvents } from './events.ts';

/** A receiver of a DING, in the order of the send. */
export type DingReceiver = {
  readonly userId: number;
  readonly code: string;
  readonly name: string;
  /** Whether the user has left the organization. */
  readonly hasLeft: boolean;
  readonly readAt: number | null;
};

/** The number of a DING, with the robot and the time of its send, which distinguish it after a restore. */
export type DingKey = {
  readonly corpId: number;
  readonly robotId: number;
  readonly messageId: number;
  readonly sentAt: number;
};

const selectDing = sql<[robotId: number, sentAt: number]>(
  'select_ding',
  `select robot_id, sent_at from dings where corp_id = $1 and id = $2`,
);
const selectReceivers = sql<[userId: number, code: string, name: string, leftAt: number | null, readAt: number | null]>(
  'select_ding_receivers',
  `select d.user_id, u.code, u.name, u.left_at, d.read_at from ding_deliveries d
   join users u on u.corp_id = d.corp_id and u.id = d.user_id
   where d.corp_id = $1 and d.ding_id = $2 order by d.position`,
);

/** Reads the receivers of a DING, also after a recall; undefined if there is no such DING. */
export function* readReceivers(key: DingKey): Work<readonly DingReceiver[] | undefined> {
  const { corpId, messageId: dingId } = key;
  const [robotId, sentAt] = (yield* queryRow(selectDing, corpId, dingId)) ?? [];
  if (robotId !== key.robotId || sentAt !== key.sentAt) return undefined;
  const rows = yield* queryRows(selectReceivers, corpId, dingId);
  return rows.map(([userId, code, name, leftAt, readAt]) => ({ userId, code, name, hasLeft: leftAt !== null, readAt }));
}

const lockDing = sql<[robotId: number, sentAt: number, recalledAt: number | null]>(
  'lock_ding',
  `select robot_id, sent_at, recalled_at from dings where corp_id = $1 and id = $2 {locked}`,
);
const updateRecalled = sql(
  'recall_ding',
  `update dings set recalled_at = $3, body = '' where corp_id = $1 and id = $2`,
);
const closeDeliveries = sql<[userId: number]>(
  'recall_ding_deliveries',
  `update ding_deliveries set state = 2 where corp_id = $1 and ding_id = $2 returning user_id`,
);

/**
 * Recalls a DING: its text is deleted, who has read it stays on record. Returns the users whose streams have changed
 * (none if it was recalled before), or undefined if there is no such DING.
 */
export function* recallDing(key: DingKey, at: number, today: number): Work<readonly Touched[] | undefined> {
  const { corpId, messageId: dingId } = key;
  const [robotId, sentAt, recalledAt] = (yield* queryRow(lockDing, corpId, dingId)) ?? [];
  if (robotId !== key.robotId || sentAt !== key.sentAt) return undefined;
  if (recalledAt !== null) return [];
  yield* queryRows(updateRecalled, corpId, dingId, at);
  const userIds = (yield* queryRows(closeDeliveries, corpId, dingId)).map(([userId]) => userId);
  yield* appendDingEvents(corpId, 'dingRecall', dingId, userIds, today);
  return userIds.map((userId) => ({ corpId, userId }));
}

const updateRead = sql<[dingId: number]>(
  'mark_ding_read',
  `update ding_deliveries set state = 1, read_at = $4, manner = $5
   where corp_id = $1 and user_id = $2 and ding_id = $3 and state = 0 returning ding_id`,
);

/**
 * Marks DINGs read for one user. The first time and manner are kept; DINGs that are recalled, read or not the user's are
 * skipped. Returns the numbers of the DINGs that were unread.
 */
export function* markDingsRead(
  corpId: number,
  userId: number,
  dingIds: readonly number[],
  at: number,
  manner: ReadManner,
  today: number,
): Work<readonly number[]> {
  const fresh: number[] = [];
  // In a fixed order, so that two transactions with the same DINGs cannot deadlock.
  for (const dingId of [...new Set(dingIds)].sort((a, b) => a - b)) {
    const [, sentAt = 0] = (yield* queryRow(lockDing, corpId, dingId)) ?? [];
    // If the clock was set back, the read gets the time of the send.
    const readAt = Math.max(at, sentAt);
    const manners = readManners.indexOf(manner);
    if ((yield* queryValue(updateRead, corpId, userId, dingId, readAt, manners)) === undefined) continue;
    yield* appendDingEvents(corpId, 'dingRead', dingId, [userId], today, readAt);
    fresh.push(dingId);
  }
  return fresh;
}
