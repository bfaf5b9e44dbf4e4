import { dingEventOf, readDings } from '../dings/events.ts';
import { perDay, queryByNumber, sqlByNumber, startOfDay, startTimeOf, withoutDay } from '../engine/partitions.ts';
import { type Driver, placeholders, queryRows, type Statement, sql, type Work } from '../engine/sql.ts';
import type { InboxEvent, InboxMessage } from '../model.ts';
import { isNoticeSender, noticeSender } from '../notices/senders.ts';
import { readLastOffset, resolveInboxOffset } from '../streams.ts';
import { emotionEvent } from '../talk/emotions.ts';
import { type Details, type Entry, readDetails, readShown, toInboxMessage, unknown } from './inbox-messages.ts';
import { isAboutConversation, parseChoice, readChoices, type StoredChoice } from './mutes-and-blocks.ts';

type EntryRow = [offset: number, messageId: number, readAt: number | null];
const toEntry = ([offset, messageId, readAt]: EntryRow): Entry => ({ offset, messageId, readAt });

const selectPage = sql<EntryRow>(
  'select_inbox_page',
  `select seq, message_id, read_at from inbox
   where corp_id = $1 and user_id = $2 and event = 0 and seq < $3 and seq >= $4 order by seq desc limit $5`,
);

// The same page, with unread messages only.
const selectUnread = sql<EntryRow>(
  'select_inbox_unread',
  `select seq, message_id, read_at from inbox
   where corp_id = $1 and user_id = $2 and event = 0 and seq < $3 and seq >= $4 and read_at is null
   order by seq desc limit $5`,
);

const selectSince = sql<[...EntryRow, event: number, position: number]>(
  'select_inbox_since',
  `select seq, message_id, read_at, event, position from inbox
   where corp_id = $1 and user_id = $2 and seq > $3 order by seq limit $4`,
);

/** Reads entries with one of the statements of a page. */
function* readEntries(statement: Statement<EntryRow>, ...params: readonly number[]): Work<readonly Entry[]> {
  return (yield* queryRows(statement, ...params)).map(toEntry);
}

/**
 * A page of an inbox: the newest `limit` messages before the offset `before`, of one robot or (if `robotId` is 0) of
 * all robots. `conversationId` limits it to one conversation, or (if it is 0) to messages to the user alone.
 */
export type InboxQuery = {
  readonly corpId: number;
  readonly userId: number;
  readonly before: number;
  readonly robotId: number;
  readonly conversationId?: number;
  readonly unread: boolean;
  readonly limit: number;
};

/** The conversation in which an inbox shows a message; null for a work notice, which has one for its receivers only. */
function shownIn({ sender, conversationId }: Details): number | null {
  return sender === noticeSender ? null : conversationId;
}

function isWanted({ robotId, conversationId }: InboxQuery, message: Details): boolean {
  if (robotId !== 0 && message.robotId !== robotId) return false;
  return conversationId === undefined || (shownIn(message) ?? 0) === conversationId;
}

/** Maximum number of entries that one statement reads when few of them match. */
const longestStep = 512;

/** Reads a page of an inbox, newest first, without recalled messages. */
function* inboxPage(query: InboxQuery): Work<readonly InboxMessage[]> {
  const { corpId, userId, limit } = query;
  const found: [Entry, Details][] = [];
  const collect = function* (some: readonly Entry[]): Work<boolean> {
    const details = yield* readDetails(
      corpId,
      some.map(({ messageId }) => messageId),
    );
    for (const entry of some) {
      const message = details.get(entry.messageId);
      if (message?.recalledAt === null && isWanted(query, message)) found.push([entry, message]);
    }
    return found.length < limit;
  };
  const statement = query.unread ? selectUnread : selectPage;
  const last = yield* readLastOffset(corpId, userId);
  yield* readBackwards(Math.min(query.before, last + 1), limit, collect, (before, from, count) =>
    readEntries(statement, corpId, userId, before, from, count),
  );
  const page = found.slice(0, limit);
  const shown = yield* readShown(
    corpId,
    page.map(([, message]) => message),
  );
  return page.map(([entry, message]) => toInboxMessage(entry, message, shown));
}

