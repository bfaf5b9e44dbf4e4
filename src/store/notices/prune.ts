import { queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import { deleteSomeReceivers } from './parts.ts';

const selectOldest = sql<[id: number, sentAt: number, conversationId: number]>(
  'select_oldest_notices',
  `select id, sent_at, conversation_id from notices where corp_id = $1 order by id limit $2`,
);
const deleteMembers = sql<[userId: number]>(
  'delete_notice_members',
  `delete from members where (corp_id, conversation_id, user_id, joined) in (
     select corp_id, conversation_id, user_id, joined from members where corp_id = $1 and conversation_id = $2 limit $3)
   returning user_id`,
);
const deleteMisses = sql<[userId: number]>(
  'delete_notice_misses',
  `delete from notice_misses where (corp_id, notice_id, user_id) in (
     select corp_id, notice_id, user_id from notice_misses where corp_id = $1 and notice_id = $2 limit $3)
   returning user_id`,
);
const deleteConversation = sql(
  'delete_notice_conversation',
  `delete from conversations where corp_id = $1 and id = $2 and is_group = 2`,
);
const deleteNotice = sql<[id: number]>(
  'delete_notice',
  `delete from notices where corp_id = $1 and id = $2 returning id`,
);

/**
 * Removes some rows of the oldest notice of an organization if it was sent before a time (epoch milliseconds): first
 * those of its receivers, then the notice. Its message must have been removed before.
 *
 * @returns `rows`: something was removed; `notice`: the notice is removed; undefined: nothing is due
 */
export function* pruneNoticeStep(corpId: number, before: number, limit: number): Work<'rows' | 'notice' | undefined> {
  const [oldest] = yield* queryRows(selectOldest, corpId, 1);
  if (!oldest) return undefined;
  const [id, sentAt, conversationId] = oldest;
  if (sentAt >= before) return undefined;
  if ((yield* queryRows(deleteMembers, corpId, conversationId, limit)).length > 0) return 'rows';
  if ((yield* queryRows(deleteMisses, corpId, id, limit)).length > 0) return 'rows';
  if ((yield* deleteSomeReceivers(corpId, id, limit)) > 0) return 'rows';
  yield* queryRows(deleteConversation, corpId, conversationId);
  return (yield* queryValue(deleteNotice, corpId, id)) === undefined ? undefined : 'notice';
}

const deleteContents = sql<[userId: number]>(
  'delete_old_notice_contents',
  `delete from notice_contents where (corp_id, day, app_id, content, user_id) in (
     select corp_id, day, app_id, content, user_id from notice_contents where corp_id = $1 and day < $2 limit $3)
   returning user_id`,
);

/** Deletes up to `limit` notes about the contents that users got before a day. Returns how many. */
export function* pruneNoticeContents(corpId: number, day: number, limit: number): Work<number> {
  return (yield* queryRows(deleteContents, corpId, day, limit)).length;
}
