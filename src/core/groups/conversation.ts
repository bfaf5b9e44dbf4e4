import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Robot } from '../../store/model.ts';
import { type ErrorCode, wireError } from '../../wire/errors.ts';
import type { Caller, Context } from '../context.ts';

/** The two families of calls for conversations: those for groups, and those for conversations of two people. */
export type Family = 'group' | 'private';

/** The error codes of one call for the faults of an openConversationId. */
export type ConversationCodes = {
  readonly missing: ErrorCode;
  readonly foreign: ErrorCode;
};

/**
 * Finds the conversation of a call: it must exist in the organization of the token and belong to the family. A disbanded
 * group is found, too.
 *
 * @throws WireError with the codes of the call, `invalid.openConversationId` for an unknown one, and
 *   `invalidParameter.param.invalid` for another type
 */
export async function findConversation(
  { store, scope }: Context,
  { organization }: Caller,
  family: Family,
  openConversationId: unknown,
  codes: ConversationCodes,
): Promise<Conversation> {
  const isMissing = openConversationId === undefined || openConversationId === null;
  if (!isMissing && typeof openConversationId !== 'string')
    throw wireError('invalidParameter.param.invalid', { why: 'openConversationId is not a string' });
  if (isMissing || openConversationId.trim() === '')
    throw wireError(codes.missing, { why: 'openConversationId is missing or blank' });
  const known = await store.conversations.byOpenId(openConversationId);
  // An operator learns nothing about organizations outside of their scope.
  const all = known.filter(({ corpId }) => !scope || scope.includes(corpId));
  const found = all.find(({ corpId }) => corpId === organization.corpId);
  if (!found && all.length > 0)
    throw wireError(codes.foreign, { why: `the conversation is not one of organization ${organization.code}` });
  if (!found || found.isGroup !== (family === 'group'))
    throw wireError('invalid.openConversationId', { why: `no ${family} conversation has this openConversationId` });
  return found;
}

/** Throws `bot.stopped` if a robot is disabled, or is not in a conversation. */
export async function checkRobotIn({ store }: Context, { corpId, id }: Conversation, robot: Robot): Promise<void> {
  if (robot.disabled) throw wireError('bot.stopped', { why: `robot ${robot.code} is disabled` });
  if (!(await store.conversations.hasRobot(corpId, id, robot.id)))
    throw wireError('bot.stopped', { why: `robot ${robot.code} is not in the conversation` });
}