/** One step of a search in an inbox: reads `count` entries before the offset `before`. */
export type StepQuery = Pick<InboxQuery, 'corpId' | 'userId' | 'before'> & { readonly count: number };

/** The result of a step of a search. */
export type InboxStep = {
  /** Newest first, without recalled and removed messages. */
  readonly messages: readonly InboxMessage[];
  /** The number of skipped entries, whose messages are recalled or removed. */
  readonly passed: number;
  /** The last entry of the step, and when its message was sent (epoch milliseconds); null if the search is complete. */
  readonly end: { readonly offset: number; readonly at: number } | null;
};

/** Reads `count` entries before the offset `before`, newest first, and the details of their messages. */
function* readStep({ corpId, userId, before, count }: StepQuery) {
  const all: Entry[] = [];
  const details = new Map<number, Details>();
  const collect = function* (some: readonly Entry[]): Work<boolean> {
    all.push(...some);
    const messageIds = some.map(({ messageId }) => messageId);
    for (const [messageId, message] of yield* readDetails(corpId, messageIds)) details.set(messageId, message);
    return all.length < count;
  };
  const newest = yield* readLastOffset(corpId, userId);
  yield* readBackwards(Math.min(before, newest + 1), count, collect, (start, from, limit) =>
    readEntries(selectPage, corpId, userId, start, from, limit),
  );
  return { step: all.slice(0, count), details };
}

/** Runs one step of a search. It reads a bounded number of entries, even if few of them are returned. */
function* inboxStep(query: StepQuery): Work<InboxStep> {
  const { corpId, count } = query;
  const { step, details } = yield* readStep(query);
  const shown = yield* readShown(
    corpId,
    step.flatMap(({ messageId }) => details.get(messageId) ?? []),
  );
  const messages = step.flatMap((entry) => {
    const message = details.get(entry.messageId);
    return message?.recalledAt === null ? [toInboxMessage(entry, message, shown)] : [];
  });
  const passed = step.length - messages.length;
  const last = step.at(-1);
  if (!last || step.length < count) return { messages, passed, end: null };
  // The number of a removed message still contains its day.
  const at = details.get(last.messageId)?.sentAt ?? startTimeOf(Math.floor(last.messageId / perDay));
  return { messages, passed, end: { offset: last.offset, at } };
}

/**
 * Reads the newest message of each conversation of an inbox, as far as it is among the newest `count` messages. Messages
 * of one robot to the user alone are one conversation. Recalled messages are skipped.
 */
export function* readNewestOfEach(corpId: number, userId: number, count: number): Work<readonly InboxMessage[]> {
  const { step, details } = yield* readStep({ corpId, userId, before: Number.MAX_SAFE_INTEGER, count });
  const newest = new Map<string, readonly [Entry, Details]>();
  for (const entry of step) {
    const message = details.get(entry.messageId);
    if (message?.recalledAt !== null) continue;
    const { robotId } = message;
    const conversationId = shownIn(message);
    const key = conversationId === null ? `robot ${robotId}` : `conversation ${conversationId}`;
    if (!newest.has(key)) newest.set(key, [entry, message]);
  }
  const found = [...newest.values()];
  const shown = yield* readShown(
    corpId,
    found.map(([, message]) => message),
  );
  return found.map(([entry, message]) => toInboxMessage(entry, message, shown));
}

/**
 * Reads rows from newer to older offsets, in growing steps, until `collect` returns false. Most calls find enough on the
 * day where they start and on the day before, so older partitions are queried only if that was not enough.
 *
 * @param limit the number of rows of the first step
 * @param collect processes the rows of a step; returns whether more are needed
 * @param step reads up to `count` rows with offsets from `from` (inclusive) to `before` (exclusive), the newest first
 */
