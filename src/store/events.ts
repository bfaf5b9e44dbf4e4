import { parseRecipients, readAtOf } from './receipts.ts';
import { inserts } from './rows.ts';
import { ask, askOne, sql, type Work } from './sql.ts';

/** What can happen to a message, in the order of the numbers that are stored. */
const kinds = ['sent', 'delivered', 'read', 'recalled'] as const;
export type EventKind = (typeof kinds)[number];

/** An event of an organization; `removed` stands for whatever befell a message that is past its retention. */
export type OrganizationEvent = {
  readonly seq: number;
  readonly event: EventKind | 'removed';
  readonly messageId: number;
  /** Epoch milliseconds; null when the message is gone. */
  readonly at: number | null;
  /** Who has read. */
  readonly userId: number | undefined;
};

// The counter's row is what makes the numbers gap-free: it is taken in the transaction of what happened, and comes back with it.
const takeNext = sql<[next: number]>(
  'take_next_in_row',
  `insert into counters (corp_id, name, next) values ($1, $2, $3 + 1)
   on conflict (corp_id, name) do update set next = counters.next + $3 returning next`,
);
const insertEvents = inserts('insert_events', 'events', 'corp_id, seq, event, message_id, position');

/** The next number of a row of numbers that has no gaps, or the first of the next `count`, within the caller's transaction. */
export function* nextInRow(corpId: number, name: string, count = 1): Work<number> {
  return ((yield* askOne(takeNext, corpId, name, count))?.[0] ?? count + 1) - count;
}

/** Appends what has happened to the organization's stream. */
export function* note(corpId: number, kind: EventKind, messageId: number, position = 0): Work<void> {
  yield* noteAll(corpId, kind, [messageId], position);
}

/**
 * Appends what has happened to several messages. Whoever takes a number makes every other writer of the organization wait until the end of
 * the transaction, so many share one, and take theirs late.
 */
export function* noteAll(corpId: number, kind: EventKind, messageIds: readonly number[], position = 0): Work<void> {
  if (messageIds.length === 0) return;
  const first = yield* nextInRow(corpId, 'events', messageIds.length);
  yield* insertEvents(messageIds.map((id, i) => [corpId, first + i, kinds.indexOf(kind), id, position]));
}

type EventRow = [
  seq: number,
  event: number,
  messageId: number,
  position: number,
  sentAt: number | null,
  deliveredAt: number | null,
  recalledAt: number | null,
  recipients: string | null,
  reads: string | null,
];

const columns = `e.seq, e.event, e.message_id, e.position, m.sent_at, m.delivered_at, m.recalled_at, m.recipients, m.reads`;
const selectEvents = sql<EventRow>(
  'select_events',
  `select ${columns} from events e left join messages m on m.corp_id = e.corp_id and m.id = e.message_id
   where e.corp_id = $1 and e.seq > $2 order by e.seq limit $3`,
);

/** What happened in an organization after `seq`, in order. */
export function* eventsSince(corpId: number, seq: number, limit: number): Work<readonly OrganizationEvent[]> {
  return (yield* ask(selectEvents, corpId, seq, limit)).map(toEvent);
}

const selectOfMessage = sql<EventRow>(
  'select_events_of_message',
  `select ${columns} from events e left join messages m on m.corp_id = e.corp_id and m.id = e.message_id
   where e.corp_id = $1 and e.seq > $2 and e.seq <= $3 and e.message_id = $4 order by e.seq`,
);

/** Part of a stream: what of it was wanted, and up to which number was looked; `isAll` when there is nothing beyond. */
export type EventsFound = {
  readonly events: readonly OrganizationEvent[];
  readonly to: number;
  readonly isAll: boolean;
};

/** Of the `stride` events after `seq` those of one message. There is no index by message, and a stream may have millions of events. */
export function* eventsOfMessage(corpId: number, messageId: number, seq: number, stride: number): Work<EventsFound> {
  const last = yield* lastEvent(corpId);
  const to = Math.max(seq, Math.min(seq + stride, last));
  return {
    events: (yield* ask(selectOfMessage, corpId, seq, to, messageId)).map(toEvent),
    to,
    isAll: to >= last,
  };
}

function toEvent(row: EventRow): OrganizationEvent {
  const [seq, number, messageId, position, sentAt, deliveredAt, recalledAt, recipients, reads] = row;
  const event = kinds[number] ?? 'sent';
  if (sentAt === null) return { seq, event: 'removed', messageId, at: null, userId: undefined };
  const times = { sent: sentAt, delivered: deliveredAt, recalled: recalledAt };
  if (event !== 'read') return { seq, event, messageId, at: times[event], userId: undefined };
  const userId = parseRecipients(recipients ?? '')[position];
  return { seq, event, messageId, at: readAtOf(reads ?? '', position, sentAt), userId };
}

const selectLast = sql<[next: number]>(
  'select_last_event',
  `select next from counters where corp_id = $1 and name = 'events'`,
);

/** The newest number of an organization's stream; 0 before anything has happened. */
export function* lastEvent(corpId: number): Work<number> {
  return ((yield* askOne(selectLast, corpId))?.[0] ?? 1) - 1;
}

const selectFirstKept = sql<[seq: number]>(
  'select_first_kept_event',
  `select seq from events where corp_id = $1 and message_id > $2 order by seq limit 1`,
);
const deleteEvents = sql('delete_events', `delete from events where corp_id = $1 and seq < $2`);

/** Forgets the beginning of a stream that tells of removed messages only: those up to a number. */
export function* pruneEvents(corpId: number, removedTo: number): Work<void> {
  const row = yield* askOne(selectFirstKept, corpId, removedTo);
  if (row) yield* ask(deleteEvents, corpId, row[0]);
}
