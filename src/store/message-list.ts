import { parseRecipients, readAtOf } from './receipts.ts';
import { ask, askOne, type Row, sql, type Work } from './sql.ts';

/** A message as the console lists it; `readAt` follows `userIds`, the order of the send. */
export type ListedMessage = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly kind: number;
  readonly sentAt: number;
  readonly state: 'queued' | 'unknown' | 'delivered';
  readonly deliveredAt: number | null;
  readonly recalledAt: number | null;
  readonly param: string | null;
  readonly userIds: readonly number[];
  readonly readAt: readonly (number | null)[];
  /** Where it stands in the walk: a walk goes on before this place. */
  readonly place: Place;
};

/** A place in a walk: time and number of a message or, in a user's inbox, the number of the entry (and 0). */
export type Place = readonly [first: number, second: number];

/** Which messages a walk passes, newest first; each kind has an index that holds little else. */
export type Walk =
  | { readonly along: 'all' | 'pending' | 'recalled'; readonly corpId: number }
  | { readonly along: 'robot'; readonly corpId: number; readonly robotId: number }
  | { readonly along: 'user'; readonly corpId: number; readonly userId: number };

const states = ['queued', 'unknown', 'delivered'] as const;

type ListRow = [
  id: number,
  robotId: number,
  kind: number,
  sentAt: number,
  state: number,
  deliveredAt: number | null,
  recalledAt: number | null,
  recipients: string,
  reads: string,
  param: string | null,
  first: number,
  second: number,
];

const columns =
  'm.id, m.robot_id, m.kind, m.sent_at, m.state, m.delivered_at, m.recalled_at, m.recipients, m.reads, c.param';
const content = 'left join contents c on c.corp_id = m.corp_id and c.message_id = m.id';

// Sorted by time first, since what numbers mean is the engine's business. $4 ends the walk, so that a narrow range is not left. The place has
// names of its own, since the first releases of Node 22 lose a column whose name comes twice, and move one that is named by a number.
const byTime = (name: string, condition: string, time = 'm.sent_at') =>
  sql<ListRow>(
    name,
    `select ${columns}, m.sent_at as place_time, m.id as place_number from messages m ${content}
     where m.corp_id = $1 and (m.sent_at, m.id) < ($2, $3) and m.sent_at >= $4${condition}
     order by ${time} desc, m.id desc limit $5`,
  );
const statements = {
  all: byTime('list_messages', ''),
  // Few at any time, and in an index of their own, from which the order by an expression does not lead away: sorting them is nothing, walking all
  // messages by time to find them took 400 ms among a million.
  pending: byTime('list_pending_messages', ' and m.state < 2', 'm.sent_at + 0'),
  recalled: byTime('list_recalled_messages', ' and m.recalled_at is not null'),
  robot: byTime('list_messages_of_robot', ' and m.robot_id = $6'),
};
const ofUser = sql<ListRow>(
  'list_messages_of_user',
  `select ${columns}, i.seq as place_entry, 0 as place_rest from inbox i
   join messages m on m.corp_id = i.corp_id and m.id = i.message_id ${content}
   where i.corp_id = $1 and i.user_id = $2 and i.event = 0 and i.seq < $3
   order by i.seq desc limit $4`,
);

/** Up to `limit` messages of a walk before a place, newest first; `from` (epoch milliseconds) ends walks by time. */
export function* messagesBefore(
  walk: Walk,
  before: Place,
  from: number,
  limit: number,
): Work<readonly ListedMessage[]> {
  const { corpId } = walk;
  if (walk.along === 'user') {
    return (yield* ask(ofUser, corpId, walk.userId, before[0], limit)).map((row) => toListed(corpId, row));
  }
  const own: Row = walk.along === 'robot' ? [walk.robotId] : [];
  const rows = yield* ask(statements[walk.along], corpId, ...before, from, limit, ...own);
  return rows.map((row) => toListed(corpId, row));
}

const selectOne = sql<ListRow>(
  'list_message',
  `select ${columns}, m.sent_at as place_time, m.id as place_number from messages m ${content} where m.corp_id = $1 and m.id = $2`,
);

/** One message as the console lists it. */
export function* listedMessage(corpId: number, messageId: number): Work<ListedMessage | undefined> {
  const row = yield* askOne(selectOne, corpId, messageId);
  return row && toListed(corpId, row);
}

function toListed(corpId: number, row: ListRow): ListedMessage {
  const [messageId, robotId, kind, sentAt, state, deliveredAt, recalledAt, recipients, reads, param, ...place] = row;
  const userIds = parseRecipients(recipients);
  return {
    corpId,
    messageId,
    robotId,
    kind,
    sentAt,
    state: states[state] ?? 'queued',
    deliveredAt,
    recalledAt,
    param,
    userIds,
    readAt: userIds.map((_, position) => readAtOf(reads, position, sentAt)),
    place,
  };
}
