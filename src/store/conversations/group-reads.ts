/** Who has read messages to conversations: one row for each read, in the order of reading. */
import { createInsert, padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, queryValue, sql, sqlList, type Work } from '../engine/sql.ts';
import { type ReadManner, readManners } from '../model.ts';

/**
 * A read of a message to a conversation. `seq` is its offset in the events of the organization, which rises in the order
 * of the commits, over all processes.
 */
export type GroupRead = {
  readonly seq: number;
  readonly userId: number;
  /** Epoch milliseconds. */
  readonly readAt: number;
  readonly manner: ReadManner | null;
};

const insertReads = createInsert(
  'insert_group_reads',
  'group_reads',
  'corp_id, message_id, seq, user_id, read_at, manner',
);

/** Stores reads of messages to conversations. */
export function* insertGroupReads(
  corpId: number,
  reads: readonly (Omit<GroupRead, 'manner'> & {
    readonly messageId: number;
    readonly manner: ReadManner | undefined;
  })[],
): Work<void> {
  yield* insertReads(
    reads.flatMap(({ messageId, seq, userId, readAt, manner }) => {
      return [corpId, messageId, seq, userId, readAt, manner?.charAt(0) ?? null];
    }),
  );
}

type ReadRow = [seq: number, userId: number, readAt: number, manner: string | null];

const selectAfter = sql<ReadRow>(
  'select_group_reads',
  `select seq, user_id, read_at, manner from group_reads{day $2}
   where corp_id = $1 and message_id = $2 and seq > $3 order by seq limit $4`,
);
const selectBySeq = sqlList<ReadRow>(
  'select_group_reads_by_seq',
  (count) =>
    `select seq, user_id, read_at, manner from group_reads{day $2}
     where corp_id = $1 and message_id = $2 and seq in (${placeholders(3, count)})`,
);
const countReadsOf = sql<[count: number]>(
  'count_group_reads',
  `select count(*) from group_reads{day $2} where corp_id = $1 and message_id = $2`,
);

const toGroupRead = ([seq, userId, readAt, manner]: Readonly<ReadRow>): GroupRead => {
  return { seq, userId, readAt, manner: readManners.find((one) => one.charAt(0) === manner) ?? null };
};

/** Reads a page of a message's reads in the order of reading, after the read `after` (0 at first). */
export function* readGroupReads(
  corpId: number,
  messageId: number,
  after: number,
  limit: number,
): Work<readonly GroupRead[]> {
  return (yield* queryRows(selectAfter, corpId, messageId, after, limit)).map(toGroupRead);
}

/** Finds reads of a message by `seq`. Removed reads are missing from the result. */
export function* findGroupReads(
  corpId: number,
  messageId: number,
  seqs: readonly number[],
): Work<ReadonlyMap<number, GroupRead>> {
  const keys = padKeys(seqs);
  const rows = yield* queryRows(selectBySeq(keys.length), corpId, messageId, ...keys);
  return new Map(rows.map(toGroupRead).map((read) => [read.seq, read]));
}

/** Counts the members who have read a message. */
export function* countGroupReads(corpId: number, messageId: number): Work<number> {
  return (yield* queryValue(countReadsOf, corpId, messageId)) ?? 0;
}

const deleteSome = sql<[seq: number]>(
  'delete_group_reads',
  `delete from group_reads{day $2} where corp_id = $1 and message_id = $2 and seq in (
     select seq from group_reads{day $2} where corp_id = $1 and message_id = $2 order by seq limit $3)
   returning seq`,
);

/** Deletes up to `limit` reads of a message. Returns how many. */
export function* deleteGroupReads(corpId: number, messageId: number, limit: number): Work<number> {
  return (yield* queryRows(deleteSome, corpId, messageId, limit)).length;
}
