import { hash } from 'node:crypto';
import { noticeSenderOf } from '../../store/notices/senders.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import {
  maxNoticeDepartments,
  maxNoticesToAll,
  maxNoticeUsers,
  maxStatusBarReceivers,
  maxStrictNoticeDepartments,
  maxStrictNoticeUsers,
  noticeLimits,
} from '../../wire/limits.ts';
import { fillTemplate, hasStatusBar, type NoticeMessage, parseNotice } from '../../wire/vendor/notices.ts';
import type { Caller, Context } from '../context.ts';
import { everybody } from '../events.ts';
import { describeClaim } from '../idempotency.ts';
import { noteMediaUse } from '../media/shown.ts';
import { countSend } from '../send.ts';
import { dayOfNotices } from './days.ts';
import { findReceivers, type NamedReceivers } from './receivers.ts';
import { checkAgent, toTaskId } from './tasks.ts';

/** A JSON object from a caller, not yet validated. */
type JsonObject = Readonly<Record<string, unknown>>;

/** What a work notice is sent to, as the caller names it; undefined for a parameter that is absent. */
export type GivenReceivers = {
  readonly userIds: readonly string[] | undefined;
  readonly departmentIds: readonly string[] | undefined;
  readonly isToAll: boolean | undefined;
};

/** A call that sends a work notice. `path` is that of the call. */
export type NoticeCall = { readonly path: string; readonly idempotencyKey: string | undefined };

/**
 * Sends a work notice to users, to departments and their subdepartments, or to all users: accepts it durably, and
 * leaves its delivery to the deliverer. Checks run in this order: agent, receivers, message, users. Returns the number
 * of the task.
 * https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
 */
export async function sendNotice(
  context: Context,
  caller: Caller,
  { agentId, msg, ...given }: GivenReceivers & { readonly agentId: number; readonly msg: JsonObject },
  call: NoticeCall,
): Promise<number> {
  checkAgent(caller, agentId, 40056);
  const named = parseReceivers(context, caller, given);
  const message = parseNotice(msg, isStrict(context));
  if (hasStatusBar(message)) checkStatusBar(named);
  return accept(context, caller, named, message, call);
}

/** The body of a work notice that is made from a template. */
export type TemplateBody = GivenReceivers & {
  readonly agentId: number;
  readonly templateId: string;
  readonly data: JsonObject | undefined;
};

/**
 * Sends a work notice that is made from one of the app's templates. `data` has the values of its placeholders.
 * https://open.dingtalk.com/document/development/work-notification-templating-send-notification-interface
 */
export async function sendNoticeByTemplate(
  context: Context,
  caller: Caller,
  { agentId, templateId, data = {}, ...given }: TemplateBody,
  call: NoticeCall,
): Promise<number> {
  checkAgent(caller, agentId, 400002, 'agentId不合法');
  const named = parseReceivers(context, caller, given);
  const { corpId, id } = caller.app;
  const template = await context.store.notices.findTemplate(corpId, id, templateId);
  if (!template) throw new OldHostError(885001, 'the app has no template with this template_id');
  if (template.state === 'stopped') throw new OldHostError(885006, 'the template is stopped');
  const values = Object.entries(data).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const filled = Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
  const message = parseNotice(fillTemplate(JSON.parse(template.msg) as JsonObject, filled), isStrict(context));
  if (hasStatusBar(message)) checkStatusBar(named);
  return accept(context, caller, named, message, call);
}

const isStrict = ({ options }: Context) => options.noticeLimits === 'strict';

