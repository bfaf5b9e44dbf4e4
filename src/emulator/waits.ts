import type { Composed } from '../compose.ts';
import type { Entry } from '../core/dev/journal.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import { parseDuration } from '../wire/duration.ts';
import { longestTimer } from '../wire/limits.ts';
import { EmulatorError } from './error.ts';
import type { Emulator, MessageFilter, ReadMark, SentMessage, WaitOptions } from './types.ts';

type Waits = {
  readonly messages: Emulator['messages'];
  readonly forMessage: Emulator['waitForMessage'];
  readonly forRead: Emulator['waitForRead'];
};

/** Waiting for what happens, instead of asking again and again; all waits end with `closing`. */
export function createWaits({ context, controls }: Composed, closing: AbortSignal): Waits {
  const journal = controls?.journal;
  const sends = () => (journal?.since(0, Number.POSITIVE_INFINITY) ?? []).filter(isSend);
  // By the entry itself: after a reset the same keys may come again.
  const taken = new WeakSet<Entry>();
  const take = (filter: MessageFilter) => {
    for (const entry of sends()) {
      const message = sentMessage(entry);
      if (taken.has(entry) || !fits(message, filter)) continue;
      taken.add(entry);
      return message;
    }
    return undefined;
  };
  return {
    messages: () => sends().map(sentMessage),
    async forMessage(filter = {}, options = {}) {
      if (typeof filter !== 'function') refuseUnknown('The filter of waitForMessage', filter, filterNames);
      refuseUnknown('The options of waitForMessage', options, waitNames);
      const what = () => `no message that fits was sent (${sends().length} others were)`;
      return until(
        () => take(filter),
        (wake) => journal?.watch(wake) ?? nothing,
        { ...options, closing, what },
      );
    },
    async forRead(processQueryKey, userIds, options = {}) {
      refuseUnknown('The options of waitForRead', options, waitNames);
      closing.throwIfAborted();
      const key = context.seal.openKey(processQueryKey);
      const people = key ? await context.store.recipients(key.corpId, key.messageId) : [];
      const stranger = userIds?.find((userId) => !people.some(({ code }) => code === userId));
      if (!key || people.length === 0) throw notFound('no message has this processQueryKey');
      if (stranger !== undefined) throw notFound(`${stranger} is no recipient of this message`);
      let marks: readonly ReadMark[] = [];
      let waiting: readonly string[] = [];
      const check = async () => {
        const receipt = await context.store.receipt(key.corpId, key.messageId);
        const deliveries = receipt?.deliveries ?? [];
        marks = deliveries.map(({ user, readAt }) => ({ userId: user.code, name: user.name, readAt }));
        // A person who has left cannot read. A person who is named is waited for in any case.
        const present = deliveries.flatMap(({ user }) => (user.leftAt === null ? [user.code] : []));
        waiting = unreadOf(marks, userIds ?? present);
        return receipt && waiting.length === 0 ? marks : undefined;
      };
      const watch = (wake: () => void) => {
        const stops = people.map(({ corpId, id }) => context.events.follow(corpId, id, wake));
        return () => {
          for (const stop of stops) stop();
        };
      };
      const what = () => `not read by ${waiting.join(', ')}`;
      return until(check, watch, { ...options, closing, what });
    },
  };
}

const filterNames = ['robotCode', 'userId', 'msgKey', 'text'];
const waitNames = ['timeout', 'signal'];

const nothing = () => {};

function unreadOf(marks: readonly ReadMark[], userIds: readonly string[]): readonly string[] {
  const wanted = marks.filter(({ userId }) => userIds.includes(userId));
  return wanted.filter(({ readAt }) => readAt === null).map(({ userId }) => userId);
}

function notFound(reason: string): EmulatorError {
  return new EmulatorError('huizhi.notFound', reason);
}

function isSend({ path, status }: Entry): boolean {
  return path === '/v1.0/robot/oToMessages/batchSend' && status === 200;
}

type SendBody = { robotCode: string; userIds: readonly string[]; msgKey: string; msgParam: string };
type SendAnswer = {
  processQueryKey: string;
  invalidStaffIdList: readonly string[];
  flowControlledStaffIdList: readonly string[];
  filteredStaffIdList: readonly string[];
};

function sentMessage({ body, answer, at, requestId }: Entry): SentMessage {
  const { robotCode, userIds, msgKey, msgParam } = JSON.parse(body) as SendBody;
  const { processQueryKey, ...without } = JSON.parse(answer) as SendAnswer;
  const left = new Set([
    ...without.invalidStaffIdList,
    ...without.flowControlledStaffIdList,
    ...without.filteredStaffIdList,
  ]);
  const reached = [...new Set(userIds)].filter((userId) => !left.has(userId));
  return {
    processQueryKey,
    robotCode,
    msgKey,
    msgParam: JSON.parse(msgParam) as SentMessage['msgParam'],
    userIds: reached,
    sentAt: at,
    requestId,
  };
}

function fits(message: SentMessage, filter: MessageFilter): boolean {
  if (typeof filter === 'function') return filter(message);
  const { robotCode = message.robotCode, userId, msgKey = message.msgKey, text = '' } = filter;
  if (message.robotCode !== robotCode || message.msgKey !== msgKey) return false;
  if (userId !== undefined && !message.userIds.includes(userId)) return false;
  const texts = Object.values(message.msgParam).filter((value) => typeof value === 'string');
  return typeof text === 'string' ? text === '' || texts.some((one) => one.includes(text)) : texts.some(matches(text));
}

/** A global expression would remember where it was. */
function matches(pattern: RegExp): (text: string) => boolean {
  return (text) => text.search(pattern) !== -1;
}

type Until = WaitOptions & { readonly closing: AbortSignal; readonly what: () => string };

/** Looks now, and again whenever something has happened, until something is found or it has taken too long. */
async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  watch: (wake: () => void) => () => void,
  { timeout = 5000, signal, closing, what }: Until,
): Promise<T> {
  closing.throwIfAborted();
  const end = ending(timeout, AbortSignal.any(signal ? [signal, closing] : [closing]), what);
  let wake = nothing;
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

/** A promise that rejects when the time is over or somebody gives up. */
function ending(timeout: number | string, signal: AbortSignal, what: () => string) {
  const milliseconds = typeof timeout === 'number' ? timeout : parseDuration(timeout);
  if (milliseconds === undefined || !(milliseconds >= 0 && milliseconds <= longestTimer))
    throw new TypeError(`timeout is not a duration such as 5s, of less than 25 days: ${timeout}`);
  const { promise: reached, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting for it when it comes.
  reached.catch(nothing);
  const aborted = () => reject(signal.reason);
  if (signal.aborted) aborted();
  signal.addEventListener('abort', aborted, { once: true });
  const timer = setTimeout(
    () => reject(new EmulatorError('huizhi.timeout', `${what()} within ${milliseconds} ms`)),
    milliseconds,
  );
  return {
    reached,
    cancel() {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    },
  };
}
