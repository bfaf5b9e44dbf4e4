import { countDeliveries } from '../console/statistics.ts';
import { queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import { appendEvent } from '../events.ts';
import { appendToStreams, arrival, recalled, toTouched } from '../messages/messages.ts';
import type { GroupStep } from '../model.ts';
import { admitReceivers, readNoticeQueue } from '../notices/deliver.ts';
import { deleteReceiversUpTo, readNextReceivers } from '../notices/parts.ts';
import { noticeSender } from '../notices/senders.ts';
import { personSender } from '../talk/speech.ts';
import { type Audience, readRecipientsAfter, readRecipientsUpTo } from './members.ts';

/**
 * The bounds of a step: the most deliveries, and the milliseconds after which it begins no further chunk of them. A
 * shorter step lets other requests run sooner; a longer one needs fewer commits.
 */
export type StepBounds = { readonly deliveries: number; readonly chunk: number; readonly milliseconds: number };

/** The bounds on SQLite, where a step blocks the process. */
export const ownBounds: StepBounds = { deliveries: 128, chunk: 32, milliseconds: 3 };

/** The bounds on PostgreSQL, where a step blocks the streams of its users. */
export const sharedBounds: StepBounds = { deliveries: 500, chunk: 500, milliseconds: Number.POSITIVE_INFINITY };

type StepRow = [
  robotId: number,
  sentAt: number,
  state: number,
  recalledAt: number | null,
  conversationId: number | null,
  sentIn: number | null,
  deliveredTo: number | null,
  sender: number,
  personId: number | null,
  owner: number,
];

const selectStep = sql<StepRow>(
  'select_group_step',
  `select robot_id, sent_at, state, recalled_at, conversation_id, sent_in, delivered_to, sender, person_id,
     owner
   from messages{day $2}
   where corp_id = $1 and id = $2 {locked}`,
);
const moveDelivered = sql(
  'move_delivered_to',
  `update messages{day $2} set delivered_to = $3 where corp_id = $1 and id = $2`,
);
const endDelivery = sql(
  'end_group_delivery',
  `update messages{day $2} set delivered_to = $3, state = 2, delivered_at = coalesce(delivered_at, $4)
   where corp_id = $1 and id = $2`,
);

const delivered = 2;
const nothing: GroupStep = {
  touched: [],
  isDone: true,
  isDelivered: false,
  isRecall: false,
  isWaiting: false,
  took: 0,
};

// The members up to the smallest of these numbers have got all earlier messages of the conversation. A message whose
// delivery has not begun counts if another process delivers it: this one begins its own in their order, and an attempt
// that is delayed holds up no other message.
const selectTurn = sql<[deliveredTo: number | null]>(
  'select_turn_in_conversation',
  `select min(delivered_to) from messages
   where corp_id = $1 and conversation_id = $2 and state < 2 and state <> 1 and recalled_at is null
     and (sent_at, id) < ($3, $4) and (delivered_to > 0 or owner <> $5)`,
);

/** A message of which a step is to be delivered, at a time in epoch milliseconds. */
export type StepArrival = { readonly messageId: number; readonly at: number; readonly isOverdue?: boolean };

/** A message to a conversation whose row is locked. */
type Locked = {
  readonly corpId: number;
  readonly messageId: number;
  readonly robotId: number;
  readonly sentAt: number;
  readonly audience: Audience;
  readonly isNotice: boolean;
  /** The person who has written it, and has a copy already; 0 for a message of a robot. */
  readonly personId: number;
  /** The number of the last member who has got the message, or from whom it has not been taken back. */
  readonly deliveredTo: number;
  /** The number of the process that delivers it. */
  readonly owner: number;
};

/**
 * Delivers a message to the next members of its conversation, in one transaction that also moves `delivered_to` to the
 * last of them. They can read it from then on. If a process dies, another one continues behind `delivered_to`. The step
 * that finds no further member marks the message delivered. After a recall, the steps take the message back instead, from
 * `delivered_to` downwards.
 *
 * Each member gets the messages of a conversation in the order of their send times, and then of their numbers. So a step
 * ends at the last member who has got all earlier ones, except those that were recalled.
 *
 * @param isOverdue whether the step does not wait for earlier messages any longer
 */
export function* deliverStep(
  corpId: number,
  { messageId, at, isOverdue = false }: StepArrival,
  bounds: StepBounds,
): Work<GroupStep> {
  const started = performance.now();
  const row = yield* queryRow(selectStep, corpId, messageId);
  if (!row) return nothing;
  const [robotId, sentAt, state, recalledAt, conversationId, sentIn, deliveredTo, sender, person, owner] = row;
  if (state === delivered || conversationId === null) return nothing;
  const audience = { conversationId, change: sentIn ?? 0 };
  const isNotice = sender === noticeSender;
  const personId = sender === personSender ? (person ?? 0) : 0;
  const progress = { deliveredTo: deliveredTo ?? 0, owner };
  const message = { corpId, messageId, robotId, sentAt, audience, isNotice, personId, ...progress };
  const time = Math.max(at, sentAt);
  const step =
    recalledAt === null
      ? yield* deliverNext(message, time, bounds, isOverdue)
      : yield* takeBackNext(message, time, bounds);
  return { ...step, took: performance.now() - started };
}

type Step = Omit<GroupStep, 'took'>;

function* deliverNext(message: Locked, at: number, bounds: StepBounds, isOverdue: boolean): Work<Step> {
  const { corpId, messageId, robotId, sentAt, personId, deliveredTo } = message;
  const {
    reached,
    last = deliveredTo,
    isDone,
    isWaiting = false,
  } = yield* message.isNotice ? reachReceivers(message, bounds) : reachMembers(message, bounds, isOverdue);
  if (isDone) {
    yield* queryRows(endDelivery, corpId, messageId, last, at);
    if (personId === 0) yield* appendEvent(corpId, 'delivered', messageId);
  } else if (last > deliveredTo) {
    yield* queryRows(moveDelivered, corpId, messageId, last);
  }
  if (reached.length > 0 && personId === 0) yield* countDeliveries(corpId, robotId, sentAt, reached.length);
  return { touched: toTouched(corpId, reached), isDone, isDelivered: isDone, isRecall: false, isWaiting };
}

/** The users whom a step has reached, and the number of the last one it has dealt with. */
type Reached = {
  readonly reached: readonly number[];
  readonly last: number | undefined;
  readonly isDone: boolean;
  readonly isWaiting?: boolean;
};

function* reachMembers(message: Locked, bounds: StepBounds, isOverdue: boolean): Work<Reached> {
  const { corpId, messageId, sentAt, audience, deliveredTo, owner } = message;
  const next = yield* readRecipientsAfter(corpId, audience, deliveredTo, bounds.deliveries);
  const turn = isOverdue
    ? null
    : yield* queryValue(selectTurn, corpId, audience.conversationId, sentAt, messageId, owner);
  const open = turn == null ? next : next.filter((userId) => userId <= turn);
  const reached = yield* appendInChunks(message, arrival, open, bounds);
  const isDone = reached.length === next.length && next.length < bounds.deliveries;
  return {
    reached,
    last: reached.at(-1),
    isDone,
    isWaiting: open.length < next.length && reached.length === open.length,
  };
}

/** Delivers a work notice to its next receivers. */
function* reachReceivers(message: Locked, bounds: StepBounds): Work<Reached> {
  const { corpId, messageId, deliveredTo } = message;
  const notice = yield* readNoticeQueue(corpId, messageId);
  // One more, to know whether this step is the last one.
  const waiting = yield* readNextReceivers(corpId, messageId, deliveredTo, bounds.deliveries + 1);
  const next = waiting.slice(0, bounds.deliveries);
  const reached: number[] = [];
  const started = performance.now();
  let end = 0;
  while (notice && end < next.length && (end === 0 || performance.now() - started < bounds.milliseconds)) {
    const userIds = yield* admitReceivers(notice, next.slice(end, end + bounds.chunk));
    if (userIds.length > 0) yield* appendToStreams(corpId, arrival, [{ messageId, userIds }]);
    reached.push(...userIds);
    end = Math.min(next.length, end + bounds.chunk);
  }
  const isDone = end === waiting.length || !notice;
  const last = next[end - 1];
  yield* deleteReceiversUpTo(corpId, messageId, isDone ? Number.MAX_SAFE_INTEGER : (last ?? 0));
  return { reached, last, isDone };
}

function* takeBackNext(message: Locked, at: number, bounds: StepBounds): Work<Step> {
  const { corpId, messageId, audience, deliveredTo } = message;
  const next = yield* readRecipientsUpTo(corpId, audience, deliveredTo, bounds.deliveries);
  const reached = yield* appendInChunks(message, recalled, next, bounds);
  const isDone = reached.length === next.length && next.length < bounds.deliveries;
  if (isDone) yield* queryRows(endDelivery, corpId, messageId, 0, at);
  else yield* queryRows(moveDelivered, corpId, messageId, (reached.at(-1) ?? 1) - 1);
  return { touched: toTouched(corpId, reached), isDone, isDelivered: false, isRecall: true, isWaiting: false };
}

/** Appends an event to the streams of users, in chunks until the time of the step is over. Returns the users reached. */
function* appendInChunks(
  { corpId, messageId, personId }: Locked,
  event: number,
  userIds: readonly number[],
  { chunk, milliseconds }: StepBounds,
): Work<readonly number[]> {
  const started = performance.now();
  let end = 0;
  while (end < userIds.length && (end === 0 || performance.now() - started < milliseconds)) {
    const next = userIds.slice(end, end + chunk).filter((userId) => userId !== personId);
    yield* appendToStreams(corpId, event, [{ messageId, userIds: next }]);
    end += chunk;
  }
  return userIds.slice(0, end);
}
