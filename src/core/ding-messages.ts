import type { Robot } from '../store/model.ts';
import { wireError } from '../wire/errors.ts';
import { isObject } from '../wire/json.ts';
import type { Caller, Context } from './context.ts';
import {
  acceptDing,
  badParameter,
  findSendingRobot,
  parseContent,
  parseReceivers,
  parseText,
  type SentDing,
} from './dings.ts';

/** The body of a DING to members of a conversation. All fields are present, but not yet validated. */
export type DingMessageBody = {
  readonly robotCode: unknown;
  readonly openConversationId: unknown;
  readonly dingTemplateId: unknown;
  readonly contentParams: unknown;
  readonly receiverUserIdList: unknown;
};

/**
 * Sends a DING in the app to members of a conversation. Receivers who are not members are skipped. Any template is
 * accepted; the text of the DING is the values of the template, one on a line. The official SDKs have this call, but
 * the vendor documents neither its errors nor its limits; those of `sendDing` apply.
 *
 * @param idempotencyKey as of `send`
 */
export async function sendDingMessage(
  context: Context,
  caller: Caller,
  body: DingMessageBody,
  idempotencyKey: string | undefined,
): Promise<SentDing> {
  const robot = findSendingRobot(context, caller, body.robotCode);
  const openConversationId = parseText(body.openConversationId, 'openConversationId');
  parseText(body.dingTemplateId, 'dingTemplateId');
  const receivers = parseReceivers(body.receiverUserIdList, 1);
  const text = parseContent(joinValues(body.contentParams));
  const userCodes = await findMembers(context, caller, { robot, openConversationId, receivers });
  if (userCodes.length === 0) {
    const userIds = receivers.join(',');
    throw wireError('miss.staffId', { why: `none of ${userIds} is a member of the conversation`, fill: { userIds } });
  }
  const given = { robot, channel: 1, userCodes, body: text, voice: null, callName: 'dingMessages/send' } as const;
  return acceptDing(context, caller, given, idempotencyKey);
}

function joinValues(params: unknown): string {
  const values = isObject(params) ? Object.values(params) : [];
  if (values.length === 0 || !values.every((value) => typeof value === 'string'))
    throw badParameter('contentParams', 'contentParams is not an object of texts');
  return values.join('\n');
}

type Wanted = {
  readonly robot: Robot;
  readonly openConversationId: string;
  readonly receivers: readonly string[];
};

/** Returns those of the receivers who are members of the conversation, which must have the robot. */
async function findMembers(
  { store }: Context,
  { organization }: Caller,
  { robot, openConversationId, receivers }: Wanted,
): Promise<readonly string[]> {
  const { corpId } = organization;
  const conversation = (await store.conversations.byOpenId(openConversationId)).find((one) => one.corpId === corpId);
  if (!conversation) throw badParameter('openConversationId', 'there is no such conversation in the organization');
  const { id, disbandedAt } = conversation;
  if (disbandedAt !== null)
    throw wireError('send.ding.exception', { why: 'the conversation is disbanded', fill: { reason: '群已解散' } });
  if (!(await store.conversations.hasRobot(corpId, id, robot.id)))
    throw wireError('send.ding.exception', { why: 'the robot is not in it', fill: { reason: '机器人不在会话中' } });
  const users = await store.findUsers(corpId, receivers);
  const are = await Promise.all(users.map((user) => store.conversations.isMember(corpId, id, user.id)));
  const members = new Set(users.filter((_, i) => are[i]).map(({ code }) => code));
  return receivers.filter((code) => members.has(code));
}
