import type { DatabaseSync } from 'node:sqlite';

/**
 * Statistics of the tables at scale, in the format of sqlite_stat1: the number of rows, then the rows per value of the
 * first column of the index, of the first two columns, and so on. Without statistics SQLite assumes that the first
 * column of a key is selective, and finds twenty users by scanning the whole organization. With measured statistics the
 * plans would change with the data; with these they do not.
 */
const statistics: readonly (readonly [table: string, index: string, stat: string])[] = [
  ['users', 'users', '1000000 100000 1'],
  ['users', 'users_code', '1000000 100000 1'],
  ['users', 'users_recipients', '1000000 100000 1 1 1'],
  ['users', 'users_former', '100000 10000 2 1 1'],
  ['users', 'users_union', '1000000 100000 1'],
  ['users', 'users_mobile', '1000000 100000 1'],
  ['users', 'users_unplaced', '100000 10000 1'],
  ['departments', 'departments', '100000 10000 1'],
  ['departments', 'departments_parent', '100000 10000 10 5 1'],
  ['department_members', 'department_members', '1000000 100000 20 1'],
  ['department_members', 'department_members_order', '1000000 100000 20 10 1'],
  ['department_members', 'department_members_leader', '100000 10000 2 1'],
  ['department_members', 'department_members_user', '1000000 100000 2'],
  ['app_scopes', 'app_scopes', '1000 100 10 1'],
  ['mutes', 'mutes', '100000 10000 2 1'],
  ['blocks', 'blocks', '100000 10000 2 1'],
  ['blocks', 'blocks_robot', '100000 10000 100 1'],
  ['messages', 'messages', '10000000 1000000 1'],
  ['messages', 'messages_pending', '100 100 1'],
  ['messages', 'messages_sent', '10000000 1000000 10 1'],
  ['messages', 'messages_robot', '10000000 1000000 100000 10 1'],
  ['messages', 'messages_recalled', '100000 10000 10 1'],
  ['messages', 'messages_conversation', '1000000 100000 1000 10 1'],
  ['messages', 'messages_sender', '1000000 100000 50000 10 1'],
  ['messages', 'messages_card', '1000000 100000 10 1'],
  ['events', 'events', '100000000 10000000 1'],
  ['contents', 'contents', '10000000 1000000 1'],
  ['inbox', 'inbox', '100000000 10000000 1000 1'],
  ['inbox', 'inbox_unread', '50000000 5000000 100 1'],
  ['streams', 'streams', '1000000 100000 1'],
  ['idempotency', 'idempotency', '100000 10000 10000 1'],
  ['idempotency', 'idempotency_age', '100000 1'],
  ['grants', 'grants', '10000 1000 1'],
  ['grants', 'grants_shared', '100 100 1 1'],
  ['grants', 'grants_expiry', '10000 1'],
  ['sessions', 'sessions', '100000 10000 1'],
  ['sessions', 'sessions_expiry', '100000 1'],
  ['sessions', 'sessions_person', '100000 10000 2 1'],
  ['conversations', 'conversations', '100000 10000 1'],
  ['conversations', 'conversations_open_id', '100000 1 1'],
  ['conversations', 'conversations_chat_id', '100000 1 1'],
  ['conversations', 'conversations_setup_name', '1000 100 1'],
  ['conversations', 'conversations_groups', '10000 1000 1'],
  ['members', 'members', '10000000 1000000 1000 1 1'],
  ['members', 'members_user', '10000000 1000000 100 1'],
  ['members', 'members_left', '1000000 100000 10'],
  ['conversation_robots', 'conversation_robots', '100000 10000 2 1'],
  ['conversation_robots', 'conversation_robots_robot', '100000 10000 1000 1'],
  ['group_reads', 'group_reads', '100000000 10000000 100 1'],
  ['custom_robots', 'custom_robots', '100000 10000 1'],
  ['custom_robots', 'custom_robots_code', '100000 1 1'],
  ['custom_robots', 'custom_robots_token', '100000 1 1'],
  ['custom_robots', 'custom_robots_conversation', '100000 10000 5 1'],
  ['notices', 'notices', '100000 10000 1'],
  ['notices', 'notices_app', '100000 10000 1000 1'],
  ['notice_receivers', 'notice_receivers', '10000 1000 80 1'],
  ['notice_misses', 'notice_misses', '1000000 100000 100 1'],
  ['notice_contents', 'notice_contents', '10000000 1000000 500000 100000 100 1'],
  ['notice_counts', 'notice_counts', '1000000 100000 10000 1'],
  ['hourly', 'hourly', '1000000 100000 10000 1'],
  ['hourly', 'hourly_age', '1000000 100000 100 1'],
];

/** Writes the statistics for SQLite's planner. */
export function writePlannerStatistics(db: DatabaseSync): void {
  // The first `analyze` creates sqlite_stat1, the second makes the planner read it.
  db.exec('analyze sqlite_schema; delete from sqlite_stat1');
  const add = db.prepare('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)');
  for (const row of statistics) add.run(...row);
  db.exec('analyze sqlite_schema');
}
