import { hash } from 'node:crypto';
import type { DingReceiver } from '../store/dings/receipts.ts';
import type { DingChannel } from '../store/dings/send.ts';
import type { Robot } from '../store/model.ts';
import { wireError } from '../wire/errors.ts';
import { maxDingReceivers, maxDingsPerMinute, maxPaidDingReceivers, maxParamBytes } from '../wire/limits.ts';
import { isCleanText } from '../wire/text.ts';
import { callVoices } from '../wire/vendor/values.ts';
import type { MessageKey } from './access/seal.ts';
import type { Caller, Context } from './context.ts';
import { describeClaim } from './idempotency.ts';

/** The body of a DING. All fields except the voice are present, but not yet validated. */
export type DingBody = {
  readonly robotCode: unknown;
  readonly remindType: unknown;
  readonly receiverUserIdList: unknown;
  readonly content: unknown;
  readonly callVoice?: unknown;
};

/** The result of a DING: its id, and the userIds that do not exist or have blocked the robot. */
export type SentDing = {
  readonly openDingId: string;
  readonly invalid: readonly string[];
  readonly filtered: readonly string[];
};

/**
 * Sends a DING to users: in the app, by SMS or by phone. SMS and calls are stored in the outbox and leave huizhi by no
 * way. It is in the inboxes when this resolves. Checks run in this order: robot, channel, receivers, content, voice,
 * users, rate, quota.
 * https://open.dingtalk.com/document/development/robot-sends-nail-message
 *
 * @param idempotencyKey as of `send`
 */
export async function sendDing(
  context: Context,
  caller: Caller,
  body: DingBody,
  idempotencyKey: string | undefined,
): Promise<SentDing> {
  const robot = findSendingRobot(context, caller, body.robotCode);
  const channel = parseChannel(body.remindType);
  const userCodes = parseReceivers(body.receiverUserIdList, channel);
  const text = parseContent(body.content);
  const voice = channel === 3 ? parseVoice(body.callVoice) : null;
  const given = { robot, channel, userCodes, body: text, voice, callName: 'ding/send' } as const;
  return acceptDing(context, caller, given, idempotencyKey);
}

/** A validated DING. Idempotency keys belong to the call that sent it. */
type Given = {
  readonly callName: 'ding/send' | 'dingMessages/send';
  readonly robot: Robot;
  readonly channel: DingChannel;
  readonly userCodes: readonly string[];
  readonly body: string;
  readonly voice: string | null;
};

/** The labels of the channels in the metrics. */
const channelNames = { 1: 'app', 2: 'sms', 3: 'phone' } as const;

/** Sends a validated DING. Throws the errors of users, rate and quota. */
export async function acceptDing(
  { store, clock, events, seal, meters }: Context,
  { app, organization }: Caller,
  given: Given,
  idempotencyKey: string | undefined,
): Promise<SentDing> {
  const sentAt = clock.now();
  const content = idempotencyKey === undefined ? '' : hashContent(given);
  const { callName, ...ding } = given;
  const sent = await store.dings.send({
    ...ding,
    corpId: organization.corpId,
    appId: app.id,
    sentAt,
    perMinute: maxDingsPerMinute,
    ...describeClaim(callName, idempotencyKey, sentAt, content),
  });
  if ('refused' in sent) throw refusalOf(sent.refused, given);
  const { accepted, touched } = sent;
  if (accepted.content !== undefined && accepted.content !== content)
    throw wireError('huizhi.idempotencyMismatch', { why: 'the idempotency-key belongs to a DING with other content' });
  events.publish(touched);
  const { messageId, invalid, filtered } = accepted;
  const receivers = given.userCodes.length - invalid.length - filtered.length;
  if (accepted.content === undefined)
    meters.count('huizhi_ding_deliveries_total', { channel: channelNames[given.channel] }, receivers);
  const key = { corpId: organization.corpId, robotId: given.robot.id, messageId, sentAt: accepted.sentAt };
  return { openDingId: seal.sealDing(key), invalid, filtered };
}

function hashContent({ robot, channel, userCodes, body, voice }: Given): string {
  return hash('sha256', JSON.stringify([robot.code, channel, userCodes.toSorted(), body, voice]), 'base64url');
}

function refusalOf(refused: 'receivers' | 'rate' | 'quota', { robot, userCodes }: Given) {
  if (refused === 'receivers') {
    const userIds = userCodes.join(',');
    return wireError('miss.staffId', { why: `none of ${userIds} is a user of the organization`, fill: { userIds } });
  }
  if (refused === 'quota')
    return wireError('ding.serverquota.insufficient', { why: 'the quota of the organization is used up' });
  const why = `robot ${robot.code} has sent ${maxDingsPerMinute} DINGs in this minute`;
  return wireError('toomuch.msg', { why, retryAfter: 60 });
}

