import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Robot, Send } from '../../store/model.ts';
import { wireError } from '../../wire/errors.ts';
import type { Caller, Context } from '../context.ts';
import { acceptAndDeliver, hashContent, type ParsedContent, parseContent, type Sent } from '../send.ts';
import { checkRobotIn, type Family, findConversation } from './conversation.ts';

/** The body of a send to a conversation, not yet validated. */
export type GroupSendBody = {
  readonly robotCode: unknown;
  readonly openConversationId: unknown;
  readonly msgKey: unknown;
  readonly msgParam: unknown;
  readonly coolAppCode: unknown;
};

/**
 * A call that sends to conversations. Idempotency keys of different paths are independent. `audit` renders the audit
 * entry of an operator's send.
 */
export type SendCall = {
  readonly family: Family;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly audit?: Send['audit'];
  /** The number of the operator who sends it in the console. */
  readonly operatorId?: Send['operatorId'];
};

/**
 * Sends a message to the members of a conversation: checks in the vendor's order, accepts durably, and leaves delivery
 * to the deliverer.
 * https://open.dingtalk.com/document/development/the-robot-sends-a-group-message
 */
export async function sendToConversation(
  context: Context,
  caller: Caller,
  body: GroupSendBody,
  { family, path, idempotencyKey, audit, operatorId }: SendCall,
): Promise<Sent> {
  const { robot, conversation, kind, param } = await checkGroupSend(context, caller, family, body);
  const content = idempotencyKey === undefined ? '' : hashContent(robot, [conversation.openId], kind, param);
  const given = { robot, kind: kind.number, param, userCodes: [], conversationId: conversation.id };
  const audited = { ...given, ...(audit && { audit }), ...(operatorId !== undefined && { operatorId }) };
  const sent = await acceptAndDeliver(context, caller, audited, { key: idempotencyKey, path, content });
  if (!sent) throw disbanded(conversation.openId);
  return sent;
}

/** A validated send to a conversation. */
type GroupSend = ParsedContent & { readonly robot: Robot; readonly conversation: Conversation };

/** Makes the checks of a send to a conversation, and sends nothing. */
export async function checkGroupSend(
  context: Context,
  caller: Caller,
  family: Family,
  body: GroupSendBody,
): Promise<GroupSend> {
  const robot = findSendingRobot(context, caller, body.robotCode);
  checkCoolApp(robot, body.coolAppCode);
  const conversation = await findConversation(context, caller, family, body.openConversationId, {
    missing: 'miss.openConversationId',
    foreign: 'conversation.org.notMatch',
  });
  if (conversation.disbandedAt !== null) throw disbanded(conversation.openId);
  await checkRobotIn(context, conversation, robot);
  return { robot, conversation, ...parseContent(context, robot, body) };
}

/** A robot that sends through a cool app needs its code; for other robots the code is ignored. */
function checkCoolApp({ code, coolAppCode }: Robot, given: unknown): void {
  if (coolAppCode === null || given === coolAppCode) return;
  const why = `the coolAppCode is not that of robot ${code}`;
  const isMissing = typeof given !== 'string' || given.trim() === '';
  throw wireError('invalidParameter.robotCode.coolApp', { why, ...(isMissing && { message: '酷应用编码无效' }) });
}

const disbanded = (openId: string) => wireError('group.disbanded', { why: `the group ${openId} is disbanded` });

function findSendingRobot({ directory }: Context, { app, organization }: Caller, robotCode: unknown): Robot {
  if (robotCode === undefined || robotCode === null)
    throw wireError('invalidParameter.robotCode.missing', { why: 'the body has no robotCode' });
  if (typeof robotCode !== 'string')
    throw wireError('invalidParameter.param.invalid', { why: 'robotCode is not a string' });
  if (robotCode.trim() === '') throw wireError('invalidParameter.robotCode.empty', { why: 'robotCode is blank' });
  const robot = directory.now.robot(robotCode);
  if (!robot || !directory.now.isInstalled(organization.corpId, robot.id)) {
    throw wireError('resource.not.found', { why: `there is no robot ${robotCode} in ${organization.code}` });
  }
  if (robot.appId === app.id) return robot;
  const owner = directory.now.appOf(robot.appId)?.code;
  throw wireError('invalidParameter.robotCode.auth', {
    why: `robot ${robotCode} belongs to app ${owner}, and the token to app ${app.code}`,
  });
}
