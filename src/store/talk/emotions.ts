import { readRecipientsAfter } from '../conversations/members.ts';
import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, sql, sqlList, type Work } from '../engine/sql.ts';
import { appendToStreams, toTouched } from '../messages/messages.ts';
import { parseRecipients } from '../messages/receipts.ts';
import type { Touched } from '../model.ts';

/** An emotion that a robot attaches to a message of a person. */
export type Emotion = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly name: string;
  /** What people see. */
  readonly text: string;
};

/** The event of an inbox that says that the emotions of a message have changed. */
export const emotionEvent = 7;

/** In a larger conversation, only the author of the message gets the event; others see the change when they load it. */
const mostNotified = 200;

/** Maximum number of emotions of one message. */
const mostEmotions = 50;

const insertEmotion = sql<[name: string]>(
  'insert_emotion',
  `insert into emotions (corp_id, message_id, robot_id, name, text, created_at)
   select $1, $2, $3, $4, $5, $6
   where (select count(*) from emotions where corp_id = $1 and message_id = $2) < ${mostEmotions}
   on conflict (corp_id, message_id, robot_id, name) do nothing returning name`,
);
const deleteEmotion = sql<[name: string]>(
  'delete_emotion',
  `delete from emotions where corp_id = $1 and message_id = $2 and robot_id = $3 and name = $4 returning name`,
);
const selectAudience = sql<
  [personId: number | null, recipients: string, conversationId: number | null, sentIn: number | null]
>(
  'select_emotion_audience',
  `select person_id, recipients, conversation_id, sent_in from messages{day $2} where corp_id = $1 and id = $2`,
);
const selectEmotions = sqlList<[messageId: number, robotId: number, name: string, text: string]>(
  'select_emotions',
  (count) =>
    `select message_id, robot_id, name, text from emotions
     where corp_id = $1 and message_id in (${placeholders(2, count)}) order by message_id, created_at, robot_id, name`,
);
const deleteOld = sql<[name: string]>(
  'delete_old_emotions',
  `delete from emotions where (corp_id, message_id, robot_id, name) in (
     select corp_id, message_id, robot_id, name from emotions where corp_id = $1 and created_at < $2 limit $3)
   returning name`,
);

/** Attaches an emotion to a message. Returns the users whose streams have changed; none if it was attached already. */
export function* attachEmotion(
  { corpId, messageId, robotId, name, text }: Emotion,
  at: number,
): Work<readonly Touched[]> {
  const isNew = yield* queryRow(insertEmotion, corpId, messageId, robotId, name, text, at);
  return isNew ? yield* notify(corpId, messageId) : [];
}

/** Removes an emotion from a message. Returns the users whose streams have changed; none if there was no such emotion. */
export function* detachEmotion({ corpId, messageId, robotId, name }: Emotion): Work<readonly Touched[]> {
  const wasThere = yield* queryRow(deleteEmotion, corpId, messageId, robotId, name);
  return wasThere ? yield* notify(corpId, messageId) : [];
}

function* notify(corpId: number, messageId: number): Work<readonly Touched[]> {
  const row = yield* queryRow(selectAudience, corpId, messageId);
  if (!row) return [];
  const [personId, recipients, conversationId, sentIn] = row;
  const userIds =
    conversationId === null
      ? parseRecipients(recipients)
      : yield* readRecipientsAfter(corpId, { conversationId, change: sentIn ?? 0 }, 0, mostNotified + 1);
  const notified = userIds.length > mostNotified ? [personId ?? 0] : userIds;
  yield* appendToStreams(corpId, emotionEvent, [{ messageId, userIds: notified }]);
  return toTouched(corpId, notified);
}

/** Reads the emotions of messages, by message, in the order in which they were attached. */
export function* readEmotions(
  corpId: number,
  messageIds: readonly number[],
): Work<ReadonlyMap<number, readonly Emotion[]>> {
  if (messageIds.length === 0) return new Map();
  const keys = padKeys([...new Set(messageIds)]);
  const rows = yield* queryRows(selectEmotions(keys.length), corpId, ...keys);
  const found = rows.map(([messageId, robotId, name, text]): Emotion => ({ corpId, messageId, robotId, name, text }));
  return Map.groupBy(found, ({ messageId }) => messageId);
}

/** Deletes up to `limit` emotions that were attached before a time. Returns how many. */
export function* pruneEmotions(corpId: number, before: number, limit: number): Work<number> {
  return (yield* queryRows(deleteOld, corpId, before, limit)).length;
}
