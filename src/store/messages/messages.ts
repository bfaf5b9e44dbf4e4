import { readAudience, readMembersAfter } from '../conversations/members.ts';
import { startOfDay } from '../engine/partitions.ts';
import { createInsert, padKeys } from '../engine/rows.ts';
import { pipeline, queryRow, queryRows, queryValue, sql, sqlList, type Work } from '../engine/sql.ts';
import { appendEvent, appendEvents } from '../events.ts';
import { messageStates, type Pending, type Touched } from '../model.ts';
import { reserveOffsets } from '../streams.ts';
import { parseRecipients } from './receipts.ts';

export type PendingRow = [
  corpId: number,
  id: number,
  robotId: number,
  sentAt: number,
  state: number,
  conversationId: number | null,
  recalledAt: number | null,
];

/** The columns of a message that has not been delivered, for `toPending`. */
export const pendingColumns = 'corp_id, id, robot_id, sent_at, state, conversation_id, recalled_at';

const selectPending = sql<PendingRow>(
  'select_pending',
  `select ${pendingColumns} from messages
   where state < 2 and (corp_id, id) > ($1, $2) and ($4 < 0 or owner = $4) order by corp_id, id limit $3`,
);

/**
 * Reads messages that have not been delivered, in the order of organization and number, after the one given.
 *
 * @param owner the number of the process that delivers them; -1 for all
 */
export function* readPending(
  after: { corpId: number; messageId: number },
  limit: number,
  owner: number,
): Work<readonly Pending[]> {
  return (yield* queryRows(selectPending, after.corpId, after.messageId, limit, owner)).map(toPending);
}

/** Converts a row of a message that has not been delivered. */
export function toPending(row: Readonly<PendingRow>): Pending {
  const [corpId, messageId, robotId, sentAt, state, conversationId, recalledAt] = row;
  const name = messageStates[state] ?? 'queued';
  return { corpId, messageId, robotId, sentAt, state: name, conversationId, isRecalled: recalledAt !== null };
}

const countPending = sql<[count: number]>('count_pending', `select count(*) from messages where state < 2`);

/** Counts the messages that have not been delivered. */
export function* countPendingMessages(): Work<number> {
  return (yield* queryValue(countPending)) ?? 0;
}

/** A delivered message, with the time of its delivery (epoch milliseconds). */
export type Arrival = { readonly messageId: number; readonly at: number };

type DeliveredRow = [id: number, recipients: string, recalledAt: number | null];

// The clock of the process that delivers or recalls may be behind the clock of the process that accepted the send. A
// delivery or recall is never earlier than its send.
// Not `case id when …`, which Citus does not pass on correctly when the condition has one id.
const markDelivered = sqlList<DeliveredRow>('mark_delivered', (count) => {
  const ids = Array.from({ length: count }, (_, i) => 2 * i + 2);
  const times = ids.map(
    (n) =>
      `when id = $${n} then case when sent_at > cast($${n + 1} as bigint) then sent_at else cast($${n + 1} as bigint) end`,
  );
  return `update messages{day $2} set state = 2, delivered_at = case ${times.join(' ')} end
     where corp_id = $1 and id in (${ids.map((n) => `$${n}`).join(', ')}) and state < 2 and conversation_id is null
     returning id, recipients, recalled_at`;
});

const insertEntries = createInsert('insert_entries', 'inbox', 'corp_id, user_id, seq, event, message_id, position');

type Addressed = { readonly messageId: number; readonly userIds: readonly number[] };

/** Values of the column `event` of the inbox. */
export const arrival = 0;
export const recalled = 2;

/**
 * Appends an event of each message to the streams of users; `event` is the column of the inbox. An arrival has the
 * position of the recipient in the send; that of a message to a conversation does not matter.
 */
export function* appendToStreams(corpId: number, event: number, messages: readonly Addressed[]): Work<void> {
  if (messages.length === 0) return;
  const newest = Math.max(...messages.map(({ messageId }) => messageId));
  const last = yield* reserveOffsets(
    corpId,
    messages.flatMap(({ userIds }) => userIds),
    newest,
  );
  const values: number[] = [];
  // From the last message to the first, since the last reserved offset of each user is known.
  for (const { messageId, userIds } of messages.toReversed()) {
    userIds.forEach((userId, position) => {
      const offset = last.get(userId) ?? 0;
      last.set(userId, offset - 1);
      values.push(corpId, userId, offset, event, messageId, event === arrival ? position : 0);
    });
  }
  yield* insertEntries(values);
}

/** Settles one message; see `settleAll`. */
export function* settle(corpId: number, messageId: number, at: number): Work<readonly Touched[]> {
  const [touched = []] = yield* settleAll(corpId, [{ messageId, at }]);
  return touched;
}

