import { note } from './events.ts';
import type { InboxEvent, InboxMessage } from './model.ts';
import { withRead } from './receipts.ts';
import { ask, askOne, holes, sql, sqlList, type Work } from './sql.ts';
import { countRead } from './statistics.ts';
import { nextNumbers } from './streams.ts';

type InboxRow = [
  seq: number,
  messageId: number,
  robotId: number,
  kind: number,
  sentAt: number,
  recalledAt: number | null,
  readAt: number | null,
  param: string | null,
];

const columns = `i.seq, i.message_id, m.robot_id, m.kind, m.sent_at, m.recalled_at, i.read_at, c.param`;
const joins = `
   join messages m on m.corp_id = i.corp_id and m.id = i.message_id
   left join contents c on c.corp_id = i.corp_id and c.message_id = i.message_id`;

const selectPage = sql<InboxRow>(
  'select_inbox_page',
  `select ${columns} from inbox i ${joins}
   where i.corp_id = $1 and i.user_id = $2 and i.event = 0 and i.seq < $3 and m.recalled_at is null
     and ($4 = 0 or m.robot_id = $4)
   order by i.seq desc limit $5`,
);

// The same walk over unread deliveries alone, so that their partial index answers who is still unread.
const selectUnread = sql<InboxRow>(
  'select_inbox_unread',
  `select ${columns} from inbox i ${joins}
   where i.corp_id = $1 and i.user_id = $2 and i.event = 0 and i.seq < $3 and m.recalled_at is null
     and ($4 = 0 or m.robot_id = $4) and i.read_at is null
   order by i.seq desc limit $5`,
);

// A late read or recall outlives its message in the stream. It is told as the message's end, so that the numbers have no gap.
const selectSince = sql<[...InboxRow, event: number]>(
  'select_inbox_since',
  `select i.seq, i.message_id, coalesce(m.robot_id, 0), coalesce(m.kind, 0), coalesce(m.sent_at, 0), m.recalled_at, i.read_at,
     c.param, case when m.id is null then 2 else i.event end
   from inbox i left ${joins.trim()}
   where i.corp_id = $1 and i.user_id = $2 and i.seq > $3 order by i.seq limit $4`,
);

const message = ([seq, messageId, robotId, kind, sentAt, recalledAt, readAt, param]: readonly [
  ...InboxRow,
  ...unknown[],
]): InboxMessage => ({ seq, messageId, robotId, kind, param, sentAt, readAt, recalledAt });

/** Which part of an inbox is wanted: the newest `limit` messages before `before`, of one robot or (0) of all. */
export type InboxQuery = {
  readonly corpId: number;
  readonly userId: number;
  readonly before: number;
  readonly robotId: number;
  readonly unread: boolean;
  readonly limit: number;
};

/** A page of an inbox, newest first; recalled messages are not in it. */
export function* inboxPage(query: InboxQuery): Work<readonly InboxMessage[]> {
  const statement = query.unread ? selectUnread : selectPage;
  const rows = yield* ask(statement, query.corpId, query.userId, query.before, query.robotId, query.limit);
  return rows.map(message);
}

const events = ['message', 'read', 'recall'] as const;

/** What happened in a user's stream after `seq`, in order. */
export function* inboxSince(corpId: number, userId: number, seq: number, limit: number): Work<readonly InboxEvent[]> {
  const rows = yield* ask(selectSince, corpId, userId, seq, limit);
  return rows.map((row) => ({ ...message(row), event: events[row[8]] ?? 'message' }));
}

const selectEnds = sql<[first: number | null, last: number | null]>(
  'select_inbox_ends',
  `select (select seq from inbox where corp_id = $1 and user_id = $2 order by seq limit 1),
          (select seq from inbox where corp_id = $1 and user_id = $2 order by seq desc limit 1)`,
);

/** The oldest and the newest number that a user's stream still holds; 0 and 0 when it is empty. */
export function* inboxEnds(corpId: number, userId: number): Work<{ first: number; last: number }> {
  const row = yield* askOne(selectEnds, corpId, userId);
  return { first: row?.[0] ?? 0, last: row?.[1] ?? 0 };
}

const countUnread = sql<[robotId: number, count: number]>(
  'count_unread',
  `select m.robot_id, count(*) from inbox i
   join messages m on m.corp_id = i.corp_id and m.id = i.message_id
   where i.corp_id = $1 and i.user_id = $2 and i.event = 0 and i.read_at is null and m.recalled_at is null
   group by m.robot_id`,
);

