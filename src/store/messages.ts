import { blockersAmong } from './blocks.ts';
import { countSend } from './console/statistics.ts';
import { ask, askOne, holes, sql, sqlList, tell, tuples, type Work } from './engine/sql.ts';
import { note } from './events.ts';
import { type Accepted, messageStates, type Pending, type Robot, type Send, type Touched, type User } from './model.ts';
import { formatFiltered, formatRecipients, parseRecipients } from './receipts.ts';
import { nextPlaces } from './streams.ts';

const insertMessage = sql(
  'insert_message',
  `insert into messages (corp_id, id, robot_id, kind, sent_at, state, recipients, reads, owner, filtered)
   values ($1, $2, $3, $4, $5, 0, $6, '', $7, $8)`,
);
const insertContent = sql('insert_content', `insert into contents (corp_id, message_id, param) values ($1, $2, $3)`);
const selectUsers = sqlList<[id: number, code: string, name: string]>(
  'select_users',
  (count) => `select id, code, name from users where corp_id = $1 and code in (${holes(2, count)}) and left_at is null`,
);
const selectAnswer = sql<[answer: string]>(
  'select_answer',
  `select answer from idempotency where corp_id = $1 and app_id = $2 and code = $3 and created_at > $4`,
);
// Claimed before anything is stored, so that of two who send the same at once the second waits for the answer of the first.
const claimAnswer = sql<[claimed: number]>(
  'claim_answer',
  `insert into idempotency (corp_id, app_id, code, answer, created_at) values ($1, $2, $3, '', $4)
   on conflict (corp_id, app_id, code) do update set answer = '', created_at = excluded.created_at
     where idempotency.created_at <= $5
   returning 1`,
);
const keepAnswer = sql(
  'keep_answer',
  `update idempotency set answer = $4 where corp_id = $1 and app_id = $2 and code = $3`,
);
const dropAnswer = sql('drop_answer', `delete from idempotency where corp_id = $1 and app_id = $2 and code = $3`);
// A process whose clock is a little behind counts into the minute, or day, that another has begun. Otherwise the two would take turns in
// starting a new one, and no limit would hold.
const countFlow = sqlList<[userId: number, inMinute: number, inDay: number]>(
  'count_flow',
  (count) =>
    `insert into flow (corp_id, robot_id, user_id, minute, in_minute, day, in_day)
     values ${Array.from({ length: count }, (_, i) => `($1, $2, $${i + 5}, $3, 1, $4, 1)`).join(', ')}
     on conflict (corp_id, robot_id, user_id) do update set
       in_minute = case when flow.minute in ($3, $3 + 1) then flow.in_minute + 1 else 1 end,
       minute = case when flow.minute = $3 + 1 then flow.minute else $3 end,
       in_day = case when flow.day in ($4, $4 + 1) then flow.in_day + 1 else 1 end,
       day = case when flow.day = $4 + 1 then flow.day else $4 end
     returning user_id, in_minute, in_day`,
);
const uncountFlow = sqlList(
  'uncount_flow',
  (count) =>
    `update flow set in_minute = in_minute - 1, in_day = in_day - 1
     where corp_id = $1 and robot_id = $2 and user_id in (${holes(3, count)})`,
);

/** Those of the codes that are users of the organization now. */
export function* findUsers(corpId: number, codes: readonly string[]): Work<readonly User[]> {
  if (codes.length === 0) return [];
  const rows = yield* ask(selectUsers(codes.length), corpId, ...codes);
  return rows.map(([id, code, name]) => ({ corpId, id, code, name }));
}

/**
 * Accepts a send: the message, its content and one delivery for each user who gets one, or nothing at all.
 * Answers undefined when no code is a user's.
 */
export function* accept(send: Send, messageId: number, owner = 0): Work<Accepted | undefined> {
  const earlier = yield* firstAnswer(send);
  if (earlier) return earlier;
  const codes = [...new Set(send.userCodes)];
  const found = new Map((yield* findUsers(send.corpId, codes)).map((user) => [user.code, user]));
  if (found.size === 0) return yield* unclaim(send);
  const known = codes.flatMap((code) => found.get(code) ?? []);
  const blockers = yield* blockersAmong(
    send.corpId,
    send.robot,
    known.map((user) => user.id),
  );
  const limited = yield* overLimit(
    send,
    known.filter((user) => !blockers.has(user.id)),
  );
  const reached = known.filter((user) => !blockers.has(user.id) && !limited.has(user.id));
  const filtered = known.filter((user) => blockers.has(user.id));
  yield* insert(send, messageId, { reached, filtered }, owner);
  const accepted: Accepted = {
    messageId,
    sentAt: send.sentAt,
    flowControlled: known.filter((user) => limited.has(user.id)).map((user) => user.code),
    invalid: codes.filter((code) => !found.has(code)),
    filtered: filtered.map((user) => user.code),
  };
  yield* keepFirst(send, accepted);
  return accepted;
}

