import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Receipt, Robot } from '../../store/model.ts';
import { wireError } from '../../wire/errors.ts';
import { maxReaders } from '../../wire/limits.ts';
import { findKindByNumber } from '../../wire/vendor/messages.ts';
import type { MessageKey } from '../access/seal.ts';
import type { Caller, Context } from '../context.ts';
import { checkTemplate } from '../send.ts';
import { checkRobotIn, type Family, findConversation } from './conversation.ts';

/** The body of a query, not yet validated. */
export type GroupQueryBody = {
  readonly robotCode: unknown;
  readonly openConversationId: unknown;
  readonly processQueryKey: unknown;
  readonly maxResults: unknown;
  readonly nextToken: unknown;
};

/** A page of the readers of a message, in the order of reading. `nextToken` is absent on the last page. */
export type Readers = {
  readonly sendStatus: 'SUCCESS' | 'RECALLED' | 'PROCESSING';
  readonly users: readonly { readonly userId: string; readonly unionId: string }[];
  readonly nextToken: string | undefined;
};

/**
 * Returns a page of the members who have read a message to a conversation. People who read while a caller pages come
 * after those that were listed, so nobody is listed twice or missed. Checks run in the vendor's order.
 * https://open.dingtalk.com/document/development/chatbot-queries-the-read-status-of-a-message
 */
export async function queryReaders(
  context: Context,
  caller: Caller,
  family: Family,
  body: GroupQueryBody,
): Promise<Readers> {
  const robot = findQueryingRobot(context, caller, body.robotCode);
  const conversation = await findConversation(context, caller, family, body.openConversationId, {
    missing: 'openConversationId.notExisted',
    foreign: 'conversation.org.dismatch',
  });
  await checkRobotIn(context, conversation, robot);
  const key = openKey(context, caller, robot, body.processQueryKey);
  const limit = parseLimit(body.maxResults);
  const after = parseToken(context, key, body.nextToken);
  checkAge(context, key);
  const receipt = await context.store.receipt(key.corpId, key.messageId);
  checkReceipt(context, robot, conversation, key, receipt);
  return readPage(context, receipt, after, limit);
}

function findQueryingRobot({ directory }: Context, { app, organization }: Caller, robotCode: unknown): Robot {
  if (robotCode === undefined || robotCode === null || robotCode === '')
    throw wireError('invalidParameter.robotCode.missing', { why: 'the body has no robotCode' });
  if (typeof robotCode !== 'string')
    throw wireError('invalidParameter.param.invalid', { why: 'robotCode is not a string' });
  const robot = directory.now.robot(robotCode);
  if (!robot) throw wireError('resource.not.found', { why: `there is no robot ${robotCode}` });
  if (directory.now.isInstalled(organization.corpId, robot.id) && robot.appId === app.id) return robot;
  throw wireError('invalidParameter.robotCode.invalid', {
    why: `robot ${robotCode} is not installed in ${organization.code}, or belongs to another app than ${app.code}`,
  });
}

function openKey({ seal }: Context, { organization }: Caller, robot: Robot, text: unknown): MessageKey {
  if (typeof text !== 'string')
    throw wireError('invalidParameter.param.invalid', { why: 'processQueryKey is not a string' });
  if (text.trim() === '')
    throw wireError('invalidParameter.processQueryKey.missing', { why: 'processQueryKey is blank' });
  const key = seal.openKey(text);
  if (key?.corpId === organization.corpId && key.robotId === robot.id) return key;
  const why = key ? `the key is not one of robot ${robot.code} here` : 'the key was not issued here';
  throw wireError('invalid.processQueryKey', { why });
}

function parseLimit(maxResults: unknown): number {
  if (maxResults === undefined || maxResults === null) return maxReaders;
  const isValid = typeof maxResults === 'number' && Number.isInteger(maxResults) && maxResults >= 1;
  if (isValid && maxResults <= maxReaders) return maxResults;
  throw wireError('invalidParameter.pageSize.invalid', { why: `maxResults is not a number from 1 to ${maxReaders}` });
}

/** Returns the position behind which the page starts. A token is valid for the message that it was issued for. */
function parseToken({ seal }: Context, key: MessageKey, nextToken: unknown): number {
  if (nextToken === undefined || nextToken === null || nextToken === '') return 0;
  const cursor = typeof nextToken === 'string' ? seal.openReadCursor(nextToken) : undefined;
  if (cursor?.corpId === key.corpId && cursor.messageId === key.messageId) return cursor.seq;
  throw wireError('invalidParameter.cursor.invalid', { why: 'nextToken was not issued for this message' });
}

function checkAge({ clock, options }: Context, { sentAt }: MessageKey): void {
  const age = clock.now() - sentAt;
  if (age <= options.readWindow) return;
  throw wireError('processQueryKey.expireTime', { why: `the key expired ${age - options.readWindow} ms ago` });
}

function checkReceipt(
  { directory }: Context,
  robot: Robot,
  conversation: Conversation,
  key: MessageKey,
  receipt: Receipt | undefined,
): asserts receipt is Receipt {
  if (!receipt) throw wireError('processQueryKey.expireTime', { why: 'the message has been removed' });
  // After the database is restored from a backup, message ids are reused.
  if (receipt.sentAt !== key.sentAt || receipt.conversationId !== conversation.id)
    throw wireError('invalid.processQueryKey', { why: 'the key is not one of a message to this conversation' });
  const state = directory.now.template(robot.id, receipt.kind);
  checkTemplate(state, robot, findKindByNumber(receipt.kind).msgKey);
}

async function readPage(context: Context, receipt: Receipt, after: number, limit: number): Promise<Readers> {
  const { corpId, messageId } = receipt;
  const reads = await context.store.conversations.readers(corpId, messageId, after, limit + 1);
  const page = reads.slice(0, limit);
  const contacts = await context.store.contacts.ofUsers(
    corpId,
    page.map(({ userId }) => userId),
  );
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  const found = page.flatMap(({ userId }) => byId.get(userId) ?? []);
  const last = reads.length > limit ? page.at(-1) : undefined;
  return {
    sendStatus: toSendStatus(receipt),
    users: found.map(({ code, unionId }) => ({ userId: code, unionId })),
    nextToken: last && context.seal.sealReadCursor({ corpId, messageId, seq: last.seq }),
  };
}

function toSendStatus({ state, recalledAt }: Receipt): Readers['sendStatus'] {
  if (recalledAt !== null) return 'RECALLED';
  return state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
}
