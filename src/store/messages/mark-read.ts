/** Marking messages read. */
import { countReads } from '../console/statistics.ts';
import { insertGroupReads } from '../conversations/group-reads.ts';
import { perDay, queryByNumber, sqlByNumber, startOfDay } from '../engine/partitions.ts';
import { createInsert } from '../engine/rows.ts';
import { pipeline, placeholders, queryValue, sql, type Work } from '../engine/sql.ts';
import { appendEvents } from '../events.ts';
import type { Audience, ReadManner } from '../model.ts';
import { isNoticeSender } from '../notices/senders.ts';
import { reserveOffsets } from '../streams.ts';
import { personSender } from '../talk/speech.ts';
import { parseReadAt, parseRecipients, renderManners, renderReads } from './receipts.ts';

/** Messages that a user reads at a time (epoch milliseconds). */
export type Reading = {
  readonly userId: number;
  readonly messageIds: readonly number[];
  readonly at: number;
  readonly manner: ReadManner | undefined;
};

// Most entries are in the partition of the message's day. If a message of a later day arrived first, the entry is in
// that later partition.
const updateReadAt = sql<[position: number]>(
  'mark_read',
  `update inbox{day $3} set read_at = $4
   where corp_id = $1 and user_id = $2 and message_id = $3 and event = 0 and read_at is null
   returning position`,
);
const updateReadAtLater = sql<[position: number]>(
  'mark_read_later',
  `update inbox set read_at = $4
   where corp_id = $1 and user_id = $2 and message_id = $3 and event = 0 and read_at is null and seq >= $5
   returning position`,
);

type ToUsersRow = [
  id: number,
  sentAt: number,
  robotId: number,
  recipients: string,
  reads: string,
  manners: string | null,
];
const selectToUsers = sqlByNumber<ToUsersRow>(
  'select_reads',
  (count) =>
    `select id, sent_at, robot_id, recipients, reads, manners from messages{day $2}
     where corp_id = $1 and id in (${placeholders(2, count)}) and state = 2 and recalled_at is null
       and conversation_id is null order by id {locked}`,
);

// Reads do not change the row of a message to a conversation, so several transactions can lock it. Its members can read
// it while it is still being delivered to others.
const selectToConversation = sqlByNumber<[id: number, sentAt: number, robotId: number, sender: number]>(
  'select_group_messages',
  (count) =>
    `select id, sent_at, robot_id, sender from messages{day $2}
     where corp_id = $1 and id in (${placeholders(2, count)}) and recalled_at is null
       and conversation_id is not null order by id {shared}`,
);

/** The columns of a message to users that its reads change. */
type Slots = { readonly recipients: string; readonly reads: string; readonly manners: string | null };

/** A message that can be read. `slots` is null for a message to a conversation. */
type Readable = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly robotId: number;
  readonly slots: Slots | null;
  /** Whether its reads are recorded: a message of a person has no receipt. */
  readonly hasReceipt: boolean;
};

/** A first read, with the reader's position in the send. */
type FirstRead = {
  readonly reading: Reading;
  readonly message: Readable;
  readonly position: number;
  readonly readAt: number;
};

/** The first read of a message by one user. Times are epoch milliseconds. */
export type FreshRead = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly readAt: number;
  readonly to: Audience;
};

/** Marks messages read for one user; see `markReadAll`. */
export function* markRead(corpId: number, reading: Reading): Work<readonly FreshRead[]> {
  const [fresh = []] = yield* markReadAll(corpId, [reading]);
  return fresh;
}

/**
 * Marks messages of one organization read, in one transaction with all that follows from it: inbox entries, streams,
 * receipts, events and statistics. A message that was read already keeps its time and manner. A transaction locks the
 * organization's counter of events until its commit is durable, so many readers share one transaction.
 *
 * @returns for each reading, in the same order, the reads of messages that were unread before, in the order given
 */
export function* markReadAll(corpId: number, readings: readonly Reading[]): Work<readonly (readonly FreshRead[])[]> {
  const found = yield* lockMessages(corpId, new Set(readings.flatMap(({ messageIds }) => messageIds)));
  const firsts = yield* markCopies(corpId, readings, found);
  if (firsts.length > 0) yield* recordReads(corpId, firsts);
  const fresh = Map.groupBy(firsts, ({ reading }) => reading);
  return readings.map((reading) => (fresh.get(reading) ?? []).map(toFreshRead));
}

function toFreshRead({ message: { messageId, sentAt, robotId, slots }, readAt }: FirstRead): FreshRead {
  const to = slots ? 'users' : isNoticeSender(robotId) ? 'notice' : 'conversation';
  return { messageId, sentAt, readAt, to };
}

/**
 * Locks the messages that can be read: those to users first, and then those to conversations, each in the order of
 * their numbers, so that two transactions with the same messages cannot deadlock.
 */
