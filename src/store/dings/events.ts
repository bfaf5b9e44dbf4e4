import { createInsert } from '../engine/rows.ts';
import { placeholders, queryRows, sql, sqlList, type Work } from '../engine/sql.ts';
import { reserveOffsets } from '../streams.ts';

/** The events of DINGs in inboxes. Their column `message_id` contains the number of the DING. */
const firstDingEvent = 4;
const dingEvents = ['ding', 'dingRead', 'dingRecall'] as const;
export type DingEventName = (typeof dingEvents)[number];

/** Returns the name of an event of a DING; undefined for other events. */
export const dingEventOf = (event: number): DingEventName | undefined => dingEvents[event - firstDingEvent];

const insertEvents = createInsert(
  'insert_ding_events',
  'inbox',
  'corp_id, user_id, seq, event, message_id, position, read_at',
);

/**
 * Appends an event to the stream of each user.
 *
 * @param today the first number of the current day (see partitions.ts); 0 without partitions
 */
export function* appendDingEvents(
  corpId: number,
  name: DingEventName,
  dingId: number,
  userIds: readonly number[],
  today: number,
  readAt: number | null = null,
): Work<void> {
  const event = firstDingEvent + dingEvents.indexOf(name);
  const last = yield* reserveOffsets(corpId, userIds, today);
  yield* insertEvents(userIds.flatMap((userId) => [corpId, userId, last.get(userId) ?? 0, event, dingId, 0, readAt]));
}

/** A DING as its receiver sees it. `readAt` is null in an event that is not about a read. */
export type InboxDing = {
  readonly dingId: number;
  readonly robotId: number;
  readonly channel: number;
  readonly body: string;
  readonly sentAt: number;
  readonly readAt: number | null;
};

type DingRow = [id: number, robotId: number, channel: number, body: string, sentAt: number];

const selectDings = sqlList<[...DingRow, recalledAt: number | null]>(
  'select_dings',
  (count) =>
    `select id, robot_id, channel, body, sent_at, recalled_at from dings
     where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** Reads DINGs by number. Recalled and removed ones are missing. */
export function* readDings(corpId: number, dingIds: readonly number[]): Work<ReadonlyMap<number, InboxDing>> {
  if (dingIds.length === 0) return new Map();
  const rows = yield* queryRows(selectDings(dingIds.length), corpId, ...dingIds);
  const found = new Map<number, InboxDing>();
  for (const [dingId, robotId, channel, body, sentAt, recalledAt] of rows) {
    if (recalledAt === null) found.set(dingId, toInboxDing([dingId, robotId, channel, body, sentAt]));
  }
  return found;
}

function toInboxDing([dingId, robotId, channel, body, sentAt]: DingRow): InboxDing {
  return { dingId, robotId, channel, body, sentAt, readAt: null };
}

const selectOpen = sql<DingRow>(
  'select_open_dings',
  `select g.id, g.robot_id, g.channel, g.body, g.sent_at from ding_deliveries d
   join dings g on g.corp_id = d.corp_id and g.id = d.ding_id
   where d.corp_id = $1 and d.user_id = $2 and d.state = 0 and d.ding_id < $3
   order by d.ding_id desc limit $4`,
);

/** Reads a page of the DINGs that a user has not read, newest first, with numbers below `before`. */
export function* readOpenDings(
  corpId: number,
  userId: number,
  before: number,
  limit: number,
): Work<readonly InboxDing[]> {
  return (yield* queryRows(selectOpen, corpId, userId, before, limit)).map(toInboxDing);
}
