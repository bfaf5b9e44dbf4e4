import { idempotencyHeader } from '../wire/headers.ts';
import { maxRecipients } from '../wire/limits.ts';
import { type Answer, createAnswerReader } from './answer.ts';
import type { Caller } from './call.ts';
import {
  aFunction,
  aString,
  checkMembers,
  checkValue,
  filledStrings,
  isObject,
  type Rules,
  stringOrObject,
} from './check.ts';
import { ApiError, ClientError } from './errors.ts';
import { type CallOptions, callOptionRules } from './options.ts';
import { mapConcurrently, splitIntoChunks } from './pace.ts';
import { toClientError } from './retry.ts';

/** The content of a message: text, Markdown, or any other message kind (`msgKey`) with its fields (`msgParam`). */
export type Content =
  | { readonly text: string }
  | { readonly markdown: { readonly title: string; readonly text: string } }
  | { readonly msgKey: string; readonly msgParam: string | Readonly<Record<string, unknown>> };

/** Options of a send: its content, its recipients, and callbacks. */
export type SendOptions = CallOptions &
  Content & {
    /** One or more userIds; duplicates are removed. */
    readonly to: string | readonly string[];
    /**
     * Identifies this send: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a
     * random key.
     */
    readonly idempotencyKey?: string;
    /** Called after each part with the number of users done, whether accepted or not, and the total. */
    readonly progress?: (done: number, total: number) => void;
    /** Called for each part as soon as it is accepted, so that its key is known even if the signal aborts the send. */
    readonly sent?: (message: SentMessage) => void;
  };

/** An accepted part of a send, to at most 20 users. */
export type SentMessage = {
  readonly processQueryKey: string;
  /** The users who get the message. */
  readonly userIds: readonly string[];
  /** When the server accepted it, in epoch milliseconds, by the server's clock if its headers give the time. */
  readonly sentAt: number;
};

/** A part of a send that was not accepted. */
export type FailedChunk = {
  readonly userIds: readonly string[];
  readonly error: ClientError;
  /**
   * `refused`: nobody got the message. `unknown`: there was no usable response, so the users may have got it.
   * `notTried`: the part was never sent, because no token was available or an earlier part failed with an error that
   * applies to all parts.
   */
  readonly outcome: 'refused' | 'unknown' | 'notTried';
};

/** The combined result of all parts of a send. */
export type SendResult = {
  readonly messages: readonly SentMessage[];
  /** The processQueryKeys of all `messages`. */
  readonly keys: readonly string[];
  /** userIds that the organization does not have. */
  readonly invalid: readonly string[];
  /** Users over the flow limit of the robot. */
  readonly flowControlled: readonly string[];
  /** Users who have blocked the robot. */
  readonly filtered: readonly string[];
  readonly failed: readonly FailedChunk[];
};

/**
 * Nobody got a send: no part was accepted. Code, request id and cause are those of the first part that failed, or
 * `staffId.notExisted` when the organization has none of the users; the result has them all.
 */
export class SendError extends ClientError {
  override readonly name = 'SendError';
  readonly result: SendResult;

  constructor(first: ClientError, result: SendResult) {
    super(first.code, first.message, { requestId: first.requestId, cause: first });
    this.result = result;
  }
}

/** The options that are the content of a message. */
export const contentRules: Rules = {
  text: aString,
  markdown: ['an object with title and text', isObject],
  msgKey: aString,
  msgParam: stringOrObject,
};

const optionRules: Rules = {
  ...callOptionRules,
  to: filledStrings,
  ...contentRules,
  idempotencyKey: aString,
  progress: aFunction,
  sent: aFunction,
};

type Part = Omit<SendResult, 'keys'> & {
  /** The server's error if the organization has none of the users of this part. */
  readonly noUserError?: ClientError;
};

const emptyResult: Omit<SendResult, 'keys'> = {
  messages: [],
  invalid: [],
  flowControlled: [],
  filtered: [],
  failed: [],
};

/**
 * Sends a message to any number of users, in parts of up to 20. Rejects with a SendError if no part was accepted.
 * https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
 */
export async function send(caller: Caller, options: SendOptions): Promise<SendResult> {
  checkMembers('send', options, optionRules);
  checkValue('send: to', options.to, filledStrings);
  const userIds = [...new Set([options.to].flat())];
  if (userIds.length === 0) throw new TypeError('send: to must name at least one user.');
  const { concurrency } = caller.settings;
  const chunk = createChunkSender(caller, options, userIds.length);
  const parts = await mapConcurrently(splitIntoChunks(userIds, maxRecipients), concurrency, chunk);
  const all = <K extends keyof typeof emptyResult>(name: K) =>
    parts.flatMap((part) => [...part[name]] as Part[K][number][]);
  const messages = all('messages');
  const result: SendResult = {
    messages,
    keys: messages.map(({ processQueryKey }) => processQueryKey),
    invalid: all('invalid'),
    flowControlled: all('flowControlled'),
    filtered: all('filtered'),
    failed: all('failed'),
  };
  const why = result.failed[0]?.error ?? parts.find(({ noUserError: nobody }) => nobody)?.noUserError;
  if (why && messages.length === 0) throw new SendError(why, result);
  return result;
}

