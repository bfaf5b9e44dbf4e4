import { queryRows, queryValue, sql, type Work } from './engine/sql.ts';
import { pruneEvents } from './events.ts';
import { parseRecipients } from './receipts.ts';

// Numbers rise with time, so the oldest messages have the lowest numbers, and the primary key is enough to find them.
const selectOldest = sql<[id: number, sentAt: number, recipients: string]>(
  'select_oldest',
  `select id, sent_at, recipients from messages where corp_id = $1 and id < $2 order by id limit $3 {locked}`,
);
const deleteContent = sql('delete_content', `delete from contents{day $2} where corp_id = $1 and message_id = $2`);
const deleteMessage = sql('delete_message', `delete from messages{day $2} where corp_id = $1 and id = $2`);

// Only events below 3 contain the number of a message. The newest entry of a stream is never deleted, since it holds the
// last number of the stream.
const selectFirstKept = sql<[seq: number | null]>(
  'select_first_kept',
  `select coalesce(
     (select i.seq from inbox i where i.corp_id = $1 and i.user_id = $2 and i.message_id > $3 and i.event < 3
      order by i.seq limit 1),
     (select max(i.seq) from inbox i where i.corp_id = $1 and i.user_id = $2))`,
);
const deleteInbox = sql('delete_inbox', `delete from inbox where corp_id = $1 and user_id = $2 and seq < $3`);

/**
 * Removes up to `limit` of an organization's messages, oldest first, with their contents, inbox entries and events. The
 * caller repeats this until nothing is returned.
 *
 * @param before removes messages sent before this time (epoch milliseconds)
 * @param end removes messages with numbers below this one
 * @returns the numbers of the removed messages
 */
export function* pruneOldest(corpId: number, before: number, end: number, limit: number): Work<readonly number[]> {
  const rows = yield* queryRows(selectOldest, corpId, end, limit);
  const old = rows.filter(([, sentAt]) => sentAt < before);
  for (const [id, , recipients] of old) yield* pruneOne(corpId, id, parseRecipients(recipients));
  const [lastId] = old.at(-1) ?? [];
  if (lastId !== undefined) yield* pruneEvents(corpId, lastId);
  return old.map(([id]) => id);
}

function* pruneOne(corpId: number, messageId: number, recipients: readonly number[]): Work<void> {
  for (const userId of recipients) yield* pruneStream(corpId, userId, messageId);
  yield* queryRows(deleteContent, corpId, messageId);
  yield* queryRows(deleteMessage, corpId, messageId);
}

function* pruneStream(corpId: number, userId: number, messageId: number): Work<void> {
  const firstRemaining = yield* queryValue(selectFirstKept, corpId, userId, messageId);
  if (firstRemaining) yield* queryRows(deleteInbox, corpId, userId, firstRemaining);
}