export function* readBackwards<R extends { readonly offset: number }>(
  start: number,
  limit: number,
  collect: (rows: readonly R[]) => Work<boolean>,
  step: (before: number, from: number, count: number) => Work<readonly R[]>,
): Work<void> {
  let before = start;
  let from = Math.max(0, startOfDay(before) - perDay);
  for (let count = limit; ; count = Math.min(count * 2, longestStep)) {
    const rows = yield* step(before, from, count);
    if (rows.length > 0 && !(yield* collect(rows))) return;
    if (rows.length === count) before = rows.at(-1)?.offset ?? 0;
    else if (from > 0) [before, from] = [from, 0];
    else return;
  }
}

const events = ['message', 'read', 'recall', 'robot'] as const;

/** The event for a choice. Its column `message_id` contains the number of a robot or a conversation. */
const choiceEvent = 3;

/**
 * Reads the events of a user's stream after a number or an offset, in order. A late read or recall can still be in the
 * stream when its message was removed. It is returned as a recall, so that the numbers have no gap.
 */
function* inboxSince(corpId: number, userId: number, after: number, limit: number): Work<readonly InboxEvent[]> {
  const last = yield* readLastOffset(corpId, userId);
  const offset = yield* resolveInboxOffset(corpId, userId, after, last);
  if (offset >= last) return [];
  const rows = yield* queryRows(selectSince, corpId, userId, offset, limit);
  const happened = rows.map(([at, messageId, readAt, event, position]) => {
    return { offset: at, messageId, readAt, event, position };
  });
  const aboutMessages = happened.filter(({ event }) => event < choiceEvent || event === emotionEvent);
  const aboutDings = happened.filter(({ event }) => dingEventOf(event) !== undefined);
  const dings = yield* readDings(corpId, [...new Set(aboutDings.map(({ messageId }) => messageId))]);
  const messageIds = new Set(aboutMessages.map(({ messageId }) => messageId));
  const details = yield* readDetails(corpId, [...messageIds]);
  const chosen = happened.filter(({ event, position }) => event === choiceEvent && isAboutConversation(position));
  const aboutConversations = chosen.map(({ messageId: conversationId }) => ({ ...unknown, conversationId }));
  const shown = yield* readShown(corpId, [...details.values()], aboutConversations);
  return happened.map((entry) => {
    const { messageId, event, position } = entry;
    const [seq, choice] = [withoutDay(entry.offset), parseChoice(position)];
    if (event === choiceEvent && isAboutConversation(position)) {
      const about = toInboxMessage(entry, { ...unknown, conversationId: messageId }, shown);
      return { ...about, seq, event: 'conversation', choice };
    }
    if (event === choiceEvent) {
      // Here the column `message_id` contains the robot's number.
      return { ...toInboxMessage(entry, { ...unknown, robotId: messageId }, shown), seq, event: 'robot', choice };
    }
    const dingEvent = dingEventOf(event);
    if (dingEvent !== undefined) {
      // The column `message_id` contains the DING's number. A recalled or removed DING is missing.
      const ding = dings.get(messageId);
      const about = toInboxMessage(entry, { ...unknown, messageId }, shown);
      return { ...about, seq, event: ding ? dingEvent : 'dingRecall', choice, ding };
    }
    const message = details.get(messageId);
    const name = message ? (event === emotionEvent ? 'emotion' : (events[event] ?? 'message')) : 'recall';
    return { ...toInboxMessage(entry, message ?? { ...unknown, messageId }, shown), seq, event: name, choice };
  });
}

/** Reads the newest number of a user's stream; 0 if the stream is empty. */
export function* inboxEnd(corpId: number, userId: number): Work<number> {
  return withoutDay(yield* readLastOffset(corpId, userId));
}

