import { type Answer, createAnswerReader, type Reader } from './answer.ts';
import type { Caller } from './call.ts';
import { aString, checkMembers, checkValue, filledString, filledStrings, type Rule, type Rules } from './check.ts';
import { type CallOptions, callOptionRules } from './options.ts';
import { createIdempotencyHeader } from './send.ts';

/** How a DING reminds: in the app, by SMS or by phone. */
export type DingChannel = 'app' | 'sms' | 'phone';

/** Options of a DING. */
export type DingOptions = CallOptions & {
  /** One or more userIds: up to 200, up to 20 by SMS or phone. Duplicates are removed. */
  readonly to: string | readonly string[];
  readonly text: string;
  /** Default: `app`. */
  readonly channel?: DingChannel;
  /** The vendor's name of the voice of a call, such as `Standard_Male_Voice`. Only with the channel `phone`. */
  readonly voice?: string;
  /**
   * Identifies this DING: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a
   * random key.
   */
  readonly idempotencyKey?: string;
};

/** An accepted DING. */
export type SentDing = {
  readonly openDingId: string;
  /** The users who get the DING. */
  readonly userIds: readonly string[];
  /** The users who do not get it, each with the reason that the server gives. */
  readonly failed: readonly { readonly userId: string; readonly reason: string }[];
};

/** The read status of one receiver of a DING. */
export type DingReceiver = { readonly userId: string; readonly read: boolean };

const remindTypes: Readonly<Record<DingChannel, number>> = { app: 1, sms: 2, phone: 3 };

const aChannel: Rule = ["'app', 'sms' or 'phone'", (value) => Object.hasOwn(remindTypes, String(value))];
const optionRules: Rules = {
  ...callOptionRules,
  to: filledStrings,
  text: aString,
  channel: aChannel,
  voice: aString,
  idempotencyKey: aString,
};

/**
 * Sends a DING. Rejects with an ApiError or a ConnectionError, and with a TypeError for invalid options.
 * https://open.dingtalk.com/document/development/robot-sends-nail-message
 */
export async function sendDing(caller: Caller, options: DingOptions): Promise<SentDing> {
  checkMembers('ding.send', options, optionRules);
  checkValue('ding.send: to', options.to, filledStrings);
  checkValue('ding.send: text', options.text, aString);
  const { channel = 'app', voice, text: content } = options;
  if (voice !== undefined && channel !== 'phone')
    throw new TypeError("ding.send: voice belongs to the channel 'phone'.");
  const receiverUserIdList = [...new Set([options.to].flat())];
  if (receiverUserIdList.length === 0) throw new TypeError('ding.send: to must name at least one user.');
  const robotCode = caller.resolveRobotCode(options);
  const body = { robotCode, remindType: remindTypes[channel], receiverUserIdList, content, ...withVoice(voice) };
  const { idempotentSends } = caller.settings;
  const headers = createIdempotencyHeader(caller, options.idempotencyKey);
  const path = '/v1.0/robot/ding/send';
  const answer = await caller.call({ method: 'POST', path, body, headers, signal: options.signal }, idempotentSends);
  return parseSent(answer, receiverUserIdList);
}

const withVoice = (callVoice: string | undefined) => (callVoice === undefined ? {} : { callVoice });

function parseSent(answer: Answer, asked: readonly string[]): SentDing {
  const reader = createAnswerReader('ding.send', answer);
  const openDingId = parseId(reader);
  const failed = [...reader.textListsByName('failedList')].flatMap(([reason, userIds]) =>
    userIds.map((userId) => ({ userId, reason })),
  );
  const left = new Set(failed.map(({ userId }) => userId));
  return { openDingId, userIds: asked.filter((userId) => !left.has(userId)), failed };
}

function parseId(reader: Reader): string {
  const openDingId = reader.text('openDingId');
  if (openDingId === '') throw reader.invalid('an empty openDingId');
  return openDingId;
}

/**
 * Recalls a DING. At huizhi a recall can be repeated.
 * https://open.dingtalk.com/document/development/robot-withdraws-pin-message
 */
export async function recallDing(caller: Caller, openDingId: string, options: CallOptions = {}): Promise<void> {
  checkReference('ding.recall', openDingId, options);
  const body = { robotCode: caller.resolveRobotCode(options), openDingId };
  const path = '/v1.0/robot/ding/recall';
  await caller.call({ method: 'POST', path, body, signal: options.signal }, caller.settings.idempotentSends);
}

/** Queries who has read a DING, in the order of the send. */
export async function readDing(
  caller: Caller,
  openDingId: string,
  options: CallOptions = {},
): Promise<readonly DingReceiver[]> {
  checkReference('ding.readStatus', openDingId, options);
  const body = { robotCode: caller.resolveRobotCode(options), openDingId };
  const path = '/v1.0/robot/ding/readStatuses/query';
  const answer = await caller.call({ method: 'POST', path, body, signal: options.signal }, true);
  const receivers = createAnswerReader('ding.readStatus', answer).object('result').objects('robotDingReadInfoList');
  return receivers.map((item) => ({ userId: item.text('userId'), read: item.text('readStatus') === 'READ' }));
}

function checkReference(call: string, openDingId: string, options: CallOptions): void {
  checkMembers(call, options, callOptionRules);
  checkValue(`${call}: openDingId`, openDingId, filledString);
}