function* lockMessages(corpId: number, messageIds: ReadonlySet<number>): Work<ReadonlyMap<number, Readable>> {
  const found = new Map<number, Readable>();
  const sorted = [...messageIds].sort((a, b) => a - b);
  for (const row of yield* queryByNumber(selectToUsers, corpId, sorted)) {
    const [messageId, sentAt, robotId, recipients, reads, manners] = row;
    found.set(messageId, { messageId, sentAt, robotId, slots: { recipients, reads, manners }, hasReceipt: true });
  }
  const others = sorted.filter((messageId) => !found.has(messageId));
  if (others.length === 0) return found;
  for (const [messageId, sentAt, robotId, sender] of yield* queryByNumber(selectToConversation, corpId, others)) {
    found.set(messageId, { messageId, sentAt, robotId, slots: null, hasReceipt: sender !== personSender });
  }
  return found;
}

/** Marks the inbox entries read. Returns the first reads, in the order of the readings. */
function* markCopies(
  corpId: number,
  readings: readonly Reading[],
  found: ReadonlyMap<number, Readable>,
): Work<readonly FirstRead[]> {
  const wanted = readings.flatMap((reading) =>
    [...new Set(reading.messageIds)].flatMap((messageId) => {
      const message = found.get(messageId);
      // If the clock was set back, the read gets the time of the send. Entry, event and receipt all store this time.
      return message ? [{ reading, message, readAt: Math.max(reading.at, message.sentAt) }] : [];
    }),
  );
  const positions = new Map<(typeof wanted)[number], number>();
  // In a fixed order, so that two transactions of the same user cannot deadlock.
  const order = wanted.toSorted(
    (a, b) => a.message.messageId - b.message.messageId || a.reading.userId - b.reading.userId,
  );
  for (const one of order) {
    const position = yield* markCopy(corpId, one.reading.userId, one.message, one.readAt);
    if (position !== undefined) positions.set(one, position);
  }
  return wanted.flatMap((one) => {
    const position = positions.get(one);
    return position === undefined ? [] : [{ ...one, position }];
  });
}

/**
 * Marks the inbox entry read. Returns the recipient's position in the send, or undefined if the entry was read before
 * or does not exist.
 */
function* markCopy(
  corpId: number,
  userId: number,
  { messageId, sentAt, slots }: Readable,
  readAt: number,
): Work<number | undefined> {
  const marked = yield* queryValue(updateReadAt, corpId, userId, messageId, readAt);
  if (marked !== undefined) return marked;
  if (slots) {
    const position = parseRecipients(slots.recipients).indexOf(userId);
    if (position === -1 || parseReadAt(slots.reads, position, sentAt) !== null) return undefined;
  }
  return yield* queryValue(updateReadAtLater, corpId, userId, messageId, readAt, startOfDay(messageId) + perDay);
}

const insertEntries = createInsert(
  'append_reads',
  'inbox',
  'corp_id, user_id, seq, event, message_id, position, read_at',
);
const readEvent = 1;
const updateReads = sql(
  'update_reads',
  `update messages{day $2} set reads = $3, manners = $4 where corp_id = $1 and id = $2`,
);

function* recordReads(corpId: number, all: readonly FirstRead[]): Work<void> {
  yield* appendToStreams(corpId, all);
  const firsts = all.filter(({ message }) => message.hasReceipt);
  if (firsts.length === 0) return;
  yield* fillSlots(corpId, firsts);
  const first = yield* appendEvents(
    corpId,
    'read',
    firsts.map(({ message }) => message.messageId),
    firsts.map(({ reading, message, position }) => (message.slots ? position : reading.userId)),
  );
  const numbered = firsts.map(({ reading, message, readAt }, i) => {
    const { userId, manner } = reading;
    return { message, read: { messageId: message.messageId, seq: first + i, userId, readAt, manner } };
  });
  const ofGroups = numbered.filter(({ message }) => !message.slots);
  yield* insertGroupReads(
    corpId,
    ofGroups.map(({ read }) => read),
  );
  yield* countReads(
    corpId,
    firsts.map(({ message: { robotId, sentAt }, readAt }) => ({ robotId, sentAt, readAt })),
  );
}

function* appendToStreams(corpId: number, firsts: readonly FirstRead[]): Work<void> {
  const newest = Math.max(...firsts.map(({ message }) => message.messageId));
  const userIds = firsts.map(({ reading }) => reading.userId);
  const last = yield* reserveOffsets(corpId, userIds, newest);
  // From the last read to the first, since the last reserved offset of each user is known.
  const rows = firsts.toReversed().flatMap(({ reading: { userId }, message, readAt }) => {
    const offset = last.get(userId) ?? 0;
    last.set(userId, offset - 1);
    return [corpId, userId, offset, readEvent, message.messageId, 0, readAt];
  });
  yield* insertEntries(rows);
}

/** Writes the reads of messages to users into their rows. */
function* fillSlots(corpId: number, firsts: readonly FirstRead[]): Work<void> {
  const changed = new Map<number, Slots>();
  for (const { reading, message, position, readAt } of firsts) {
    const { messageId, sentAt } = message;
    const slots = changed.get(messageId) ?? message.slots;
    if (!slots) continue;
    const { recipients } = slots;
    const reads = renderReads(slots.reads, recipients, position, sentAt, readAt);
    const manners = renderManners(slots.manners, recipients, position, reading.manner);
    changed.set(messageId, { recipients, reads, manners });
  }
  for (const [messageId, { reads, manners }] of changed) {
    yield* pipeline(updateReads, corpId, messageId, reads, manners);
  }
}