const selectWaiting = sql<[messageId: number]>(
  'select_waiting',
  `select message_id from inbox where corp_id = $1 and user_id = $2 and event = 0 and read_at is null`,
);
const countUnread = sqlByNumber<[robotId: number, conversationId: number | null, count: number]>(
  'count_unread',
  (count) =>
    `select robot_id, conversation_id, count(*) from messages{day $2}
     where corp_id = $1 and id in (${placeholders(2, count)}) and recalled_at is null
     group by robot_id, conversation_id`,
);

/**
 * A number of unread messages of a user from one robot in one conversation (null for messages to the user alone). A
 * robot and a conversation can have several such counts.
 */
export type UnreadCount = { readonly robotId: number; readonly conversationId: number | null; readonly count: number };

/** Counts a user's unread messages, by robot and conversation. */
export function* readUnreadCounts(corpId: number, userId: number): Work<readonly UnreadCount[]> {
  const waiting = (yield* queryRows(selectWaiting, corpId, userId)).map(([messageId]) => messageId);
  const rows = yield* queryByNumber(countUnread, corpId, waiting);
  return rows.map(([robotId, conversationId, count]) => {
    return { robotId, conversationId: isNoticeSender(robotId) ? null : conversationId, count };
  });
}

/** Counts a user's unread messages, by robot. */
function* unreadByRobot(corpId: number, userId: number): Work<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  for (const { robotId, count } of yield* readUnreadCounts(corpId, userId)) {
    counts.set(robotId, (counts.get(robotId) ?? 0) + count);
  }
  return counts;
}

/** A page of an inbox, and the number of unread messages in the whole inbox. */
export type InboxView = { readonly messages: readonly InboxMessage[]; readonly unreadCount: number };

/** Reads a page and the unread count. They are consistent only if this runs in a snapshot. */
function* inboxView(query: InboxQuery): Work<InboxView> {
  const messages = yield* inboxPage(query);
  const unread = yield* unreadByRobot(query.corpId, query.userId);
  return { messages, unreadCount: [...unread.values()].reduce((sum, count) => sum + count, 0) };
}

/** A user's unread counts and choices, by robot. `sequence` is the number of the newest event that they include. */
export type Unread = {
  readonly byRobot: ReadonlyMap<number, number>;
  readonly choices: ReadonlyMap<number, StoredChoice>;
  readonly sequence: number;
};

/** Reads unread counts and choices. They are consistent only if this runs in a snapshot. */
function* unread(corpId: number, userId: number): Work<Unread> {
  const choices = yield* readChoices(corpId, userId);
  return { sequence: yield* inboxEnd(corpId, userId), byRobot: yield* unreadByRobot(corpId, userId), choices };
}

/** Creates the verbs that read inboxes and their streams. Each reads one snapshot. */
export function createInboxVerbs(driver: Driver) {
  return {
    page: (query: InboxQuery) => driver.snapshot(() => inboxPage(query)),
    step: (query: StepQuery) => driver.snapshot(() => inboxStep(query)),
    /** Reads a page and the number of all unread messages. */
    view: (query: InboxQuery) => driver.snapshot(() => inboxView(query)),
    /** Reads up to `limit` events of a user's stream after a sequence number. */
    since: (corpId: number, userId: number, after: number, limit: number) =>
      driver.snapshot(() => inboxSince(corpId, userId, after, limit)),
    /** Reads the number of the newest event of a user's stream; 0 if it is empty. */
    end: (corpId: number, userId: number) => driver.read(() => inboxEnd(corpId, userId)),
    unreadByRobot: (corpId: number, userId: number) => driver.snapshot(() => unreadByRobot(corpId, userId)),
    /** Reads unread counts, mutes and blocks, with the number of the newest event that they include. */
    unread: (corpId: number, userId: number) => driver.snapshot(() => unread(corpId, userId)),
  };
}

export type InboxVerbs = ReturnType<typeof createInboxVerbs>;
