import { readWindow } from '../wire/limits.ts';
import type { Caller } from './call.ts';
import { aFunction, aNumber, checkMembers, checkValue, filledString, isObject } from './check.ts';
import type { ClientError } from './errors.ts';
import { type CallOptions, callOptionRules, type Settings } from './options.ts';
import { splitIntoChunks } from './pace.ts';
import { type Receipt, type Recipient, readStatus } from './read-status.ts';
import { isTransient, toClientError } from './retry.ts';

/** A message to watch: its processQueryKey, or an object such as a member of the `messages` that `send` returns. */
export type Watched = string | { readonly processQueryKey: string; readonly sentAt?: number };

/** Options of a watch. */
export type WatchOptions = CallOptions & {
  /**
   * Returns the milliseconds until the next poll of all messages; `quiet` is the time since the last change. Default: a
   * tenth of `quiet`, at least 2 seconds and at most 15 minutes, which makes about a hundred calls a day.
   */
  readonly interval?: (quiet: number) => number;
  /** The server's read window in milliseconds; the watch polls once more just before it ends. Default 24 hours. */
  readonly window?: number;
};

/**
 * A change of one message since the last poll: its status, a read by one recipient, or the end of the watch of this
 * message.
 */
export type Change = { readonly processQueryKey: string } & (
  | { readonly type: 'status'; readonly status: Receipt['status']; readonly receipt: Receipt }
  | { readonly type: 'read'; readonly recipient: Recipient; readonly receipt: Receipt }
  | {
      readonly type: 'end';
      readonly reason: 'allRead' | 'recalled' | 'windowClosed' | 'failed';
      /** The last receipt, if any. */
      readonly receipt: Receipt | undefined;
      /** The error that ended the watch; set if `reason` is `failed`. */
      readonly error?: ClientError;
    }
);

type WatchedMessage = {
  readonly key: string;
  /** Time of the send by the server's clock. If undefined, `begun` is used instead. */
  readonly sentAt: number | undefined;
  /** When the watch began, by the client's clock. */
  readonly begun: number;
  receipt?: Receipt;
};
type Reason = Extract<Change, { type: 'end' }>['reason'];

/** Milliseconds. The vendor may report a new key as expired for a while after the send; huizhi does not. */
const settlingTime = 60_000;

/** Milliseconds before the end of the read window at which the last poll happens. */
const lastPollBefore = 2000;

/**
 * Polls messages and yields each change. A message ends when everyone who has not left has read it, it was recalled,
 * its read window has closed, or it cannot be queried; the watch ends with the last message. If the server fails or is
 * unreachable, the watch polls again later.
 */
export async function* watch(
  caller: Caller,
  messages: Watched | readonly Watched[],
  options: WatchOptions = {},
): AsyncGenerator<Change, void, undefined> {
  checkMembers('watch', options, { ...callOptionRules, interval: aFunction, window: aNumber });
  const { now, wait, concurrency } = caller.settings;
  const { interval = computeDefaultInterval, signal } = options;
  let open = parseMessages(messages, now());
  for (let changed = now(); open.length > 0; ) {
    for (const some of splitIntoChunks(open, concurrency)) {
      const looks = await Promise.all(some.map((subject) => poll(caller, subject, options)));
      for (const change of looks.flat()) {
        if (change.type === 'end') open = open.filter(({ key }) => key !== change.processQueryKey);
        changed = now();
        yield change;
      }
    }
    const ends = open.map((subject) => computeTimeLeft(caller.settings, subject, options) - lastPollBefore);
    if (open.length > 0) await wait(computeWait(ends, interval(now() - changed)), signal);
  }
}

const computeDefaultInterval = (quiet: number) => Math.min(Math.max(quiet / 10, 2000), 900_000);

function parseMessages(messages: Watched | readonly Watched[], begun: number): WatchedMessage[] {
  const all = (Array.isArray(messages) ? messages : [messages]) as readonly Watched[];
  const subjects = all.map((one): WatchedMessage => {
    const { processQueryKey: key, sentAt }: Partial<Exclude<Watched, string>> = isObject(one)
      ? one
      : { processQueryKey: one };
    checkValue('watch: processQueryKey', key, filledString);
    if (sentAt !== undefined) checkValue('watch: sentAt', sentAt, aNumber);
    return { key: String(key), sentAt, begun };
  });
  return [...new Map(subjects.map((subject) => [subject.key, subject])).values()];
}

/** Returns the interval, shortened so that there is a poll just before a read window closes. */
function computeWait(ends: readonly number[], interval: number): number {
  return Math.min(interval, ...ends.filter((left) => left > 0));
}

/** Returns the milliseconds until the read window of a message closes, by the server's clock. */
function computeTimeLeft(
  { now, serverTime }: Settings,
  { sentAt, begun }: WatchedMessage,
  { window = readWindow }: WatchOptions,
) {
  return (sentAt ?? serverTime.at(begun)) + window - serverTime.at(now());
}

/** Queries one message and returns its changes since the last poll. */
async function poll(caller: Caller, subject: WatchedMessage, options: WatchOptions): Promise<Change[]> {
  const { now, idempotentSends } = caller.settings;
  const end = (reason: Reason, error?: ClientError): Change => {
    return { type: 'end', processQueryKey: subject.key, reason, receipt: subject.receipt, ...(error ? { error } : {}) };
  };
  try {
    const before = subject.receipt;
    const receipt = await readStatus(caller, subject.key, options);
    subject.receipt = receipt;
    // The receipt decides, not `window`: the read window of the server may be longer than the option says. But without
    // recipients there is nothing to wait for.
    const isEmpty = receipt.recipients.length === 0 && computeTimeLeft(caller.settings, subject, options) <= 0;
    const reason = findEnd(receipt) ?? (isEmpty ? 'windowClosed' : undefined);
    return [...diffReceipts(before, receipt), ...(reason ? [end(reason)] : [])];
  } catch (thrown) {
    const error = toClientError(thrown);
    const isClosed = error.code === 'processQueryKey.expireTime';
    const isYoung = !idempotentSends && subject.receipt === undefined && now() - subject.begun < settlingTime;
    if ((isClosed && isYoung) || error.code === 'unknown.send.result' || isTransient(error)) {
      return computeTimeLeft(caller.settings, subject, options) <= 0 ? [end('windowClosed')] : [];
    }
    return [isClosed ? end('windowClosed') : end('failed', error)];
  }
}

function findEnd({ status, recipients, left }: Receipt): Reason | undefined {
  if (status === 'RECALLED') return 'recalled';
  const unread = recipients.filter(({ read }) => !read).length;
  // A person who has left cannot read.
  return recipients.length > 0 && unread <= left ? 'allRead' : undefined;
}

function diffReceipts(before: Receipt | undefined, receipt: Receipt): Change[] {
  const { processQueryKey, status, recipients } = receipt;
  const had = new Set(before?.recipients.filter(({ read }) => read).map(({ userId }) => userId));
  const reads = recipients.filter(({ read, userId }) => read && !had.has(userId));
  return [
    ...(before?.status === status ? [] : [{ type: 'status', processQueryKey, status, receipt } as const]),
    ...reads.map((recipient) => ({ type: 'read', processQueryKey, recipient, receipt }) as const),
  ];
}
