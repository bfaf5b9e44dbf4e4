import { note } from './events.ts';
import type {
  Accepted,
  Delivery,
  MessageState,
  Pending,
  Person,
  Receipt,
  Robot,
  Send,
  Touched,
  User,
} from './model.ts';
import { formatRecipients, parseRecipients, readAtOf } from './receipts.ts';
import { ask, askOne, holes, sql, sqlList, tuples, type Work } from './sql.ts';
import { countSend } from './statistics.ts';

const states: readonly MessageState[] = ['queued', 'unknown', 'delivered'];

const insertMessage = sql(
  'insert_message',
  `insert into messages (corp_id, id, robot_id, kind, sent_at, state, recipients, reads)
   values ($1, $2, $3, $4, $5, 0, $6, '')`,
);
const insertContent = sql('insert_content', `insert into contents (corp_id, message_id, param) values ($1, $2, $3)`);
const selectUsers = sqlList<[id: number, code: string, name: string]>(
  'select_users',
  (count) => `select id, code, name from users where corp_id = $1 and code in (${holes(2, count)}) and left_at is null`,
);
const selectMuted = sqlList<[userId: number]>(
  'select_muted',
  (count) => `select user_id from mutes where corp_id = $1 and robot_id = $2 and user_id in (${holes(3, count)})`,
);
const selectAnswer = sql<[answer: string]>(
  'select_answer',
  `select answer from idempotency where corp_id = $1 and app_id = $2 and code = $3 and created_at > $4`,
);
const keepAnswer = sql(
  'keep_answer',
  `insert into idempotency (corp_id, app_id, code, answer, created_at) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, app_id, code) do update set answer = excluded.answer, created_at = excluded.created_at`,
);
const countFlow = sql<[inMinute: number, inDay: number]>(
  'count_flow',
  `insert into flow (corp_id, robot_id, user_id, minute, in_minute, day, in_day) values ($1, $2, $3, $4, 1, $5, 1)
   on conflict (corp_id, robot_id, user_id) do update set
     in_minute = case when flow.minute = $4 then flow.in_minute + 1 else 1 end, minute = $4,
     in_day = case when flow.day = $5 then flow.in_day + 1 else 1 end, day = $5
   returning in_minute, in_day`,
);
const uncountFlow = sql(
  'uncount_flow',
  `update flow set in_minute = in_minute - 1, in_day = in_day - 1 where corp_id = $1 and robot_id = $2 and user_id = $3`,
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
export function* accept(send: Send, messageId: number): Work<Accepted | undefined> {
  const earlier = yield* firstAnswer(send);
  if (earlier) return earlier;
  const codes = [...new Set(send.userCodes)];
  const found = new Map((yield* findUsers(send.corpId, codes)).map((user) => [user.code, user]));
  if (found.size === 0) return undefined;
  const known = codes.flatMap((code) => found.get(code) ?? []);
  const muted = yield* mutedBy(send, known);
  const limited = yield* overLimit(
    send,
    known.filter((user) => !muted.has(user.id)),
  );
  const reached = known.filter((user) => !muted.has(user.id) && !limited.has(user.id));
  yield* insert(send, messageId, reached);
  const accepted: Accepted = {
    messageId,
    sentAt: send.sentAt,
    flowControlled: known.filter((user) => limited.has(user.id)).map((user) => user.code),
    invalid: codes.filter((code) => !found.has(code)),
    filtered: known.filter((user) => muted.has(user.id)).map((user) => user.code),
  };
  yield* keepFirst(send, accepted);
  return accepted;
}

function* insert(send: Send, messageId: number, users: readonly User[]): Work<void> {
  const { corpId, robot, kind, sentAt, param } = send;
  const recipients = formatRecipients(users.map((user) => user.id));
  yield* ask(insertMessage, corpId, messageId, robot.id, kind, sentAt, recipients);
  yield* ask(insertContent, corpId, messageId, param);
  yield* countSend(corpId, robot.id, sentAt, users.length);
  yield* note(corpId, 'sent', messageId);
}

function* firstAnswer({ corpId, appId, idempotency }: Send): Work<Accepted | undefined> {
  if (!idempotency) return undefined;
  const row = yield* askOne(selectAnswer, corpId, appId, idempotency.code, idempotency.since);
  return row && (JSON.parse(row[0]) as Accepted);
}

function* keepFirst({ corpId, appId, idempotency, sentAt }: Send, accepted: Accepted): Work<void> {
  if (idempotency) yield* ask(keepAnswer, corpId, appId, idempotency.code, JSON.stringify(accepted), sentAt);
}

function* mutedBy({ corpId, robot }: Send, users: readonly User[]): Work<Set<number>> {
  const rows = yield* ask(selectMuted(users.length), corpId, robot.id, ...users.map((user) => user.id));
  return new Set(rows.map(([userId]) => userId));
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Counts each user's share of the robot's limits; who is over keeps the count that the limit allows. */
function* overLimit({ corpId, robot, sentAt }: Send, users: readonly User[]): Work<Set<number>> {
  const over = new Set<number>();
  if (!hasLimits(robot)) return over;
  for (const { id } of users) {
    const [row] = yield* ask(
      countFlow,
      corpId,
      robot.id,
      id,
      Math.floor(sentAt / minuteMs),
      Math.floor(sentAt / dayMs),
    );
    if (!row || !exceeds(robot, row[0], row[1])) continue;
    over.add(id);
    yield* ask(uncountFlow, corpId, robot.id, id);
  }
  return over;
}

const hasLimits = (robot: Robot) => robot.perUserPerMinute > 0 || robot.perUserPerDay > 0;

function exceeds(robot: Robot, inMinute: number, inDay: number): boolean {
  const { perUserPerMinute, perUserPerDay } = robot;
  return (perUserPerMinute > 0 && inMinute > perUserPerMinute) || (perUserPerDay > 0 && inDay > perUserPerDay);
}

const selectPending = sql<[corpId: number, id: number, robotId: number, sentAt: number, state: number]>(
  'select_pending',
  `select corp_id, id, robot_id, sent_at, state from messages
   where state < 2 and (corp_id, id) > ($1, $2) order by corp_id, id limit $3`,
);

/** Messages that have not reached their inboxes, after the one named, oldest first within an organization. */
export function* pending(after: { corpId: number; messageId: number }, limit: number): Work<readonly Pending[]> {
  const rows = yield* ask(selectPending, after.corpId, after.messageId, limit);
  return rows.map(([corpId, messageId, robotId, sentAt, state]) => ({
    corpId,
    messageId,
    robotId,
    sentAt,
    state: states[state] ?? 'queued',
  }));
}

const countPending = sql<[count: number]>('count_pending', `select count(*) from messages where state < 2`);

/** How many messages have not reached their inboxes. */
export function* pendingCount(): Work<number> {
  return (yield* askOne(countPending))?.[0] ?? 0;
}

const markDelivered = sql<[recipients: string, recalledAt: number | null]>(
  'mark_delivered',
  `update messages set state = 2, delivered_at = $3 where corp_id = $1 and id = $2 and state < 2
   returning recipients, recalled_at`,
);

// Each recipient's next number is found at the end of his own range; a counter row for each user would double the writes. One
// statement for all of them: 20 single inserts cost three times as much.
const appendArrivals = sqlList(
  'append_arrivals',
  (count) =>
    `insert into inbox (corp_id, user_id, seq, event, message_id, position)
     select $1, r.column1,
       coalesce((select max(i.seq) from inbox i where i.corp_id = $1 and i.user_id = r.column1), 0) + 1, 0, $2, r.column2
     from (values ${tuples(3, 2, count)}) r`,
);

/**
 * Settles a message as delivered: state and inbox entries in one transaction, so that it is visible exactly once however often this
 * is tried. One that was recalled before it arrived is settled without ever being seen.
 */
export function* settle(corpId: number, messageId: number, at: number): Work<readonly Touched[]> {
  const row = yield* askOne(markDelivered, corpId, messageId, at);
  if (!row || row[1] !== null) return [];
  yield* note(corpId, 'delivered', messageId);
  const userIds = parseRecipients(row[0]);
  if (userIds.length === 0) return [];
  const own = userIds.flatMap((userId, position) => [userId, position]);
  yield* ask(appendArrivals(userIds.length), corpId, messageId, ...own);
  return userIds.map((userId) => ({ corpId, userId }));
}

const markUnknown = sql('mark_unknown', `update messages set state = 1 where corp_id = $1 and id = $2 and state = 0`);

/** Records that an attempt was made whose outcome is not known. */
export function* lose(corpId: number, messageId: number): Work<void> {
  yield* ask(markUnknown, corpId, messageId);
}

export type ReceiptRow = [
  robotId: number,
  kind: number,
  sentAt: number,
  state: number,
  recalledAt: number | null,
  recipients: string,
  reads: string,
];

export const selectReceipt = sql<ReceiptRow>(
  'select_receipt',
  `select robot_id, kind, sent_at, state, recalled_at, recipients, reads from messages where corp_id = $1 and id = $2`,
);

/**
 * Puts a row of `selectReceipt` and its people together. Answers undefined when somebody is not among the people; there is nobody at a
 * number that is no user's.
 */
export function toReceipt(
  corpId: number,
  messageId: number,
  [robotId, kind, sentAt, state, recalledAt, recipients, reads]: Readonly<ReceiptRow>,
  people: { get(id: number): Person | undefined },
): Receipt | undefined {
  const deliveries: Delivery[] = [];
  const ids = parseRecipients(recipients);
  for (let position = 0; position < ids.length; position++) {
    const user = people.get(ids[position] ?? 0);
    if (user === undefined) return undefined;
    deliveries.push({ user, readAt: readAtOf(reads, position, sentAt) });
  }
  const name = states[state] ?? 'queued';
  return { corpId, messageId, robotId, kind, sentAt, state: name, recalledAt, deliveries, text: undefined };
}

const markRecalled = sql<[state: number, recipients: string]>(
  'mark_recalled',
  `update messages set recalled_at = $3 where corp_id = $1 and id = $2 and recalled_at is null returning state, recipients`,
);
const dropContent = sql('drop_content', `delete from contents where corp_id = $1 and message_id = $2`);
const appendRecall = sql(
  'append_recall',
  `insert into inbox (corp_id, user_id, seq, event, message_id, position)
   select $1, $2, coalesce(max(seq), 0) + 1, 2, $3, 0 from inbox where corp_id = $1 and user_id = $2`,
);

/** Recalls a message: its content goes, its receipts stay. A second recall changes nothing. */
export function* recall(corpId: number, messageId: number, at: number): Work<readonly Touched[]> {
  const row = yield* askOne(markRecalled, corpId, messageId, at);
  if (!row) return [];
  yield* ask(dropContent, corpId, messageId);
  yield* note(corpId, 'recalled', messageId);
  if (states[row[0]] !== 'delivered') return [];
  const userIds = parseRecipients(row[1]);
  for (const userId of userIds) yield* ask(appendRecall, corpId, userId, messageId);
  return userIds.map((userId) => ({ corpId, userId }));
}

const selectRecipients = sql<[recipients: string]>(
  'select_recipients',
  `select recipients from messages where corp_id = $1 and id = $2`,
);

/** Who gets a message, in the order of the send. */
export function* recipients(corpId: number, messageId: number): Work<readonly number[]> {
  const row = yield* askOne(selectRecipients, corpId, messageId);
  return row ? parseRecipients(row[0]) : [];
}
