import { idempotencyHeader } from '../wire/headers.ts';
import { maxRecipients } from '../wire/limits.ts';
import { type Answer, readerOf } from './answer.ts';
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
import { chunksOf, each } from './pace.ts';
import { clientError } from './retry.ts';

/** What a message says: a text, Markdown, or any kind of the catalogue with its fields. */
export type Content =
  | { readonly text: string }
  | { readonly markdown: { readonly title: string; readonly text: string } }
  | { readonly msgKey: string; readonly msgParam: string | Readonly<Record<string, unknown>> };

/** The options of a send, in addition to its content. */
export type SendOptions = CallOptions &
  Content & {
    /** userIds, any number of them; a repeated one counts once. */
    readonly to: string | readonly string[];
    /** Names this send, so that it may be repeated as a whole within 24 hours: huizhi sends nothing twice. Made up unless given. */
    readonly idempotencyKey?: string;
    /** Is told how many of the users have been dealt with. */
    readonly progress?: (done: number, total: number) => void;
    /** Is told of each part as soon as it is accepted, so that its key is known even if the send is ended by its signal. */
    readonly sent?: (message: SentMessage) => void;
  };

/** One accepted part of a send, to at most 20 users. */
export type SentMessage = {
  readonly processQueryKey: string;
  /** Who gets it. */
  readonly userIds: readonly string[];
  /** When the server accepted it, by the server's clock where its answers tell the time, in epoch milliseconds. */
  readonly sentAt: number;
};

/** A part of a send that was not accepted. */
export type FailedChunk = {
  readonly userIds: readonly string[];
  readonly error: ClientError;
  /**
   * `refused`: nobody got it. `unknown`: no answer came, they may have got it. `notTried`: it never went out, since no token could be had or
   * an earlier part was refused for good.
   */
  readonly outcome: 'refused' | 'unknown' | 'notTried';
};

/** What became of a send, over all its parts. */
export type SendResult = {
  readonly messages: readonly SentMessage[];
  /** The processQueryKeys of all messages. */
  readonly keys: readonly string[];
  /** Users that the organization does not have. */
  readonly invalid: readonly string[];
  /** Users over the flow limit of the robot. */
  readonly flowControlled: readonly string[];
  /** Users who have blocked the robot. */
  readonly filtered: readonly string[];
  readonly failed: readonly FailedChunk[];
};

/**
 * Nobody got a send: no part was accepted. Code, request id and cause are those of the first part that failed, or `staffId.notExisted` when
 * the organization has none of the users; the result has them all.
 */
export class SendError extends ClientError {
  override readonly name = 'SendError';
  readonly result: SendResult;

  constructor(first: ClientError, result: SendResult) {
    super(first.code, first.message, { requestId: first.requestId, cause: first });
    this.result = result;
  }
}

const optionRules: Rules = {
  ...callOptionRules,
  to: filledStrings,
  text: aString,
  markdown: ['an object with title and text', isObject],
  msgKey: aString,
  msgParam: stringOrObject,
  idempotencyKey: aString,
  progress: aFunction,
  sent: aFunction,
};

type Part = Omit<SendResult, 'keys'> & {
  /** Why none of its users is known. */
  readonly nobody?: ClientError;
};

const nothing: Omit<SendResult, 'keys'> = { messages: [], invalid: [], flowControlled: [], filtered: [], failed: [] };

/** Sends to any number of users, 20 at a time. Rejects with a SendError when no part was accepted. */
export async function send(caller: Caller, options: SendOptions): Promise<SendResult> {
  checkMembers('send', options, optionRules);
  checkValue('send: to', options.to, filledStrings);
  const userIds = [...new Set([options.to].flat())];
  if (userIds.length === 0) throw new TypeError('send: to must name at least one user.');
  const { concurrency } = caller.settings;
  const chunk = chunkSender(caller, options, userIds.length);
  const parts = await each(chunksOf(userIds, maxRecipients), concurrency, chunk);
  const all = <K extends keyof typeof nothing>(name: K) =>
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
  const why = result.failed[0]?.error ?? parts.find(({ nobody }) => nobody)?.nobody;
  if (why && messages.length === 0) throw new SendError(why, result);
  return result;
}

