import { queryByNumber, sqlByNumber } from '../engine/partitions.ts';
import { placeholders, queryRows, queryValue, type Row, type Statement, sql, type Work } from '../engine/sql.ts';
import { type AuditFilter, countAudit } from './audit.ts';
import { isListed, showsCard, toCondition, type Walk } from './message-list.ts';

/** The maximum number of rows that a count reads. */
const maxCounted = 10_001;

/** A statement that counts rows by an index up to a limit, so that its time does not grow with the table. */
const countRows = (name: string, rows: string) =>
  sql<[count: number]>(name, `select count(*) from (select 1 as one from ${rows} limit ${maxCounted}) counted`);

const byTime = (name: string, condition: string) =>
  countRows(name, `messages where corp_id = $1 and sent_at >= $2 and sent_at < $3 and ${isListed}${condition}`);
const statements = {
  all: byTime('total_messages', ''),
  pending: byTime('total_pending_messages', ' and state < 2'),
  recalled: byTime('total_recalled_messages', ' and recalled_at is not null'),
  card: byTime('total_card_messages', ` and ${showsCard}`),
  robot: byTime('total_messages_of_robot', ' and robot_id = $4'),
  conversation: byTime('total_messages_of_conversation', ' and conversation_id = $4'),
  sender: byTime('total_messages_of_sender', ' and sender = $4 and sender > 0'),
  operator: byTime('total_messages_of_operator', ' and operator_id = $4'),
};
const arrivals = sql<[messageId: number]>(
  'total_arrivals_of_user',
  `select message_id from inbox where corp_id = $1 and user_id = $2 and event = 0 order by seq desc limit ${maxCounted}`,
);
const countListed = sqlByNumber<[count: number]>(
  'total_listed',
  (count) =>
    `select count(*) from messages{day $2} where corp_id = $1 and id in (${placeholders(2, count)}) and ${isListed}`,
);
const ofUsers = countRows('total_users', 'users where corp_id = $1 and left_at is null');

function* count(statement: Statement<[count: number]>, ...params: Row): Work<number> {
  return (yield* queryValue(statement, ...params)) ?? 0;
}

/** Counts the listed messages among the newest `maxCounted` of an inbox. */
function* countOfUser(corpId: number, userId: number): Work<number> {
  const messageIds = (yield* queryRows(arrivals, corpId, userId)).map(([messageId]) => messageId);
  return (yield* queryByNumber(countListed, corpId, messageIds)).reduce((sum, [listed]) => sum + listed, 0);
}

/**
 * Counts the messages of a walk, up to `maxCounted`. Times (epoch milliseconds) do not apply to walks along a user.
 */
export function* totalOfWalk(walk: Walk, from: number, to: number): Work<number> {
  if (walk.along === 'user') return yield* countOfUser(walk.corpId, walk.userId);
  return yield* count(statements[walk.along], walk.corpId, from, to, ...toCondition(walk));
}

/** Counts the entries of the audit log, up to `maxCounted`. */
export const totalOfAudit = (filter: AuditFilter = {}): Work<number> => countAudit(filter, maxCounted);

/** Counts the users of an organization, up to `maxCounted`. */
export const totalOfUsers = (corpId: number): Work<number> => count(ofUsers, corpId);
