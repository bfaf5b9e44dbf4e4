import { ask, sqlList, type Work } from './sql.ts';

// One row for each person: it numbers his stream, and whoever is about to write into the stream waits for it. (Counting from the end
// of the inbox needs no row, but two who count at once get the same number.)
const advance = sqlList<[userId: number, last: number]>(
  'advance_streams',
  (count) =>
    `insert into streams (corp_id, user_id, last) values ${Array.from({ length: count }, (_, i) => `($1, $${i + 2}, 1)`).join(', ')}
     on conflict (corp_id, user_id) do update set last = streams.last + 1
     returning user_id, last`,
);

/**
 * Takes the next number of each user's stream, and holds the streams until the transaction ends. In one order, so that two who want
 * the same people never wait for each other.
 */
export function* nextNumbers(corpId: number, userIds: readonly number[]): Work<ReadonlyMap<number, number>> {
  const sorted = [...userIds].sort((a, b) => a - b);
  return new Map(yield* ask(advance(sorted.length), corpId, ...sorted));
}
