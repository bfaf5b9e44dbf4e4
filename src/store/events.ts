import { perDay, queryByNumber, resolveOffset, sqlByNumber, startOfDay, withoutDay } from './engine/partitions.ts';
import { createInsert } from './engine/rows.ts';
import { placeholders, queryRows, queryValue, sql, sqlList, type Work } from './engine/sql.ts';
import type { ReadManner } from './model.ts';
import { mannerOf, parseRecipients, readAtOf } from './receipts.ts';

/** What can happen to a message, in the order of the numbers that are stored. */
const kinds = ['sent', 'delivered', 'read', 'recalled'] as const;
export type EventKind = (typeof kinds)[number];

/** An event of an organization; `removed` stands for whatever befell a message that is past its retention. */
export type OrganizationEvent = {
  /** Its number, without a gap, and its place, after which a reader goes on. */
  readonly seq: number;
  readonly place: number;
  readonly event: EventKind | 'removed';
  readonly messageId: number;
  /** Epoch milliseconds; null when the message is gone. */
  readonly at: number | null;
  /** Who has read. */
  readonly userId: number | undefined;
  /** How they came to read; null when that is not known, or for other events. */
  readonly manner: ReadManner | null;
};

// The counter's row is what makes the numbers gap-free: it is taken in the transaction of what happened, and comes back with it. When a
// day begins, the number counts on and the day is put before it.
const takeNext = sql<[next: number]>(
  'take_next_in_row',
  `insert into counters (corp_id, name, next) values ($1, $2, $3)
   on conflict (corp_id, name) do update set next = case when counters.next < excluded.next - $4 - 1
     then excluded.next - 1 + counters.next % ${perDay} else counters.next + $4 end
   returning next`,
);
const insertEvents = createInsert('insert_events', 'events', 'corp_id, seq, event, message_id, position');

/** The next number of a row of numbers that has no gaps, or the first of the next `count`, on a day or a later one, within the caller's transaction. */
export function* nextInRow(corpId: number, name: string, count = 1, day = 0): Work<number> {
  const next = day + 1 + count;
  return ((yield* queryValue(takeNext, corpId, name, next, count)) ?? next) - count;
}

/** Appends what has happened to the organization's stream, on the message's day or a later one: it is kept as long as the message. */
export function* note(corpId: number, kind: EventKind, messageId: number, position = 0): Work<void> {
  yield* noteAll(corpId, kind, [messageId], position);
}

/**
 * Appends what has happened to several messages. Whoever takes a number makes every other writer of the organization wait until the end of
 * the transaction, so many share one, and take theirs late.
 */
export function* noteAll(corpId: number, kind: EventKind, messageIds: readonly number[], position = 0): Work<void> {
  if (messageIds.length === 0) return;
  const first = yield* nextInRow(corpId, 'events', messageIds.length, startOfDay(Math.max(...messageIds)));
  yield* insertEvents(messageIds.map((id, i) => [corpId, first + i, kinds.indexOf(kind), id, position]));
}

type EventRow = [seq: number, event: number, messageId: number, position: number];
type TimesRow = [
  sentAt: number,
  deliveredAt: number | null,
  recalledAt: number | null,
  recipients: string,
  reads: string,
  manners: string | null,
];

