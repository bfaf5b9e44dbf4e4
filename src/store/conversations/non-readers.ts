/** Who got a message to a conversation and has not read it. */
import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';
import { readMembersAfter } from './members.ts';

/** A recipient who has not read a message, by number. */
export type NonReader = { readonly userId: number; readonly isDelivered: boolean };

/** A page of non-readers. `to` is the number of the last recipient that was looked at. */
export type NonReaders = {
  readonly users: readonly NonReader[];
  readonly to: number;
  readonly isAll: boolean;
};

const selectDelivery = sql<
  [conversationId: number | null, sentIn: number | null, state: number, deliveredTo: number | null]
>(
  'select_group_delivery',
  `select conversation_id, sent_in, state, delivered_to from messages{day $2} where corp_id = $1 and id = $2`,
);
// A range of users instead of a list of them, which SQLite would search for each read of the message.
const selectReadersBetween = sql<[userId: number]>(
  'select_readers_between',
  `select user_id from group_reads{day $2}
   where corp_id = $1 and message_id = $2 and user_id > $3 and user_id <= $4`,
);

const delivered = 2;

/**
 * Looks at the next `stride` recipients of a message, in the order of their numbers, and returns those who have not
 * read it. Returns none if the message was not sent to a conversation.
 */
export function* readNonReaders(corpId: number, messageId: number, after: number, stride: number): Work<NonReaders> {
  const [conversationId = null, change, state, deliveredTo] =
    (yield* queryRow(selectDelivery, corpId, messageId)) ?? [];
  if (conversationId === null) return { users: [], to: after, isAll: true };
  const audience = { conversationId, change: change ?? 0 };
  const members = yield* readMembersAfter(corpId, audience, after, stride);
  const to = members.at(-1) ?? after;
  const rows = yield* queryRows(selectReadersBetween, corpId, messageId, after, to);
  const readers = new Set(rows.map(([userId]) => userId));
  const reached = state === delivered ? Number.MAX_SAFE_INTEGER : (deliveredTo ?? 0);
  const users = members
    .filter((userId) => !readers.has(userId))
    .map((userId) => ({ userId, isDelivered: userId <= reached }));
  return { users, to, isAll: members.length < stride };
}
