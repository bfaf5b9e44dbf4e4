import type { App } from '../../store/model.ts';
import { type CallbackOutcome, isSuccess, postCallback } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import { createSignature } from '../custom-robots/secrets.ts';
import { openCallbackSecret } from './callbacks.ts';
import { extendChat } from './ids.ts';
import { replyByHttp } from './reply.ts';
import { type Heard, renderRobotMessage } from './robot-message.ts';

/** How a robot gets a message: by a Stream connection, by a request to the address of its app, or not at all. */
export type Reach = 'stream' | 'http' | 'none';

/** The topic of messages to robots. */
const robotTopic = '/v1.0/im/bot/messages/get';

/** Milliseconds in which a program has to answer. */
const streamDeadline = 3000;
const httpDeadline = 2500;

/** Posts a message, signed with the secret of the app, to the app's address. */
export function postRobotMessage(
  context: Context,
  { url, secret, message }: { readonly url: string; readonly secret: string; readonly message: object },
): Promise<CallbackOutcome> {
  const timestamp = String(context.clock.now());
  const sign = createSignature(timestamp, secret);
  return postCallback(context, {
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', timestamp, sign },
    body: JSON.stringify(message),
    deadlineMs: httpDeadline,
    signal: context.hearings.signal,
  });
}

/**
 * Passes a message on to a robot, and extends its sessionWebhook. Resolves with how the robot gets it; does not wait for
 * its program.
 */
export async function sendToRobot(
  context: Context,
  corpId: number,
  given: Omit<Heard, 'chat' | 'organization'>,
): Promise<Reach> {
  const reach = await startHearing(context, corpId, given);
  if (reach === 'none') context.meters.count('huizhi_robot_pushes_total', { reach, outcome: 'failed' });
  return reach;
}

async function startHearing(
  context: Context,
  corpId: number,
  given: Omit<Heard, 'chat' | 'organization'>,
): Promise<Reach> {
  const { robot, conversation, user } = given;
  const organization = context.directory.now.organizationOf(corpId);
  const app = context.directory.now.appOf(robot.appId);
  if (!organization || !app) return 'none';
  const place = conversation ? { conversationId: conversation.id, userId: 0 } : { conversationId: 0, userId: user.id };
  const chat = await extendChat(context, { corpId, robotId: robot.id, ...place });
  const heard = { ...given, chat, organization };
  const callback = await context.store.talk.callback(app.corpId, app.id);
  const url = callback?.url ?? null;
  if (url !== null) {
    const secret = openCallbackSecret(context, callback?.secret ?? null);
    if (secret === undefined) return 'none';
    context.hearings.run(() => post(context, heard, url, secret));
    return 'http';
  }
  if (!(await context.hub.isListening(app, 'CALLBACK', robotTopic))) return 'none';
  context.hearings.run(() => push(context, app, heard));
  return 'stream';
}

/** Pushes a message to a Stream connection. What the program answers does not matter: it replies by other calls. */
async function push(context: Context, app: App, heard: Heard): Promise<void> {
  const data = JSON.stringify(await renderRobotMessage(context, heard));
  const { signal } = context.hearings;
  const options = { deadlineMs: streamDeadline, signal };
  const { outcome } = await context.hub.push(app, { type: 'CALLBACK', topic: robotTopic, data }, options);
  const answered = outcome === 'answered' ? 'answered' : 'failed';
  context.meters.count('huizhi_robot_pushes_total', { reach: 'stream', outcome: answered });
  if (outcome === 'no-connection') context.log.info({ robotCode: heard.robot.code }, 'nobody listens to the robot');
}

/** Posts a message to the address of the app. The answer may be a reply. */
async function post(context: Context, heard: Heard, url: string, secret: string): Promise<void> {
  const message = await renderRobotMessage(context, heard);
  const answer = await postRobotMessage(context, { url, secret, message });
  const robotCode = heard.robot.code;
  const isAnswered = answer.outcome === 'answered';
  const isTaken = isAnswered && isSuccess(answer.status);
  const outcome = isTaken ? 'answered' : isAnswered ? 'refused' : 'failed';
  context.meters.count('huizhi_robot_pushes_total', { reach: 'http', outcome });
  if (answer.outcome !== 'answered') {
    context.log.warn({ robotCode, reason: answer.reason }, 'the address of a robot could not be reached');
    return;
  }
  if (isTaken) return replyByHttp(context, heard.chat, answer.body);
  context.log.warn({ robotCode, status: answer.status }, 'the address of a robot refused a message');
}
