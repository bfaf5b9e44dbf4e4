import { readNames } from '../conversations/conversations.ts';
import { dayOf, perDay, queryByNumber, sqlByNumber, startOfDay } from '../engine/partitions.ts';
import { placeholders, queryRows, type Row, sql, type Work } from '../engine/sql.ts';
import { readLastEventOffset } from '../events.ts';
import { readBackwards } from '../messages/inbox.ts';
import { readContents } from '../messages/inbox-messages.ts';
import { parseManner, parseReadAt, parseRecipients } from '../messages/receipts.ts';
import { type MessageState, messageStates, type ReadManner, type SenderKind, senderKinds } from '../model.ts';
import { findLeavers } from '../people/users.ts';
import { readLastOffset } from '../streams.ts';
import { personSender } from '../talk/speech.ts';

/** A message of the console's list. `readAt` and `manners` are in the order of `userIds`, which is that of the send. */
export type ListedMessage = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly kind: number;
  readonly sentAt: number;
  readonly state: MessageState;
  readonly deliveredAt: number | null;
  readonly recalledAt: number | null;
  readonly param: string | null;
  readonly userIds: readonly number[];
  readonly readAt: readonly (number | null)[];
  readonly manners: readonly (ReadManner | null)[];
  /** Users whose blocks kept the message from them, in the order of the send. */
  readonly filteredIds: readonly number[];
  readonly hasLeft: readonly boolean[];
  readonly sender: SenderKind;
  /** The operator who has sent it in the console. */
  readonly operatorId: number | null;
  /** The conversation it was sent to, which has the recipients then; null if it was sent to users. */
  readonly conversationId: number | null;
  /** Null also for a work notice, whose conversation nobody sees. */
  readonly conversation: { readonly openId: string; readonly title: string; readonly isGroup: boolean } | null;
  /** Its position in the walk. To continue a walk, start before this position. */
  readonly position: Position;
};

/**
 * A position in a walk: send time and number of a message or, in a user's inbox, the sequence number of the entry and
 * 0.
 */
export type Position = readonly [first: number, second: number];

/** Which messages a walk visits, newest first. Each kind has an index that contains few other messages. */
export type Walk =
  | { readonly along: 'all' | 'pending' | 'recalled' | 'card'; readonly corpId: number }
  | { readonly along: 'robot'; readonly corpId: number; readonly robotId: number }
  | { readonly along: 'conversation'; readonly corpId: number; readonly conversationId: number }
  | { readonly along: 'sender'; readonly corpId: number; readonly sender: Exclude<SenderKind, 'robot'> }
  | { readonly along: 'operator'; readonly corpId: number; readonly operatorId: number }
  | { readonly along: 'user'; readonly corpId: number; readonly userId: number };

type ListRow = [
  id: number,
  robotId: number,
  kind: number,
  sentAt: number,
  state: number,
  deliveredAt: number | null,
  recalledAt: number | null,
  recipients: string,
  reads: string,
  manners: string | null,
  filtered: string | null,
  conversationId: number | null,
  sender: number,
  operatorId: number | null,
];

const columns = [
  'id, robot_id, kind, sent_at, state, delivered_at, recalled_at, recipients, reads, manners, filtered',
  'conversation_id, sender, operator_id',
].join(', ');

/** The condition of the messages that show a card. Its number is that of `cardKind` in src/wire/vendor/messages.ts. */
export const showsCard = 'kind = 80';

/** The condition of all lists and totals: messages of people have no receipts, so they are not listed. */
export const isListed = `sender <> ${personSender}`;

// Sorted by time, because numbers are assigned differently by each engine. $4 ends the walk at the start of the time
// range; $5 and $6 limit it to a range of partitions.
const byTime = (name: string, condition: string, time = 'sent_at') =>
  sql<ListRow>(
    name,
    `select ${columns} from messages
     where corp_id = $1 and (sent_at, id) < ($2, $3) and sent_at >= $4 and id >= $5 and id < $6 and ${isListed}${condition}
     order by ${time} desc, id desc limit $7`,
  );
const statements = {
  all: byTime('list_messages', ''),
  // There are few pending messages, and they have a partial index. Sorting by an expression keeps the planner from
  // walking all messages by time instead, which took 400 ms with a million messages.
  pending: byTime('list_pending_messages', ' and state < 2', 'sent_at + 0'),
  recalled: byTime('list_recalled_messages', ' and recalled_at is not null'),
  card: byTime('list_card_messages', ` and ${showsCard}`),
  robot: byTime('list_messages_of_robot', ' and robot_id = $8'),
  conversation: byTime('list_messages_of_conversation', ' and conversation_id = $8'),
  // The second condition lets the planner use the partial index for any parameter.
  sender: byTime('list_messages_of_sender', ' and sender = $8 and sender > 0'),
  operator: byTime('list_messages_of_operator', ' and operator_id = $8'),
};
const ofUser = sql<[offset: number, messageId: number]>(
  'list_messages_of_user',
  `select seq, message_id from inbox
   where corp_id = $1 and user_id = $2 and event = 0 and seq < $3 and seq >= $4 order by seq desc limit $5`,
);
const byId = sqlByNumber<ListRow>(
  'list_by_number',
  (count) =>
    `select ${columns} from messages{day $2} where corp_id = $1 and id in (${placeholders(2, count)}) and ${isListed}`,
);

/**
 * Returns up to `limit` messages of a walk before a position, newest first. `from` (epoch milliseconds) ends walks by
 * time.
 */