type Sorted = { readonly reached: readonly User[]; readonly filtered: readonly User[] };

function* insert(send: Send, messageId: number, { reached, filtered }: Sorted, owner: number): Work<void> {
  const { corpId, robot, kind, sentAt, param } = send;
  const recipients = formatRecipients(reached.map((user) => user.id));
  const refused = formatFiltered(filtered.map((user) => user.id));
  yield* tell(insertMessage, corpId, messageId, robot.id, kind, sentAt, recipients, owner, refused);
  yield* tell(insertContent, corpId, messageId, param);
  yield* note(corpId, 'sent', messageId);
  yield* countSend(corpId, robot.id, sentAt, reached.length);
}

function* firstAnswer(send: Send): Work<Accepted | undefined> {
  if (!send.idempotency) return undefined;
  const { corpId, appId, idempotency, sentAt } = send;
  const { code, since } = idempotency;
  if (yield* askOne(claimAnswer, corpId, appId, code, sentAt, since)) return undefined;
  return yield* keptAnswer(send);
}

/** The answer that was given to an idempotency code. */
export function* keptAnswer({ corpId, appId, idempotency }: Send): Work<Accepted | undefined> {
  if (!idempotency) return undefined;
  const { code, since } = idempotency;
  const row = yield* askOne(selectAnswer, corpId, appId, code, since);
  return row && (JSON.parse(row[0]) as Accepted);
}

/** Keeps the answer to an idempotency code that was claimed, and what the send had as its content. */
export function* keepFirst({ corpId, appId, idempotency }: Send, accepted: Accepted): Work<void> {
  if (!idempotency) return;
  const { code, content } = idempotency;
  yield* tell(keepAnswer, corpId, appId, code, JSON.stringify({ ...accepted, content }));
}

