import type { InboxList, ListedConversation } from '../../store/conversations/inbox-list.ts';
import type { StoredChoice } from '../../store/messages/mutes-and-blocks.ts';
import type { InboxMessage, Robot, Session } from '../../store/model.ts';
import { isNoticeSender } from '../../store/notices/senders.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { findPlace, formatConversationId } from '../conversation-ids.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { describeSender } from '../notices/sender.ts';
import { robotNameIn } from '../robot-settings.ts';
import { setRobotChoice, showMessage, showRobot } from './inbox.ts';

/**
 * Returns the conversations of a user: the robots of the organization, the groups and conversations of two that the user
 * is in, and all that have unread or recent messages. `sequence` is the number of the newest event in the user's stream
 * at that moment.
 */
export async function listConversations(context: Context, { corpId, userId }: Session) {
  const { directory, store } = context;
  const list = await store.conversations.inboxList(corpId, userId);
  const { now } = directory;
  const activity = indexActivity(list);
  const robots = now
    .robots()
    .map((robot) => ({ robot, ...activity({ robotId: robot.id, conversationId: null }) }))
    .filter(({ robot, isActive }) => isActive || now.isInstalled(corpId, robot.id))
    .map(({ robot, ...rest }) => showRobotConversation(context, corpId, robot, list.choices.get(robot.id), rest));
  const others = [...list.conversations.values()]
    .map((one) => ({ one, ...activity({ robotId: 0, conversationId: one.id }) }))
    .filter(({ one, isActive }) => isActive || one.disbandedAt === null)
    .map(({ one, ...rest }) => showConversation(context, one, rest));
  const apps = noticeSendersIn(list)
    .map((robotId) => ({ robotId, ...activity({ robotId, conversationId: null }) }))
    .map(({ robotId, ...rest }) => showNotices(context, corpId, robotId, rest));
  return { conversations: [...robots, ...apps, ...others], sequence: list.sequence };
}

/** Returns the senders of unread and recent work notices. */
function noticeSendersIn({ unread, newest }: InboxList): readonly number[] {
  const senders = [...unread, ...newest].map(({ robotId }) => robotId);
  return [...new Set(senders)].filter(isNoticeSender);
}

function showNotices(context: Context, corpId: number, robotId: number, { unreadCount, last }: Activity) {
  return {
    conversationId: formatConversationId(context, corpId, { robotId, conversation: null }),
    kind: 'notice' as const,
    title: describeSender(context, corpId, robotId).name,
    openConversationId: null,
    state: 'open' as const,
    muted: false,
    unreadCount,
    lastMessage: last ? showMessage(context, corpId, last) : null,
    robot: null,
  };
}

/** A robot's messages to the user alone, or the messages to a conversation. */
type Where = { readonly robotId: number; readonly conversationId: number | null };

/** Unread count and newest message of a conversation. It is active if it has either. */
type Activity = { readonly unreadCount: number; readonly last: InboxMessage | undefined; readonly isActive: boolean };

/** Returns a function that finds the activity of a conversation. */
function indexActivity({ unread, newest }: InboxList): (where: Where) => Activity {
  const keyOf = ({ robotId, conversationId }: Where) => (conversationId === null ? `robot ${robotId}` : conversationId);
  const counts = new Map<string | number, number>();
  for (const one of unread) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + one.count);
  const lasts = new Map(
    newest.map((one) => [keyOf({ robotId: one.robotId, conversationId: one.conversation?.id ?? null }), one]),
  );
  return (where) => {
    const [unreadCount, last] = [counts.get(keyOf(where)) ?? 0, lasts.get(keyOf(where))];
    return { unreadCount, last, isActive: unreadCount > 0 || last !== undefined };
  };
}

function showRobotConversation(
  context: Context,
  corpId: number,
  robot: Robot,
  choice: StoredChoice | undefined,
  { unreadCount, last }: Activity,
) {
  const { robotName, muted, unreadCount: _, ...settings } = showRobot(context, corpId, robot, choice);
  return {
    conversationId: formatConversationId(context, corpId, { robotId: robot.id, conversation: null }),
    kind: 'robot' as const,
    title: robotName,
    openConversationId: null,
    state: settings.installed ? ('open' as const) : ('left' as const),
    muted,
    unreadCount,
    lastMessage: last ? showMessage(context, corpId, last) : null,
    robot: settings,
  };
}

function showConversation(context: Context, conversation: ListedConversation, { unreadCount, last }: Activity) {
  const { corpId, openId, isGroup, title, isMember, muted, peers, disbandedAt } = conversation;
  const state = disbandedAt !== null ? 'disbanded' : isMember ? 'open' : 'left';
  return {
    conversationId: formatConversationId(context, corpId, { robotId: 0, conversation }),
    kind: isGroup ? 'group' : 'private',
    title: peers.join('、') || title,
    openConversationId: openId,
    state,
    muted,
    unreadCount,
    lastMessage: last ? showMessage(context, corpId, last) : null,
    robot: null,
  } as const;
}

/** Mutes or unmutes a conversation for a user. Throws `huizhi.notFound` for one that the user is not in. */
export async function setConversationMuted(context: Context, person: Session, conversationId: string, muted: boolean) {
  const { store, clock, events, directory } = context;
  const { corpId, userId } = person;
  const place = await findPlace(context, corpId, conversationId);
  const robot = place && directory.now.robotOf(place.robotId);
  if (robot && directory.now.isInstalled(corpId, robot.id)) {
    await setRobotChoice(context, person, robot.code, { muted });
  } else {
    const id = await requireMembership(context, person, place?.conversationId);
    if (await store.blocks.muteConversation(corpId, userId, id, muted, clock.now())) events.publish([person]);
  }
  return { conversationId, muted };
}

/** Returns the number of a conversation that a user is in. Throws `huizhi.notFound` for others, also unknown ones. */
async function requireMembership({ store }: Context, { corpId, userId }: Session, id = 0): Promise<number> {
  if (id !== 0 && (await store.conversations.isMember(corpId, id, userId))) return id;
  throw huizhiError('huizhi.notFound', 'you are in no conversation with this conversationId');
}

const cursorForm = /^([1-9]\d{0,14})$/;

/**
 * Returns a page of the members of a conversation, and its robots. Throws `huizhi.notFound` unless the user is a member,
 * and `huizhi.badRequest` for a bad cursor.
 */
export async function listConversationMembers(
  context: Context,
  person: Session,
  conversationId: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
) {
  const { corpId } = person;
  const { conversations } = context.store;
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, cursorForm);
  const place = await findPlace(context, corpId, conversationId);
  const id = await requireMembership(context, person, place?.conversationId);
  const ownerId = (await conversations.find(corpId, id))?.ownerId;
  const found = await conversations.members(corpId, id, after, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    members: page.map(({ id: userId, code, name, isAdmin }) => {
      const role = userId === ownerId ? ('owner' as const) : isAdmin ? ('admin' as const) : ('member' as const);
      return { userId: code, name, role };
    }),
    robots: await listRobotsIn(context, corpId, id),
    cursor: last && found.length > limit ? formatCursor(last.id) : null,
  };
}

async function listRobotsIn(context: Context, corpId: number, id: number) {
  const ids = await context.store.conversations.robots(corpId, id);
  return ids.flatMap((robotId) => {
    const robot = context.directory.now.robotOf(robotId);
    return robot ? [{ robotCode: robot.code, robotName: robotNameIn(context, corpId, robot) }] : [];
  });
}
