import type { ChoiceChange, StoredChoice } from '../../store/messages/mutes-and-blocks.ts';
import {
  type InboxEvent,
  type InboxMessage,
  type ReadManner,
  type Robot,
  type SenderKind,
  type Session,
  senderKinds,
} from '../../store/model.ts';
import { appOfSender } from '../../store/notices/senders.ts';
import { wireError } from '../../wire/errors.ts';
import { cardKind, findKindByNumber } from '../../wire/vendor/messages.ts';
import type { Context } from '../context.ts';
import { findPlace, formatConversationId } from '../conversation-ids.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { markRead } from '../mark-read.ts';
import { describeSender } from '../notices/sender.ts';
import { pluginsOf, robotNameIn } from '../robot-settings.ts';
import { robotFilter } from '../robots.ts';
import { renderDingEvent } from './inbox-dings.ts';

/**
 * A message as shown to its recipient. Times are epoch milliseconds; `msgParam` is null if the message was recalled or
 * removed.
 */
export type ShownMessage = {
  readonly messageId: string;
  /** The conversation in which the inbox shows it. */
  readonly conversationId: string;
  readonly robotCode: string;
  readonly robotName: string;
  /** `userId` is null unless a person has written the message. */
  readonly sender: {
    readonly kind: SenderKind;
    readonly name: string;
    readonly userId: string | null;
  };
  readonly msgKey: string;
  readonly msgParam: string | null;
  readonly sentAt: number;
  readonly readAt: number | null;
  readonly recalled: boolean;
  /** The conversation it was sent to; null if it was sent to the user alone. */
  readonly conversation: { readonly openConversationId: string; readonly title: string } | null;
  /** The message that it quotes; `msgParam` is null if that was recalled. */
  readonly quote: {
    readonly messageId: string;
    readonly senderName: string;
    readonly msgKey: string;
    readonly msgParam: string | null;
  } | null;
  readonly emotions: readonly { readonly robotCode: string; readonly robotName: string; readonly text: string }[];
  /** The interactive card that it shows; null for other messages, and after it is recalled. */
  readonly card: { readonly cardId: string } | null;
};

export type PageQuery = {
  readonly limit: number;
  readonly cursor?: string;
  readonly unread: boolean;
  readonly robotCode?: string;
  readonly conversationId?: string;
};

/**
 * Returns a page of a user's inbox, newest first, and the total number of unread messages. Throws `huizhi.badRequest`
 * for a bad cursor.
 */
export async function listInbox(context: Context, session: Session, query: PageQuery) {
  const { corpId, userId } = session;
  const filter = await resolveFilter(context, corpId, query);
  const before = parseNumberCursor(query.cursor);
  const page = { corpId, userId, before, ...filter, unread: query.unread, limit: query.limit + 1 };
  const { messages: found, unreadCount } = await context.store.inboxes.view(page);
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    messages: shown.map((message) => showMessage(context, corpId, message)),
    cursor: last && found.length > query.limit ? formatCursor(last.offset) : null,
    unreadCount,
  };
}

/** Returns which messages a query lists, as numbers. Unknown codes match no message. */
async function resolveFilter(context: Context, corpId: number, { robotCode, conversationId }: PageQuery) {
  const robotId = robotFilter(context, corpId, robotCode);
  if (conversationId === undefined) return { robotId };
  const place = await findPlace(context, corpId, conversationId);
  if (!place || (place.robotId !== 0 && robotId !== 0 && place.robotId !== robotId)) return { robotId: -1 };
  return { robotId: place.robotId || robotId, conversationId: place.conversationId };
}

/**
 * Marks a user's messages as read, and returns how many were unread. Throws `huizhi.badRequest` for a malformed id;
 * unknown ids are skipped.
 */
export async function readInbox(
  context: Context,
  session: Session,
  messageIds: readonly string[],
  manner: ReadManner,
): Promise<number> {
  const pairs = messageIds.map((text) => context.seal.openPair('message', text));
  if (pairs.includes(undefined)) {
    throw wireError('huizhi.badRequest', {
      why: 'a messageId was not issued here',
      fill: { reason: 'a messageId is not valid' },
    });
  }
  const own = pairs.flatMap((pair) => (pair?.corpId === session.corpId ? [pair.id] : []));
  return (await markRead(context, session, [...new Set(own)], manner)).length;
}

/**
 * An event of a live stream. `seq` is its number in the stream, from 1 without gaps; `position` is where
 * a reader continues.
 */
export type ShownEvent = {
  readonly seq: number;
  readonly position: number;
  readonly event: string;
  readonly data: object;
};

/** Returns the events of a user's stream after a number or a position, oldest first. */
export async function listEventsSince(
  context: Context,
  session: Session,
  after: number,
  limit: number,
): Promise<readonly ShownEvent[]> {
  const events = await context.store.inboxes.since(session.corpId, session.userId, after, limit);
  return events.map((each) => {
    const { seq, offset: position, event } = each;
    return { seq, position, event, data: renderEventData(context, session.corpId, each) };
  });
}

function renderEventData(context: Context, corpId: number, event: InboxEvent): object {
  if (event.event === 'conversation') {
    return { conversationId: formatConversationId(context, corpId, event), muted: event.choice.muted };
  }
  if (event.event === 'robot') {
    return { robotCode: context.directory.now.robotOf(event.robotId)?.code ?? '', ...event.choice };
  }
  if (event.ding || event.event === 'dingRecall') return renderDingEvent(context, corpId, event);
  // A recalled message, or one past its retention, may have no content left.
  if (event.event === 'recall') return { messageId: context.seal.sealPair('message', corpId, event.messageId) };
  const shown = showMessage(context, corpId, event);
  if (event.event === 'emotion') return { messageId: shown.messageId, emotions: shown.emotions };
  return event.event === 'message' ? shown : { messageId: shown.messageId, readAt: shown.readAt };
}

