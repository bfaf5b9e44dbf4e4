/** The delivery of a work notice to its next receivers, as far as the limits of a day allow. */
import { createInsert, padKeys, splitRows } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, sql, sqlList, tuples, type Work } from '../engine/sql.ts';

/** A work notice that is being delivered. */
export type NoticeQueue = {
  readonly corpId: number;
  readonly noticeId: number;
  readonly appId: number;
  readonly conversationId: number;
  readonly content: number;
  readonly day: number;
  readonly sentAt: number;
  readonly perDay: number;
  /** Receivers with numbers above it are not reached; null if there are none. */
  readonly heldAfter: number | null;
};

/** Why a receiver did not get a notice. The index of a reason is its value in the database. */
export const missReasons = ['daily', 'repeated', 'minute', 'left'] as const;
export type MissReason = (typeof missReasons)[number];

type QueueRow = [
  appId: number,
  conversationId: number,
  content: number,
  day: number,
  sentAt: number,
  perDay: number,
  heldAfter: number | null,
];

const selectQueue = sql<QueueRow>(
  'select_notice_queue',
  `select app_id, conversation_id, content, day, sent_at, per_day, held_after from notices
   where corp_id = $1 and id = $2`,
);

/** Reads a notice that is being delivered. */
export function* readNoticeQueue(corpId: number, noticeId: number): Work<NoticeQueue | undefined> {
  const row = yield* queryRow(selectQueue, corpId, noticeId);
  if (!row) return undefined;
  const [appId, conversationId, content, day, sentAt, perDay, heldAfter] = row;
  return { corpId, noticeId, appId, conversationId, content, day, sentAt, perDay, heldAfter };
}

const insertContents = sqlList<[userId: number]>(
  'insert_notice_contents',
  (count) =>
    `insert into notice_contents (corp_id, day, app_id, content, user_id) values ${tuples(1, 5, count)}
     on conflict do nothing returning user_id`,
);
const countNotices = sqlList<[userId: number]>(
  'count_notices',
  (count) =>
    `insert into notice_counts (corp_id, app_id, user_id, day, sent) values ${tuples(2, 5, count)}
     on conflict (corp_id, app_id, user_id) do update set
       sent = case when notice_counts.day = excluded.day then notice_counts.sent + 1 else 1 end, day = excluded.day
       where notice_counts.day <> excluded.day or notice_counts.sent < $1
     returning user_id`,
);
const deleteContents = sqlList(
  'delete_notice_contents',
  (count) =>
    `delete from notice_contents
     where corp_id = $1 and day = $2 and app_id = $3 and content = $4 and user_id in (${placeholders(5, count)})`,
);
const selectPresent = sqlList<[userId: number]>(
  'select_present_receivers',
  (count) => `select id from users where corp_id = $1 and id in (${placeholders(2, count)}) and left_at is null`,
);
// Their membership has ended already, so that no list of members or conversations has them, and so that retention
// removes them.
const insertMembers = createInsert(
  'insert_notice_members',
  'members',
  'corp_id, conversation_id, user_id, joined, is_admin, left_in, left_at',
);
const insertMisses = createInsert('insert_notice_misses', 'notice_misses', 'corp_id, notice_id, user_id, reason');

/**
 * Decides which of the next receivers get a notice, counts it for them, and notes why the others do not get it. Those
 * who get it become members of its conversation at its send.
 *
 * @param next ascending
 * @returns those who get it, ascending
 */
export function* admitReceivers(notice: NoticeQueue, next: readonly number[]): Work<readonly number[]> {
  const { corpId, conversationId, heldAfter, sentAt } = notice;
  const within = heldAfter === null ? next : next.filter((userId) => userId <= heldAfter);
  const present = yield* keepPresent(corpId, within);
  const fresh = yield* claimContents(notice, present);
  const admitted = yield* countAll(notice, fresh);
  yield* insertMisses([
    ...renderMisses(notice, without(next, within), 'minute'),
    ...renderMisses(notice, without(within, present), 'left'),
    ...renderMisses(notice, without(present, fresh), 'repeated'),
    ...renderMisses(notice, without(fresh, admitted), 'daily'),
  ]);
  yield* insertMembers(admitted.flatMap((userId) => [corpId, conversationId, userId, 1, 0, 2, sentAt]));
  return admitted;
}

function renderMisses({ corpId, noticeId }: NoticeQueue, userIds: readonly number[], reason: MissReason) {
  return userIds.flatMap((userId) => [corpId, noticeId, userId, missReasons.indexOf(reason)]);
}

function without(all: readonly number[], some: readonly number[]): readonly number[] {
  if (some.length === all.length) return [];
  const excluded = new Set(some);
  return all.filter((userId) => !excluded.has(userId));
}

function* keepPresent(corpId: number, userIds: readonly number[]): Work<readonly number[]> {
  if (userIds.length === 0) return [];
  const keys = padKeys(userIds);
  const rows = yield* queryRows(selectPresent(keys.length), corpId, ...keys);
  return sortIds(rows);
}

/** Stores that users get this content on this day. Returns those who have not got it before. */
function* claimContents(
  { corpId, day, appId, content }: NoticeQueue,
  userIds: readonly number[],
): Work<readonly number[]> {
  const rows: (readonly [number])[] = [];
  for (const some of splitRows(userIds)) {
    const values = some.flatMap((userId) => [corpId, day, appId, content, userId]);
    rows.push(...(yield* queryRows(insertContents(some.length), ...values)));
  }
  return sortIds(rows);
}

/** Counts a notice for users. Returns those who are within the limit of the day. */
function* countAll(notice: NoticeQueue, userIds: readonly number[]): Work<readonly number[]> {
  const { corpId, appId, day, content, perDay } = notice;
  const rows: (readonly [number])[] = [];
  for (const some of splitRows(userIds)) {
    const values = some.flatMap((userId) => [corpId, appId, userId, day, 1]);
    rows.push(...(yield* queryRows(countNotices(some.length), perDay, ...values)));
  }
  const counted = sortIds(rows);
  for (const some of splitRows(without(userIds, counted)))
    yield* queryRows(deleteContents(some.length), corpId, day, appId, content, ...some);
  return counted;
}

const sortIds = (rows: readonly (readonly [number])[]): readonly number[] =>
  rows.map(([userId]) => userId).sort((a, b) => a - b);
