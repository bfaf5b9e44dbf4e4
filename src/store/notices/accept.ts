import { countSends } from '../console/statistics.ts';
import { createInsert } from '../engine/rows.ts';
import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';
import { appendEvent } from '../events.ts';
import { type Claimable, claimCodes, releaseCode, storeAnswer } from '../messages/idempotency.ts';
import type { Accepted } from '../model.ts';
import { insertReceivers } from './parts.ts';
import { noticeSender, noticeSenderOf } from './senders.ts';

/** A validated work notice. Times are epoch milliseconds. */
export type NewNotice = Claimable & {
  readonly kind: number;
  /** The JSON text of the message. */
  readonly param: string;
  /** The hash of the message: a safe integer. */
  readonly content: number;
  /** The day of the send, counted in a calendar that all notices share. */
  readonly day: number;
  /** The numbers of the receivers, ascending and without duplicates. */
  readonly receivers: readonly number[];
  /** The userIds and the numbers of departments that do not exist, or that the app may not see. */
  readonly invalid: InvalidReceivers;
  /** Maximum number of notices of the app that one receiver gets on a day. */
  readonly perDay: number;
  /** Maximum number of receivers of the app in a minute; null for a notice to all users, which is not counted. */
  readonly perMinute: number | null;
  /** Maximum number of notices to all users on a day; null for other notices. */
  readonly toAllPerDay: number | null;
};

export type InvalidReceivers = { readonly users: readonly string[]; readonly departments: readonly number[] };

/** The numbers that are reserved for a notice: its message, and the conversation that has its receivers as members. */
export type NoticeNumbers = { readonly messageId: number; readonly conversationId: number };

const insertConversation = sql(
  'insert_notice_conversation',
  `insert into conversations (corp_id, id, open_id, chat_id, is_group, title, owner_id, template_id, icon, options, created_at, change)
   values ($1, $2, $3, null, 2, '', null, null, null, '{}', $4, 1)`,
);
const insertMessage = createInsert(
  'insert_notice_messages',
  'messages',
  'corp_id, id, robot_id, kind, sent_at, state, recipients, reads, owner, sender, conversation_id, sent_in, delivered_to',
);
const insertContent = createInsert('insert_notice_params', 'contents', 'corp_id, message_id, param');
const insertNotice = createInsert(
  'insert_notices',
  'notices',
  'corp_id, id, app_id, conversation_id, content, day, sent_at, total, held_after, per_day, invalid',
);

// A process whose clock is slightly behind counts into the minute and the day that another process has started already.
const countRate = sql<[reached: number, toAll: number]>(
  'count_notice',
  `insert into notice_rates (corp_id, app_id, minute, reached, day, to_all) values ($1, $2, $3, $4, $5, $6)
   on conflict (corp_id, app_id) do update set
     reached = excluded.reached + case when notice_rates.minute >= excluded.minute then notice_rates.reached else 0 end,
     minute = case when notice_rates.minute > excluded.minute then notice_rates.minute else excluded.minute end,
     to_all = excluded.to_all + case when notice_rates.day >= excluded.day then notice_rates.to_all else 0 end,
     day = case when notice_rates.day > excluded.day then notice_rates.day else excluded.day end
   returning reached, to_all`,
);
const uncountToAll = sql(
  'uncount_notice_to_all',
  `update notice_rates set to_all = to_all - 1 where corp_id = $1 and app_id = $2`,
);

const minuteMs = 60_000;

/**
 * Accepts a work notice: stores its message with its receivers, who get it in steps. Writes a row for some hundred
 * receivers.
 *
 * @returns undefined, without changes, if the app has sent too many notices to all users on this day
 */
export function* acceptNotice(notice: NewNotice, numbers: NoticeNumbers, owner: number): Work<Accepted | undefined> {
  const { corpId, appId, sentAt } = notice;
  const earlier = (yield* claimCodes(corpId, [{ send: notice }])).get(notice);
  if (earlier) return earlier;
  const heldAfter = yield* countNotice(notice);
  if (heldAfter === undefined) {
    yield* releaseCode(notice);
    return undefined;
  }
  const { messageId } = numbers;
  yield* insertAll(notice, numbers, heldAfter, owner);
  const accepted: Accepted = { messageId, sentAt, flowControlled: [], invalid: [], filtered: [] };
  yield* storeAnswer(notice, accepted);
  yield* appendEvent(corpId, 'sent', messageId);
  yield* countSends(corpId, [{ robotId: noticeSenderOf(appId), sentAt, deliveries: 0 }]);
  return accepted;
}

/**
 * Counts a notice. Returns the number of the last receiver whom the app may reach in this minute, null if it may reach
 * all of them, and undefined if the app has sent too many notices to all users.
 */
function* countNotice(notice: NewNotice): Work<number | null | undefined> {
  const { corpId, appId, sentAt, day, receivers, perMinute, toAllPerDay } = notice;
  const counted = perMinute === null ? 0 : receivers.length;
  const toAll = toAllPerDay === null ? 0 : 1;
  const params = [Math.floor(sentAt / minuteMs), counted, day, toAll];
  const [sum = 0, toAllSum = 0] = (yield* queryRow(countRate, corpId, appId, ...params)) ?? [];
  if (toAllPerDay !== null && toAllSum > toAllPerDay) {
    yield* queryRows(uncountToAll, corpId, appId);
    return undefined;
  }
  if (perMinute === null || sum <= perMinute) return null;
  const allowed = Math.max(0, perMinute - (sum - counted));
  return receivers[allowed - 1] ?? 0;
}

function* insertAll(
  notice: NewNotice,
  { messageId, conversationId }: NoticeNumbers,
  heldAfter: number | null,
  owner: number,
): Work<void> {
  const { corpId, appId, kind, param, content, day, sentAt, receivers, perDay, invalid } = notice;
  yield* queryRows(insertConversation, corpId, conversationId, `notice:${corpId}:${conversationId}`, sentAt);
  const sender = noticeSenderOf(appId);
  yield* insertMessage([
    ...[corpId, messageId, sender, kind, sentAt, 0, '', '', owner],
    ...[noticeSender, conversationId, 1, 0],
  ]);
  yield* insertContent([corpId, messageId, param]);
  yield* insertNotice([
    ...[corpId, messageId, appId, conversationId, content, day, sentAt, receivers.length],
    ...[heldAfter, perDay, JSON.stringify(invalid)],
  ]);
  yield* insertReceivers(corpId, messageId, receivers);
}