/** How many messages a user has not read, by robot. */
export function* unreadByRobot(corpId: number, userId: number): Work<ReadonlyMap<number, number>> {
  return new Map(yield* ask(countUnread, corpId, userId));
}

const markRead = sql<[position: number]>(
  'mark_read',
  `update inbox set read_at = $4
   where corp_id = $1 and user_id = $2 and message_id = $3 and event = 0 and read_at is null
     and exists (select 1 from messages m where m.corp_id = $1 and m.id = $3 and m.recalled_at is null)
   returning position`,
);
const appendRead = sql(
  'append_read',
  `insert into inbox (corp_id, user_id, seq, event, message_id, position, read_at) values ($1, $2, $3, 1, $4, 0, $5)`,
);
const selectReads = sqlList<[id: number, sentAt: number, recipients: string, reads: string, robotId: number]>(
  'select_reads',
  (count) =>
    `select id, sent_at, recipients, reads, robot_id from messages
     where corp_id = $1 and id in (${holes(2, count)}) order by id {locked}`,
);
const updateReads = sql('update_reads', `update messages set reads = $3 where corp_id = $1 and id = $2`);

/**
 * Marks a user's messages read, keeping the first time; answers those that were unread until now. The recipient's copy and the
 * message's receipts change in the same transaction.
 */
export function* read(
  corpId: number,
  userId: number,
  messageIds: readonly number[],
  at: number,
): Work<readonly number[]> {
  const fresh: number[] = [];
  const asked = [...new Set(messageIds)];
  if (asked.length === 0) return fresh;
  // All at once and in one order, so that two who read the same messages never wait for each other.
  const found = new Map((yield* ask(selectReads(asked.length), corpId, ...asked)).map((row) => [row[0], row]));
  for (const messageId of asked) {
    const message = found.get(messageId);
    if (!message) continue;
    const [, sentAt, recipients, reads, robotId] = message;
    // A clock that was set back must not let anyone read what is not yet sent; all places tell the same time.
    const readAt = Math.max(at, sentAt);
    const row = yield* askOne(markRead, corpId, userId, messageId, readAt);
    if (!row) continue;
    fresh.push(messageId);
    const seq = (yield* nextNumbers(corpId, [userId])).get(userId) ?? 0;
    yield* ask(appendRead, corpId, userId, seq, messageId, readAt);
    yield* ask(updateReads, corpId, messageId, withRead(reads, recipients, row[0], sentAt, readAt));
    yield* note(corpId, 'read', messageId, row[0]);
    yield* countRead(corpId, robotId, sentAt, readAt);
  }
  return fresh;
}

const insertMute = sql(
  'insert_mute',
  `insert into mutes (corp_id, user_id, robot_id) values ($1, $2, $3) on conflict do nothing`,
);
const deleteMute = sql('delete_mute', `delete from mutes where corp_id = $1 and user_id = $2 and robot_id = $3`);
const selectMutes = sql<[robotId: number]>(
  'select_mutes',
  `select robot_id from mutes where corp_id = $1 and user_id = $2`,
);

/** A person silences a robot, or hears it again. */
export function* mute(corpId: number, userId: number, robotId: number, muted: boolean): Work<void> {
  yield* ask(muted ? insertMute : deleteMute, corpId, userId, robotId);
}

/** The robots that a person has silenced. */
export function* mutes(corpId: number, userId: number): Work<ReadonlySet<number>> {
  return new Set((yield* ask(selectMutes, corpId, userId)).map(([robotId]) => robotId));
}

const clearMutes = sql('clear_mutes', `delete from mutes where corp_id = $1 and robot_id = $2`);
const selectMutedBy = sql<[code: string]>(
  'select_muted_by',
  `select u.code from mutes m join users u on u.corp_id = m.corp_id and u.id = m.user_id
   where m.robot_id = $1 order by u.corp_id, u.code`,
);

/** Makes these users, and no others of the organization, those who have muted a robot. */
export function* setMutes(corpId: number, robotId: number, userIds: readonly number[]): Work<void> {
  yield* ask(clearMutes, corpId, robotId);
  for (const userId of userIds) yield* ask(insertMute, corpId, userId, robotId);
}

/** The codes of the users who have muted a robot. */
export function* mutedBy(robotId: number): Work<readonly string[]> {
  return (yield* ask(selectMutedBy, robotId)).map(([code]) => code);
}
