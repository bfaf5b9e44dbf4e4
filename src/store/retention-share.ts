import { withoutDay } from './engine/partitions.ts';
import { type Driver, queryRow, queryValue, sql, type Work } from './engine/sql.ts';

/** How many of `total` rows a removal would delete. */
export type Share = { readonly due: number; readonly total: number };

/** Up to this many messages of an organization are counted. For more, the share is estimated from their numbers. */
const countedMessages = 100_000;

const countMessages = sql<[count: number]>(
  'count_messages_before',
  `select count(*) from (select 1 from messages where corp_id = $1 and sent_at < $2 limit $3) as counted`,
);
const newestMessage = sql<[id: number, sentAt: number]>(
  'newest_message_before',
  `select id, sent_at from messages where corp_id = $1 and sent_at < $2 order by sent_at desc, id desc limit 1`,
);
const oldestMessage = sql<[id: number]>(
  'oldest_message',
  `select id from messages where corp_id = $1 order by sent_at, id limit 1`,
);
const countHours = sql<[due: number | null, total: number]>(
  'count_hours_before',
  `select sum(case when hour < $2 then 1 else 0 end), count(*) from hourly where corp_id = $1 and robot_id = 0`,
);
const countAudit = sql<[due: number | null, total: number]>(
  'count_audit_before',
  `select sum(case when at < $1 then 1 else 0 end), count(*) from audit`,
);

const ever = Number.MAX_SAFE_INTEGER;

/** Reads when the newest message of an organization was sent, in epoch milliseconds. */
function* readNewestSent(corpId: number): Work<number | undefined> {
  const [, sentAt] = (yield* queryRow(newestMessage, corpId, ever)) ?? [];
  return sentAt;
}

/**
 * Counts the messages of an organization that were sent before a time. For many messages it estimates, as message
 * numbers rise with time.
 */
function* countMessagesBefore(corpId: number, before: number): Work<Share> {
  const total = (yield* queryValue(countMessages, corpId, ever, countedMessages + 1)) ?? 0;
  if (total <= countedMessages) {
    return { due: (yield* queryValue(countMessages, corpId, before, countedMessages)) ?? 0, total };
  }
  const [newestDue] = (yield* queryRow(newestMessage, corpId, before)) ?? [];
  const oldest = (yield* queryValue(oldestMessage, corpId)) ?? 0;
  const [newest = 0] = (yield* queryRow(newestMessage, corpId, ever)) ?? [];
  const span = (end: number) => Math.max(0, withoutDay(end) - withoutDay(oldest) + 1);
  return { due: newestDue === undefined ? 0 : span(newestDue), total: Math.max(total, span(newest)) };
}

/** Counts the hours in an organization's statistics that ended before a time. */
function* countHoursBefore(corpId: number, before: number): Work<Share> {
  const [due, total] = (yield* queryRow(countHours, corpId, Math.floor(before / 3_600_000))) ?? [0, 0];
  return { due: Number(due ?? 0), total };
}

/** Counts the entries of the audit log from before a time. */
function* countAuditBefore(before: number): Work<Share> {
  const [due, total] = (yield* queryRow(countAudit, before)) ?? [0, 0];
  return { due: Number(due ?? 0), total };
}

const countMedia = sql<[due: number | null, total: number]>(
  'count_media_before',
  `select sum(case when used_at < $2 then 1 else 0 end), count(*) from media where corp_id = $1 and state = 1`,
);

/** Counts the media of an organization that were last used before a time. */
function* countMediaBefore(corpId: number, before: number): Work<Share> {
  const [due, total] = (yield* queryRow(countMedia, corpId, before)) ?? [0, 0];
  return { due: Number(due ?? 0), total };
}

/** Creates the verbs that count how much a removal would delete. Times are epoch milliseconds. */
export function createRetentionShares(driver: Driver) {
  return {
    newestSent: (corpId: number) => driver.read(() => readNewestSent(corpId)),
    ofMessages: (corpId: number, before: number) => driver.snapshot(() => countMessagesBefore(corpId, before)),
    ofHours: (corpId: number, before: number) => driver.read(() => countHoursBefore(corpId, before)),
    ofMedia: (corpId: number, before: number) => driver.read(() => countMediaBefore(corpId, before)),
    ofAudit: (before: number) => driver.read(() => countAuditBefore(before)),
  };
}

export type RetentionShares = ReturnType<typeof createRetentionShares>;
