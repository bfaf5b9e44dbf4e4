import { findGroupReads } from './conversations/group-reads.ts';
import { changeTypes, type OrganizationChange } from './directory/organization-changes.ts';
import { perDay, queryByNumber, resolveOffset, sqlByNumber, startOfDay, withoutDay } from './engine/partitions.ts';
import { createInsert } from './engine/rows.ts';
import { placeholders, queryRows, queryValue, sql, sqlList, type Work } from './engine/sql.ts';
import { parseManner, parseReadAt, parseRecipients } from './messages/receipts.ts';
import type { ReadManner } from './model.ts';

/** What happens to a message. */
const messageKinds = ['sent', 'delivered', 'read', 'recalled'] as const;
type MessageEventKind = (typeof messageKinds)[number];

/** The kinds of events. The index of a kind is its value in the database. */
const kinds = [...messageKinds, ...changeTypes] as const;
export type EventKind = (typeof kinds)[number];

/** The values in the database of the first kind that is a change, and of the last kind. */
export const firstChangeKind = messageKinds.length;
export const lastEventKind = kinds.length - 1;

/** What an event contains of its message. */
export type EventMessage = {
  readonly robotId: number;
  readonly sentAt: number;
  /** Null for a message to users. */
  readonly conversationId: number | null;
};

/** An event of an organization. An event whose message or text was removed by retention has the kind `removed`. */
export type OrganizationEvent = {
  /** Its number (the numbers have no gaps), and its offset in the stream, from which a reader continues. */
  readonly seq: number;
  readonly offset: number;
  readonly event: EventKind | 'removed';
  /** 0 for a change of a group, a user or a department. */
  readonly messageId: number;
  /** Epoch milliseconds; null if the event is `removed`. */
  readonly at: number | null;
  /** The user who has read, for an event `read`. */
  readonly userId: number | undefined;
  /** How the user has read; null if that is not known, and for other events. */
  readonly manner: ReadManner | null;
  /** Undefined if the message was removed, and for a change. */
  readonly message: EventMessage | undefined;
  /** Undefined for an event of a message. */
  readonly change: OrganizationChange | undefined;
};

// The counter's row makes the numbers gap-free: it is updated in the transaction of the event, and rolled back with it.
// When a new day begins, the number continues and the new day is added to it.
const takeNext = sql<[next: number]>(
  'take_next_in_row',
  `insert into counters (corp_id, name, next) values ($1, $2, $3)
   on conflict (corp_id, name) do update set next = case when counters.next < excluded.next - $4 - 1
     then excluded.next - 1 + counters.next % ${perDay} else counters.next + $4 end
   returning next`,
);
const insertEvents = createInsert('insert_events', 'events', 'corp_id, seq, event, message_id, position');
const insertChanges = createInsert('insert_changes', 'events', 'corp_id, seq, event, message_id, position, body');

/**
 * Reserves the next `count` numbers of a sequence without gaps, in the caller's transaction.
 *
 * @param day the first number of a day; the reserved numbers have this day or a later one
 * @returns the first reserved number
 */
export function* reserveNumbers(corpId: number, name: string, count = 1, day = 0): Work<number> {
  const next = day + 1 + count;
  return ((yield* queryValue(takeNext, corpId, name, next, count)) ?? next) - count;
}

/** Appends an event to the organization's stream; see `appendEvents`. */
export function* appendEvent(corpId: number, kind: MessageEventKind, messageId: number): Work<void> {
  yield* appendEvents(corpId, kind, [messageId]);
}

/**
 * Appends one event for each message to the organization's stream, with the newest message's day or a later one, so
 * that an event is stored as long as its message. Reserving numbers blocks all other writers of the organization until
 * the transaction ends, so it should come late in a transaction, and for many messages at once.
 *
 * @param positions for events `read`: the reader's position in the send or, for a message to a conversation, the
 *   reader's number
 * @returns the offset of the first event; those of the others follow
 */