export function findSendingRobot(context: Context, caller: Caller, robotCode: unknown): Robot {
  const code = parseText(robotCode, 'robotCode');
  const robot = findOwnRobot(context, caller, code);
  if (!robot) {
    const why = `${code} is not a robot of app ${caller.app.code} in organization ${caller.organization.code}`;
    throw wireError('invalid.chatbotId', { why, fill: { robotCode: code } });
  }
  if (robot.disabled)
    throw wireError('send.ding.exception', { why: `robot ${code} is disabled`, fill: { reason: '机器人已经停用' } });
  return robot;
}

function findOwnRobot({ directory }: Context, { app, organization }: Caller, code: string): Robot | undefined {
  const robot = directory.now.robot(code);
  const isUsable = robot?.appId === app.id && directory.now.isInstalled(organization.corpId, robot.id);
  return isUsable ? robot : undefined;
}

export function parseText(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw badParameter(what, `${what} is not a text, or it is blank`);
}

export function badParameter(what: string, why: string) {
  return wireError('invalidParameter.param.invalid', { why, fill: { what } });
}

function parseChannel(remindType: unknown): DingChannel {
  if (remindType === 1 || remindType === 2 || remindType === 3) return remindType;
  throw badParameter('remindType', 'remindType is not 1, 2 or 3');
}

export function parseReceivers(value: unknown, channel: DingChannel): readonly string[] {
  if (!Array.isArray(value)) throw badParameter('receiverUserIdList', 'receiverUserIdList is not a list');
  if (value.length === 0)
    throw wireError('miss.staffId', { why: 'receiverUserIdList is empty', fill: { userIds: '' } });
  const most = channel === 1 ? maxDingReceivers : maxPaidDingReceivers;
  if (value.length > most) {
    throw wireError('ding.receivercount.limit', { why: `there are ${value.length} receivers, and at most ${most}` });
  }
  if (!value.every((id) => typeof id === 'string' && isCleanText(id)))
    throw badParameter('receiverUserIdList', 'a receiver is not a string that can be stored');
  return [...new Set(value as readonly string[])];
}

/** Returns the text to store: without NUL characters, and with U+FFFD for each lone surrogate. */
export function parseContent(content: unknown): string {
  const text = parseText(content, 'content').toWellFormed().replaceAll('\0', '');
  if (Buffer.byteLength(text) > maxParamBytes)
    throw badParameter('content', `content has more than ${maxParamBytes} bytes`);
  return parseText(text, 'content');
}

function parseVoice(callVoice: unknown): string {
  if (callVoice === undefined || callVoice === null) return callVoices[0];
  const voice = callVoices.find((each) => each === callVoice);
  if (!voice) throw badParameter('callVoice', 'there is no such callVoice');
  return voice;
}

/** The body of a call about a DING, not yet validated. */
export type DingReference = { readonly robotCode: unknown; readonly openDingId: unknown };

/**
 * Recalls a DING of a robot: it disappears from the inboxes with its text, and who has read it stays on record. Recalling
 * it again succeeds.
 * https://open.dingtalk.com/document/development/robot-withdraws-pin-message
 */
export async function recallDing(context: Context, caller: Caller, body: DingReference): Promise<void> {
  const { openDingId, key } = parseReference(context, caller, body);
  const touched = key && (await context.store.dings.recall(key, context.clock.now()));
  if (!touched)
    throw wireError('recall.ding.exception', { why: 'the robot has not sent this DING', fill: { openDingId } });
  context.events.publish(touched);
}

/** Returns the receivers of a robot's DING in the order of the send, also after a recall. */
export async function readDingReceipts(
  context: Context,
  caller: Caller,
  body: DingReference,
): Promise<readonly DingReceiver[]> {
  const { key } = parseReference(context, caller, body);
  const receivers = key && (await context.store.dings.receivers(key));
  if (!receivers) throw badParameter('openDingId', 'the robot has not sent this DING');
  return receivers;
}

/** Returns the key of a DING; undefined if the robot has not sent it. */
function parseReference(
  context: Context,
  caller: Caller,
  body: DingReference,
): { readonly openDingId: string; readonly key: MessageKey | undefined } {
  const robot = findOwnRobot(context, caller, parseText(body.robotCode, 'robotCode'));
  if (!robot) throw badParameter('robotCode', 'robotCode is not a robot of the app in the organization');
  const openDingId = parseText(body.openDingId, 'openDingId');
  const key = context.seal.openDing(openDingId);
  const isOwn = key?.corpId === caller.organization.corpId && key.robotId === robot.id;
  return { openDingId, key: isOwn ? key : undefined };
}
