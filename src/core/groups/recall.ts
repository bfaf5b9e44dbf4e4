import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Robot } from '../../store/model.ts';
import { type ErrorCode, wireError } from '../../wire/errors.ts';
import { recallWindow } from '../../wire/limits.ts';
import type { Caller, Context } from '../context.ts';
import { everybody } from '../events.ts';
import { countRecalls, parseKeys, type Recalled, recallEach } from '../recall.ts';
import { checkRobotIn, type Family, findConversation } from './conversation.ts';

/** The body of a recall, not yet validated. */
export type GroupRecallBody = {
  readonly robotCode: unknown;
  readonly openConversationId: unknown;
  readonly processQueryKeys: unknown;
};

/**
 * Recalls messages to a conversation within 24 hours of the send. Each key succeeds or fails individually; recalling a
 * message again succeeds. A key for which `faultOf` returns a code fails with it and is not recalled.
 * https://open.dingtalk.com/document/development/enterprise-chatbot-withdraws-internal-group-messages
 */
export async function recallInConversation(
  context: Context,
  caller: Caller,
  family: Family,
  body: GroupRecallBody,
  faultOf: (key: string) => ErrorCode | undefined,
): Promise<Recalled> {
  const robot = findRecallingRobot(context, caller, family, body.robotCode);
  const conversation = await findConversation(context, caller, family, body.openConversationId, {
    missing: 'miss.openConversationId',
    foreign: 'invalid.openConversationId',
  });
  await checkRobotIn(context, conversation, robot);
  const keys = parseKeys(body.processQueryKeys);
  const recalled = await recallEach(keys, faultOf, (key) => recallOne(context, conversation, robot, key));
  return countRecalls(context, 'conversation', recalled);
}

function findRecallingRobot(
  { directory }: Context,
  { app, organization }: Caller,
  family: Family,
  robotCode: unknown,
): Robot {
  if (typeof robotCode !== 'string')
    throw wireError('invalidParameter.param.invalid', { why: 'robotCode or chatbotId is not a string' });
  if (robotCode.trim() === '') throw wireError('miss.chatbotId', { why: 'robotCode or chatbotId is blank' });
  const robot = directory.now.robot(robotCode);
  const unknown = family === 'group' ? 'invalidParameter.robotCode.notExsit' : 'resource.not.found';
  if (!robot) throw wireError(unknown, { why: `there is no robot ${robotCode}` });
  if (robot.appId === app.id && directory.now.isInstalled(organization.corpId, robot.id)) return robot;
  throw wireError('invalidParameter.robotCode', {
    why: `${robotCode} is not a robot of app ${app.code} in organization ${organization.code}`,
  });
}

async function recallOne(
  context: Context,
  conversation: Conversation,
  robot: Robot,
  text: string,
): Promise<ErrorCode | undefined> {
  const { store, seal, clock, events, deliverer } = context;
  const key = seal.openKey(text);
  if (!key || key.corpId !== conversation.corpId) return 'invalid.processQueryKey';
  if (key.robotId !== robot.id) return 'not.allowed.robotCode';
  if (clock.now() - key.sentAt > recallWindow) return 'robot.processQueryKey.expired';
  const { corpId, messageId, robotId, sentAt } = key;
  const receipt = await store.receipt(corpId, messageId);
  const { id: conversationId } = conversation;
  if (receipt?.sentAt !== sentAt || receipt.conversationId !== conversationId) return 'invalid.processQueryKey';
  await store.recall(corpId, messageId, clock.now());
  events.publish([{ corpId, userId: everybody }]);
  // The message is taken back from the inboxes in steps.
  deliverer.deliver({ corpId, messageId, robotId, sentAt, state: 'queued', conversationId, isRecalled: true });
  return undefined;
}
