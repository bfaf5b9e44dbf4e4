import { createAnswerReader, type Reader } from './answer.ts';
import type { Caller } from './call.ts';
import {
  aBoolean,
  aNumber,
  aSignal,
  aString,
  checkMembers,
  checkValue,
  filledStrings,
  isObject,
  type Rule,
  type Rules,
} from './check.ts';
import { createIdempotencyHeader, parseMarkdown, requireOneContent } from './send.ts';

/** Options of every call for work notices. */
export type NoticeCallOptions = {
  /** The number of the app, which the console shows. Replaces the agentId of the client. */
  readonly agentId?: number;
  /** Aborts the call and its waits; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
};

/** The content of a work notice: text, Markdown, or any other `msgtype` with the object of that name. */
export type NoticeContent =
  | { readonly text: string }
  | { readonly markdown: { readonly title: string; readonly text: string } }
  | { readonly msg: Readonly<Record<string, unknown>> & { readonly msgtype: string } };

/** Options of a work notice: its content, and at least one of `to`, `departments` and `toAll`. */
export type NoticeOptions = NoticeCallOptions &
  NoticeContent & {
    /** One or more userIds: up to 5,000 at huizhi, up to 100 at the vendor. Duplicates are removed. */
    readonly to?: string | readonly string[];
    /**
     * One or more departments, including their subdepartments: up to 500 at huizhi, up to 20 at the vendor. 1 is the
     * root.
     */
    readonly departments?: number | readonly number[];
    /** Whether the notice goes to all users of the organization, whatever `to` and `departments` are. */
    readonly toAll?: boolean;
    /**
     * Identifies this notice: huizhi sends nothing again if it is repeated with the same key within 24 hours. Default: a
     * random key.
     */
    readonly idempotencyKey?: string;
  };

/** An accepted work notice, which is delivered in the background. */
export type SentNotice = {
  /** Identifies the notice in the other calls. */
  readonly taskId: number;
  /** When the server accepted it, in epoch milliseconds, by the server's clock if its headers give the time. */
  readonly sentAt: number;
};

/** How far the delivery of a work notice is. */
export type NoticeProgress = { readonly percent: number; readonly status: 'waiting' | 'running' | 'done' };

/** The receivers of a work notice, as userIds. Those who have not been dealt with are in no list. */
export type NoticeResult = {
  readonly read: readonly string[];
  readonly unread: readonly string[];
  /** Receivers who left the organization before the delivery. */
  readonly failed: readonly string[];
  readonly forbidden: readonly HeldBack[];
  /** userIds that the organization does not have. */
  readonly invalid: readonly string[];
  readonly invalidDepartments: readonly number[];
};

/** A receiver who did not get a work notice because of a limit, with the vendor's code of the limit and its value. */
export type HeldBack = { readonly userId: string; readonly code: string; readonly limit: number };

const prefix = '/topapi/message/corpconversation';

const isDepartment = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
const someDepartments: Rule = [
  'a department number, or a list of them',
  (value) => [value].flat().every((one) => isDepartment(one)),
];
const callRules: Rules<keyof NoticeCallOptions> = { agentId: aNumber, signal: aSignal };
const sendRules: Rules = {
  ...callRules,
  text: aString,
  markdown: ['an object with title and text', isObject],
  msg: ['an object with msgtype', isObject],
  to: filledStrings,
  departments: someDepartments,
  toAll: aBoolean,
  idempotencyKey: aString,
};

/**
 * Sends a work notice. Rejects with an ApiError whose code is the `errcode` of the vendor's old host, with a
 * ConnectionError, and with a TypeError for invalid options.
 * https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
 */
export async function sendNotice(caller: Caller, options: NoticeOptions): Promise<SentNotice> {
  checkMembers('notices.send', options, sendRules);
  const { signal } = options;
  const form = {
    agent_id: resolveAgentId(caller, options),
    msg: JSON.stringify(encodeMessage(options)),
    ...encodeReceivers(options),
  };
  const { idempotentSends } = caller.settings;
  const headers = createIdempotencyHeader(caller, options.idempotencyKey);
  const request = { method: 'POST', path: `${prefix}/asyncsend_v2`, form, headers, signal } as const;
  const answer = await caller.call(request, idempotentSends);
  return { taskId: requireNumber(createAnswerReader('asyncsend_v2', answer), 'task_id'), sentAt: answer.time };
}

const statuses = ['waiting', 'running', 'done'] as const;

/**
 * Queries how far the delivery of a work notice is.
 * https://open.dingtalk.com/document/development/obtain-the-sending-progress-of-asynchronous-sending-of-enterprise-session
 */
export async function readNoticeProgress(
  caller: Caller,
  taskId: number,
  options: NoticeCallOptions = {},
): Promise<NoticeProgress> {
  const reader = (await callTask(caller, calls.progress, taskId, options, true)).object('progress');
  const status = statuses[requireNumber(reader, 'status')];
  if (status === undefined) throw reader.invalid('a status that does not exist');
  return { percent: requireNumber(reader, 'progress_in_percent'), status };
}

/**
 * Queries who has read a work notice, who has not, and who did not get it.
 * https://open.dingtalk.com/document/development/gets-the-result-of-sending-messages-asynchronously-to-the-enterprise
 */
export async function readNoticeResult(
  caller: Caller,
  taskId: number,
  options: NoticeCallOptions = {},
): Promise<NoticeResult> {
  const reader = (await callTask(caller, calls.result, taskId, options, true)).object('send_result');
  return {
    read: reader.texts('read_user_id_list'),
    unread: reader.texts('unread_user_id_list'),
    failed: reader.texts('failed_user_id_list'),
    forbidden: reader.objects('forbidden_list').map((one) => ({
      userId: one.text('userid'),
      code: one.text('code'),
      limit: requireNumber(one, 'count'),
    })),
    invalid: reader.texts('invalid_user_id_list'),
    invalidDepartments: reader.numbers('invalid_dept_id_list'),
  };
}

/**
 * Recalls a work notice from all receivers. At huizhi a recall can be repeated.
 * https://open.dingtalk.com/document/development/notification-of-work-withdrawal
 */
export async function recallNotice(caller: Caller, taskId: number, options: NoticeCallOptions = {}): Promise<void> {
  await callTask(caller, calls.recall, taskId, options, caller.settings.idempotentSends);
}

/** The calls for one notice: our name, the vendor's, and the parameter that identifies the notice. */
const calls = {
  progress: ['notices.progress', 'getsendprogress', 'task_id'],
  result: ['notices.result', 'getsendresult', 'task_id'],
  recall: ['notices.recall', 'recall', 'msg_task_id'],
} as const;

async function callTask(
  caller: Caller,
  [name, path, idName]: (typeof calls)[keyof typeof calls],
  taskId: number,
  options: NoticeCallOptions,
  repeatable: boolean,
): Promise<Reader> {
  checkMembers(name, options, callRules);
  checkValue(`${name}: taskId`, taskId, aNumber);
  const form = { agent_id: resolveAgentId(caller, options), [idName]: String(taskId) };
  const request = { method: 'POST', path: `${prefix}/${path}`, form, signal: options.signal } as const;
  return createAnswerReader(path, await caller.call(request, repeatable));
}

function resolveAgentId({ settings }: Caller, options: NoticeCallOptions): string {
  const agentId = options.agentId ?? settings.agentId;
  if (agentId === undefined) throw new TypeError('agentId is missing: give it to createClient or to the call.');
  return String(agentId);
}

function encodeReceivers({ to = [], departments = [], toAll = false }: NoticeOptions): Record<string, string> {
  const userIds = [...new Set([to].flat())];
  const numbers = [...new Set([departments].flat())];
  if (toAll) return { to_all_user: 'true' };
  if (userIds.length + numbers.length === 0)
    throw new TypeError('notices.send: give at least one user in to, one of departments, or toAll.');
  const comma = userIds.find((userId) => userId.includes(','));
  if (comma !== undefined)
    throw new TypeError(`notices.send: the userId ${comma} has a comma, which separates userIds.`);
  return {
    ...(userIds.length > 0 && { userid_list: userIds.join(',') }),
    ...(numbers.length > 0 && { dept_id_list: numbers.join(',') }),
  };
}

/** Encodes the content as `msg`. Throws a TypeError unless there is exactly one form of content. */
function encodeMessage(options: object): object {
  const { text, markdown, msg }: Partial<Record<'text' | 'markdown' | 'msg', unknown>> = options;
  requireOneContent('notices.send', 'text, markdown, or msg', [text, markdown, msg]);
  if (text !== undefined) return { msgtype: 'text', text: { content: text } };
  if (markdown !== undefined) return { msgtype: 'markdown', markdown: parseMarkdown('notices.send', markdown) };
  checkValue('notices.send: msg.msgtype', (msg as { msgtype?: unknown }).msgtype, aString);
  return msg as object;
}

function requireNumber(reader: Reader, name: string): number {
  const value = reader.number(name);
  if (value === undefined) throw reader.invalid(`no ${name}`);
  return value;
}
