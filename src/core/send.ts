import { hash } from 'node:crypto';
import type { Accepted, Audience, Receipt, Robot, Send } from '../store/model.ts';
import { wireError } from '../wire/errors.ts';
import { maxRecipients } from '../wire/limits.ts';
import type { LabelsOf } from '../wire/metrics/table.ts';
import { isCleanText } from '../wire/text.ts';
import { mayNameMedia } from '../wire/vendor/media.ts';
import { checkParam, findKind, findKindByNumber, type MessageKind } from '../wire/vendor/messages.ts';
import type { MessageKey } from './access/seal.ts';
import type { Caller, Context } from './context.ts';
import { everybody } from './events.ts';
import { describeClaim } from './idempotency.ts';
import { noteMediaUse } from './media/shown.ts';
import { isChatStopped } from './robot-settings.ts';
import { findCallerRobot } from './robots.ts';

/** The body of a send. All fields are present, but not yet validated. */
export type SendBody = {
  readonly robotCode: unknown;
  readonly userIds: unknown;
  readonly msgKey: unknown;
  readonly msgParam: unknown;
};

/**
 * The result of a send: its key, also in its sealed form, and the userIds that do not exist, exceed a flow limit, or are
 * filtered. `isRepeat`: it is the result of an earlier send with the same idempotency-key.
 */
export type Sent = {
  readonly key: MessageKey;
  readonly processQueryKey: string;
  readonly isRepeat: boolean;
  readonly invalid: readonly string[];
  readonly flowControlled: readonly string[];
  readonly filtered: readonly string[];
};

/**
 * Sends a message to up to 20 users: checks in the vendor's order, accepts durably, and leaves delivery to the
 * deliverer.
 * https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
 *
 * @param idempotencyKey for 24 hours, a send with the same key of the same app returns the first result again; with
 *   other content it throws `huizhi.idempotencyMismatch`
 */
export async function send(
  context: Context,
  caller: Caller,
  body: SendBody,
  idempotencyKey: string | undefined,
): Promise<Sent> {
  const robot = findSendingRobot(context, caller, body.robotCode);
  const userCodes = parseUsers(body.userIds);
  const { kind, param } = parseContent(context, robot, body);
  const content = idempotencyKey === undefined ? '' : hashContent(robot, sortCodes(userCodes), kind, param);
  const given = { robot, kind: kind.number, param, userCodes };
  const sent = await acceptAndDeliver(context, caller, given, { key: idempotencyKey, content });
  if (sent) return sent;
  throw wireError('staffId.notExisted', { why: `none of ${userCodes.join(', ')} is a user of the organization` });
}

/** What a validated send contains, apart from its caller and time. */
type Content = Pick<
  Send,
  'robot' | 'kind' | 'param' | 'userCodes' | 'conversationId' | 'webhookLimit' | 'cardId' | 'audit' | 'operatorId'
>;

/** Who sends: an app in an organization; the app 0 for a custom robot. */
type Sender = {
  readonly app: Pick<Caller['app'], 'id'>;
  readonly organization: Pick<Caller['organization'], 'corpId'>;
};

/** The idempotency-key of a send, if any, the path of its call if it is not batchSend, and the hash of its content. */
type Idempotency = { readonly key: string | undefined; readonly path?: string; readonly content: string };

/**
 * Accepts a send durably and leaves its delivery to the deliverer. Resolves with undefined if it is not accepted: it has
 * no valid user, its conversation is disbanded, or a custom robot is beyond its limit.
 */
export async function acceptAndDeliver(
  context: Context,
  caller: Sender,
  given: Content,
  { key, path, content }: Idempotency,
): Promise<Sent | undefined> {
  const { corpId } = caller.organization;
  const sentAt = context.clock.now();
  const idempotency = describeClaim(path, key, sentAt, content);
  const { robot, conversationId = null } = given;
  const { msgKey } = findKindByNumber(given.kind);
  const accepted = await countSend(
    context,
    { to: conversationId === null ? 'users' : 'conversation', kind: msgKey, users: given.userCodes.length },
    () => context.store.accept({ ...given, corpId, appId: caller.app.id, sentAt, ...idempotency }),
  );
  if (!accepted) return undefined;
  if (mayNameMedia(msgKey)) await noteMediaUse(context, corpId, msgKey, given.param);
  const fresh = { robotId: robot.id, conversationId };
  if (key === undefined) return startDelivery(context, caller, fresh, accepted);
  if (accepted.content !== undefined && accepted.content !== content)
    throw wireError('huizhi.idempotencyMismatch', { why: 'the idempotency-key belongs to a send with other content' });
  // A repeated send returns the first send's message; if that is delivered, there is nothing to do. Earlier releases
  // stored no content hash, so the first send may be of another robot.
  const first = await context.store.receipt(corpId, accepted.messageId);
  if (first?.state === 'delivered') return toSent(context, caller, first.robotId, accepted);
  return startDelivery(context, caller, first ?? fresh, accepted);
}

/** What is sent: to whom, the msgKey, and how many users the call names. */
type Counted = { readonly to: Audience; readonly kind: string; readonly users: number };

