import { padKeys, splitRows } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, sql, sqlList, type Work } from '../engine/sql.ts';
import type { Card } from './cards.ts';

/** A message that shows a card. Either `userId` or `conversationId` is 0. */
export type CardDelivery = {
  readonly messageId: number;
  readonly robotId: number;
  readonly userId: number;
  readonly conversationId: number;
};

type DeliveryRow = [messageId: number, robotId: number, userId: number, conversationId: number];

const insertDelivery = sql(
  'insert_card_delivery',
  `insert into card_deliveries (corp_id, card_id, message_id, robot_id, user_id, conversation_id)
   values ($1, $2, $3, $4, $5, $6) on conflict (corp_id, card_id, message_id) do nothing`,
);
const touchCard = sql(
  'touch_card',
  `update cards set updated_at = $3 where corp_id = $1 and id = $2 and updated_at < $3`,
);
const selectDeliveries = sql<DeliveryRow>(
  'select_card_deliveries',
  `select message_id, robot_id, user_id, conversation_id from card_deliveries where corp_id = $1 and card_id = $2
   order by message_id`,
);

const selectDeliveriesTo = sql<DeliveryRow>(
  'select_card_deliveries_to',
  `select message_id, robot_id, user_id, conversation_id from card_deliveries
   where corp_id = $1 and card_id = $2 and user_id in (0, $3) order by message_id`,
);

/** Reads the messages that may show a card to a user, oldest first: those to the user alone, and those to conversations. */
export function* readCardDeliveriesTo(corpId: number, cardId: number, userId: number): Work<readonly CardDelivery[]> {
  return (yield* queryRows(selectDeliveriesTo, corpId, cardId, userId)).map(toDelivery);
}

function toDelivery([messageId, robotId, userId, conversationId]: Readonly<DeliveryRow>): CardDelivery {
  return { messageId, robotId, userId, conversationId };
}

/** Notes that a message shows a card, and that the card is kept as long as the message. */
export function* insertCardDelivery(
  { corpId, id }: Pick<Card, 'corpId' | 'id'>,
  { messageId, robotId, userId, conversationId }: CardDelivery,
  at: number,
): Work<void> {
  yield* queryRows(insertDelivery, corpId, id, messageId, robotId, userId, conversationId);
  yield* queryRows(touchCard, corpId, id, at);
}

/** Reads the messages that show a card, oldest first. */
export function* readCardDeliveries(corpId: number, cardId: number): Work<readonly CardDelivery[]> {
  return (yield* queryRows(selectDeliveries, corpId, cardId)).map(toDelivery);
}

const selectAudience = sql<[conversationId: number | null, sentIn: number | null]>(
  'select_card_audience',
  `select conversation_id, sent_in from messages{day $2} where corp_id = $1 and id = $2`,
);
// Members at the send; who has left since keeps the message.
const selectReached = sqlList<[userId: number]>(
  'select_card_members',
  (count) =>
    `select user_id from members
     where corp_id = $1 and conversation_id = $2 and joined <= $3 and (left_in is null or left_in > $3)
       and user_id in (${placeholders(4, count)})`,
);

/** Returns those of the users who have got a message to a conversation. */
function* findReached(corpId: number, messageId: number, userIds: readonly number[]): Work<readonly number[]> {
  const [conversationId, sentIn] = (yield* queryRow(selectAudience, corpId, messageId)) ?? [];
  const found: number[] = [];
  if (conversationId == null) return found;
  for (const some of splitRows(userIds)) {
    const keys = padKeys(some);
    const rows = yield* queryRows(selectReached(keys.length), corpId, conversationId, sentIn ?? 0, ...keys);
    found.push(...rows.map(([userId]) => userId));
  }
  return found;
}

// 0 stands for conversations.
const selectAlone = sqlList<[userId: number]>(
  'select_card_users',
  (count) =>
    `select distinct user_id from card_deliveries
     where corp_id = $1 and card_id = $2 and user_id in (0, ${placeholders(3, count)})`,
);

/** Returns those of the users to whom a card was delivered. */
export function* findCardViewers(corpId: number, cardId: number, userIds: readonly number[]): Work<readonly number[]> {
  const found = new Set<number>();
  for (const some of splitRows(userIds)) {
    const keys = padKeys(some);
    for (const [userId] of yield* queryRows(selectAlone(keys.length), corpId, cardId, ...keys)) found.add(userId);
  }
  if (!found.delete(0)) return [...found];
  // Those that show the card to no user alone.
  for (const { messageId } of yield* readCardDeliveriesTo(corpId, cardId, 0)) {
    const others = userIds.filter((userId) => !found.has(userId));
    for (const userId of yield* findReached(corpId, messageId, others)) found.add(userId);
  }
  return [...found];
}
