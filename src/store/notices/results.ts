import { queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import { messageStates } from '../model.ts';
import type { InvalidReceivers } from './accept.ts';
import { type MissReason, missReasons } from './deliver.ts';
import { countReceiversUpTo } from './parts.ts';

/** A work notice. Times are epoch milliseconds. */
export type Notice = {
  readonly corpId: number;
  /** The number of its message. */
  readonly noticeId: number;
  readonly appId: number;
  readonly kind: number;
  readonly sentAt: number;
  readonly recalledAt: number | null;
  /** How many users it was sent to, excluding users who do not exist. */
  readonly total: number;
  /** How many of them have been dealt with: they got it, or will not get it. */
  readonly handled: number;
  readonly isDelivered: boolean;
  /** The JSON text of the message; null if it was recalled. */
  readonly param: string | null;
  readonly invalid: InvalidReceivers;
};

type NoticeRow = [
  id: number,
  appId: number,
  sentAt: number,
  total: number,
  invalid: string,
  kind: number,
  state: number,
  recalledAt: number | null,
  deliveredTo: number | null,
  param: string | null,
];

const columns = `n.id, n.app_id, n.sent_at, n.total, n.invalid, m.kind, m.state, m.recalled_at, m.delivered_to`;

const selectNotice = sql<NoticeRow>(
  'select_notice',
  `select ${columns}, c.param from notices n
   join messages{day $2} m on m.corp_id = n.corp_id and m.id = n.id
   left join contents{day $2} c on c.corp_id = n.corp_id and c.message_id = n.id
   where n.corp_id = $1 and n.id = $2`,
);

/** Reads a notice; undefined if there is none, or its message was removed. */
export function* readNotice(corpId: number, noticeId: number): Work<Notice | undefined> {
  const row = yield* queryRow(selectNotice, corpId, noticeId);
  return row && (yield* toNotice(corpId, row));
}

function* toNotice(corpId: number, row: Readonly<NoticeRow>): Work<Notice> {
  const [noticeId, appId, sentAt, total, invalid, kind, state, recalledAt, deliveredTo, param] = row;
  const isDelivered = messageStates[state] === 'delivered' || recalledAt !== null;
  const handled = isDelivered ? total : yield* countReceiversUpTo(corpId, noticeId, deliveredTo ?? 0);
  return {
    ...{ corpId, noticeId, appId, kind, sentAt, recalledAt, total, isDelivered, param },
    handled: handled ?? total,
    invalid: JSON.parse(invalid) as InvalidReceivers,
  };
}

const selectIds = sql<[id: number]>(
  'select_notices',
  `select id from notices where corp_id = $1 and id < $2 order by id desc limit $3`,
);
const selectIdsOfApp = sql<[id: number]>(
  'select_notices_of_app',
  `select id from notices where corp_id = $1 and app_id = $2 and id < $3 order by id desc limit $4`,
);

/**
 * Reads a page of notices, newest first, with numbers below `before`.
 *
 * @param appId only those of this app; undefined for all apps
 */
export function* readNotices(
  corpId: number,
  appId: number | undefined,
  before: number,
  limit: number,
): Work<readonly Notice[]> {
  const ids =
    appId === undefined
      ? yield* queryRows(selectIds, corpId, before, limit)
      : yield* queryRows(selectIdsOfApp, corpId, appId, before, limit);
  const found: Notice[] = [];
  for (const [id] of ids) found.push(...[yield* readNotice(corpId, id)].filter((notice) => notice !== undefined));
  return found;
}

/** A receiver who got a notice, or who did not get it for a reason. */
export type NoticeReceiver = { readonly userId: number; readonly code: string; readonly name: string };
export type MissedReceiver = NoticeReceiver & { readonly reason: MissReason };

const selectReceivers = sql<[userId: number, code: string, name: string]>(
  'select_notice_receivers',
  `select m.user_id, u.code, u.name from notices n
   join members m on m.corp_id = n.corp_id and m.conversation_id = n.conversation_id and m.user_id > $3
   join users u on u.corp_id = m.corp_id and u.id = m.user_id
   where n.corp_id = $1 and n.id = $2 order by m.user_id limit $4`,
);
const selectMisses = sql<[userId: number, code: string, name: string, reason: number]>(
  'select_notice_misses',
  `select m.user_id, u.code, u.name, m.reason from notice_misses m
   join users u on u.corp_id = m.corp_id and u.id = m.user_id
   where m.corp_id = $1 and m.notice_id = $2 and m.user_id > $3 order by m.user_id limit $4`,
);

/** Maximum number of readers or misses that a count for a list reads. */
const maxCounted = 10_001;

const countSomeReads = sql<[count: number]>(
  'count_notice_reads',
  `select count(*) from (
     select 1 as one from group_reads{day $2} where corp_id = $1 and message_id = $2 limit ${maxCounted}) counted`,
);
const countSomeMisses = sql<[count: number]>(
  'count_some_notice_misses',
  `select count(*) from (
     select 1 as one from notice_misses where corp_id = $1 and notice_id = $2 limit ${maxCounted}) counted`,
);

/** The number of those who have read a notice, and of those who did not get it, up to 10,001 each. */
export type NoticeTotals = { readonly read: number; readonly missed: number };

/** Counts those who have read a notice, and those who did not get it, up to 10,001 each. */
export function* readNoticeTotals(corpId: number, noticeId: number): Work<NoticeTotals> {
  const read = (yield* queryValue(countSomeReads, corpId, noticeId)) ?? 0;
  return { read, missed: (yield* queryValue(countSomeMisses, corpId, noticeId)) ?? 0 };
}

const countMisses = sql<[reason: number, users: number]>(
  'count_notice_misses',
  `select reason, count(*) from notice_misses where corp_id = $1 and notice_id = $2 group by reason`,
);

/** Counts those who did not get a notice, by reason. */
export function* readMissCounts(corpId: number, noticeId: number): Work<Readonly<Record<MissReason, number>>> {
  const counts = new Map(yield* queryRows(countMisses, corpId, noticeId));
  const countOf = (reason: MissReason) => counts.get(missReasons.indexOf(reason)) ?? 0;
  return { daily: countOf('daily'), repeated: countOf('repeated'), minute: countOf('minute'), left: countOf('left') };
}

/** Reads a page of those who got a notice, in the order of their numbers, after the number `after`. */
export function* readNoticeReceivers(
  corpId: number,
  noticeId: number,
  after: number,
  limit: number,
): Work<readonly NoticeReceiver[]> {
  const rows = yield* queryRows(selectReceivers, corpId, noticeId, after, limit);
  return rows.map(([userId, code, name]) => ({ userId, code, name }));
}

/** Reads a page of those who did not get a notice, in the order of their numbers, after the number `after`. */
export function* readMisses(
  corpId: number,
  noticeId: number,
  after: number,
  limit: number,
): Work<readonly MissedReceiver[]> {
  const rows = yield* queryRows(selectMisses, corpId, noticeId, after, limit);
  return rows.map(([userId, code, name, reason]) => {
    return { userId, code, name, reason: missReasons[reason] ?? 'left' };
  });
}

const lockContent = sql<[param: string]>(
  'lock_notice_content',
  `select param from contents{day $2} where corp_id = $1 and message_id = $2 {locked}`,
);
const updateContent = sql(
  'update_notice_content',
  `update contents{day $2} set param = $3 where corp_id = $1 and message_id = $2`,
);

/** Replaces the text of a notice by what `change` returns for it. Returns whether it has a text. */
export function* changeNoticeContent(
  corpId: number,
  noticeId: number,
  change: (param: string) => string,
): Work<boolean> {
  const param = yield* queryValue(lockContent, corpId, noticeId);
  if (param === undefined) return false;
  yield* queryRows(updateContent, corpId, noticeId, change(param));
  return true;
}
