import { queryRows, queryValue, sql, type Work } from '../engine/sql.ts';

const selectOldest = sql<[id: number, sentAt: number]>(
  'select_oldest_dings',
  `select id, sent_at from dings where corp_id = $1 order by id limit $2 {locked}`,
);
const deleteDeliveries = sql<[userId: number]>(
  'delete_ding_deliveries',
  `delete from ding_deliveries where corp_id = $1 and ding_id = $2 returning user_id`,
);
const deleteDing = sql('delete_ding', `delete from dings where corp_id = $1 and id = $2`);

// Entries of messages end the part that may be deleted: they are removed with their messages.
const selectFirstKept = sql<[seq: number | null]>(
  'select_first_kept_of_dings',
  `select coalesce(
     (select i.seq from inbox i where i.corp_id = $1 and i.user_id = $2
        and (i.event < 3 or (i.event > 3 and i.message_id > $3)) order by i.seq limit 1),
     (select max(i.seq) from inbox i where i.corp_id = $1 and i.user_id = $2))`,
);
const deleteInbox = sql('delete_inbox_of_dings', `delete from inbox where corp_id = $1 and user_id = $2 and seq < $3`);

/**
 * Removes up to `limit` of an organization's DINGs, oldest first. The caller repeats this until nothing is returned.
 *
 * @param before removes DINGs sent before this time (epoch milliseconds)
 * @param hasStreams whether the entries in the inboxes are deleted, too; false if their partitions are dropped
 * @returns the number of removed DINGs
 */
export function* pruneDings(corpId: number, before: number, limit: number, hasStreams: boolean): Work<number> {
  const rows = yield* queryRows(selectOldest, corpId, limit);
  const old = rows.filter(([, sentAt]) => sentAt < before);
  for (const [dingId] of old) {
    const receivers = yield* queryRows(deleteDeliveries, corpId, dingId);
    yield* queryRows(deleteDing, corpId, dingId);
    if (hasStreams) for (const [userId] of receivers) yield* pruneStream(corpId, userId, dingId);
  }
  return old.length;
}

function* pruneStream(corpId: number, userId: number, dingId: number): Work<void> {
  const firstKept = yield* queryValue(selectFirstKept, corpId, userId, dingId);
  if (firstKept) yield* queryRows(deleteInbox, corpId, userId, firstKept);
}