/**
 * Marks messages to users delivered and adds them to the inboxes of their recipients, in one transaction. Messages to
 * conversations are delivered in steps; see `deliverStep`. A message that was
 * delivered already is skipped, so that it enters each inbox exactly once. A message that was recalled before its
 * delivery is marked delivered, and enters no inbox.
 *
 * @param arrivals each message may occur only once
 * @returns for each arrival, in the same order, the users whose inboxes the message has entered
 */
export function* settleAll(corpId: number, arrivals: readonly Arrival[]): Work<readonly (readonly Touched[])[]> {
  const delivered = new Map<number, Addressed>();
  for (const ofDay of Map.groupBy(arrivals, ({ messageId }) => startOfDay(messageId)).values()) {
    const keys = padKeys(ofDay);
    const params = keys.flatMap(({ messageId, at }) => [messageId, at]);
    for (const [messageId, recipients, recalledAt] of yield* queryRows(markDelivered(keys.length), corpId, ...params)) {
      if (recalledAt === null) delivered.set(messageId, { messageId, userIds: parseRecipients(recipients) });
    }
  }
  // The inboxes get the messages in the order of the arrivals.
  const shown = arrivals.flatMap(({ messageId }) => delivered.get(messageId) ?? []);
  yield* appendToStreams(corpId, arrival, shown);
  yield* appendEvents(
    corpId,
    'delivered',
    shown.map(({ messageId }) => messageId),
  );
  return arrivals.map(({ messageId }) => toTouched(corpId, delivered.get(messageId)?.userIds ?? []));
}

export const toTouched = (corpId: number, userIds: readonly number[]): readonly Touched[] =>
  userIds.map((userId) => ({ corpId, userId }));

const markUnknown = sql(
  'mark_unknown',
  `update messages{day $2} set state = 1 where corp_id = $1 and id = $2 and state = 0`,
);

/** Records that a delivery was attempted and that its outcome is unknown. */
export function* lose(corpId: number, messageId: number): Work<void> {
  yield* queryRows(markUnknown, corpId, messageId);
}

// A message to a conversation is pending again: the deliverer takes it back from the inboxes in steps.
const markRecalled = sql<[state: number, recipients: string]>(
  'mark_recalled',
  `update messages{day $2} set recalled_at = case when sent_at > $3 then sent_at else $3 end,
     state = case when conversation_id is null then state else 0 end,
     owner = case when conversation_id is null then owner else $4 end
   where corp_id = $1 and id = $2 and recalled_at is null returning state, recipients`,
);
const dropContent = sql('drop_content', `delete from contents{day $2} where corp_id = $1 and message_id = $2`);

/**
 * Recalls a message: deletes its content and keeps its receipt. A second recall changes nothing.
 *
 * @param owner the number of the process that takes a message to a conversation back from the inboxes
 * @returns the recipients whose inboxes it was in; empty if it was recalled before, or was sent to a conversation
 */
export function* recall(corpId: number, messageId: number, at: number, owner: number): Work<readonly Touched[]> {
  return (yield* recallOnce(corpId, messageId, at, owner)) ?? [];
}

/** Like `recall`, but returns undefined if the message does not exist or was recalled before. */
export function* recallOnce(
  corpId: number,
  messageId: number,
  at: number,
  owner: number,
): Work<readonly Touched[] | undefined> {
  const row = yield* queryRow(markRecalled, corpId, messageId, at, owner);
  if (!row) return undefined;
  yield* pipeline(dropContent, corpId, messageId);
  const [state, recipients] = row;
  const userIds = messageStates[state] === 'delivered' ? parseRecipients(recipients) : [];
  yield* appendToStreams(corpId, recalled, [{ messageId, userIds }]);
  yield* appendEvent(corpId, 'recalled', messageId);
  return toTouched(corpId, userIds);
}

const selectRecipients = sql<[recipients: string]>(
  'select_recipients',
  `select recipients from messages{day $2} where corp_id = $1 and id = $2`,
);

/** More than the members of any conversation. */
const allMembers = 1_000_000;

/**
 * Reads the recipients of a message: in the order of the send or, for a message to a conversation, its members at the
 * send in the order of their numbers.
 */
export function* readRecipients(corpId: number, messageId: number): Work<readonly number[]> {
  const userIds = parseRecipients((yield* queryValue(selectRecipients, corpId, messageId)) ?? '');
  const audience = userIds.length === 0 ? yield* readAudience(corpId, messageId) : undefined;
  return audience ? yield* readMembersAfter(corpId, audience, 0, allMembers) : userIds;
}
