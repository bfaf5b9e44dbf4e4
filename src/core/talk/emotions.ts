import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Robot } from '../../store/model.ts';
import type { Emotion } from '../../store/talk/emotions.ts';
import type { TalkMessage } from '../../store/talk/messages.ts';
import { wireError } from '../../wire/errors.ts';
import { isCleanText } from '../../wire/text.ts';
import type { Caller, Context } from '../context.ts';
import { findCallerRobot } from '../robots.ts';

/** Characters of the name and the text of an emotion. The vendor documents no lengths. */
const longestName = 100;

/** The body of `emotion/reply` and `emotion/recall`, not yet validated. `textEmotion` is an object with texts. */
export type EmotionBody = {
  readonly robotCode: unknown;
  readonly openConversationId: unknown;
  readonly openMsgId: unknown;
  readonly emotionName: unknown;
  readonly textEmotion: unknown;
};

/**
 * Attaches an emotion to a message that a person has written to the robot. A repeat changes nothing. Throws a WireError;
 * `unknownError` for a message of a robot.
 */
export async function replyEmotion(context: Context, caller: Caller, body: EmotionBody): Promise<void> {
  const emotion = await findEmotion(context, caller, body);
  context.events.publish(await context.store.talk.attachEmotion(emotion, context.clock.now()));
}

/** Removes an emotion of the robot. It is no error if there is none. Throws a WireError like `replyEmotion`. */
export async function recallEmotion(context: Context, caller: Caller, body: EmotionBody): Promise<void> {
  const emotion = await findEmotion(context, caller, body);
  context.events.publish(await context.store.talk.detachEmotion(emotion));
}

async function findEmotion(context: Context, caller: Caller, body: EmotionBody): Promise<Emotion> {
  const { corpId } = caller.organization;
  const robot = findRobot(context, caller, body.robotCode);
  const place = await findPlace(context, corpId, robot, parseText(body.openConversationId, 'openConversationId'));
  const message = await findMessage(context, corpId, place, parseText(body.openMsgId, 'openMsgId'));
  return { corpId, messageId: message.messageId, robotId: robot.id, ...parseEmotion(body) };
}

function findRobot(context: Context, caller: Caller, robotCode: unknown): Robot {
  const robot = findCallerRobot(context, caller, parseText(robotCode, 'robotCode'));
  if (robot.disabled) throw wireError('bot.stopped', { why: `robot ${robot.code} is disabled` });
  return robot;
}

/** Where the robot gets messages: a conversation of several people, or with one user. */
type Place = { readonly conversation: Conversation } | { readonly userId: number; readonly robotId: number };

async function findPlace({ store }: Context, corpId: number, robot: Robot, openId: string): Promise<Place> {
  const chat = await store.talk.chatByOpenId(corpId, openId);
  if (chat?.robotId === robot.id) return { userId: chat.userId, robotId: robot.id };
  const conversation = (await store.conversations.byOpenId(openId)).find((one) => one.corpId === corpId);
  if (!conversation || conversation.disbandedAt !== null)
    throw wireError('invalid.openConversationId', {
      why: 'the robot is in no conversation with this openConversationId',
    });
  if (!(await store.conversations.hasRobot(corpId, conversation.id, robot.id)))
    throw wireError('bot.stopped', { why: `robot ${robot.code} is not in the conversation` });
  return { conversation };
}

async function findMessage(
  { seal, store }: Context,
  corpId: number,
  place: Place,
  openMsgId: string,
): Promise<TalkMessage> {
  const opened = seal.openMsgId(openMsgId);
  const message = opened?.corpId === corpId ? await store.talk.message(corpId, opened.messageId) : undefined;
  if (!message || message.recalledAt !== null || !isAt(place, message))
    throw illegal('openMsgId names no message there');
  if (message.isOfPerson) return message;
  throw wireError('unknownError', { why: 'the message was not written by a person' });
}

function isAt(place: Place, { conversationId, robotId, personId, isOfPerson }: TalkMessage): boolean {
  if ('conversation' in place) return conversationId === place.conversation.id;
  return conversationId === null && robotId === place.robotId && (!isOfPerson || personId === place.userId);
}

/** People see the text of `textEmotion` or, without it, the name. */
function parseEmotion({ emotionName, textEmotion }: EmotionBody): { readonly name: string; readonly text: string } {
  const fields: Readonly<Record<string, unknown>> =
    typeof textEmotion === 'object' && textEmotion !== null ? { ...textEmotion } : {};
  const name = parseText(emotionName ?? fields.emotionName ?? fields.text, 'emotionName');
  return { name, text: fields.text == null ? name : parseText(fields.text, 'textEmotion.text') };
}

function parseText(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= longestName && isCleanText(value))
    return value;
  throw illegal(`${what} is not a text, is blank or too long, or cannot be stored`);
}

function illegal(why: string) {
  return wireError('invalidParameter.param.invalid', { why });
}
