import { perDay, resolveOffset, startOfDay } from './engine/partitions.ts';
import { flatten, splitRows } from './engine/rows.ts';
import { placeholders, queryRows, queryValue, sql, sqlList, tuples, type Work } from './engine/sql.ts';

// One row for each user: it numbers the user's stream, and locks it for every other writer. (Counting from the end of the inbox needs no
// row, but two concurrent writers get the same number.) `excluded.last` is the day plus how many places are taken: when a day begins, the
// number counts on and the day is put before it.
const advance = sqlList<[userId: number, last: number]>(
  'advance_streams',
  (count) =>
    `insert into streams (corp_id, user_id, last) values ${tuples(1, 3, count)}
     on conflict (corp_id, user_id) do update set last = case when streams.last < excluded.last - excluded.last % ${perDay}
       then excluded.last + streams.last % ${perDay} else streams.last + excluded.last % ${perDay} end
     returning user_id, last`,
);

/**
 * Takes places in users' streams and locks the streams until the transaction ends. Streams are taken in the order of the users' numbers, so that
 * transactions with the same users cannot deadlock. Places are on the day of the message or a later one: an entry is kept as long as its message.
 *
 * @param userIds one place is taken for each; a user may come several times
 * @returns the last place that was taken, by user
 */
export function* takePlaces(corpId: number, userIds: readonly number[], messageId: number): Work<Map<number, number>> {
  const day = startOfDay(messageId);
  const rows: [corpId: number, userId: number, last: number][] = [];
  for (const userId of userIds.toSorted((a, b) => a - b)) {
    const before = rows.at(-1);
    if (before?.[1] === userId) before[2]++;
    else rows.push([corpId, userId, day + 1]);
  }
  const last = new Map<number, number>();
  for (const piece of splitRows(rows)) {
    for (const [userId, place] of yield* queryRows(advance(piece.length), ...flatten(piece))) last.set(userId, place);
  }
  return last;
}

/** Takes the next place of one user's stream. */
export function* takePlace(corpId: number, userId: number, messageId: number): Work<number> {
  return (yield* takePlaces(corpId, [userId], messageId)).get(userId) ?? 0;
}

const selectLast = sql<[last: number]>(
  'select_last_place',
  `select last from streams where corp_id = $1 and user_id = $2`,
);

/** The last place that a user's stream has ever had; 0 when it has none. */
export function* lastPlace(corpId: number, userId: number): Work<number> {
  return (yield* queryValue(selectLast, corpId, userId)) ?? 0;
}

const selectPlaces = sqlList<[seq: number]>(
  'select_inbox_places',
  (count) => `select seq from inbox where corp_id = $1 and user_id = $2 and seq in (${placeholders(3, count)})`,
);

/** The place after which a user's stream goes on for whoever knows a number of it, or a place. */
export function* placeIn(corpId: number, userId: number, after: number, last: number): Work<number> {
  return yield* resolveOffset(after, last, function* (places) {
    return yield* queryValue(selectPlaces(places.length), corpId, userId, ...places);
  });
}
