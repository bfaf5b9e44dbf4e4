import { placeAfter, startOfDay } from './engine/partitions.ts';
import { ask, askOne, holes, sql, sqlList, type Work } from './engine/sql.ts';

// One row for each person: it numbers his stream, and whoever is about to write into the stream waits for it. (Counting from the end
// of the inbox needs no row, but two who count at once get the same number.) When a day begins, the number counts on and the day is put
// before it.
const advance = sqlList<[userId: number, last: number]>(
  'advance_streams',
  (count) =>
    `insert into streams (corp_id, user_id, last) values ${Array.from({ length: count }, (_, i) => `($1, $${i + 3}, $2)`).join(', ')}
     on conflict (corp_id, user_id) do update set last = case when streams.last < excluded.last
       then excluded.last + streams.last % 17179869184 else streams.last + 1 end
     returning user_id, last`,
);

/**
 * Takes the next place of each user's stream for something that is about a message, and holds the streams until the transaction ends. In
 * one order, so that two who want the same people never wait for each other. A place is of the message's day or a later one: it is kept
 * as long as the message.
 */
export function* nextPlaces(
  corpId: number,
  userIds: readonly number[],
  messageId: number,
): Work<ReadonlyMap<number, number>> {
  const sorted = [...userIds].sort((a, b) => a - b);
  return new Map(yield* ask(advance(sorted.length), corpId, startOfDay(messageId) + 1, ...sorted));
}

const selectLast = sql<[last: number]>(
  'select_last_place',
  `select last from streams where corp_id = $1 and user_id = $2`,
);

/** The last place that a user's stream has ever had; 0 when it has none. */
export function* lastPlace(corpId: number, userId: number): Work<number> {
  return (yield* askOne(selectLast, corpId, userId))?.[0] ?? 0;
}

const selectPlaces = sqlList<[seq: number]>(
  'select_inbox_places',
  (count) => `select seq from inbox where corp_id = $1 and user_id = $2 and seq in (${holes(3, count)})`,
);

/** The place after which a user's stream goes on for whoever knows a number of it, or a place. */
export function* placeIn(corpId: number, userId: number, after: number, last: number): Work<number> {
  return yield* placeAfter(after, last, function* (places) {
    return (yield* askOne(selectPlaces(places.length), corpId, userId, ...places))?.[0];
  });
}
