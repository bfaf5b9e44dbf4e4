import { createInsert } from '../engine/rows.ts';
import { queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';
import type { Subscription } from './subscriptions.ts';

/** The states of a delivery. The index of a state is its value in the database. */
export const deliveryStates = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One event on its way to a subscription, after at least one attempt. Times are epoch milliseconds. */
export type EventDelivery = {
  /** The offset of the event. */
  readonly seq: number;
  readonly state: DeliveryState;
  readonly tries: number;
  /** When it is tried next; null if it is not. */
  readonly dueAt: number | null;
  /** The time of the last attempt; null if an operator has requested it before. */
  readonly triedAt: number | null;
  /** The status of the last response; null without one. */
  readonly status: number | null;
  /** The beginning of the last response or, without one, the reason. */
  readonly answer: string | null;
  /** Milliseconds of the last attempt. */
  readonly duration: number | null;
};

type DeliveryRow = [
  seq: number,
  state: number,
  tries: number,
  dueAt: number | null,
  triedAt: number | null,
  status: number | null,
  answer: string | null,
  duration: number | null,
];

const columns = 'seq, state, tries, due_at, tried_at, status, answer, duration';

function toDelivery([seq, state, tries, dueAt, triedAt, status, answer, duration]: DeliveryRow): EventDelivery {
  return { seq, state: deliveryStates[state] ?? 'failed', tries, dueAt, triedAt, status, answer, duration };
}

/** A subscription as a process has read it. */
export type SubscriptionKey = Pick<Subscription, 'corpId' | 'id' | 'owner' | 'revision'>;

/** The results of attempts, which are recorded in one transaction with the new position. */
export type DeliveryRecord = {
  /** Deliveries of events that were tried for the first time, with the times of the events. */
  readonly fresh: readonly (EventDelivery & { readonly eventAt?: number | null })[];
  readonly repeated: readonly EventDelivery[];
  readonly position: number;
  /** Events that were removed before they were delivered. */
  readonly dropped: number;
  /** Offsets of waiting events that were removed; their deliveries are deleted. */
  readonly removed: readonly number[];
  /** Whether the endpoint wants no more events. */
  readonly isGone: boolean;
  /** If set, all waiting deliveries are due at this time, because the endpoint works again. */
  readonly releaseAt: number | undefined;
};

const updatePosition = sql<[id: number]>(
  'update_subscription_position',
  `update subscriptions set position = $5, dropped = dropped + $6, disabled = case when $7 = 1 then 2 else disabled end,
     revision = revision + $7
   where corp_id = $1 and id = $2 and owner = $3 and revision = $4 and disabled = 0
   returning id`,
);
const deleteDelivery = sql(
  'delete_event_delivery',
  `delete from event_deliveries where corp_id = $1 and subscription_id = $2 and seq = $3`,
);
const updateDelivery = sql(
  'update_event_delivery',
  `update event_deliveries set state = $4, tries = $5, due_at = $6, tried_at = $7, status = $8, answer = $9, duration = $10
   where corp_id = $1 and subscription_id = $2 and seq = $3`,
);
const releaseWaiting = sql(
  'release_event_deliveries',
  `update event_deliveries set due_at = $3 where corp_id = $1 and subscription_id = $2 and state = 0 and due_at > $3`,
);
const insertDeliveries = createInsert(
  'insert_event_deliveries',
  'event_deliveries',
  `corp_id, subscription_id, ${columns}, event_at`,
);

/**
 * Records results of attempts and moves the position, in one transaction. Returns false, without changes, if another
 * process delivers by now, or the subscription was changed, disabled or deleted.
 */
export function* recordDeliveries(key: SubscriptionKey, record: DeliveryRecord): Work<boolean> {
  const { corpId, id, owner, revision } = key;
  const { position, dropped, isGone } = record;
  const moved = yield* queryRow(updatePosition, corpId, id, owner, revision, position, dropped, Number(isGone));
  if (!moved) return false;
  for (const seq of record.removed) yield* queryRows(deleteDelivery, corpId, id, seq);
  yield* insertDeliveries(record.fresh.flatMap((one) => [corpId, id, ...toRow(one), one.eventAt ?? null]));
  for (const one of record.repeated) yield* queryRows(updateDelivery, corpId, id, ...toRow(one));
  if (record.releaseAt !== undefined) yield* queryRows(releaseWaiting, corpId, id, record.releaseAt);
  return true;
}

function toRow({ seq, state, tries, dueAt, triedAt, status, answer, duration }: EventDelivery) {
  return [seq, deliveryStates.indexOf(state), tries, dueAt, triedAt, status, answer, duration];
}

const selectDue = sql<DeliveryRow>(
  'select_due_deliveries',
  `select ${columns} from event_deliveries
   where corp_id = $1 and subscription_id = $2 and state = 0 order by due_at limit $3`,
);
const countWaiting = sql<[count: number]>(
  'count_waiting_deliveries',
  `select count(*) from event_deliveries where corp_id = $1 and subscription_id = $2 and state = 0`,
);
const selectBeyond = sql<[seq: number]>(
  'select_deliveries_beyond',
  `select seq from event_deliveries where corp_id = $1 and subscription_id = $2 and seq > $3`,
);

/** Reads the deliveries that are to be tried next, in the order of their times. */
export function* readWaiting(corpId: number, id: number, limit: number): Work<readonly EventDelivery[]> {
  return (yield* queryRows(selectDue, corpId, id, limit)).map(toDelivery);
}

/** Counts the deliveries of a subscription that wait for their next attempt. */
export function* countWaitingDeliveries(corpId: number, id: number): Work<number> {
  return (yield* queryValue(countWaiting, corpId, id)) ?? 0;
}

/** Reads the offsets of the events after a position that were tried already. */
export function* readTriedBeyond(corpId: number, id: number, position: number): Work<ReadonlySet<number>> {
  return new Set((yield* queryRows(selectBeyond, corpId, id, position)).map(([seq]) => seq));
}

const selectPage = sql<DeliveryRow>(
  'select_event_deliveries',
  `select ${columns} from event_deliveries
   where corp_id = $1 and subscription_id = $2 and seq < $3 order by seq desc limit $4`,
);
const selectPageOf = sql<DeliveryRow>(
  'select_event_deliveries_of',
  `select ${columns} from event_deliveries
   where corp_id = $1 and subscription_id = $2 and state = $4 and state <> 1 and seq < $3 order by seq desc limit $5`,
);

/** Reads a page of deliveries with offsets below `before`, newest event first: all, or those that wait or have failed. */
export function* readDeliveries(
  { corpId, id }: Pick<Subscription, 'corpId' | 'id'>,
  state: 'waiting' | 'failed' | undefined,
  before: number,
  limit: number,
): Work<readonly EventDelivery[]> {
  const rows =
    state === undefined
      ? yield* queryRows(selectPage, corpId, id, before, limit)
      : yield* queryRows(selectPageOf, corpId, id, before, deliveryStates.indexOf(state), limit);
  return rows.map(toDelivery);
}

const requestAgain = sql<[seq: number]>(
  'request_event_delivery',
  `update event_deliveries set state = 0, tries = 0, due_at = $4, taken_at = null
   where corp_id = $1 and subscription_id = $2 and seq = $3 returning seq`,
);

/** Lets an event be sent again at a time, as if it were new. Returns false if it has no delivery. */
export function* requestDelivery(corpId: number, id: number, seq: number, at: number): Work<boolean> {
  return (yield* queryRow(requestAgain, corpId, id, seq, at)) !== undefined;
}

const deleteAfter = sql(
  'delete_deliveries_after',
  `delete from event_deliveries where corp_id = $1 and subscription_id = $2 and seq > $3`,
);

/** Deletes the deliveries of the events after an offset, which are to be sent again. */
export function* deleteDeliveriesAfter(corpId: number, id: number, offset: number): Work<void> {
  yield* queryRows(deleteAfter, corpId, id, offset);
}

/** How many deliveries wait or have failed. */
export type DeliveryCounts = { readonly waiting: number; readonly failed: number };

const countState = sql<[count: number]>(
  'count_event_deliveries',
  `select count(*) from (
     select 1 from event_deliveries
     where corp_id = $1 and subscription_id = $2 and state = $3 and state <> 1 limit $4) found`,
);

/** Counts the deliveries that wait or have failed, each up to a limit. */
export function* countDeliveries(corpId: number, id: number, limit: number): Work<DeliveryCounts> {
  const waiting = (yield* queryValue(countState, corpId, id, 0, limit)) ?? 0;
  const failed = (yield* queryValue(countState, corpId, id, 2, limit)) ?? 0;
  return { waiting, failed };
}

const deleteTried = sql<[seq: number]>(
  'delete_tried_deliveries',
  `delete from event_deliveries where corp_id = $1 and (subscription_id, seq) in (
     select subscription_id, seq from event_deliveries
     where corp_id = $1 and tried_at < $2 and state <> 0 order by tried_at limit $3)
   returning seq`,
);

/** Deletes up to `limit` deliveries that ended before a time. Returns how many. */
export function* pruneDeliveries(corpId: number, before: number, limit: number): Work<number> {
  return (yield* queryRows(deleteTried, corpId, before, limit)).length;
}
