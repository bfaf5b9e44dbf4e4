import type { MissedReceiver, Notice, NoticeReceiver } from '../../store/notices/results.ts';
import { noticeSenderOf } from '../../store/notices/senders.ts';
import { type Errcode, OldHostError } from '../../wire/error-table/errcode.ts';
import {
  maxStrictResults,
  noticeLimits,
  noticeProgressWindow,
  noticeResultWindow,
  recallWindow,
} from '../../wire/limits.ts';
import { findKindByNumber } from '../../wire/vendor/messages.ts';
import { replaceStatusBar } from '../../wire/vendor/notices.ts';
import type { Caller, Context, Eventually } from '../context.ts';
import { everybody } from '../events.ts';

/** Task numbers begin here, so that they have at least twelve digits, as those of the vendor. */
const firstTask = 100_000_000_000;

/** Returns the number of the task that sends a notice. */
export function toTaskId(noticeId: number): number {
  return firstTask + noticeId;
}

/** Returns the number of the notice that a task sends; undefined for a number that no task has. */
export function toNoticeId(taskId: number): number | undefined {
  return taskId > firstTask && Number.isSafeInteger(taskId) ? taskId - firstTask : undefined;
}

/** Throws an error unless an agent_id is that of the caller's app. */
export function checkAgent({ app }: Caller, agentId: number, errcode: Errcode, errmsg?: string): void {
  if (agentId === app.agentId) return;
  const details = errmsg === undefined ? {} : { errmsg };
  throw new OldHostError(errcode, `${agentId} is not the agent_id of app ${app.code}`, details);
}

/** A task as a caller names it, with the errors of the call for an agent_id and a task that do not fit. */
export type TaskQuery = {
  readonly agentId: number;
  readonly taskId: number;
  /** Milliseconds after the send until which the call is allowed. */
  readonly window: number;
  readonly wrongAgent: Errcode;
  readonly wrongTask: Errcode;
  /** The text of both errors, if it is not that of the table. */
  readonly errmsg?: string;
};

async function findTask(context: Context, caller: Caller, query: TaskQuery): Promise<Notice> {
  const { agentId, taskId, window, wrongAgent, wrongTask, errmsg } = query;
  const details = errmsg === undefined ? {} : { errmsg };
  checkAgent(caller, agentId, wrongAgent, errmsg);
  const noticeId = toNoticeId(taskId);
  const notice = noticeId && (await context.store.notices.find(caller.organization.corpId, noticeId));
  if (!notice || notice.appId !== caller.app.id)
    throw new OldHostError(wrongTask, 'the app has no task with this number', details);
  const age = context.clock.now() - notice.sentAt;
  if (age > window) throw new OldHostError(wrongTask, `the task is ${age - window} ms too old`, details);
  return notice;
}

/** How far a task is: status 0 it has not begun, 1 it is running, 2 it is complete. */
export type Progress = { readonly percent: number; readonly status: 0 | 1 | 2 };

/**
 * Returns the progress of a task. Throws 40035.
 * https://open.dingtalk.com/document/development/obtain-the-sending-progress-of-asynchronous-sending-of-enterprise-session
 */
export async function findProgress(
  context: Context,
  caller: Caller,
  agentId: number,
  taskId: number,
): Promise<Progress> {
  const errors = { wrongAgent: 40035, wrongTask: 40035 } as const;
  return progressOf(await findTask(context, caller, { agentId, taskId, window: noticeProgressWindow, ...errors }));
}

/** Returns how far the delivery of a notice is. A recalled one is complete. */
export function progressOf({ total, handled, isDelivered }: Notice): Progress {
  if (isDelivered) return { percent: 100, status: 2 };
  if (handled === 0) return { percent: 0, status: 0 };
  return { percent: Math.min(99, Math.floor((handled * 100) / total)), status: 1 };
}

/** A receiver who is held back, with the code and the limit of the reason. */
export type Forbidden = { readonly userId: string; readonly code: string; readonly count: number };

/** The result of a task: userIds, and numbers of departments. Receivers who have not been dealt with are in no list. */
export type NoticeResult = {
  readonly read: readonly string[];
  readonly unread: readonly string[];
  readonly failed: readonly string[];
  readonly forbidden: readonly Forbidden[];
  readonly invalidUsers: readonly string[];
  readonly invalidDepartments: readonly number[];
};

/**
 * Returns who has read a notice, who has not, and who did not get it. Throws 40035 for the task, and 41052 for one with
 * too many receivers.
 * https://open.dingtalk.com/document/development/gets-the-result-of-sending-messages-asynchronously-to-the-enterprise
 */
export async function findResult(
  context: Context,
  caller: Caller,
  agentId: number,
  taskId: number,
): Promise<NoticeResult> {
  const errors = { wrongAgent: 40035, wrongTask: 40035 } as const;
  const notice = await findTask(context, caller, { agentId, taskId, window: noticeResultWindow, ...errors });
  if (context.options.noticeLimits === 'strict' && notice.total > maxStrictResults)
    throw new OldHostError(
      41052,
      `the task has ${notice.total} receivers, and at most ${maxStrictResults} are allowed`,
    );
  return resultOf(context, notice);
}

/** Collects the result of a notice. */
async function resultOf(context: Context, notice: Notice): Promise<NoticeResult> {
  const receivers = await listReceivers(context, notice);
  const misses = await listMisses(context, notice);
  const codesOf = (some: readonly NoticeReceiver[]) => some.map(({ code }) => code);
  return {
    read: codesOf(receivers.filter(({ readAt }) => readAt !== null)),
    unread: codesOf(receivers.filter(({ readAt }) => readAt === null)),
    failed: codesOf(misses.filter(({ reason }) => reason === 'left')),
    forbidden: misses.flatMap((missed) => describeMiss(context, notice, missed)),
    invalidUsers: notice.invalid.users,
    invalidDepartments: notice.invalid.departments,
  };
}

