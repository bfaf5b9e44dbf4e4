import type { Driver } from '../engine/sql.ts';
import type { Numbers } from '../numbers.ts';
import * as callbacks from './callbacks.ts';
import * as chats from './chats.ts';
import * as emotions from './emotions.ts';
import { ensureId, type Talker } from './ids.ts';
import { findTalkMessage } from './messages.ts';
import { countTalk, isTalkSpent, type TalkRate } from './rates.ts';
import { type Speech, speak } from './speech.ts';

/** Creates the verbs for what people write, and for the replies of robots. Times are epoch milliseconds. */
export function createTalkVerbs(driver: Driver, numbers: Numbers, owner: () => number) {
  return {
    /** Stores a message of a person; see `speak`. */
    async speak(speech: Speech) {
      const messageId = await numbers.nextMessage(speech.sentAt);
      return driver.write(() => speak(speech, messageId, owner()));
    },
    /** Resolves with the chat at a place; undefined if there is none. */
    chatAt: (place: chats.ChatPlace) => driver.read(() => chats.findChatAt(place)),
    /** Stores a chat, or moves the end of the sessionWebhook of the one at its place. Resolves with the stored one. */
    extendChat: (chat: chats.RobotChat) => driver.write(() => chats.extendChat(chat)),
    chat: (corpId: number, id: number) => driver.read(() => chats.findChat(corpId, id)),
    /** Finds the chat of a robot and a user by its openConversationId. */
    chatByOpenId: (corpId: number, openId: string) => driver.read(() => chats.findChatByOpenId(corpId, openId)),
    /** Resolves with the stored id of a robot or user. Stores `fresh` if there is none. */
    ensureId: (corpId: number, talker: Talker, fresh: string) => driver.write(() => ensureId(corpId, talker, fresh)),
    /** Counts a message in the minute of a time; false beyond the limit. See `countTalk`. */
    count: (corpId: number, kind: TalkRate, id: number, at: number, perMinute: number) =>
      driver.write(() => countTalk(corpId, kind, id, at, perMinute)),
    /** Whether no further message is allowed in the minute of a time. */
    isSpent: (corpId: number, kind: TalkRate, id: number, at: number, perMinute: number) =>
      driver.read(() => isTalkSpent(corpId, kind, id, at, perMinute)),
    /** Finds a message of any sender by number. */
    message: (corpId: number, messageId: number) => driver.read(() => findTalkMessage(corpId, messageId)),
    ...createEmotionVerbs(driver),
    /** Reads how an app's robots get messages by HTTP. */
    callback: (corpId: number, appId: number) => driver.read(() => callbacks.readCallback(corpId, appId)),
    /** Sets or removes the address of an app's callback; see `putCallbackUrl`. */
    putCallbackUrl: (...change: Parameters<typeof callbacks.putCallbackUrl>) =>
      driver.write(() => callbacks.putCallbackUrl(...change)),
    putCallbackSecret: (corpId: number, appId: number, secret: string) =>
      driver.write(() => callbacks.putCallbackSecret(corpId, appId, secret)),
  };
}

function createEmotionVerbs(driver: Driver) {
  return {
    /** Attaches an emotion to a message. Resolves with the users whose streams have changed. */
    attachEmotion: (emotion: emotions.Emotion, at: number) => driver.write(() => emotions.attachEmotion(emotion, at)),
    detachEmotion: (emotion: emotions.Emotion) => driver.write(() => emotions.detachEmotion(emotion)),
    /** Deletes up to `limit` emotions that were attached before a time. Resolves with how many. */
    pruneEmotions: (corpId: number, before: number, limit: number) =>
      driver.write(() => emotions.pruneEmotions(corpId, before, limit)),
  };
}

export type TalkVerbs = ReturnType<typeof createTalkVerbs>;
