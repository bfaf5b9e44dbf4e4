import { hash } from 'node:crypto';
import type { Send } from '../../store/model.ts';
import { huizhiError, wireError } from '../../wire/errors.ts';
import { maxComposedRecipients, maxRecipients } from '../../wire/limits.ts';
import { isActing } from '../access/acting.ts';
import type { Caller, Context } from '../context.ts';
import { checkGroupSend, sendToConversation } from '../groups/send.ts';
import { findAllReceivers } from '../notices/receivers.ts';
import { acceptAndDeliver, findSendingRobot, type ParsedContent, parseContent, type Sent } from '../send.ts';
import { findPeople } from './message-detail.ts';
import { requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

/** What an operator writes, and to whom: users and departments, or a group. */
export type Composed = {
  readonly corpId: string;
  readonly robotCode: string;
  readonly userIds?: readonly string[];
  readonly deptIds?: readonly number[];
  readonly openConversationId?: string;
  readonly msgKey: string;
  readonly msgParam: string;
};

/** The path under which the sendIds of an operator are stored: those of different operators are independent. */
const pathOf = ({ account }: Operator) => `/console/v1/messages${account ? `/${account.code}` : ''}`;

/**
 * Sends a message of an operator by the steps of batchSend, or of a send to a group, with their checks and errors. More
 * users than one message may have get several messages. A repeated call of the operator with the same `sendId` sends
 * what is missing, and returns the same messages.
 */
export async function sendComposed(context: Context, operator: Operator, sendId: string, composed: Composed) {
  const { openConversationId } = composed;
  if (openConversationId !== undefined) return sendToGroup(context, operator, sendId, composed);
  const checked = await checkUsers(context, composed);
  const { robot, kind, param, caller, invalid } = checked;
  const rest = new Set(checked.recipients);
  const content = hashComposed(composed, checked);
  const audit = describeSend(context, operator, caller, composed);
  const parts: Sent[] = [];
  const left: string[] = [];
  for (let part = 0; rest.size > 0; part++) {
    const userCodes = [...rest].slice(0, maxRecipients);
    const given = { robot, kind: kind.number, param, userCodes, audit, ...senderOf(operator) };
    const sent = await acceptAndDeliver(context, caller, given, {
      key: `${sendId} ${part}`,
      path: pathOf(operator),
      content,
    });
    const done = sent?.isRepeat ? await listRecipients(context, sent) : userCodes;
    for (const code of done) rest.delete(code);
    // All of them have been removed since they were found.
    if (sent) parts.push(sent);
    else left.push(...userCodes);
  }
  return render(context, parts, [...invalid, ...left]);
}

/** Makes the checks of a send, and sends nothing. Returns how many users and messages it would have. */
export async function checkComposed(context: Context, composed: Composed) {
  if (composed.openConversationId !== undefined) {
    await checkGroupSend(context, ...describeGroupSend(context, composed));
    return { recipientCount: null, messageCount: 1, invalidUserIds: [] };
  }
  const { recipients, invalid } = await checkUsers(context, composed);
  const messageCount = Math.ceil(recipients.length / maxRecipients);
  return { recipientCount: recipients.length, messageCount, invalidUserIds: [...invalid] };
}

async function sendToGroup(context: Context, operator: Operator, sendId: string, composed: Composed) {
  const [caller, family, body] = describeGroupSend(context, composed);
  const audit = describeSend(context, operator, caller, composed);
  const sent = await sendToConversation(context, caller, body, {
    family,
    path: pathOf(operator),
    idempotencyKey: `${sendId} 0`,
    audit,
    ...senderOf(operator),
  });
  return render(context, [sent], []);
}

/** Who sends it: a message of the admin token has no operator. */
const senderOf = ({ account }: Operator) => (account ? { operatorId: account.id } : {});

function describeGroupSend(context: Context, composed: Composed) {
  const { userIds, deptIds, openConversationId, robotCode, msgKey, msgParam } = composed;
  if (userIds || deptIds)
    throw huizhiError('huizhi.badRequest', 'give either openConversationId, or userIds and deptIds');
  const caller = findCaller(context, composed);
  const coolAppCode = context.directory.now.robot(robotCode)?.coolAppCode;
  return [caller, 'group', { robotCode, openConversationId, msgKey, msgParam, coolAppCode }] as const;
}

/** Returns the app of the robot, in whose place the operator sends. */
function findCaller(context: Context, { corpId, robotCode }: Composed): Caller {
  const organization = requireOrganization(context, corpId);
  const { now } = context.directory;
  const robot = now.robot(robotCode);
  const app = robot && now.appOf(robot.appId);
  if (!app) throw wireError('invalidParameter.robotCode.notExsit', { why: `there is no robot ${robotCode}` });
  if (now.isInstalled(organization.corpId, robot.id) && !isActing(context, app, organization.corpId)) {
    const why = `${corpId} has ended its authorization of ${app.code}, the app of robot ${robotCode}`;
    throw wireError('invalidParameter.robotCode.invalid', { why });
  }
  return { app, organization };
}

/** A send to users with its recipients: their userIds, and those without a user. */
type Checked = ParsedContent & {
  readonly caller: Caller;
  readonly robot: Send['robot'];
  readonly recipients: readonly string[];
  readonly invalid: readonly string[];
};

async function checkUsers(context: Context, composed: Composed): Promise<Checked> {
  const caller = findCaller(context, composed);
  const robot = findSendingRobot(context, caller, composed.robotCode);
  const { userIds = [], deptIds = [] } = composed;
  if (userIds.length + deptIds.length === 0)
    throw wireError('invalidParameter.userIds.empty', { why: 'there are neither userIds nor deptIds' });
  const content = parseContent(context, robot, composed);
  const { corpId, code } = caller.organization;
  const named = { userCodes: userIds, departmentIds: deptIds, isToAll: false };
  const { receivers, invalid } = await findAllReceivers(context, corpId, named);
  const [unknown] = invalid.departments;
  if (unknown !== undefined) throw huizhiError('huizhi.notFound', `no department ${unknown} in ${code}`);
  if (receivers.length === 0) throw wireError('staffId.notExisted', { why: `no recipient is a user of ${code}` });
  if (receivers.length > maxComposedRecipients) {
    const reason = `the message would go to ${receivers.length} users, and at most ${maxComposedRecipients} are allowed`;
    throw huizhiError('huizhi.badRequest', reason);
  }
  return { caller, robot, ...content, recipients: await toCodes(context, corpId, receivers), invalid: invalid.users };
}

async function toCodes(context: Context, corpId: number, ids: readonly number[]): Promise<readonly string[]> {
  const people = await findPeople(context, corpId, new Set(ids));
  return ids.flatMap((id) => people.get(id)?.code ?? []);
}

/** Returns the userIds of all to whom an earlier send was addressed, also of those who did not get it. */
async function listRecipients(context: Context, { key, flowControlled, filtered, invalid }: Sent) {
  const { corpId, messageId } = key;
  const message = await context.store.operator.message(corpId, messageId);
  const got = await toCodes(context, corpId, message?.userIds ?? []);
  return [...got, ...flowControlled, ...filtered, ...invalid];
}

/** Hashes what the caller has sent, and not the users of the departments, who may change before a repeated call. */
function hashComposed({ robotCode, userIds = [], deptIds = [] }: Composed, { kind, param }: ParsedContent): string {
  const recipients = [userIds.toSorted(), deptIds.toSorted((a, b) => a - b)];
  return hash('sha256', JSON.stringify([robotCode, recipients, kind.msgKey, JSON.parse(param)]), 'base64url');
}

/** Describes the messages of a send for the audit log. */
function describeSend(
  { seal, clock }: Context,
  { actor }: Operator,
  { organization: { corpId } }: Caller,
  { robotCode, msgKey, deptIds, openConversationId }: Composed,
): NonNullable<Send['audit']> {
  return (messageId, recipientCount) => ({
    corpId,
    at: clock.now(),
    actor,
    action: 'message.send',
    target: seal.sealPair('message', corpId, messageId),
    was: null,
    became: {
      robotCode,
      msgKey,
      ...(openConversationId === undefined ? { recipientCount } : { openConversationId }),
      ...(deptIds && { deptIds }),
    },
  });
}

function render({ seal }: Context, parts: readonly Sent[], invalid: readonly string[]) {
  return {
    messages: parts.map(({ key, processQueryKey }) => {
      return { messageId: seal.sealPair('message', key.corpId, key.messageId), processQueryKey };
    }),
    invalidUserIds: [...invalid, ...parts.flatMap((one) => one.invalid)],
    flowControlledUserIds: parts.flatMap((one) => one.flowControlled),
    filteredUserIds: parts.flatMap((one) => one.filtered),
  };
}