/** Codes of the reasons why a receiver is held back, for internal and third-party apps. */
const missCodes = {
  minute: { internal: '143103', thirdParty: '143203' },
  daily: { internal: '143105', thirdParty: '143205' },
  repeated: { internal: '143106', thirdParty: '143206' },
} as const;

function describeMiss(
  { directory }: Context,
  { appId }: Notice,
  { code: userId, reason }: MissedReceiver,
): readonly Forbidden[] {
  if (reason === 'left') return [];
  const kind = directory.now.appOf(appId)?.kind ?? 'internal';
  const counts = { minute: noticeLimits[kind].perMinute, daily: noticeLimits[kind].perDay, repeated: 1 };
  return [{ userId, code: missCodes[reason][kind], count: counts[reason] }];
}

/** Number of rows that one query reads. Other requests can run between queries. */
const pageSize = 1000;

/** A receiver who got a notice, and when they have read it (epoch milliseconds). */
export type Receiver = NoticeReceiver & { readonly readAt: number | null };

/** Lists those who got a notice, in the order of their numbers. */
export async function listReceivers({ store }: Context, { corpId, noticeId }: Notice): Promise<readonly Receiver[]> {
  const readers = new Map<number, number>();
  for await (const { userId, readAt } of readPages(
    (after) => store.conversations.readers(corpId, noticeId, after, pageSize),
    ({ seq }) => seq,
  ))
    readers.set(userId, readAt);
  const found: Receiver[] = [];
  for await (const receiver of readPages(
    (after) => store.notices.receivers(corpId, noticeId, after, pageSize),
    ({ userId }) => userId,
  ))
    found.push({ ...receiver, readAt: readers.get(receiver.userId) ?? null });
  return found;
}

/** Lists those who did not get a notice, in the order of their numbers. */
export async function listMisses({ store }: Context, { corpId, noticeId }: Notice): Promise<readonly MissedReceiver[]> {
  const found: MissedReceiver[] = [];
  const read = (after: number) => store.notices.misses(corpId, noticeId, after, pageSize);
  for await (const missed of readPages(read, ({ userId }) => userId)) found.push(missed);
  return found;
}

/** Reads the rows of all pages; `next` returns the number after which the page behind a row starts. */
async function* readPages<T>(
  readPage: (after: number) => Eventually<readonly T[]>,
  next: (row: T) => number,
): AsyncGenerator<T> {
  for (let after = 0; ; ) {
    const page = await readPage(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = next(last);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Recalls a notice from all its receivers. Recalling it again succeeds. Throws 400002.
 * https://open.dingtalk.com/document/development/notification-of-work-withdrawal
 */
export async function recallNotice(context: Context, caller: Caller, agentId: number, taskId: number): Promise<void> {
  const errors = { wrongAgent: 400002, wrongTask: 400002, errmsg: 'agentId不合法或taskId不合法' } as const;
  const notice = await findTask(context, caller, { agentId, taskId, window: recallWindow, ...errors });
  const { store, clock, events } = context;
  await store.recall(notice.corpId, notice.noticeId, clock.now());
  events.publish([{ corpId: notice.corpId, userId: everybody }]);
  await deliverTakeBack(context, notice);
}

/** Takes a notice that was just recalled back from the inboxes, in steps. */
export async function deliverTakeBack(context: Context, notice: Notice): Promise<void> {
  const { corpId, noticeId: messageId, appId, sentAt } = notice;
  const { store, deliverer } = context;
  const { conversationId = null } = (await store.receipt(corpId, messageId)) ?? {};
  const sender = { robotId: noticeSenderOf(appId), conversationId };
  deliverer.deliver({ corpId, messageId, sentAt, state: 'queued', isRecalled: true, ...sender });
}

/** A new status bar; without a colour, the one that it has stays. */
export type StatusBar = { readonly value: string; readonly background: string | undefined };

/**
 * Replaces the status bar of an `oa` message. Throws 40056 for the agent, 40035 for a task without such a message, and
 * 41052 for one that is still running.
 * https://open.dingtalk.com/document/development/update-work-notification-status-bar
 */
export async function updateStatusBar(
  context: Context,
  caller: Caller,
  { agentId, taskId }: { readonly agentId: number; readonly taskId: number },
  { value, background }: StatusBar,
): Promise<void> {
  const errors = { wrongAgent: 40056, wrongTask: 40035 } as const;
  const notice = await findTask(context, caller, { agentId, taskId, window: noticeProgressWindow, ...errors });
  if (value.trim() === '') throw new OldHostError(40035, 'status_value is blank');
  if (background !== undefined && !/^0x[\da-f]{8}$/i.test(background))
    throw new OldHostError(40035, 'status_bg is not 0x and eight hexadecimal digits');
  if (findKindByNumber(notice.kind).msgKey !== 'noticeOa')
    throw new OldHostError(40035, 'the message is not of type oa');
  if (context.options.noticeLimits === 'strict' && (!notice.isDelivered || notice.total > maxStrictResults))
    throw new OldHostError(41052, 'the task is still running, or has too many receivers');
  const { corpId, noticeId } = notice;
  const isChanged = await context.store.notices.changeContent(corpId, noticeId, (param) =>
    replaceStatusBar(param, value, background),
  );
  if (!isChanged) throw new OldHostError(40035, 'the notice was recalled');
}
