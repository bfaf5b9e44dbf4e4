import type { Context } from '../core/context.ts';
import type { Controls } from '../core/dev/controls.ts';
import { listDeliveries } from '../core/dev/deliveries.ts';
import type { Entry } from '../core/dev/journal.ts';
import { chatSend } from '../http/vendor/chat-messages.ts';
import { parseParameters } from '../http/vendor/parameters.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import { parseDuration } from '../wire/duration.ts';
import { longestTimer } from '../wire/limits.ts';
import { parseChatMessage } from '../wire/vendor/notices.ts';
import { EmulatorError } from './error.ts';
import type { MessageFilter, SentMessage } from './message-types.ts';
import type { Emulator, ReadMark, WaitOptions } from './types.ts';

/** What waits need of a server. */
export type WaitParts = { readonly context: Context; readonly controls: Controls | undefined };

type Waits = {
  readonly messages: Emulator['messages'];
  readonly forMessage: Emulator['waitForMessage'];
  readonly forRead: Emulator['waitForRead'];
};

/** Creates the wait methods, which are driven by events instead of polling. All waits reject when `closing` aborts. */
export function createWaits({ context, controls }: WaitParts, closing: AbortSignal): Waits {
  const journal = controls?.journal;
  const listSends = () => (journal?.since(0, Number.POSITIVE_INFINITY) ?? []).filter(isSend);
  // Keyed by the journal entry, not by processQueryKey: after a reset a seeded emulator issues the same keys again.
  const claimed = new WeakSet<Entry>();
  const claim = (filter: MessageFilter) => {
    for (const entry of listSends()) {
      const message = parseSend(entry);
      if (claimed.has(entry) || !matchesFilter(message, filter)) continue;
      claimed.add(entry);
      return message;
    }
    return undefined;
  };
  return {
    messages: () => listSends().map(parseSend),
    async forMessage(filter = {}, options = {}) {
      if (typeof filter !== 'function') refuseUnknown('The filter of waitForMessage', filter, filterNames);
      refuseUnknown('The options of waitForMessage', options, waitNames);
      const what = () => `no matching message was sent (${listSends().length} other messages were)`;
      return waitUntil(
        () => claim(filter),
        (wake) => journal?.watch(wake) ?? noop,
        { ...options, closing, what },
      );
    },
    async forRead(processQueryKey, userIds, options = {}) {
      refuseUnknown('The options of waitForRead', options, waitNames);
      closing.throwIfAborted();
      const key = context.seal.openKey(processQueryKey) ?? context.seal.openChatMessage(processQueryKey);
      const people = key ? await context.store.recipients(key.corpId, key.messageId) : [];
      const stranger = userIds?.find((userId) => !people.some(({ code }) => code === userId));
      if (!key || people.length === 0) throw createNotFoundError('no message has this processQueryKey');
      if (stranger !== undefined) throw createNotFoundError(`${stranger} is not a recipient of this message`);
      let marks: readonly ReadMark[] = [];
      let waiting: readonly string[] = [];
      const check = async () => {
        const deliveries = await listDeliveries(context, key);
        marks = (deliveries ?? []).map(({ user, readAt }) => ({ userId: user.code, name: user.name, readAt }));
        // A person who has left cannot read. A person who is named is waited for in any case.
        const present = (deliveries ?? []).flatMap(({ user }) => (user.leftAt === null ? [user.code] : []));
        waiting = listUnread(marks, userIds ?? present);
        return deliveries && waiting.length === 0 ? marks : undefined;
      };
      const watch = (wake: () => void) => {
        const stops = people.map(({ corpId, id }) => context.events.subscribe(corpId, id, wake));
        return () => {
          for (const stop of stops) stop();
        };
      };
      const what = () => `not read by ${waiting.join(', ')}`;
      return waitUntil(check, watch, { ...options, closing, what });
    },
  };
}

const filterNames = ['robotCode', 'userId', 'msgKey', 'text'];
const waitNames = ['timeout', 'signal'];

const noop = () => {};

function listUnread(marks: readonly ReadMark[], userIds: readonly string[]): readonly string[] {
  const wanted = marks.filter(({ userId }) => userIds.includes(userId));
  return wanted.filter(({ readAt }) => readAt === null).map(({ userId }) => userId);
}

function createNotFoundError(reason: string): EmulatorError {
  return new EmulatorError('huizhi.notFound', reason);
}

const sendPaths = [
  '/v1.0/robot/oToMessages/batchSend',
  '/v1.0/robot/groupMessages/send',
  '/v1.0/robot/privateChatMessages/send',
];

function isSend({ path, status, answer }: Entry): boolean {
  if (status !== 200) return false;
  return sendPaths.includes(path) || (path === chatSend.path && parseChatAnswer(answer).errcode === 0);
}