/** Checks the lists of receivers. Throws 40, 1, 40035, 41028 or 41029. */
function parseReceivers(context: Context, { app }: Caller, given: GivenReceivers): NamedReceivers {
  if (given.isToAll) {
    if (app.kind === 'thirdParty') throw new OldHostError(41028, 'a third-party app cannot send to all users');
    return { userCodes: [], departmentIds: [], isToAll: true };
  }
  const userCodes = (given.userIds ?? []).filter((code) => code.trim() !== '');
  const departments = (given.departmentIds ?? []).filter((id) => id.trim() !== '');
  if (given.userIds === undefined && given.departmentIds === undefined) {
    const why = 'neither userid_list nor dept_id_list nor to_all_user is given';
    throw new OldHostError(40, why, { fill: { name: 'userid_list' } });
  }
  if (userCodes.length === 0 && departments.length === 0) throw new OldHostError(1, 'the lists of receivers are empty');
  const mostUsers = isStrict(context) ? maxStrictNoticeUsers : maxNoticeUsers;
  const mostDepartments = isStrict(context) ? maxStrictNoticeDepartments : maxNoticeDepartments;
  if (userCodes.length > mostUsers)
    throw new OldHostError(41029, `there are ${userCodes.length} userids, and at most ${mostUsers} are allowed`);
  if (departments.length > mostDepartments)
    throw new OldHostError(40035, `there are more than ${mostDepartments} departments`);
  if (!departments.every((id) => /^\d{1,15}$/.test(id)))
    throw new OldHostError(40035, 'dept_id_list has an item that is not a number');
  return { userCodes, departmentIds: departments.map(Number), isToAll: false };
}

/** Throws 40035 if a message with a status bar goes to many users, or to anything but users. */
function checkStatusBar({ userCodes, departmentIds, isToAll }: NamedReceivers): void {
  if (!isToAll && departmentIds.length === 0 && userCodes.length <= maxStatusBarReceivers) return;
  throw new OldHostError(
    40035,
    `a message with a status bar goes to at most ${maxStatusBarReceivers} users, and to no department`,
  );
}

async function accept(
  context: Context,
  caller: Caller,
  named: NamedReceivers,
  message: NoticeMessage,
  { path, idempotencyKey }: NoticeCall,
): Promise<number> {
  const { app, organization } = caller;
  const limits = noticeLimits[app.kind];
  const { receivers, invalid } = await findReceivers(context, caller, named);
  if (!named.isToAll && receivers.length > limits.receivers)
    throw new OldHostError(
      41029,
      `there are ${receivers.length} receivers, and at most ${limits.receivers} are allowed`,
    );
  const sentAt = context.clock.now();
  const request = hash('sha256', JSON.stringify([named, message.text]), 'base64url');
  const counted = { to: 'notice', kind: message.kind.msgKey, users: receivers.length } as const;
  const accept = () =>
    context.store.notices.accept({
      corpId: organization.corpId,
      appId: app.id,
      sentAt,
      kind: message.kind.number,
      param: message.param,
      content: hashText(message.text),
      day: dayOfNotices(sentAt),
      receivers,
      invalid,
      perDay: limits.perDay,
      perMinute: named.isToAll ? null : limits.perMinute,
      toAllPerDay: named.isToAll ? maxNoticesToAll : null,
      ...describeClaim(path, idempotencyKey, sentAt, request),
    });
  const accepted = await countSend(context, counted, accept);
  if (!accepted) throw new OldHostError(41045, `the app has sent ${maxNoticesToAll} notices to all users today`);
  if (accepted.content !== undefined && accepted.content !== request)
    throw new OldHostError(40035, 'the idempotency-key belongs to a notice with other content');
  // A repeated send has the content of the first one, which was delivered then.
  if (accepted.content === undefined) await startDelivery(context, caller, message, accepted.messageId, sentAt);
  return toTaskId(accepted.messageId);
}

async function startDelivery(
  context: Context,
  { app, organization: { corpId } }: Caller,
  { kind, param }: NoticeMessage,
  messageId: number,
  sentAt: number,
): Promise<void> {
  await noteMediaUse(context, corpId, kind.msgKey, param);
  context.events.publish([{ corpId, userId: everybody }]);
  const receipt = await context.store.receipt(corpId, messageId);
  const { conversationId = null } = receipt ?? {};
  const sender = { robotId: noticeSenderOf(app.id), conversationId };
  context.deliverer.deliver({ corpId, messageId, sentAt, state: 'queued', isRecalled: false, ...sender });
}

/** Returns a hash of a text: an integer of 48 bits. */
function hashText(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6);
}