export function* messagesBefore(
  walk: Walk,
  before: Position,
  from: number,
  limit: number,
): Work<readonly ListedMessage[]> {
  const { corpId } = walk;
  const [first] = before;
  if (walk.along === 'user') return yield* messagesOfUser(corpId, walk.userId, first, limit);
  const own = toCondition(walk);
  const messages: Stored[] = [];
  for (const range of yield* daysOf(corpId, first, from)) {
    const rest = limit - messages.length;
    const rows = yield* queryRows(statements[walk.along], corpId, ...before, from, ...range, rest, ...own);
    messages.push(...rows.map((row) => toStored(corpId, row)));
    if (messages.length === limit) break;
  }
  return yield* withContents(corpId, messages.map(inTime));
}

/** The parameter of the statement of a walk: the robot, conversation, operator or kind of sender whose messages it visits. */
export function toCondition(walk: Walk): Row {
  if (walk.along === 'robot') return [walk.robotId];
  if (walk.along === 'operator') return [walk.operatorId];
  if (walk.along === 'sender') return [senderKinds.indexOf(walk.sender)];
  return walk.along === 'conversation' ? [walk.conversationId] : [];
}

/**
 * Returns the ranges of message numbers for a range of time, newest first: the last two days, where most walks end,
 * then the other days, and finally the messages from before the table was partitioned by day.
 */
function* daysOf(corpId: number, before: number, from: number): Work<readonly (readonly [number, number])[]> {
  const newest = startOfDay(yield* readLastEventOffset(corpId));
  const end = Math.min(dayOf(before) * perDay, newest) + perDay;
  const near = Math.max(perDay, end - 2 * perDay);
  const far = Math.max(perDay, dayOf(from) * perDay);
  const ranges = [[near, end] as const, [far, near] as const, [0, perDay] as const];
  return ranges.filter(([first, next]) => first < next);
}

function* messagesOfUser(corpId: number, userId: number, before: number, limit: number) {
  const found: Positioned[] = [];
  const last = yield* readLastOffset(corpId, userId);
  const collect = function* (entries: readonly Entry[]): Work<boolean> {
    const messages = yield* storedMessages(
      corpId,
      entries.map(({ messageId }) => messageId),
    );
    const byNumber = new Map(messages.map((message) => [message.messageId, message]));
    for (const { offset, messageId } of entries) {
      const message = byNumber.get(messageId);
      if (message) found.push({ message, position: [offset, 0] });
    }
    return found.length < limit;
  };
  yield* readBackwards(Math.min(before, last + 1), limit, collect, function* (start, from, count) {
    const rows = yield* queryRows(ofUser, corpId, userId, start, from, count);
    return rows.map(([offset, messageId]) => ({ offset, messageId }));
  });
  return yield* withContents(corpId, found.slice(0, limit));
}

/** A message as its row says: without its content, and without what is known of its recipients. */
type Stored = Omit<ListedMessage, 'param' | 'hasLeft' | 'position' | 'conversation'>;
type Positioned = { readonly message: Stored; readonly position: Position };
type Entry = { readonly offset: number; readonly messageId: number };

/** A message with its position in a walk by time. */
const inTime = (message: Stored): Positioned => ({ message, position: [message.sentAt, message.messageId] });

function* withContents(corpId: number, found: readonly Positioned[]): Work<readonly ListedMessage[]> {
  const params = yield* readContents(
    corpId,
    found.map(({ message }) => message.messageId),
  );
  const leavers = yield* findLeavers(corpId, new Set(found.flatMap(({ message }) => message.userIds)));
  const conversations = yield* readNames(
    corpId,
    found.flatMap(({ message }) => message.conversationId ?? []),
  );
  return found.map(({ message, position }) => {
    const hasLeft = message.userIds.map((id) => leavers.has(id));
    const conversation = conversations.get(message.conversationId ?? 0) ?? null;
    return { ...message, param: params.get(message.messageId) ?? null, hasLeft, conversation, position };
  });
}

const byOperator = sqlByNumber<[id: number, operatorId: number | null]>(
  'find_message_operators',
  (count) => `select id, operator_id from messages{day $2} where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** Returns which of these messages an operator has sent in the console. */
export function* messagesSentBy(
  corpId: number,
  messageIds: readonly number[],
  operatorId: number,
): Work<ReadonlySet<number>> {
  const rows = yield* queryByNumber(byOperator, corpId, [...new Set(messageIds)]);
  return new Set(rows.flatMap(([id, sentBy]) => (sentBy === operatorId ? [id] : [])));
}

/** Returns one message in the form of the console's list. */
export function* listedMessage(corpId: number, messageId: number): Work<ListedMessage | undefined> {
  const messages = yield* storedMessages(corpId, [messageId]);
  const [listed] = yield* withContents(corpId, messages.map(inTime));
  return listed;
}

function* storedMessages(corpId: number, messageIds: readonly number[]): Work<readonly Stored[]> {
  return (yield* queryByNumber(byId, corpId, messageIds)).map((row) => toStored(corpId, row));
}

function toStored(corpId: number, row: ListRow): Stored {
  const [messageId, robotId, kind, sentAt, state, deliveredAt, recalledAt, ...lists] = row;
  const [recipients, reads, manners, filtered, conversationId, sender, operatorId] = lists;
  const userIds = parseRecipients(recipients);
  return {
    corpId,
    messageId,
    robotId,
    kind,
    sentAt,
    state: messageStates[state] ?? 'queued',
    deliveredAt,
    recalledAt,
    userIds,
    readAt: userIds.map((_, position) => parseReadAt(reads, position, sentAt)),
    manners: userIds.map((_, position) => parseManner(manners, position)),
    filteredIds: parseRecipients(filtered ?? ''),
    sender: senderKinds[sender] ?? 'robot',
    operatorId,
    conversationId,
  };
}