const selectEvents = sql<EventRow>(
  'select_events',
  `select seq, event, message_id, position from events where corp_id = $1 and seq > $2 order by seq limit $3`,
);
const selectTimes = sqlByNumber<[id: number, ...TimesRow]>(
  'select_times',
  (count) =>
    `select id, sent_at, delivered_at, recalled_at, recipients, reads, manners from messages{day $2}
     where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** What happened in an organization after a number or a place, in order. */
export function* eventsSince(corpId: number, after: number, limit: number): Work<readonly OrganizationEvent[]> {
  const last = yield* lastEvent(corpId);
  const place = yield* resolveOffset(after, last, (places) => findEvent(corpId, places));
  if (place >= last) return [];
  return yield* toEvents(corpId, yield* queryRows(selectEvents, corpId, place, limit));
}

const selectOfMessage = sql<EventRow>(
  'select_events_of_message',
  `select seq, event, message_id, position from events
   where corp_id = $1 and seq > $2 and seq <= $3 and message_id = $4 order by seq`,
);
const selectNext = sql<[seq: number]>(
  'select_next_event',
  `select seq from events where corp_id = $1 and seq > $2 order by seq limit 1`,
);

/** Part of a stream: what of it was wanted, and up to which place was looked; `isAll` when there is nothing beyond. */
export type EventsFound = {
  readonly events: readonly OrganizationEvent[];
  readonly to: number;
  readonly isAll: boolean;
};

/**
 * Of up to `stride` events after a number or a place those of one message. There is no index by message, and a stream may have millions of
 * events. None is of an earlier day than the message.
 */
export function* eventsOfMessage(corpId: number, messageId: number, after: number, stride: number): Work<EventsFound> {
  const last = yield* lastEvent(corpId);
  const place = yield* resolveOffset(after, last, (places) => findEvent(corpId, places));
  const from = Math.max(place, startOfDay(messageId));
  const to = Math.max(place, Math.min(from + stride, last));
  const rows = yield* queryRows(selectOfMessage, corpId, from, to, messageId);
  const events = yield* toEvents(corpId, rows);
  // Where a day ends, the way goes on at the beginning of another.
  const next = to < last ? yield* queryValue(selectNext, corpId, to) : undefined;
  return { events, to: next === undefined ? to : next - 1, isAll: next === undefined };
}

function* toEvents(corpId: number, rows: readonly EventRow[]): Work<readonly OrganizationEvent[]> {
  const messageIds = new Set(rows.map(([, , messageId]) => messageId));
  const times = yield* queryByNumber(selectTimes, corpId, [...messageIds]);
  const messages = new Map(times.map(([messageId, ...row]) => [messageId, row]));
  return rows.map(([place, kind, messageId, position]) => {
    return toEvent({ place, kind, messageId, position }, messages.get(messageId));
  });
}

/** A row of `select_events`. */
type StoredEvent = {
  readonly place: number;
  readonly kind: number;
  readonly messageId: number;
  readonly position: number;
};

function toEvent({ place, kind, messageId, position }: StoredEvent, message: TimesRow | undefined): OrganizationEvent {
  const about = { seq: withoutDay(place), place, messageId };
  const event = kinds[kind] ?? 'sent';
  if (!message) return { ...about, event: 'removed', at: null, userId: undefined, manner: null };
  const [sentAt, deliveredAt, recalledAt, recipients, reads, manners] = message;
  const times = { sent: sentAt, delivered: deliveredAt, recalled: recalledAt };
  if (event !== 'read') return { ...about, event, at: times[event], userId: undefined, manner: null };
  const userId = parseRecipients(recipients)[position];
  return { ...about, event, at: readAtOf(reads, position, sentAt), userId, manner: mannerOf(manners, position) };
}

const selectPlaces = sqlList<[seq: number]>(
  'select_event_places',
  (count) => `select seq from events where corp_id = $1 and seq in (${placeholders(2, count)})`,
);

function* findEvent(corpId: number, places: readonly number[]): Work<number | undefined> {
  return yield* queryValue(selectPlaces(places.length), corpId, ...places);
}

const selectLast = sql<[next: number]>(
  'select_last_event',
  `select next from counters where corp_id = $1 and name = 'events'`,
);

/** The newest place in an organization's stream; 0 before anything has happened. */
export function* lastEvent(corpId: number): Work<number> {
  return ((yield* queryValue(selectLast, corpId)) ?? 1) - 1;
}

const selectFirstKept = sql<[seq: number]>(
  'select_first_kept_event',
  `select seq from events where corp_id = $1 and message_id > $2 order by seq limit 1`,
);
const deleteEvents = sql('delete_events', `delete from events where corp_id = $1 and seq < $2`);

/** Forgets the beginning of a stream that tells of removed messages only: those up to a number. */
export function* pruneEvents(corpId: number, removedTo: number): Work<void> {
  const firstKept = yield* queryValue(selectFirstKept, corpId, removedTo);
  if (firstKept !== undefined) yield* queryRows(deleteEvents, corpId, firstKept);
}
