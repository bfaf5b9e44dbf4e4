/** The replies of robots: through a sessionWebhook, or in the answer to a message by HTTP. */
import type { Robot } from '../../store/model.ts';
import type { RobotChat } from '../../store/talk/chats.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { isObject, type JsonObject, parseJson } from '../../wire/json.ts';
import { maxSessionReplies } from '../../wire/limits.ts';
import { webhookKinds } from '../../wire/vendor/webhook-kinds.ts';
import { parseWebhookMessage, type WebhookMessage } from '../../wire/vendor/webhook-messages.ts';
import type { Context } from '../context.ts';
import {
  countWebhook,
  findMessageClaim,
  type MessageCall,
  type MessageClaim,
  readMessage,
} from '../custom-robots/call.ts';
import { renderParam } from '../custom-robots/mentions.ts';
import { acceptAndDeliver } from '../send.ts';
import { canListen } from './places.ts';

/** A call of a sessionWebhook. */
export type SessionCall = MessageCall & { readonly session: string };

/**
 * Sends a reply of a robot to the conversation of a sessionWebhook. The checks are those of custom robots, as far as a
 * session has them.
 * https://open.dingtalk.com/document/development/receive-message
 *
 * @throws OldHostError 300001 if the session is unknown, has ended, or its robot is gone
 */
export function replyBySession(context: Context, call: SessionCall): Promise<void> {
  return countWebhook(context, 'session', () => replyChecked(context, call));
}

async function replyChecked(context: Context, call: SessionCall): Promise<void> {
  await context.directory.current();
  const target = await requireTarget(context, call);
  const read = await readMessage(call);
  const claim = findMessageClaim('/robot/sendBySession', target.chat.id, call, read);
  await sendReply(context, target, read.message, claim);
}

/**
 * Sends the reply that is the answer to a message by HTTP. Answers that are empty, have the msgtype `empty`, or are not
 * messages are not replies; the last kind is logged.
 */
export async function replyByHttp(context: Context, chat: RobotChat, answer: string): Promise<void> {
  const body = parseAnswer(answer);
  if (body === undefined || body.msgtype === undefined || body.msgtype === 'empty') return;
  try {
    await countWebhook(context, 'answer', async () => {
      const target = await findTarget(context, chat);
      const message = parseWebhookMessage(body);
      if (!target) throw new OldHostError(300001, 'the robot, its user or its conversation is gone');
      await sendReply(context, target, message, { key: undefined, content: '' });
    });
  } catch (error) {
    if (!(error instanceof OldHostError)) throw error;
    context.log.warn({ errcode: error.errcode, why: error.why }, 'the answer to a message is no reply');
  }
}

function parseAnswer(answer: string): JsonObject | undefined {
  const body = parseJson(answer);
  return isObject(body) ? body : undefined;
}

/** Where a robot replies: to a user alone, or in a conversation. */
type Target = { readonly chat: RobotChat; readonly robot: Robot; readonly userCode: string | undefined };

/** Valid sessions are never slowed down. Others are, by the address from which they come. */
async function requireTarget(context: Context, { session, address }: SessionCall): Promise<Target> {
  const pair = context.seal.openPair('chat', session);
  const chat = pair && (await context.store.talk.chat(pair.corpId, pair.id));
  const target = chat && chat.expiresAt > context.clock.now() ? await findTarget(context, chat) : undefined;
  if (target) return target;
  const refuse = (retryAfter: number) =>
    new OldHostError(300001, `too many unknown sessions from ${address}`, { retryAfter });
  await context.attempts.run({ queue: `sessions from ${address}` }, () => undefined, refuse);
  throw new OldHostError(300001, 'the session is unknown or has ended');
}

/** Finds where a chat leads now; undefined if its robot, user or conversation is gone. */
async function findTarget(context: Context, chat: RobotChat): Promise<Target | undefined> {
  const { store, directory } = context;
  const { corpId, robotId, userId, conversationId } = chat;
  const robot = directory.now.robotOf(robotId);
  if (!robot || !canListen(context, corpId, robot)) return undefined;
  if (conversationId === 0) {
    const user = await store.userOf(corpId, userId);
    return user && { chat, robot, userCode: user.code };
  }
  const conversation = await store.conversations.find(corpId, conversationId);
  const isOpen = conversation?.disbandedAt === null;
  const isThere = isOpen && (await store.conversations.hasRobot(corpId, conversationId, robotId));
  return isThere ? { chat, robot, userCode: undefined } : undefined;
}

async function sendReply(
  context: Context,
  target: Target,
  message: WebhookMessage,
  claim: MessageClaim,
): Promise<void> {
  const { chat, robot, userCode } = target;
  const { corpId, conversationId } = chat;
  const now = context.clock.now();
  if (!(await context.store.talk.count(corpId, 'session', chat.id, now, maxSessionReplies)))
    throw new OldHostError(660026, `more than ${maxSessionReplies} replies in a minute`);
  const isAlone = userCode !== undefined;
  const param = isAlone
    ? JSON.stringify(message.param)
    : await renderParam(context, { corpId, conversationId }, message);
  const content = { robot, kind: webhookKinds[message.type].number, param };
  const to = isAlone ? { userCodes: [userCode] } : { userCodes: [], conversationId };
  const sender = { app: { id: 0 }, organization: { corpId } };
  if (await acceptAndDeliver(context, sender, { ...content, ...to }, claim)) return;
  throw new OldHostError(300001, 'the user or the conversation of the session is gone');
}
