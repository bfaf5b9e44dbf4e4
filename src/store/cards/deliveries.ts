import { queryByNumber, sqlByNumber } from '../engine/partitions.ts';
import { padKeys, splitRows } from '../engine/rows.ts';
import { placeholders, queryRows, queryValue, sql, sqlList, type Work } from '../engine/sql.ts';
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

const countDeliveries = sql<[count: number]>(
  'count_card_deliveries',
  `select count(*) from card_deliveries where corp_id = $1 and card_id = $2`,
);

/** Counts the messages that show a card. */
export function* countCardDeliveries(corpId: number, cardId: number): Work<number> {
  return (yield* queryValue(countDeliveries, corpId, cardId)) ?? 0;
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
  const others = userIds.filter((userId) => !found.has(userId));
  for (const userId of yield* findMembersWithCard(corpId, cardId, others)) found.add(userId);
  return [...found];
}

const selectAudiences = sqlByNumber<[conversationId: number, sentIn: number | null]>(
  'select_card_audiences',
  (count) =>
    `select conversation_id, sent_in from messages{day $2}
     where corp_id = $1 and id in (${placeholders(2, count)}) and conversation_id is not null and recalled_at is null`,
);
const selectMemberships = sqlList<[conversationId: number, userId: number, joined: number, leftIn: number | null]>(
  'select_card_members',
  (count) =>
    `select conversation_id, user_id, joined, left_in from members
     where corp_id = $1 and conversation_id {among $2} and user_id in (${placeholders(3, count)})`,
);

/** Returns those of the users who have got a card in a conversation: who has left since keeps the message. */
function* findMembersWithCard(corpId: number, cardId: number, userIds: readonly number[]): Work<ReadonlySet<number>> {
  // Deliveries to conversations instead of single users.
  const deliveries = yield* readCardDeliveriesTo(corpId, cardId, 0);
  const messageIds = deliveries.map(({ messageId }) => messageId);
  const audiences = yield* queryByNumber(selectAudiences, corpId, messageIds);
  const changes = Map.groupBy(audiences, ([conversationId]) => conversationId);
  const found = new Set<number>();
  for (const conversations of splitRows([...changes.keys()])) {
    for (const users of splitRows(userIds)) {
      const keys = padKeys(users);
      const rows = yield* queryRows(selectMemberships(keys.length), corpId, conversations.join(','), ...keys);
      for (const [conversationId, userId, joined, leftIn] of rows) {
        const isMember = ([, sentIn]: readonly [number, number | null]) =>
          joined <= (sentIn ?? 0) && (leftIn === null || leftIn > (sentIn ?? 0));
        if (changes.get(conversationId)?.some(isMember)) found.add(userId);
      }
    }
  }
  return found;
}

// A message and its row about the card are stored by one transaction, and this statement sees both or neither.
const deleteRemoved = sql<[messageId: number]>(
  'delete_removed_card_deliveries',
  `delete from card_deliveries where corp_id = $1 and message_id in (
     select d.message_id from card_deliveries d
     where d.corp_id = $1 and d.message_id < coalesce(
       (select min(m.id) from messages m where m.corp_id = $1), ${Number.MAX_SAFE_INTEGER})
     order by d.message_id limit $2)
   returning message_id`,
);

/**
 * Deletes up to `limit` rows about messages that retention has removed. Returns how many. A recalled message has a
 * receipt until then, and its card is still found by it.
 */
export function* pruneCardDeliveries(corpId: number, limit: number): Work<number> {
  return (yield* queryRows(deleteRemoved, corpId, limit)).length;
}