export function* appendEvents(
  corpId: number,
  kind: MessageEventKind,
  messageIds: readonly number[],
  positions: readonly number[] = [],
): Work<number> {
  if (messageIds.length === 0) return 0;
  const first = yield* reserveNumbers(corpId, 'events', messageIds.length, startOfDay(Math.max(...messageIds)));
  yield* insertEvents(messageIds.flatMap((id, i) => [corpId, first + i, kinds.indexOf(kind), id, positions[i] ?? 0]));
  return first;
}

/**
 * Appends changes to the organization's stream, in order, with the texts that describe them.
 *
 * @param at when they happened, in epoch milliseconds
 * @param day the first number of that day, if the tables are partitioned by day; otherwise 0
 */
export function* appendChanges(
  corpId: number,
  changes: readonly OrganizationChange[],
  at: number,
  day: number,
): Work<void> {
  if (changes.length === 0) return;
  const first = yield* reserveNumbers(corpId, 'events', changes.length, day);
  const rows = changes.flatMap(({ type, ...body }, i) => {
    return [corpId, first + i, kinds.indexOf(type), 0, at, JSON.stringify(body)];
  });
  yield* insertChanges(rows);
}

type EventRow = [seq: number, event: number, messageId: number, position: number, body: string | null];
type TimesRow = [
  sentAt: number,
  deliveredAt: number | null,
  recalledAt: number | null,
  recipients: string,
  reads: string,
  manners: string | null,
  conversationId: number | null,
  robotId: number,
];

