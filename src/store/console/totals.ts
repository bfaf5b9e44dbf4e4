import { askOne, type Row, type Statement, sql, type Work } from '../engine/sql.ts';
import type { Walk } from './message-list.ts';

/** Rows that a count reads at most. */
const mostCounted = 10_001;

/** Counts through an index and stops early, so that the time does not grow with the table. */
const counted = (name: string, rows: string) =>
  sql<[count: number]>(name, `select count(*) from (select 1 as one from ${rows} limit ${mostCounted}) counted`);

const byTime = (name: string, condition: string) =>
  counted(name, `messages where corp_id = $1 and sent_at >= $2 and sent_at < $3${condition}`);
const statements = {
  all: byTime('total_messages', ''),
  pending: byTime('total_pending_messages', ' and state < 2'),
  recalled: byTime('total_recalled_messages', ' and recalled_at is not null'),
  robot: byTime('total_messages_of_robot', ' and robot_id = $4'),
};
const ofUser = counted('total_messages_of_user', 'inbox where corp_id = $1 and user_id = $2 and event = 0');
const ofAudit = counted('total_audit', 'audit where id > 0 order by id');
const ofUsers = counted('total_users', 'users where corp_id = $1 and left_at is null');

function* count(statement: Statement<[count: number]>, ...params: Row): Work<number> {
  return (yield* askOne(statement, ...params))?.[0] ?? 0;
}

/** How many messages a walk passes, at most `mostCounted`; times (epoch milliseconds) do not apply to walks along a user. */
export function* totalOfWalk(walk: Walk, from: number, to: number): Work<number> {
  if (walk.along === 'user') return yield* count(ofUser, walk.corpId, walk.userId);
  const own: Row = walk.along === 'robot' ? [walk.robotId] : [];
  return yield* count(statements[walk.along], walk.corpId, from, to, ...own);
}

/** How many entries the audit log has, at most `mostCounted`. */
export const totalOfAudit = (): Work<number> => count(ofAudit);

/** How many users an organization has, at most `mostCounted`. */
export const totalOfUsers = (corpId: number): Work<number> => count(ofUsers, corpId);
