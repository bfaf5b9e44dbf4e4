import { queryValue, sql, type Work } from '../engine/sql.ts';

/** The rate limit of a custom robot. Times are milliseconds. */
export type WebhookLimit = {
  /** Maximum number of messages in a minute. */
  readonly perMinute: number;
  /** How long the robot is blocked after one message too many; at least until the end of the minute. */
  readonly block: number;
};

const minute = 60_000;

// A new minute starts when the earlier minute or the block is over, and when the stored time is too far in the future:
// then the clock of an emulator was set back.
const isFresh = `(r.blocked_until > 0 or $3 >= r.started_at + ${minute} or $3 < r.started_at - ${minute})`;
const blockEnd = `case when r.started_at + ${minute} > $3 + $5 then r.started_at + ${minute} else $3 + $5 end`;

// While the robot is blocked, no row is changed or returned.
const countSend = sql<[blockedUntil: number]>(
  'count_webhook_send',
  `insert into custom_robot_rates as r (corp_id, robot_id, started_at, sent, blocked_until) values ($1, $2, $3, 1, 0)
   on conflict (corp_id, robot_id) do update set
     started_at = case when ${isFresh} then $3 else r.started_at end,
     sent = case when ${isFresh} then 1 when r.sent < $4 then r.sent + 1 else r.sent end,
     blocked_until = case when ${isFresh} or r.sent < $4 then 0 else ${blockEnd} end
   where r.blocked_until <= $3 or r.blocked_until > $3 + $5 + ${minute}
   returning blocked_until`,
);

/**
 * Counts a message of a custom robot at a time. Returns false, and does not count it, if the robot is blocked or has
 * sent too many in this minute, which blocks it.
 */
export function* countWebhookSend(
  corpId: number,
  robotId: number,
  now: number,
  { perMinute, block }: WebhookLimit,
): Work<boolean> {
  return (yield* queryValue(countSend, corpId, robotId, now, perMinute, block)) === 0;
}

/** Whether a robot is blocked at a time; see `countWebhookSend`. */
export function isBlocked(blockedUntil: number, now: number, block: number): boolean {
  return blockedUntil > now && blockedUntil <= now + block + minute;
}