const parseChatAnswer = (answer: string) => JSON.parse(answer) as { errcode: number; messageId: string };

/** The body of a send to users, or of one to a conversation. */
type SendBody = {
  robotCode: string;
  userIds?: readonly string[];
  openConversationId?: string;
  msgKey: string;
  msgParam: string;
};
type SendAnswer = {
  processQueryKey: string;
  invalidStaffIdList?: readonly string[];
  flowControlledStaffIdList?: readonly string[];
  filteredStaffIdList?: readonly string[];
};

function parseSend(entry: Entry): SentMessage {
  return entry.path === chatSend.path ? parseChatSend(entry) : parseRobotSend(entry);
}

function parseChatSend({ query, headers, body, answer, at, requestId }: Entry): SentMessage {
  const call = { query, header: (name: string) => headers[name]?.toString() };
  const { chatid: chatId, msg, ...flat } = parseParameters(call, body, chatSend.parameters);
  const { kind, param } = parseChatMessage(msg ?? flat);
  return {
    processQueryKey: parseChatAnswer(answer).messageId,
    robotCode: '',
    msgKey: kind.msgKey,
    msgParam: JSON.parse(param) as SentMessage['msgParam'],
    userIds: [],
    ...(chatId !== undefined && { chatId }),
    sentAt: at,
    requestId,
  };
}

function parseRobotSend({ body, answer, at, requestId }: Entry): SentMessage {
  const { robotCode, userIds = [], openConversationId, msgKey, msgParam } = JSON.parse(body) as SendBody;
  const { processQueryKey, ...without } = JSON.parse(answer) as SendAnswer;
  const left = new Set([
    ...(without.invalidStaffIdList ?? []),
    ...(without.flowControlledStaffIdList ?? []),
    ...(without.filteredStaffIdList ?? []),
  ]);
  const reached = [...new Set(userIds)].filter((userId) => !left.has(userId));
  return {
    processQueryKey,
    robotCode,
    msgKey,
    msgParam: JSON.parse(msgParam) as SentMessage['msgParam'],
    userIds: reached,
    ...(userIds.length === 0 && openConversationId !== undefined ? { openConversationId } : {}),
    sentAt: at,
    requestId,
  };
}

function matchesFilter(message: SentMessage, filter: MessageFilter): boolean {
  if (typeof filter === 'function') return filter(message);
  const { robotCode = message.robotCode, userId, msgKey = message.msgKey, text = '' } = filter;
  if (message.robotCode !== robotCode || message.msgKey !== msgKey) return false;
  if (userId !== undefined && !message.userIds.includes(userId)) return false;
  const texts = Object.values(message.msgParam).filter((value) => typeof value === 'string');
  return typeof text === 'string'
    ? text === '' || texts.some((one) => one.includes(text))
    : texts.some(createMatcher(text));
}

/** Uses `search`, because `test` of a global expression depends on its lastIndex. */
function createMatcher(pattern: RegExp): (text: string) => boolean {
  return (text) => text.search(pattern) !== -1;
}

type DeadlineOptions = WaitOptions & { readonly closing: AbortSignal; readonly what: () => string };

/** Calls `look` now and after each event until it returns a value; rejects on timeout or abort. */
export async function waitUntil<T>(
  look: () => T | undefined | Promise<T | undefined>,
  watch: (wake: () => void) => () => void,
  { timeout = 5000, signal, closing, what }: DeadlineOptions,
): Promise<T> {
  closing.throwIfAborted();
  const end = createDeadline(timeout, AbortSignal.any(signal ? [signal, closing] : [closing]), what);
  let wake = noop;
  const stop = watch(() => wake());
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const found = await look();
      if (found !== undefined) return found;
      await Promise.race([woken, end.reached]);
    }
  } finally {
    stop();
    end.cancel();
  }
}

/**
 * Creates a promise that rejects with an EmulatorError after the timeout, or with the signal's reason when the signal
 * aborts.
 */
function createDeadline(timeout: number | string, signal: AbortSignal, what: () => string) {
  const milliseconds = typeof timeout === 'number' ? timeout : parseDuration(timeout);
  if (milliseconds === undefined || !(milliseconds >= 0 && milliseconds <= longestTimer))
    throw new TypeError(`timeout must be a duration such as 5s, and less than 25 days, not ${timeout}`);
  const { promise: reached, reject } = Promise.withResolvers<never>();
  // Prevents an unhandled rejection if nothing awaits the promise at that moment.
  reached.catch(noop);
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () => reject(new EmulatorError('huizhi.timeout', `${what()} within ${milliseconds} ms`)),
    milliseconds,
  );
  return {
    reached,
    cancel() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
