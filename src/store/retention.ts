import { deleteGroupReads, readGroupReads } from './conversations/group-reads.ts';
import { type Audience, readMembersAfter } from './conversations/members.ts';
import { perDay } from './engine/partitions.ts';
import { type Driver, queryRows, queryValue, sql, type Work } from './engine/sql.ts';
import { pruneEvents, pruneEventsStep } from './events.ts';
import { parseRecipients } from './messages/receipts.ts';

// Numbers rise with time, so the oldest messages have the lowest numbers, and the primary key is enough to find them.
const selectOldest = sql<
  [id: number, sentAt: number, recipients: string, conversationId: number | null, sentIn: number | null]
>(
  'select_oldest',
  `select id, sent_at, recipients, conversation_id, sent_in from messages
   where corp_id = $1 and id < $2 order by id limit $3 {locked}`,
);
/** The number below which messages are removed one by one; the others are removed with their partitions. */
export const endOfPruning = ({ daily }: Driver) => (daily ? perDay : Number.MAX_SAFE_INTEGER);

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
const deleteInbox = sql<[seq: number]>(
  'delete_inbox',
  `delete from inbox where corp_id = $1 and user_id = $2 and seq < $3 returning seq`,
);

/** An old message. `audience` is null for a message to users. */
type Oldest = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly userIds: readonly number[];
  readonly audience: Audience | null;
};

function* readOldest(corpId: number, end: number, limit: number): Work<readonly Oldest[]> {
  const rows = yield* queryRows(selectOldest, corpId, end, limit);
  return rows.map(([messageId, sentAt, recipients, conversationId, sentIn]) => {
    const audience = conversationId === null ? null : { conversationId, change: sentIn ?? 0 };
    return { messageId, sentAt, userIds: parseRecipients(recipients), audience };
  });
}

/**
 * Removes up to `limit` of an organization's messages, oldest first, with their contents, inbox entries and events. The
 * caller repeats this until nothing is returned. It stops at a message to a conversation that still has other rows; see
 * `pruneGroupStep`.
 *
 * @param before removes messages sent before this time (epoch milliseconds)
 * @param end removes messages with numbers below this one
 * @returns the numbers of the removed messages
 */
export function* pruneOldest(corpId: number, before: number, end: number, limit: number): Work<readonly number[]> {
  const due = (yield* readOldest(corpId, end, limit)).filter(({ sentAt }) => sentAt < before);
  const removed: number[] = [];
  for (const { messageId, userIds, audience } of due) {
    // The progress of `pruneGroupStep` is that of the oldest message.
    if (audience && (removed.length > 0 || !(yield* isPruned(corpId, messageId, audience)))) break;
    for (const userId of userIds) yield* pruneStream(corpId, userId, messageId);
    yield* queryRows(deleteContent, corpId, messageId);
    yield* queryRows(deleteMessage, corpId, messageId);
    if (audience) yield* queryRows(putProgress, corpId, 0);
    removed.push(messageId);
  }
  const lastId = removed.at(-1);
  if (lastId !== undefined) yield* pruneEvents(corpId, lastId, before);
  return removed;
}

/** Maximum number of inbox entries, reads or events that one step of `pruneGroupStep` deletes. */
const rowsAtOnce = 200;

/** Maximum number of members whose inboxes one step examines. */
const membersAtOnce = 64;

// The number of the last member whose inbox has been pruned for the oldest message of the organization.
const selectProgress = sql<[userId: number]>(
  'select_prune_progress',
  `select next from counters where corp_id = $1 and name = 'pruned_to'`,
);
const putProgress = sql(
  'put_prune_progress',
  `insert into counters (corp_id, name, next) values ($1, 'pruned_to', $2)
   on conflict (corp_id, name) do update set next = excluded.next`,
);

/**
 * If the oldest message of an organization is past its retention and was sent to a conversation, deletes some of its
 * rows: first the inbox entries of its members, then its reads, then the events. `pruneOldest` removes the rest.
 *
 * @param before the message is past its retention if it was sent before this time (epoch milliseconds)
 * @param end concerns messages with numbers below this one
 * @returns whether there was something to delete
 */
export function* pruneGroupStep(corpId: number, before: number, end: number): Work<boolean> {
  const [oldest] = yield* readOldest(corpId, end, 1);
  if (!oldest?.audience || oldest.sentAt >= before) return false;
  const { messageId, audience } = oldest;
  const after = (yield* queryValue(selectProgress, corpId)) ?? 0;
  const userIds = yield* readMembersAfter(corpId, audience, after, membersAtOnce);
  if (userIds.length > 0) {
    yield* queryRows(putProgress, corpId, yield* pruneStreams(corpId, userIds, messageId));
    return true;
  }
  if ((yield* deleteGroupReads(corpId, messageId, rowsAtOnce)) > 0) return true;
  return (yield* pruneEventsStep(corpId, messageId, before, rowsAtOnce)) > 0;
}

/** Prunes the streams of users until enough entries are deleted. Returns the last user whose stream was pruned. */
function* pruneStreams(corpId: number, userIds: readonly number[], messageId: number): Work<number> {
  let last = 0;
  let deleted = 0;
  for (const userId of userIds) {
    deleted += yield* pruneStream(corpId, userId, messageId);
    last = userId;
    if (deleted >= rowsAtOnce) break;
  }
  return last;
}

/** Whether `pruneGroupStep` has deleted the inbox entries and reads of the oldest message. */
function* isPruned(corpId: number, messageId: number, audience: Audience): Work<boolean> {
  const after = (yield* queryValue(selectProgress, corpId)) ?? 0;
  if ((yield* readMembersAfter(corpId, audience, after, 1)).length > 0) return false;
  return (yield* readGroupReads(corpId, messageId, 0, 1)).length === 0;
}

/** Deletes the entries of a stream that only concern messages up to this one. Returns how many. */
function* pruneStream(corpId: number, userId: number, messageId: number): Work<number> {
  const firstRemaining = yield* queryValue(selectFirstKept, corpId, userId, messageId);
  return firstRemaining ? (yield* queryRows(deleteInbox, corpId, userId, firstRemaining)).length : 0;
}