function chunkSender(caller: Caller, options: SendOptions, total: number) {
  const body = { robotCode: caller.robotCode(options), ...contentOf(options) };
  const key = headerText(options.idempotencyKey ?? randomKey());
  const { idempotentSends } = caller.settings;
  let done = 0;
  let stop: ClientError | undefined;

  const ask = async (userIds: readonly string[], index: number): Promise<Part> => {
    if (stop) return { ...nothing, failed: [{ userIds, error: stop, outcome: 'notTried' }] };
    const headers = idempotentSends ? { [idempotencyHeader]: `${key}.${index}` } : {};
    const path = '/v1.0/robot/oToMessages/batchSend';
    const request = { method: 'POST', path, body: { ...body, userIds }, headers, signal: options.signal } as const;
    try {
      return partOf(await caller.call(request, idempotentSends), userIds);
    } catch (error) {
      const part = partOfFailure(clientError(error), userIds, caller.untried(error));
      // What is wrong with token, robot or message is wrong with every other part, too.
      const [failure] = part.failed;
      if (failure && failure.outcome !== 'unknown') stop ??= failure.error;
      return part;
    }
  };

  return async (userIds: readonly string[], index: number): Promise<Part> => {
    const part = await ask(userIds, index);
    done += userIds.length;
    for (const message of part.messages) options.sent?.(message);
    options.progress?.(done, total);
    return part;
  };
}

function partOf(answer: Answer, asked: readonly string[]): Part {
  const reader = readerOf('batchSend', answer);
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

function partOfFailure(error: ClientError, userIds: readonly string[], untried: boolean): Part {
  if (error.code === 'staffId.notExisted') return { ...nothing, invalid: userIds, nobody: error };
  const isRefused = error instanceof ApiError && error.status < 500;
  const outcome = isRefused ? 'refused' : untried ? 'notTried' : 'unknown';
  return { ...nothing, failed: [{ userIds, error, outcome }] };
}

/** Exactly one form of content: of two, one would be lost. */
function contentOf(options: SendOptions): { msgKey: string; msgParam: string } {
  const { text, markdown, msgKey, msgParam }: Partial<Record<ContentName, unknown>> = options;
  const forms = [text, markdown, msgKey ?? msgParam].filter((form) => form !== undefined);
  if (forms.length !== 1) {
    const found = forms.length === 0 ? 'none is given' : 'more than one is given';
    throw new TypeError(`send: give the content once, as text, markdown, or msgKey with msgParam; ${found}.`);
  }
  if (typeof text === 'string') return { msgKey: 'sampleText', msgParam: JSON.stringify({ content: text }) };
  if (markdown !== undefined) {
    checkMembers('send: markdown', markdown, { title: aString, text: aString });
    const { title, text: body } = markdown as { title?: unknown; text?: unknown };
    checkValue('send: markdown.title', title, aString);
    checkValue('send: markdown.text', body, aString);
    return { msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title, text: body }) };
  }
  checkValue('send: msgKey', msgKey, aString);
  checkValue('send: msgParam', msgParam, stringOrObject);
  return { msgKey: String(msgKey), msgParam: typeof msgParam === 'string' ? msgParam : JSON.stringify(msgParam) };
}

type ContentName = 'text' | 'markdown' | 'msgKey' | 'msgParam';

/** Headers hold ASCII, names any text; no two of them become the same. */
const headerText = (text: string) => text.toWellFormed().replaceAll(/[^!-$&-~]/gu, encodeURIComponent);

/** 128 random bits. crypto.randomUUID would need a secure context in browsers. */
function randomKey(): string {
  return crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}
