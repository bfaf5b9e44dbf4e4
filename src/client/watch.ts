import { readWindow } from '../wire/limits.ts';
import type { Caller } from './call.ts';
import { aFunction, aNumber, checkMembers, checkValue, filledString, isObject } from './check.ts';
import type { ClientError } from './errors.ts';
import { type CallOptions, callOptionRules, type Settings } from './options.ts';
import { chunksOf } from './pace.ts';
import { type Receipt, type Recipient, readStatus } from './read-status.ts';
import { clientError, isPassing } from './retry.ts';

/** A message to watch: its key, and where it is known when it was sent (what `send` answers as its messages). */
export type Watched = string | { readonly processQueryKey: string; readonly sentAt?: number };

/** What a watch takes. */
export type WatchOptions = CallOptions & {
  /**
   * Milliseconds until the next look at all messages, by how long nothing has happened; unless given a tenth of that time, no less than
   * 2 seconds and no more than 15 minutes, so that a day takes a hundred calls.
   */
  readonly interval?: (quiet: number) => number;
  /** Milliseconds after the send for which the server answers, to look once more just before; 24 hours unless given. */
  readonly window?: number;
};

/** What has changed since the last look at one message. */
export type Change = { readonly processQueryKey: string } & (
  | { readonly type: 'status'; readonly status: Receipt['status']; readonly receipt: Receipt }
  | { readonly type: 'read'; readonly recipient: Recipient; readonly receipt: Receipt }
  | {
      readonly type: 'end';
      readonly reason: 'allRead' | 'recalled' | 'windowClosed' | 'failed';
      /** What was known last. */
      readonly receipt: Receipt | undefined;
      /** Why, with the reason `failed`. */
      readonly error?: ClientError;
    }
);

type Subject = {
  readonly key: string;
  /** By the server's clock; without it the send counts as `begun`. */
  readonly sentAt: number | undefined;
  /** When the watch began, by the client's clock. */
  readonly begun: number;
  receipt?: Receipt;
};
type Reason = Extract<Change, { type: 'end' }>['reason'];

/** The vendor says of a key that was just made that it has expired; huizhi knows its keys at once. */
const settling = 60_000;

/** How long before the end of the window the last look is. */
const lastLook = 2000;

/**
 * Yields each change of the messages, and ends when the last of them has ended: all recipients who have not left have read it, it was
 * recalled, or its window has closed. A server that fails or cannot be reached is asked again later.
 */
export async function* watch(
  caller: Caller,
  messages: Watched | readonly Watched[],
  options: WatchOptions = {},
): AsyncGenerator<Change, void, undefined> {
  checkMembers('watch', options, { ...callOptionRules, interval: aFunction, window: aNumber });
  const { now, wait, concurrency } = caller.settings;
  const { interval = usualInterval, signal } = options;
  let open = subjectsOf(messages, now());
  for (let changed = now(); open.length > 0; ) {
    for (const some of chunksOf(open, concurrency)) {
      const looks = await Promise.all(some.map((subject) => look(caller, subject, options)));
      for (const change of looks.flat()) {
        if (change.type === 'end') open = open.filter(({ key }) => key !== change.processQueryKey);
        changed = now();
        yield change;
      }
    }
    const ends = open.map((subject) => untilClose(caller.settings, subject, options) - lastLook);
    if (open.length > 0) await wait(pause(ends, interval(now() - changed)), signal);
  }
}

const usualInterval = (quiet: number) => Math.min(Math.max(quiet / 10, 2000), 900_000);

function subjectsOf(messages: Watched | readonly Watched[], begun: number): Subject[] {
  const all = (Array.isArray(messages) ? messages : [messages]) as readonly Watched[];
  const subjects = all.map((one): Subject => {
    const { processQueryKey: key, sentAt }: Partial<Exclude<Watched, string>> = isObject(one)
      ? one
      : { processQueryKey: one };
    checkValue('watch: processQueryKey', key, filledString);
    if (sentAt !== undefined) checkValue('watch: sentAt', sentAt, aNumber);
    return { key: String(key), sentAt, begun };
  });
  return [...new Map(subjects.map((subject) => [subject.key, subject])).values()];
}

/** One look more just before a window closes is worth more than any other. */
function pause(ends: readonly number[], interval: number): number {
  return Math.min(interval, ...ends.filter((left) => left > 0));
}

/** Milliseconds until the server no longer answers for a message, by its own clock. */
function untilClose({ now, serverTime }: Settings, { sentAt, begun }: Subject, { window = readWindow }: WatchOptions) {
  return (sentAt ?? serverTime.at(begun)) + window - serverTime.at(now());
}

/** Asks for one message and says what is new. */
async function look(caller: Caller, subject: Subject, options: WatchOptions): Promise<Change[]> {
  const { now, idempotentSends } = caller.settings;
  const end = (reason: Reason, error?: ClientError): Change => {
    return { type: 'end', processQueryKey: subject.key, reason, receipt: subject.receipt, ...(error ? { error } : {}) };
  };
  try {
    const before = subject.receipt;
    const receipt = await readStatus(caller, subject.key, options);
    subject.receipt = receipt;
    // A server with a longer window than we know of goes on answering, and so do we.
    const reason = endOf(receipt);
    return [...differences(before, receipt), ...(reason ? [end(reason)] : [])];
  } catch (thrown) {
    const error = clientError(thrown);
    const isClosed = error.code === 'processQueryKey.expireTime';
    const isYoung = !idempotentSends && subject.receipt === undefined && now() - subject.begun < settling;
    if ((isClosed && isYoung) || error.code === 'unknown.send.result' || isPassing(error)) {
      return untilClose(caller.settings, subject, options) <= 0 ? [end('windowClosed')] : [];
    }
    return [isClosed ? end('windowClosed') : end('failed', error)];
  }
}

function endOf({ status, recipients, left }: Receipt): Reason | undefined {
  if (status === 'RECALLED') return 'recalled';
  const unread = recipients.filter(({ read }) => !read).length;
  // A person who has left cannot read.
  return recipients.length > 0 && unread <= left ? 'allRead' : undefined;
}

function differences(before: Receipt | undefined, receipt: Receipt): Change[] {
  const { processQueryKey, status, recipients } = receipt;
  const had = new Set(before?.recipients.filter(({ read }) => read).map(({ userId }) => userId));
  const reads = recipients.filter(({ read, userId }) => read && !had.has(userId));
  return [
    ...(before?.status === status ? [] : [{ type: 'status', processQueryKey, status, receipt } as const]),
    ...reads.map((recipient) => ({ type: 'read', processQueryKey, recipient, receipt }) as const),
  ];
}