/** Gives a code back that was claimed for nothing. */
export function* unclaim({ corpId, appId, idempotency }: Send): Work<undefined> {
  if (idempotency) yield* ask(dropAnswer, corpId, appId, idempotency.code);
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Counts each user's share of the robot's limits; who is over keeps the count that the limit allows. */
function* overLimit({ corpId, robot, sentAt }: Send, users: readonly User[]): Work<Set<number>> {
  if (!hasLimits(robot) || users.length === 0) return new Set();
  // In one order, so that two sends to the same people do not wait for each other.
  const ids = users.map(({ id }) => id).sort((a, b) => a - b);
  const [minute, day] = [Math.floor(sentAt / minuteMs), Math.floor(sentAt / dayMs)];
  const rows = yield* ask(countFlow(ids.length), corpId, robot.id, minute, day, ...ids);
  const over = rows.filter(([, inMinute, inDay]) => exceeds(robot, inMinute, inDay)).map(([id]) => id);
  if (over.length > 0) yield* ask(uncountFlow(over.length), corpId, robot.id, ...over);
  return new Set(over);
}

/** Whether a robot counts what each user gets. */
export const hasLimits = (robot: Robot) => robot.perUserPerMinute > 0 || robot.perUserPerDay > 0;

function exceeds(robot: Robot, inMinute: number, inDay: number): boolean {
  const { perUserPerMinute, perUserPerDay } = robot;
  return (perUserPerMinute > 0 && inMinute > perUserPerMinute) || (perUserPerDay > 0 && inDay > perUserPerDay);
}

type PendingRow = [corpId: number, id: number, robotId: number, sentAt: number, state: number];

const selectPending = sql<PendingRow>(
  'select_pending',
  `select corp_id, id, robot_id, sent_at, state from messages
   where state < 2 and (corp_id, id) > ($1, $2) and ($4 < 0 or owner = $4) order by corp_id, id limit $3`,
);

/** Messages that have not reached their inboxes, after the one named, oldest first within an organization; of one owner, or (-1) of all. */
export function* pending(
  after: { corpId: number; messageId: number },
  limit: number,
  owner: number,
): Work<readonly Pending[]> {
  return (yield* ask(selectPending, after.corpId, after.messageId, limit, owner)).map(toPending);
}

/** Reads a row of a message that has not reached its inboxes. */
export function toPending([corpId, messageId, robotId, sentAt, state]: Readonly<PendingRow>): Pending {
  return { corpId, messageId, robotId, sentAt, state: messageStates[state] ?? 'queued' };
}

const countPending = sql<[count: number]>('count_pending', `select count(*) from messages where state < 2`);

/** How many messages have not reached their inboxes. */
export function* pendingCount(): Work<number> {
  return (yield* askOne(countPending))?.[0] ?? 0;
}

// The clock of the process that delivers, or recalls, may be behind that of the sender's process: nothing happens before its send.
const markDelivered = sql<[recipients: string, recalledAt: number | null]>(
  'mark_delivered',
  `update messages{day $2} set state = 2, delivered_at = case when sent_at > $3 then sent_at else $3 end
   where corp_id = $1 and id = $2 and state < 2
   returning recipients, recalled_at`,
);

// One statement for all recipients: 20 single inserts cost three times as much.
const appendEvents = sqlList(
  'append_events',
  (count) => `insert into inbox (corp_id, user_id, seq, event, message_id, position) values ${tuples(1, 6, count)}`,
);

/** Adds an event about a message to the stream of each of these users; `event` and the columns are those of the inbox. */
function* append(corpId: number, messageId: number, userIds: readonly number[], event: number): Work<void> {
  if (userIds.length === 0) return;
  const places = yield* nextPlaces(corpId, userIds, messageId);
  const rows = userIds.flatMap((userId, position) => [
    corpId,
    userId,
    places.get(userId) ?? 0,
    event,
    messageId,
    event === arrival ? position : 0,
  ]);
  yield* tell(appendEvents(userIds.length), ...rows);
}

const arrival = 0;
const recalled = 2;

/**
 * Settles a message as delivered: state and inbox entries in one transaction, so that it is visible exactly once however often this
 * is tried. One that was recalled before it arrived is settled without ever being seen.
 */
export function* settle(corpId: number, messageId: number, at: number): Work<readonly Touched[]> {
  const row = yield* askOne(markDelivered, corpId, messageId, at);
  if (!row || row[1] !== null) return [];
  const userIds = parseRecipients(row[0]);
  yield* append(corpId, messageId, userIds, arrival);
  yield* note(corpId, 'delivered', messageId);
  return userIds.map((userId) => ({ corpId, userId }));
}

const markUnknown = sql(
  'mark_unknown',
  `update messages{day $2} set state = 1 where corp_id = $1 and id = $2 and state = 0`,
);

/** Records that an attempt was made whose outcome is not known. */
export function* lose(corpId: number, messageId: number): Work<void> {
  yield* ask(markUnknown, corpId, messageId);
}

const markRecalled = sql<[state: number, recipients: string]>(
  'mark_recalled',
  `update messages{day $2} set recalled_at = case when sent_at > $3 then sent_at else $3 end
   where corp_id = $1 and id = $2 and recalled_at is null returning state, recipients`,
);
const dropContent = sql('drop_content', `delete from contents{day $2} where corp_id = $1 and message_id = $2`);

/** Recalls a message: its content goes, its receipts stay. A second recall changes nothing. */
export function* recall(corpId: number, messageId: number, at: number): Work<readonly Touched[]> {
  return (yield* recallOnce(corpId, messageId, at)) ?? [];
}

/** The same, which answers undefined to whoever was not the first. */
export function* recallOnce(corpId: number, messageId: number, at: number): Work<readonly Touched[] | undefined> {
  const row = yield* askOne(markRecalled, corpId, messageId, at);
  if (!row) return undefined;
  yield* tell(dropContent, corpId, messageId);
  const userIds = messageStates[row[0]] === 'delivered' ? parseRecipients(row[1]) : [];
  yield* append(corpId, messageId, userIds, recalled);
  yield* note(corpId, 'recalled', messageId);
  return userIds.map((userId) => ({ corpId, userId }));
}

const selectRecipients = sql<[recipients: string]>(
  'select_recipients',
  `select recipients from messages{day $2} where corp_id = $1 and id = $2`,
);

/** Who gets a message, in the order of the send. */
export function* recipients(corpId: number, messageId: number): Work<readonly number[]> {
  const row = yield* askOne(selectRecipients, corpId, messageId);
  return row ? parseRecipients(row[0]) : [];
}
