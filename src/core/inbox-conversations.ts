import type { InboxList, ListedConversation } from '../store/conversations/inbox-list.ts';
import type { InboxMessage, Robot, Session } from '../store/model.ts';
import { huizhiError } from '../wire/errors.ts';
import type { Context } from './context.ts';
import { findPlace, formatConversationId } from './conversation-ids.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { setRobotChoice, showMessage, showRobot } from './inbox.ts';
import { robotNameIn } from './robot-settings.ts';

/**
 * Returns the conversations of a user: the robots of the organization, the groups and conversations of two that the user
 * is in, and all that have unread or recent messages. `sequence` is the number of the newest event in the user's stream
 * at that moment.
 */
export async function listConversations(context: Context, { corpId, userId }: Session) {
  const { directory, store } = context;
  const list = await store.conversations.inboxList(corpId, userId);
  const { now } = directory;
  const isOf = (robot: Robot) => (message: { readonly robotId: number }) => message.robotId === robot.id;
  const unread = list.unread.filter(({ conversationId }) => conversationId === null);
  const newest = list.newest.filter(({ conversation }) => conversation === null);
  const robots = now
    .robots()
    .filter((one) => now.isInstalled(corpId, one.id) || unread.some(isOf(one)) || newest.some(isOf(one)));
  const shown = robots.map((robot) =>
    showRobotConversation(context, corpId, robot, list, sum(unread.filter(isOf(robot))), newest.find(isOf(robot))),
  );
  const others = [...list.conversations.values()].map((one) => showConversation(context, one, list));
  return { conversations: [...shown, ...others], sequence: list.sequence };
}

const sum = (counts: readonly { readonly count: number }[]) => counts.reduce((total, { count }) => total + count, 0);

function showRobotConversation(
  context: Context,
  corpId: number,
  robot: Robot,
  { choices }: InboxList,
  unreadCount: number,
  last: InboxMessage | undefined,
) {
  const { robotName, muted, unreadCount: _, ...settings } = showRobot(context, corpId, robot, choices.get(robot.id));
  return {
    conversationId: formatConversationId(context, { robotId: robot.id, conversation: null }),
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

function showConversation(context: Context, conversation: ListedConversation, { unread, newest }: InboxList) {
  const { corpId, id, openId, isGroup, title, isMember, muted, peers, disbandedAt } = conversation;
  const last = newest.find((message) => message.conversation?.id === id);
  const state = disbandedAt !== null ? 'disbanded' : isMember ? 'open' : 'left';
  return {
    conversationId: formatConversationId(context, { robotId: 0, conversation }),
    kind: isGroup ? ('group' as const) : ('private' as const),
    title: peers.join('、') || title,
    openConversationId: openId,
    state,
    muted,
    unreadCount: sum(unread.filter(({ conversationId }) => conversationId === id)),
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
  if (robot) {
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
  const ownerId = (await conversations.byNumber(corpId, [id])).get(id)?.ownerId;
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
