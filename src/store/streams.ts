import { perDay, resolveOffset, startOfDay } from './engine/partitions.ts';
import { splitValues } from './engine/rows.ts';
import { placeholders, queryList, queryValue, sql, sqlList, tuples, type Work } from './engine/sql.ts';

// One row for each user holds the last offset of the stream, and updating it locks the stream for other writers. (With
// the maximum of the inbox instead of a row, two concurrent writers would get the same offset.) `excluded.last` is the
// day plus the number of reserved offsets. When a new day begins, the number continues and the new day is added to it.
const advance = sqlList<[userId: number, last: number]>(
  'advance_streams',
  (count) =>
    `insert into streams (corp_id, user_id, last) values ${tuples(1, 3, count)}
     on conflict (corp_id, user_id) do update set last = case when streams.last < excluded.last - excluded.last % ${perDay}
       then excluded.last + streams.last % ${perDay} else streams.last + excluded.last % ${perDay} end
     returning user_id, last`,
);

/**
 * Reserves offsets in users' streams, and locks the streams until the transaction ends. Streams are locked in the order
 * of the users' numbers, so that transactions with the same users cannot deadlock. The offsets have the day of the
 * message or a later one, so an entry is stored at least as long as its message.
 *
 * @param userIds one offset is reserved for each element; a user may occur several times
 * @returns the last reserved offset, by user
 */
export function* reserveOffsets(
  corpId: number,
  userIds: readonly number[],
  messageId: number,
): Work<Map<number, number>> {
  const day = startOfDay(messageId);
  const rows: number[] = [];
  let before: number | undefined;
  for (const userId of userIds.toSorted((a, b) => a - b)) {
    if (before === userId) rows.push((rows.pop() ?? day) + 1);
    else rows.push(corpId, userId, day + 1);
    before = userId;
  }
  const last = new Map<number, number>();
  for (const { count, values } of splitValues(rows, 3)) {
    for (const [userId, offset] of yield* queryList(advance(count), values)) last.set(userId, offset);
  }
  return last;
}

/** Reserves the next offset of one user's stream; see `reserveOffsets`. */
export function* reserveOffset(corpId: number, userId: number, messageId: number): Work<number> {
  return (yield* reserveOffsets(corpId, [userId], messageId)).get(userId) ?? 0;
}

const selectLast = sql<[last: number]>(
  'select_last_place',
  `select last from streams where corp_id = $1 and user_id = $2`,
);

/** Reads the last offset that was ever reserved in a user's stream; 0 if there is none. */
export function* readLastOffset(corpId: number, userId: number): Work<number> {
  return (yield* queryValue(selectLast, corpId, userId)) ?? 0;
}

const selectPlaces = sqlList<[seq: number]>(
  'select_inbox_places',
  (count) => `select seq from inbox where corp_id = $1 and user_id = $2 and seq in (${placeholders(3, count)})`,
);

// Nothing is found without a search if the number is older than the stream.
const selectUpTo = sql<[seq: number]>(
  'select_inbox_place_up_to',
  `select seq from inbox where corp_id = $1 and user_id = $2 and seq % ${perDay} <= $3 and $3 >= (
     select i.seq % ${perDay} from inbox i where i.corp_id = $1 and i.user_id = $2 order by i.seq limit 1)
   order by seq desc limit 1`,
);

/** Converts a number or an offset of a user's stream to an offset; see `resolveOffset`. */
export function* resolveInboxOffset(corpId: number, userId: number, after: number, last: number): Work<number> {
  return yield* resolveOffset(after, last, {
    *find(offsets) {
      return yield* queryValue(selectPlaces(offsets.length), corpId, userId, ...offsets);
    },
    *findUpTo(number) {
      return yield* queryValue(selectUpTo, corpId, userId, number);
    },
  });
}
