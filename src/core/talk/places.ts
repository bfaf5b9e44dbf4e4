import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Robot } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { isActing } from '../access/acting.ts';
import type { Context } from '../context.ts';
import type { Place } from '../conversation-ids.ts';
import { isChatStopped } from '../robot-settings.ts';
import { refuse } from './content.ts';

/** Where a person writes: to a robot alone, or in a conversation of several people. */
export type TalkPlace =
  | { readonly kind: 'robot'; readonly robot: Robot }
  | { readonly kind: 'conversation'; readonly conversation: Conversation };

/**
 * Finds where a person writes.
 *
 * @throws WireError `huizhi.notFound` for a robot that is not installed, an unknown or disbanded conversation, and one
 *   that the person is not in; `huizhi.conflict` for a robot that is disabled, or whose app is not authorized any more
 */
export async function requireTalkPlace(
  context: Context,
  { corpId, userId }: { readonly corpId: number; readonly userId: number },
  place: Place | undefined,
): Promise<TalkPlace> {
  if (place && place.conversationId !== 0) {
    const conversation = await context.store.conversations.find(corpId, place.conversationId);
    const isOpen = conversation !== undefined && conversation.disbandedAt === null;
    if (isOpen && (await context.store.conversations.isMember(corpId, conversation.id, userId)))
      return { kind: 'conversation', conversation };
    throw noMember();
  }
  const robot = context.directory.now.robotOf(place?.robotId ?? 0);
  if (!robot || !context.directory.now.isInstalled(corpId, robot.id))
    throw huizhiError('huizhi.notFound', 'there is no robot or conversation with this conversationId to write to');
  if (!canListen(context, corpId, robot))
    throw huizhiError('huizhi.conflict', `the robot ${robot.code} takes no messages`);
  return { kind: 'robot', robot };
}

/** Whether a robot of an organization takes messages, and replies to them. */
export function canListen(context: Context, corpId: number, robot: Robot): boolean {
  const { now } = context.directory;
  const app = now.appOf(robot.appId);
  if (!app || !isActing(context, app, corpId)) return false;
  return now.isInstalled(corpId, robot.id) && !robot.disabled && !isChatStopped(context, corpId, robot);
}

/** The error for a conversation that a person is not in. */
export function noMember() {
  return huizhiError('huizhi.notFound', 'you are in no conversation with this conversationId');
}

/** A user whom a message names. */
export type NamedUser = { readonly id: number; readonly userId: string; readonly name: string };

/** The robots and members whom a message names. */
export type Named = { readonly robots: readonly Robot[]; readonly users: readonly NamedUser[] };

/**
 * Finds the robots and members of a conversation that a message names. Throws `huizhi.badRequest` for others.
 */
export async function findNamed(
  context: Context,
  { corpId, id }: Conversation,
  robotCodes: readonly string[],
  userIds: readonly string[],
): Promise<Named> {
  const robots = [...new Set(robotCodes)].map((code) => ({ code, robot: context.directory.now.robot(code) }));
  const present = robots.length === 0 ? [] : await context.store.conversations.robots(corpId, id);
  for (const { code, robot } of robots) {
    if (!robot || !present.includes(robot.id)) throw refuse(`atRobotCodes: no robot ${code} is in the conversation`);
  }
  const users = userIds.length === 0 ? [] : await context.store.findUsers(corpId, [...new Set(userIds)]);
  const members = await context.store.conversations.membersAmong(
    corpId,
    id,
    users.map((user) => user.id),
  );
  const stranger = userIds.find((code) => !users.some((user) => user.code === code && members.has(user.id)));
  if (stranger !== undefined) throw refuse(`atUserIds: ${stranger} is not in the conversation`);
  return {
    robots: robots.flatMap(({ robot }) => robot ?? []),
    users: users.map(({ id: userId, code, name }) => ({ id: userId, userId: code, name })),
  };
}