function createChunkSender(caller: Caller, options: SendOptions, total: number) {
  const body = { robotCode: caller.resolveRobotCode(options), ...encodeContent('send', options) };
  const key = encodeHeader(options.idempotencyKey ?? createRandomKey());
  const { idempotentSends } = caller.settings;
  let done = 0;
  let stop: ClientError | undefined;

  const sendChunk = async (userIds: readonly string[], index: number): Promise<Part> => {
    if (stop) return { ...emptyResult, failed: [{ userIds, error: stop, outcome: 'notTried' }] };
    const headers = idempotentSends ? { [idempotencyHeader]: `${key}.${index}` } : {};
    const path = '/v1.0/robot/oToMessages/batchSend';
    const request = { method: 'POST', path, body: { ...body, userIds }, headers, signal: options.signal } as const;
    try {
      return parsePart(await caller.call(request, idempotentSends), userIds);
    } catch (error) {
      const part = createFailedPart(toClientError(error), userIds, caller.wasNeverSent(error));
      // A token, robot or content error would fail every other part as well, so the rest is not tried.
      const [failure] = part.failed;
      if (failure && failure.outcome !== 'unknown') stop ??= failure.error;
      return part;
    }
  };

  return async (userIds: readonly string[], index: number): Promise<Part> => {
    const part = await sendChunk(userIds, index);
    done += userIds.length;
    for (const message of part.messages) options.sent?.(message);
    options.progress?.(done, total);
    return part;
  };
}

function parsePart(answer: Answer, asked: readonly string[]): Part {
  const reader = createAnswerReader('batchSend', answer);
  const processQueryKey = reader.text('processQueryKey');
  if (processQueryKey === '') throw reader.invalid('an empty processQueryKey');
  const invalid = reader.texts('invalidStaffIdList');
  const flowControlled = reader.texts('flowControlledStaffIdList');
  const filtered = reader.texts('filteredStaffIdList');
  const left = new Set([...invalid, ...flowControlled, ...filtered]);
  const userIds = asked.filter((userId) => !left.has(userId));
  return {
    messages: [{ processQueryKey, userIds, sentAt: answer.time }],
    invalid,
    flowControlled,
    filtered,
    failed: [],
  };
}

function createFailedPart(error: ClientError, userIds: readonly string[], untried: boolean): Part {
  if (error.code === 'staffId.notExisted') return { ...emptyResult, invalid: userIds, noUserError: error };
  const isRefused = error instanceof ApiError && error.status < 500;
  const outcome = isRefused ? 'refused' : untried ? 'notTried' : 'unknown';
  return { ...emptyResult, failed: [{ userIds, error, outcome }] };
}

/** Encodes the content as msgKey and msgParam. Throws a TypeError unless there is exactly one form of content. */
export function encodeContent(name: string, options: object): { msgKey: string; msgParam: string } {
  const { text, markdown, msgKey, msgParam }: Partial<Record<ContentName, unknown>> = options;
  requireOneContent(name, 'text, markdown, or msgKey with msgParam', [text, markdown, msgKey ?? msgParam]);
  if (typeof text === 'string') return { msgKey: 'sampleText', msgParam: JSON.stringify({ content: text }) };
  if (markdown !== undefined)
    return { msgKey: 'sampleMarkdown', msgParam: JSON.stringify(parseMarkdown(name, markdown)) };
  checkValue(`${name}: msgKey`, msgKey, aString);
  checkValue(`${name}: msgParam`, msgParam, stringOrObject);
  return { msgKey: String(msgKey), msgParam: typeof msgParam === 'string' ? msgParam : JSON.stringify(msgParam) };
}

type ContentName = 'text' | 'markdown' | 'msgKey' | 'msgParam';

/** Throws a TypeError unless exactly one form of content is given. */
export function requireOneContent(name: string, choices: string, forms: readonly unknown[]): void {
  const count = forms.filter((form) => form !== undefined).length;
  if (count === 1) return;
  const found = count === 0 ? 'none was given' : 'more than one was given';
  throw new TypeError(`${name}: give exactly one content: ${choices}; ${found}.`);
}

/** Returns title and text of Markdown content. Throws a TypeError for anything else. */
export function parseMarkdown(name: string, markdown: unknown): { readonly title: unknown; readonly text: unknown } {
  checkMembers(`${name}: markdown`, markdown, { title: aString, text: aString });
  const { title, text } = markdown as { title?: unknown; text?: unknown };
  checkValue(`${name}: markdown.title`, title, aString);
  checkValue(`${name}: markdown.text`, text, aString);
  return { title, text };
}

/** Encodes an idempotency key for a header, which allows ASCII only. Different keys have different encodings. */
const encodeHeader = (text: string) => text.toWellFormed().replaceAll(/[^!-$&-~]/gu, encodeURIComponent);

/** Returns the header that makes a send repeatable, with a random key if none is given; nothing for the vendor's host. */
export function createIdempotencyHeader(
  { settings }: Caller,
  key: string | undefined,
): Readonly<Record<string, string>> {
  return settings.idempotentSends ? { [idempotencyHeader]: encodeHeader(key ?? createRandomKey()) } : {};
}

/** Returns 128 random bits as hex. Not crypto.randomUUID, which browsers have in secure contexts only. */
function createRandomKey(): string {
  return crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}