function showConversation({ conversation }: InboxMessage): ShownMessage['conversation'] {
  return conversation && { openConversationId: conversation.openId, title: conversation.title };
}

/** Converts a stored message to the form shown to its recipient. */
export function showMessage(context: Context, corpId: number, message: InboxMessage): ShownMessage {
  const { code, name } = describeSender(context, corpId, message.robotId);
  return {
    messageId: context.seal.sealPair('message', corpId, message.messageId),
    conversationId: formatConversationId(context, corpId, message),
    robotCode: code,
    robotName: name,
    sender: {
      kind: senderKinds[message.sender] ?? 'robot',
      name: message.person?.name ?? name,
      userId: message.person?.code ?? null,
    },
    msgKey: findKindByNumber(message.kind).msgKey,
    msgParam: message.param,
    sentAt: message.sentAt,
    readAt: message.readAt,
    recalled: message.recalledAt !== null,
    conversation: showConversation(message),
    quote: showQuote(context, corpId, message.quoted),
    emotions: message.emotions.map(({ robotId, text }) => {
      const robot = describeSender(context, corpId, robotId);
      return { robotCode: robot.code, robotName: robot.name, text };
    }),
    card: showCard(message),
  };
}

function showCard({ kind, param }: InboxMessage): ShownMessage['card'] {
  if (kind !== cardKind.number || param === null) return null;
  const { cardId } = JSON.parse(param) as { readonly cardId: string };
  return { cardId };
}

function showQuote(context: Context, corpId: number, quoted: InboxMessage['quoted']): ShownMessage['quote'] {
  if (!quoted) return null;
  const { messageId, robotId, kind, param, person, recalledAt } = quoted;
  return {
    messageId: context.seal.sealPair('message', corpId, messageId),
    senderName: person?.name ?? describeSender(context, corpId, robotId).name,
    msgKey: findKindByNumber(kind).msgKey,
    msgParam: recalledAt === null ? param : null,
  };
}

/**
 * Returns the robots of a user's organization, each with the user's choices (muted, blocked) and number of unread
 * messages. `sequence` is the number of the newest event in the user's stream at that moment. A robot that is no longer
 * installed is included while it has unread messages.
 */
export async function listRobots(context: Context, { corpId, userId }: Session) {
  const { directory, store } = context;
  const { byRobot, choices, sequence } = await store.inboxes.unread(corpId, userId);
  const { now } = directory;
  const hasUnread = ({ id }: Robot) => (byRobot.get(id) ?? 0) > 0;
  const listed = now.robots().filter((robot) => now.isInstalled(corpId, robot.id) || hasUnread(robot));
  const custom = now.customRobots().filter((robot) => robot.corpId === corpId && hasUnread(robot));
  const robots = [...listed, ...custom].map((robot) =>
    showRobot(context, corpId, robot, choices.get(robot.id), byRobot.get(robot.id)),
  );
  return { robots: [...robots, ...showApps(context, corpId, byRobot)], sequence };
}

/**
 * Returns the apps with unread messages that no robot has sent, in the form of robots that nobody can mute or block. An
 * app is listed once for its work notices, and once for its messages to groups.
 */
function showApps(context: Context, corpId: number, unread: ReadonlyMap<number, number>) {
  const senders = [...unread].filter(([id]) => appOfSender(id) !== undefined);
  return senders.map(([id, unreadCount]) => {
    const { code, name } = describeSender(context, corpId, id);
    return {
      ...{ robotCode: code, robotName: name, brief: null, description: null, installed: false, unreadCount },
      ...{ muted: false, blocked: false, unblockable: true, wasMute: false, quickEntries: [] },
    };
  });
}

/** Converts a robot to the form shown to a user, with their choice and number of unread messages. */
export function showRobot(context: Context, corpId: number, robot: Robot, choice?: StoredChoice, unreadCount = 0) {
  const { now } = context.directory;
  const { id, code, unblockable } = robot;
  const settings = now.settings(corpId, id);
  return {
    robotCode: code,
    robotName: robotNameIn(context, corpId, robot),
    brief: settings?.brief ?? null,
    description: settings?.description ?? null,
    installed: now.isInstalled(corpId, id),
    muted: choice?.muted ?? false,
    blocked: !unblockable && (choice?.blocked ?? false),
    unblockable,
    wasMute: choice?.wasMute ?? false,
    unreadCount,
    quickEntries: pluginsOf(context, corpId, id).map(({ name, mobileUrl, pcUrl }) => ({
      names: JSON.parse(name) as Record<string, string>,
      mobileUrl: mobileUrl ?? null,
      pcUrl: pcUrl ?? null,
    })),
  };
}

/** Mutes, unmutes, blocks or unblocks a robot for a user. Throws `huizhi.notFound` or `huizhi.robotUnblockable`. */
export async function setRobotChoice(context: Context, person: Session, robotCode: string, change: ChoiceChange) {
  const { directory, store, clock, events } = context;
  const robot = directory.now.robot(robotCode);
  if (!robot || !directory.now.isInstalled(person.corpId, robot.id)) {
    throw wireError('huizhi.notFound', {
      why: `no robot ${robotCode} here`,
      fill: { reason: `no robot ${robotCode}` },
    });
  }
  const chosen = await store.blocks.choose(person.corpId, person.userId, robot, change, clock.now());
  if (!chosen) {
    throw wireError('huizhi.robotUnblockable', { why: `robot ${robotCode} cannot be blocked`, fill: { robotCode } });
  }
  if (chosen.isNew) events.publish([person]);
}