/** Accepts a send, and counts it and its recipients. */
export async function countSend<A extends Pick<Accepted, 'content' | 'invalid'> & Partial<Accepted>>(
  { meters }: Context,
  { to, kind, users }: Counted,
  accept: () => Promise<A | undefined>,
): Promise<A | undefined> {
  const count = (result: LabelsOf<'huizhi_sends_total'>['result']) =>
    meters.count('huizhi_sends_total', { to, kind, result });
  const accepted = await accept().catch((error: unknown) => {
    count('failed');
    throw error;
  });
  if (!accepted || accepted.content !== undefined) {
    count(accepted ? 'repeated' : 'refused');
    return accepted;
  }
  count('accepted');
  const { invalid, flowControlled = [], filtered = [] } = accepted;
  const countUsers = (result: LabelsOf<'huizhi_recipients_total'>['result'], by: number) =>
    meters.count('huizhi_recipients_total', { result }, by);
  countUsers('accepted', Math.max(0, users - invalid.length - flowControlled.length - filtered.length));
  countUsers('invalid', invalid.length);
  countUsers('flow_controlled', flowControlled.length);
  countUsers('filtered', filtered.length);
  return accepted;
}

function startDelivery(
  context: Context,
  caller: Sender,
  { robotId, conversationId }: Pick<Receipt, 'robotId' | 'conversationId'>,
  accepted: Accepted,
): Sent {
  const { messageId, sentAt } = accepted;
  const { corpId } = caller.organization;
  context.events.publish([{ corpId, userId: everybody }]);
  const state = 'queued';
  context.deliverer.deliver({ corpId, messageId, robotId, sentAt, state, conversationId, isRecalled: false });
  return toSent(context, caller, robotId, accepted);
}

function toSent({ seal }: Context, { organization }: Sender, robotId: number, accepted: Accepted): Sent {
  const { messageId, sentAt, invalid, flowControlled, filtered } = accepted;
  const key = { corpId: organization.corpId, robotId, messageId, sentAt };
  const isRepeat = accepted.content !== undefined;
  return { key, processQueryKey: seal.sealKey(key), isRepeat, invalid, flowControlled, filtered };
}

/** Returns the robot of a send to users, with the checks in the vendor's order. */
export function findSendingRobot(context: Context, caller: Caller, robotCode: unknown): Robot {
  if (typeof robotCode !== 'string') {
    throw wireError('invalidParameter.param.invalid', { why: 'robotCode is not a string' });
  }
  if (robotCode.trim() === '') throw wireError('invalidParameter.robotCode.empty', { why: 'robotCode is blank' });
  const robot = findCallerRobot(context, caller, robotCode);
  if (robot.disabled || isChatStopped(context, caller.organization.corpId, robot))
    throw wireError('chatbotId.notAllow.sendOTO', { why: `robot ${robotCode} is disabled` });
  return robot;
}

function parseUsers(userIds: unknown): readonly string[] {
  if (!Array.isArray(userIds)) throw wireError('invalidParameter.param.invalid', { why: 'userIds is not a list' });
  if (userIds.length === 0) throw wireError('invalidParameter.userIds.empty', { why: 'userIds is empty' });
  if (userIds.length > maxRecipients) {
    throw wireError('invalidParameter.userIds.overMax', {
      why: `there are ${userIds.length} userIds, and at most ${maxRecipients} are allowed`,
    });
  }
  if (!userIds.every((id) => typeof id === 'string' && isCleanText(id))) {
    throw wireError('invalidParameter.param.invalid', { why: 'a userId is not a string that can be stored' });
  }
  return userIds as readonly string[];
}

/** The message kind and content of a send. */
export type ParsedContent = { readonly kind: MessageKind; readonly param: string };

/** Checks msgKey, the robot's template of that kind, and msgParam, in the vendor's order. */
export function parseContent(
  context: Context,
  robot: Robot,
  { msgKey, msgParam }: Pick<SendBody, 'msgKey' | 'msgParam'>,
): ParsedContent {
  const kind = findUsableKind(context, robot, msgKey);
  return { kind, param: parseParam(kind, msgParam) };
}

function findUsableKind({ directory }: Context, robot: Robot, msgKey: unknown): MessageKind {
  if (typeof msgKey !== 'string') throw wireError('invalidParameter.param.invalid', { why: 'msgKey is not a string' });
  if (msgKey.trim() === '') throw wireError('invalidParameter.msgKey.empty', { why: 'msgKey is blank' });
  const kind = findKind(msgKey);
  if (!kind) {
    throw wireError('invalidParameter.msgKey.invalid', { why: `there is no msgKey ${msgKey}`, fill: { msgKey } });
  }
  checkTemplate(directory.now.template(robot.id, kind.template), robot, msgKey);
  return kind;
}

/**
 * Throws `template.not.existed` or `template.stopped` if a robot's template of a message kind was removed or stopped.
 */
export function checkTemplate(state: 'active' | 'stopped' | 'removed', robot: Robot, msgKey: string): void {
  if (state === 'active') return;
  const code = state === 'removed' ? 'template.not.existed' : 'template.stopped';
  throw wireError(code, { why: `robot ${robot.code}'s template of ${msgKey} was ${state}` });
}

function parseParam(kind: MessageKind, msgParam: unknown): string {
  if (typeof msgParam !== 'string') {
    throw wireError('invalidParameter.msgParam.invalid', { why: 'msgParam is not a string of JSON' });
  }
  return checkParam(kind, msgParam);
}

/** Returns a hash of a send's content: robot, recipients, kind and the parsed msgParam. */
export function hashContent(robot: Robot, recipients: readonly string[], kind: MessageKind, param: string): string {
  return hash('sha256', JSON.stringify([robot.code, recipients, kind.msgKey, JSON.parse(param)]), 'base64url');
}

/** The order of the recipients, and repetitions of one, make no difference for the content of a send. */
const sortCodes = (userCodes: readonly string[]) => [...new Set(userCodes)].sort();
