import { refuseUnknown } from '../wire/did-you-mean.ts';
import { idempotencyHeader } from '../wire/headers.ts';
import { maxRecipients } from '../wire/limits.ts';
import type { Caller } from './call.ts';
import { ApiError, type ClientError, ConnectionError, SendError } from './errors.ts';
import { type Fields, textOf, textsOf } from './exchange.ts';
import { type CallOptions, callOptionNames } from './options.ts';
import { chunksOf, each } from './pace.ts';
import { clientError } from './retry.ts';

/** What a message says: a text, Markdown, or any kind of the catalogue with its fields. */
export type Content =
  | { readonly text: string }
  | { readonly markdown: { readonly title: string; readonly text: string } }
  | { readonly msgKey: string; readonly msgParam: string | Readonly<Record<string, unknown>> };

/** What a send takes beside its content. */
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
  /** When its answer came, by the client's clock, in epoch milliseconds. */
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

const optionNames = [
  ...callOptionNames,
  'to',
  'text',
  'markdown',
  'msgKey',
  'msgParam',
  'idempotencyKey',
  'progress',
  'sent',
];

type Part = Omit<SendResult, 'keys'>;

const nothing: Part = { messages: [], invalid: [], flowControlled: [], filtered: [], failed: [] };

/** Sends to any number of users, 20 at a time. Rejects with a SendError when not one part was accepted and at least one has failed. */
export async function send(caller: Caller, options: SendOptions): Promise<SendResult> {
  refuseUnknown('send', options, optionNames);
  const userIds = [...new Set([options.to].flat())];
  if (userIds.length === 0) throw new TypeError('Name at least one user to send to.');
  const { concurrency } = caller.settings;
  const chunk = chunkSender(caller, options, userIds.length);
  const parts = await each(chunksOf(userIds, maxRecipients), concurrency, chunk);
  const all = <K extends keyof Part>(name: K) => parts.flatMap((part) => [...part[name]] as Part[K][number][]);
  const messages = all('messages');
  const result: SendResult = {
    messages,
    keys: messages.map(({ processQueryKey }) => processQueryKey),
    invalid: all('invalid'),
    flowControlled: all('flowControlled'),
    filtered: all('filtered'),
    failed: all('failed'),
  };
  const [failure] = result.failed;
  if (failure && messages.length === 0) throw new SendError(failure.error, result);
  return result;
}

function chunkSender(caller: Caller, options: SendOptions, total: number) {
  const body = { robotCode: caller.robotCode(options), ...contentOf(options) };
  const key = headerText(options.idempotencyKey ?? randomKey());
  const { idempotentSends, now } = caller.settings;
  let done = 0;
  let stop: ClientError | undefined;

  const ask = async (userIds: readonly string[], index: number): Promise<Part> => {
    if (stop) return { ...nothing, failed: [{ userIds, error: stop, outcome: 'notTried' }] };
    const headers = idempotentSends ? { [idempotencyHeader]: `${key}.${index}` } : {};
    const path = '/v1.0/robot/oToMessages/batchSend';
    const request = { method: 'POST', path, body: { ...body, userIds }, headers, signal: options.signal } as const;
    try {
      return partOf(await caller.call(request, idempotentSends), userIds, now());
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

function partOf(answer: Fields, asked: readonly string[], sentAt: number): Part {
  const processQueryKey = textOf(answer.processQueryKey);
  const invalid = textsOf(answer.invalidStaffIdList);
  const flowControlled = textsOf(answer.flowControlledStaffIdList);
  const filtered = textsOf(answer.filteredStaffIdList);
  if (processQueryKey === undefined) {
    const error = new ConnectionError('invalidAnswer', 'the answer to the send holds no processQueryKey');
    return { ...nothing, failed: [{ userIds: asked, error, outcome: 'unknown' }] };
  }
  const left = new Set([...invalid, ...flowControlled, ...filtered]);
  const userIds = asked.filter((userId) => !left.has(userId));
  return { messages: [{ processQueryKey, userIds, sentAt }], invalid, flowControlled, filtered, failed: [] };
}

function partOfFailure(error: ClientError, userIds: readonly string[], untried: boolean): Part {
  if (error.code === 'staffId.notExisted') return { ...nothing, invalid: userIds };
  const isRefused = error instanceof ApiError && error.status < 500;
  const outcome = isRefused ? 'refused' : untried ? 'notTried' : 'unknown';
  return { ...nothing, failed: [{ userIds, error, outcome }] };
}

function contentOf(content: Content): { msgKey: string; msgParam: string } {
  if ('text' in content) return { msgKey: 'sampleText', msgParam: JSON.stringify({ content: content.text }) };
  if ('markdown' in content) return { msgKey: 'sampleMarkdown', msgParam: JSON.stringify(content.markdown) };
  const { msgKey, msgParam } = content;
  return { msgKey, msgParam: typeof msgParam === 'string' ? msgParam : JSON.stringify(msgParam) };
}

/** Headers hold ASCII, names any text; no two of them become the same. */
const headerText = (text: string) => text.toWellFormed().replaceAll(/[^!-$&-~]/gu, encodeURIComponent);

/** 128 random bits. crypto.randomUUID would need a secure context in browsers. */
function randomKey(): string {
  return crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}
