import { createAnswerReader } from './answer.ts';
import type { Caller } from './call.ts';
import { aString, checkMembers, checkValue, filledString, filledStrings, type Rules } from './check.ts';
import { type CallOptions, callOptionRules } from './options.ts';
import { type RecallResult, recallChunks } from './recall.ts';
import { type Content, contentRules, createIdempotencyHeader, encodeContent } from './send.ts';

/** Options of a message to a group. */
export type GroupSendOptions = CallOptions &
  Content & {
    /** Identifies the group. The robot must be in it. */
    readonly openConversationId: string;
    /**
     * Identifies this send: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a
     * random key.
     */
    readonly idempotencyKey?: string;
  };

/** An accepted message to a group. */
export type SentToGroup = {
  readonly processQueryKey: string;
  /** When the server accepted it, in epoch milliseconds, by the server's clock if its headers give the time. */
  readonly sentAt: number;
};

/** A message to a group. */
export type GroupMessage = { readonly openConversationId: string; readonly processQueryKey: string };

/** A member who has read a message. Older servers return no unionId. */
export type GroupReader = { readonly userId: string; readonly unionId?: string };

const sendRules: Rules = {
  ...callOptionRules,
  openConversationId: filledString,
  ...contentRules,
  idempotencyKey: aString,
};

/**
 * Sends a message to a group. Rejects with an ApiError or a ConnectionError, and with a TypeError for invalid options.
 * https://open.dingtalk.com/document/development/the-robot-sends-a-group-message
 */
export async function sendToGroup(caller: Caller, options: GroupSendOptions): Promise<SentToGroup> {
  checkMembers('sendToGroup', options, sendRules);
  const { openConversationId, signal } = options;
  checkValue('sendToGroup: openConversationId', openConversationId, filledString);
  const robotCode = caller.resolveRobotCode(options);
  const body = { robotCode, openConversationId, ...encodeContent('sendToGroup', options) };
  const { idempotentSends } = caller.settings;
  const headers = createIdempotencyHeader(caller, options.idempotencyKey);
  const path = '/v1.0/robot/groupMessages/send';
  const answer = await caller.call({ method: 'POST', path, body, headers, signal }, idempotentSends);
  const reader = createAnswerReader('groupMessages/send', answer);
  const processQueryKey = reader.text('processQueryKey');
  if (processQueryKey === '') throw reader.invalid('an empty processQueryKey');
  return { processQueryKey, sentAt: answer.time };
}

const messageRules: Rules = { openConversationId: filledString, processQueryKey: filledString };

/**
 * Queries page by page who has read a message to a group, in the order of reading. Members who read while it runs come
 * at the end. Throws an ApiError or a ConnectionError.
 * https://open.dingtalk.com/document/development/chatbot-queries-the-read-status-of-a-message
 */
export async function* readGroupReaders(
  caller: Caller,
  message: GroupMessage,
  options: CallOptions = {},
): AsyncGenerator<GroupReader, void, undefined> {
  checkMembers('readers', message, messageRules);
  checkValue('readers: openConversationId', message.openConversationId, filledString);
  checkValue('readers: processQueryKey', message.processQueryKey, filledString);
  checkMembers('readers', options, callOptionRules);
  const { openConversationId, processQueryKey } = message;
  const body = { robotCode: caller.resolveRobotCode(options), openConversationId, processQueryKey };
  for (let nextToken: string | undefined = ''; nextToken !== undefined; ) {
    const page = await readPage(caller, nextToken === '' ? body : { ...body, nextToken }, options.signal);
    yield* page.readers;
    nextToken = page.nextToken;
  }
}

async function readPage(caller: Caller, body: object, signal: AbortSignal | undefined) {
  const path = '/v1.0/robot/groupMessages/query';
  const answer = await caller.call({ method: 'POST', path, body, signal }, true);
  const reader = createAnswerReader('groupMessages/query', answer);
  const unionIds = new Map(reader.objects('readUsers').map((one) => [one.text('userId'), one.optionalText('unionId')]));
  const readers = reader.texts('readUserIds').map((userId): GroupReader => {
    const unionId = unionIds.get(userId);
    return unionId ? { userId, unionId } : { userId };
  });
  const next = reader.optionalText('nextToken');
  return { readers, nextToken: answer.fields.hasMore === true && next !== '' ? next : undefined };
}

/**
 * Recalls any number of messages to a group, up to 20 per call. Rejects with the first error if every call failed.
 * https://open.dingtalk.com/document/development/enterprise-chatbot-withdraws-internal-group-messages
 */
export async function recallFromGroup(
  caller: Caller,
  openConversationId: string,
  keys: string | readonly string[],
  options: CallOptions = {},
): Promise<RecallResult> {
  checkMembers('recallFromGroup', options, callOptionRules);
  checkValue('recallFromGroup: openConversationId', openConversationId, filledString);
  checkValue('recallFromGroup: keys', keys, filledStrings);
  const path = '/v1.0/robot/groupMessages/recall';
  return recallChunks(caller, { name: 'recallFromGroup', path, more: { openConversationId } }, keys, options);
}
