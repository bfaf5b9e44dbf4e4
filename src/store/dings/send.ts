import { createInsert } from '../engine/rows.ts';
import { queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import { reserveNumbers } from '../events.ts';
import { type Claimable, claimCodes, releaseCode, storeAnswer } from '../messages/idempotency.ts';
import { findRecipients, type Recipient } from '../messages/recipients.ts';
import type { Accepted, Robot, Touched } from '../model.ts';
import { appendDingEvents } from './events.ts';

/** The channels of a DING: 1 in the app, 2 SMS, 3 phone. The numbers are the vendor's and the database's. */
export type DingChannel = 1 | 2 | 3;

/** A validated DING. `userCodes` has no duplicates. */
export type NewDing = Claimable & {
  readonly robot: Robot;
  readonly channel: DingChannel;
  /** The voice of a call; null for other channels. */
  readonly voice: string | null;
  readonly body: string;
  readonly userCodes: readonly string[];
  /** Maximum number of DINGs that the robot may send in a minute. */
  readonly perMinute: number;
};

/**
 * The result of sending a DING. `accepted.messageId` is the number of the DING. A refused DING changes nothing:
 * `receivers`: no code is a user. `rate`: the robot has sent too many in this minute. `quota`: the organization has too
 * few SMS or calls left.
 */
export type SentDing =
  | { readonly accepted: Accepted; readonly touched: readonly Touched[] }
  | { readonly refused: 'receivers' | 'rate' | 'quota' };

/**
 * Sends a DING in one transaction: counts it, stores it with a delivery for each receiver, and appends its arrival to
 * their inboxes. Users who block the robot get none.
 *
 * @param today the first number of the current day (see partitions.ts); 0 without partitions
 */
export function* sendDing(ding: NewDing, today: number): Work<SentDing> {
  const { corpId, robot, userCodes } = ding;
  const earlier = (yield* claimCodes(corpId, [{ send: ding }])).get(ding);
  if (earlier) return { accepted: earlier, touched: [] };
  const found = yield* findRecipients(corpId, userCodes);
  const known = found.filter((user) => user !== undefined);
  const isBlocked = ({ blocks }: Recipient) => !robot.unblockable && blocks.includes(robot.id);
  const receivers = known.filter((user) => !isBlocked(user));
  const refused = known.length === 0 ? 'receivers' : yield* countDing(ding, receivers.length);
  if (refused) {
    yield* releaseCode(ding);
    return { refused };
  }
  const accepted: Accepted = {
    messageId: yield* reserveNumbers(corpId, 'dings'),
    sentAt: ding.sentAt,
    flowControlled: [],
    invalid: userCodes.filter((_, i) => found[i] === undefined),
    filtered: known.filter(isBlocked).map(({ code }) => code),
  };
  const userIds = receivers.map(({ id }) => id);
  yield* insertDing(ding, accepted.messageId, userIds);
  yield* appendDingEvents(corpId, 'ding', accepted.messageId, userIds, today);
  yield* storeAnswer(ding, accepted);
  return { accepted, touched: userIds.map((userId) => ({ corpId, userId })) };
}

// If the limit is reached, no row is changed or returned. A process whose clock is slightly behind counts into the
// minute that another process has started already.
const countRate = sql<[sent: number]>(
  'count_ding',
  `insert into ding_rates (corp_id, robot_id, minute, sent) values ($1, $2, $3, 1)
   on conflict (corp_id, robot_id) do update set
     sent = case when ding_rates.minute in ($3, $3 + 1) then ding_rates.sent + 1 else 1 end,
     minute = case when ding_rates.minute = $3 + 1 then ding_rates.minute else $3 end
   where ding_rates.sent < $4 or ding_rates.minute not in ($3, $3 + 1)
   returning sent`,
);
const uncountRate = sql('uncount_ding', `update ding_rates set sent = sent - 1 where corp_id = $1 and robot_id = $2`);
const takeQuota = sql<[used: number]>(
  'take_ding_quota',
  `insert into ding_quotas (corp_id, channel, quota, used) values ($1, $2, null, $3)
   on conflict (corp_id, channel) do update set used = ding_quotas.used + excluded.used
   where ding_quotas.quota is null or ding_quotas.used + excluded.used <= ding_quotas.quota
   returning used`,
);

const minuteMs = 60_000;

/** Counts a DING against the robot's rate and the organization's quota. Returns the limit that refuses it, if any. */
function* countDing(ding: NewDing, receivers: number): Work<'rate' | 'quota' | undefined> {
  const { corpId, robot, channel, sentAt, perMinute } = ding;
  const minute = Math.floor(sentAt / minuteMs);
  if ((yield* queryValue(countRate, corpId, robot.id, minute, perMinute)) === undefined) return 'rate';
  if (channel === 1 || receivers === 0) return undefined;
  if ((yield* queryValue(takeQuota, corpId, channel, receivers)) !== undefined) return undefined;
  yield* queryRows(uncountRate, corpId, robot.id);
  return 'quota';
}

const insertDings = createInsert('insert_dings', 'dings', 'corp_id, id, robot_id, channel, voice, sent_at, body');
const insertDeliveries = createInsert(
  'insert_ding_deliveries',
  'ding_deliveries',
  'corp_id, ding_id, position, user_id, channel, state',
);

function* insertDing(ding: NewDing, dingId: number, userIds: readonly number[]): Work<void> {
  const { corpId, robot, channel, voice, sentAt, body } = ding;
  yield* insertDings([corpId, dingId, robot.id, channel, voice, sentAt, body]);
  yield* insertDeliveries(userIds.flatMap((userId, position) => [corpId, dingId, position, userId, channel, 0]));
}