const selectEvents = sql<EventRow>(
  'select_events',
  `select seq, event, message_id, position, body from events where corp_id = $1 and seq > $2 order by seq limit $3`,
);
const selectTimes = sqlByNumber<[id: number, ...TimesRow]>(
  'select_times',
  (count) =>
    `select id, sent_at, delivered_at, recalled_at, recipients, reads, manners, conversation_id, robot_id
     from messages{day $2}
     where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** Reads the events of an organization after a number or an offset, in order. */
export function* eventsSince(corpId: number, after: number, limit: number): Work<readonly OrganizationEvent[]> {
  const last = yield* readLastEventOffset(corpId);
  const offset = yield* resolveEventOffset(corpId, after, last);
  if (offset >= last) return [];
  return yield* toEvents(corpId, yield* queryRows(selectEvents, corpId, offset, limit));
}

const selectAt = sqlByNumber<EventRow>(
  'select_events_at',
  (count) =>
    `select seq, event, message_id, position, body from events{day $2}
     where corp_id = $1 and seq in (${placeholders(2, count)})`,
);

/** Finds events of an organization by offset, in order. */
export function* eventsAt(corpId: number, offsets: readonly number[]): Work<readonly OrganizationEvent[]> {
  if (offsets.length === 0) return [];
  const rows = yield* queryByNumber(selectAt, corpId, offsets);
  return yield* toEvents(
    corpId,
    rows.toSorted(([first], [second]) => first - second),
  );
}

const selectOfMessage = sql<EventRow>(
  'select_events_of_message',
  `select seq, event, message_id, position, body from events
   where corp_id = $1 and seq > $2 and seq <= $3 and message_id = $4 order by seq`,
);
const selectNext = sql<[seq: number]>(
  'select_next_event',
  `select seq from events where corp_id = $1 and seq > $2 order by seq limit 1`,
);

/**
 * The events found in a part of a stream. `to` is the last offset that was searched; `isAll` means that there are no
 * events after it.
 */
export type EventsFound = {
  readonly events: readonly OrganizationEvent[];
  readonly to: number;
  readonly isAll: boolean;
};

/**
 * Searches up to `stride` events after a number or an offset for those of one message. There is no index by message,
 * and a stream may have millions of events, so a search takes several calls. It starts at the message's day, since no
 * event of the message has an earlier one.
 */
export function* eventsOfMessage(corpId: number, messageId: number, after: number, stride: number): Work<EventsFound> {
  const last = yield* readLastEventOffset(corpId);
  const offset = yield* resolveEventOffset(corpId, after, last);
  const from = Math.max(offset, startOfDay(messageId));
  const to = Math.max(offset, Math.min(from + stride, last));
  const rows = yield* queryRows(selectOfMessage, corpId, from, to, messageId);
  const events = yield* toEvents(corpId, rows);
  // Offsets jump where a new day begins, so the search continues at the next existing offset.
  const next = to < last ? yield* queryValue(selectNext, corpId, to) : undefined;
  return { events, to: next === undefined ? to : next - 1, isAll: next === undefined };
}

function* toEvents(corpId: number, rows: readonly EventRow[]): Work<readonly OrganizationEvent[]> {
  const messageIds = new Set(rows.flatMap(([, , messageId]) => (messageId === 0 ? [] : messageId)));
  const times = yield* queryByNumber(selectTimes, corpId, [...messageIds]);
  const messages = new Map(times.map(([messageId, ...row]) => [messageId, row]));
  const groupReads = yield* readGroupReadsOf(corpId, rows, messages);
  return rows.map(([offset, kind, messageId, position, body]) => {
    if (kind >= messageKinds.length) return toChange({ offset, kind, at: position, body });
    const groupRead = groupReads.get(offset);
    const row = messages.get(messageId);
    if (groupRead && row) {
      const about = { seq: withoutDay(offset), offset, messageId, change: undefined };
      return { ...groupRead, ...about, event: 'read', message: toMessage(row) };
    }
    return toEvent({ offset, kind, messageId, position }, row);
  });
}

/** The part of an event that the read of a message to a conversation has. */
type GroupReadEvent = Pick<OrganizationEvent, 'at' | 'userId' | 'manner'>;

/** Finds the reads of messages to conversations among events, by offset. */
function* readGroupReadsOf(
  corpId: number,
  rows: readonly EventRow[],
  messages: ReadonlyMap<number, TimesRow>,
): Work<ReadonlyMap<number, GroupReadEvent>> {
  const found = new Map<number, GroupReadEvent>();
  const ofGroups = rows.filter(([, event, messageId]) => {
    const [, , , , , , conversationId = null] = messages.get(messageId) ?? [];
    return kinds[event] === 'read' && conversationId !== null;
  });
  for (const [messageId, some] of Map.groupBy(ofGroups, ([, , id]) => id)) {
    const offsets = some.map(([offset]) => offset);
    for (const [offset, { readAt, userId, manner }] of yield* findGroupReads(corpId, messageId, offsets)) {
      found.set(offset, { at: readAt, userId, manner });
    }
  }
  return found;
}

/** A row of `select_events` that describes a change. */
type StoredChange = {
  readonly offset: number;
  readonly kind: number;
  readonly at: number;
  readonly body: string | null;
};

function toChange({ offset, kind, at, body }: StoredChange): OrganizationEvent {
  const about = { seq: withoutDay(offset), offset, messageId: 0, userId: undefined, manner: null, message: undefined };
  const event = kinds[kind];
  if (body === null || event === undefined) return { ...about, event: 'removed', at: null, change: undefined };
  return { ...about, event, at, change: { ...JSON.parse(body), type: event } as OrganizationChange };
}

/** A row of `select_events` that describes what happened to a message. */
type StoredEvent = {
  readonly offset: number;
  readonly kind: number;
  readonly messageId: number;
  readonly position: number;
};

function toMessage([sentAt, , , , , , conversationId, robotId]: TimesRow): EventMessage {
  return { robotId, sentAt, conversationId };
}

function toEvent({ offset, kind, messageId, position }: StoredEvent, row: TimesRow | undefined): OrganizationEvent {
  const about = { seq: withoutDay(offset), offset, messageId, change: undefined };
  const event = messageKinds[kind] ?? 'sent';
  if (!row) return { ...about, event: 'removed', at: null, userId: undefined, manner: null, message: undefined };
  const message = toMessage(row);
  const [sentAt, deliveredAt, recalledAt, recipients, reads, manners] = row;
  const times = { sent: sentAt, delivered: deliveredAt, recalled: recalledAt };
  if (event !== 'read') return { ...about, event, at: times[event], userId: undefined, manner: null, message };
  const userId = parseRecipients(recipients)[position];
  const [at, manner] = [parseReadAt(reads, position, sentAt), parseManner(manners, position)];
  return { ...about, event, at, userId, manner, message };
}

const selectPlaces = sqlList<[seq: number]>(
  'select_event_places',
  (count) => `select seq from events where corp_id = $1 and seq in (${placeholders(2, count)})`,
);

// Nothing is found without a search if the number is older than the stream.
const selectUpTo = sql<[seq: number]>(
  'select_event_place_up_to',
  `select seq from events where corp_id = $1 and seq % ${perDay} <= $2 and $2 >= (
     select e.seq % ${perDay} from events e where e.corp_id = $1 order by e.seq limit 1)
   order by seq desc limit 1`,
);

/** Converts a number or an offset of an organization's events to an offset; see `resolveOffset`. */
export function* resolveEventOffset(corpId: number, after: number, last: number): Work<number> {
  return yield* resolveOffset(after, last, {
    *find(offsets) {
      return yield* queryValue(selectPlaces(offsets.length), corpId, ...offsets);
    },
    *findUpTo(number) {
      return yield* queryValue(selectUpTo, corpId, number);
    },
  });
}

const selectLast = sql<[next: number]>(
  'select_last_event',
  `select next from counters where corp_id = $1 and name = 'events'`,
);

/** Reads the last offset of an organization's stream; 0 if the stream is empty. */
export function* readLastEventOffset(corpId: number): Work<number> {
  return ((yield* queryValue(selectLast, corpId)) ?? 1) - 1;
}

const selectFirstKept = sql<[seq: number]>(
  'select_first_kept_event',
  `select seq from events
   where corp_id = $1 and (message_id > $2 or (message_id = 0 and position >= $3)) order by seq limit 1`,
);
const deleteEvents = sql('delete_events', `delete from events where corp_id = $1 and seq < $2`);

/**
 * Deletes the events at the beginning of a stream that only concern removed messages, which are those with numbers up to
 * `removedTo`, and changes from before a time.
 *
 * @param before epoch milliseconds
 */
export function* pruneEvents(corpId: number, removedTo: number, before: number): Work<void> {
  const firstRemaining = yield* queryValue(selectFirstKept, corpId, removedTo, before);
  if (firstRemaining !== undefined) yield* queryRows(deleteEvents, corpId, firstRemaining);
}

const deleteSomeEvents = sql<[seq: number]>(
  'delete_some_events',
  `delete from events where corp_id = $1 and seq in (
     select seq from events where corp_id = $1 and seq < $2 order by seq limit $3)
   returning seq`,
);

/** Deletes up to `limit` of the events that `pruneEvents` would delete. Returns how many. */
export function* pruneEventsStep(corpId: number, removedTo: number, before: number, limit: number): Work<number> {
  const firstRemaining = yield* queryValue(selectFirstKept, corpId, removedTo, before);
  if (firstRemaining === undefined) return 0;
  return (yield* queryRows(deleteSomeEvents, corpId, firstRemaining, limit)).length;
}

const selectOldestMessage = sql<[id: number]>(
  'select_oldest_message',
  `select id from messages where corp_id = $1 order by id limit 1`,
);
const dropTexts = sql<[seq: number]>(
  'drop_event_texts',
  `update events set body = null where corp_id = $1 and seq in (
     select seq from events where corp_id = $1 and body is not null and position < $2 order by seq limit $3)
   returning seq`,
);

/**
 * Deletes up to `limit` of the changes from before a time (epoch milliseconds) at the beginning of a stream, with the
 * events between them whose messages were removed. If nothing in the stream is left to be kept, the events stay and
 * their texts are deleted. Returns how many.
 */
export function* pruneChanges(corpId: number, before: number, limit: number): Work<number> {
  const removedTo = ((yield* queryValue(selectOldestMessage, corpId)) ?? Number.MAX_SAFE_INTEGER) - 1;
  const firstRemaining = yield* queryValue(selectFirstKept, corpId, removedTo, before);
  if (firstRemaining === undefined) return (yield* queryRows(dropTexts, corpId, before, limit)).length;
  return (yield* queryRows(deleteSomeEvents, corpId, firstRemaining, limit)).length;
}
