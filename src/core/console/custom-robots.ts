import type { Conversation } from '../../store/conversations/conversations.ts';
import type { CustomRobot, CustomRobotChange } from '../../store/custom-robots/custom-robots.ts';
import type { Organization } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { changeCustomRobot, createCustomRobot, deleteCustomRobot, storeToken } from '../custom-robots/robots.ts';
import { createSignSecret, createWebhookToken, encryptSecret } from '../custom-robots/secrets.ts';
import { findGroup } from '../groups/find.ts';
import { showAddress } from '../operators/scope.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

/**
 * Lists the custom robots of an organization, or of one of its groups, oldest first. Throws `huizhi.notFound`.
 */
export async function listCustomRobots(
  context: Context,
  corpCode: string,
  openConversationId: string | undefined,
  { limit, cursor }: Page,
) {
  const { corpId } = requireOrganization(context, corpCode);
  const after = cursor === undefined ? 0 : parseNumberCursor(cursor);
  const group =
    openConversationId === undefined ? undefined : await requireGroup(context, corpCode, openConversationId);
  const found = await context.store.customRobots.page(corpId, group?.id, after, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    customRobots: await showCustomRobots(context, corpId, page),
    cursor: last && found.length > limit ? formatCursor(last.id) : null,
  };
}

/** Returns one custom robot. Throws `huizhi.notFound`. */
export async function getCustomRobot(context: Context, corpCode: string, robotCode: string) {
  return showCustomRobot(context, (await robotOf(context, corpCode, robotCode)).robot);
}

async function showCustomRobots(context: Context, corpId: number, robots: readonly CustomRobot[]) {
  const numbers = robots.map(({ conversationId }) => conversationId);
  const groups = await context.store.conversations.byNumber(corpId, numbers);
  return robots.map((robot) => describeRobot(context, robot, groups.get(robot.conversationId)));
}

async function showCustomRobot(context: Context, robot: CustomRobot) {
  return describeRobot(context, robot, await context.store.conversations.find(robot.corpId, robot.conversationId));
}

function describeRobot(context: Context, robot: CustomRobot, group: Conversation | undefined) {
  const { corpId, code, name, secret, keywords, addresses, disabled, outgoing, createdAt } = robot;
  return {
    robotCode: code,
    name,
    openConversationId: group?.openId ?? '',
    groupTitle: group?.title ?? '',
    keywords: [...keywords],
    addresses: [...addresses],
    sign: secret !== null,
    disabled,
    outgoingUrl: outgoing && showAddress(context, 'customRobots.change', { corpId, url: outgoing.url }),
    createdAt,
  };
}

/** A custom robot that an operator creates. */
export type CustomRobotDescription = {
  readonly openConversationId: string;
  readonly name: string;
  readonly keywords?: readonly string[] | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly sign?: boolean | undefined;
};

/**
 * Creates a custom robot in a group. The result is the only one that has its token and secret. Throws `huizhi.notFound`,
 * and `huizhi.conflict` for a disbanded group.
 */
export async function makeCustomRobot(
  context: Context,
  operator: Operator,
  corpCode: string,
  { openConversationId, ...given }: CustomRobotDescription,
) {
  const organization = requireOrganization(context, corpCode);
  const { corpId } = organization;
  const group = await requireGroup(context, corpCode, openConversationId);
  if (group.disbandedAt !== null) throw huizhiError('huizhi.conflict', `the group ${openConversationId} is disbanded`);
  const { robot, token, secret } = await createCustomRobot(
    context,
    { ...given, corpId, conversationId: group.id },
    (made) => ({
      ...auditOf(context, operator, organization, made),
      action: 'customRobot.create',
      was: null,
      became: describe(made),
    }),
  );
  return { ...(await showCustomRobot(context, robot)), token, secret };
}

/** A change of a custom robot; absent members stay as they are. */
export type CustomRobotUpdate = {
  readonly name?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
  readonly sign?: false | undefined;
};

/** Changes a custom robot. `sign: false` removes its secret. Throws `huizhi.notFound`. */
export async function updateCustomRobot(
  context: Context,
  operator: Operator,
  corpCode: string,
  robotCode: string,
  { sign, ...given }: CustomRobotUpdate,
) {
  const { robot, organization } = await robotOf(context, corpCode, robotCode);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const change: CustomRobotChange = { ...set, ...(sign === false && { secret: null }) };
  const [was, became] = [describe(robot), describe({ ...robot, ...change })];
  if (JSON.stringify(was) === JSON.stringify(became)) return showCustomRobot(context, robot);
  const entry = { ...auditOf(context, operator, organization, robot), action: 'customRobot.change', was, became };
  const changed = await changeCustomRobot(context, robot, change, entry);
  if (!changed) throw notFound(robotCode, corpCode);
  return showCustomRobot(context, changed);
}

/** Replaces the token of a custom robot; the old one ends at once. Throws `huizhi.notFound`. */
export async function replaceToken(context: Context, operator: Operator, corpCode: string, robotCode: string) {
  const token = createWebhookToken(context);
  await replace(context, operator, corpCode, robotCode, 'customRobot.token', storeToken(context, token));
  return { token };
}

/** Replaces the secret of a custom robot, whose messages need a signature from now on. Throws `huizhi.notFound`. */
export async function replaceSecret(context: Context, operator: Operator, corpCode: string, robotCode: string) {
  const secret = createSignSecret(context);
  const change = { secret: encryptSecret(context, secret) };
  await replace(context, operator, corpCode, robotCode, 'customRobot.secret', change);
  return { secret };
}

async function replace(
  context: Context,
  operator: Operator,
  corpCode: string,
  robotCode: string,
  action: string,
  change: CustomRobotChange,
): Promise<void> {
  const { robot, organization } = await robotOf(context, corpCode, robotCode);
  const entry = { ...auditOf(context, operator, organization, robot), action, was: null, became: null };
  if (!(await changeCustomRobot(context, robot, change, entry))) throw notFound(robotCode, corpCode);
}

/** Deletes a custom robot. Its messages stay. Throws `huizhi.notFound`. */
export async function dropCustomRobot(context: Context, operator: Operator, corpCode: string, robotCode: string) {
  const { robot, organization } = await robotOf(context, corpCode, robotCode);
  const entry = {
    ...auditOf(context, operator, organization, robot),
    action: 'customRobot.delete',
    was: describe(robot),
    became: null,
  };
  if (!(await deleteCustomRobot(context, robot, robot.action, entry))) throw notFound(robotCode, corpCode);
}

/** What the audit log shows of a custom robot: no token and no secret. */
function describe({ name, keywords, addresses, secret, disabled }: CustomRobot) {
  return { name, keywords, addresses, sign: secret !== null, disabled };
}

function auditOf({ clock }: Context, { actor }: Operator, { corpId }: Organization, { code }: CustomRobot) {
  return { corpId, at: clock.now(), actor, target: code };
}

async function requireGroup(context: Context, corpCode: string, openConversationId: string) {
  const { corpId } = requireOrganization(context, corpCode);
  const { group } = await findGroup(context, corpId, openConversationId);
  if (!group) throw huizhiError('huizhi.notFound', `no group ${openConversationId} in ${corpCode}`);
  return group;
}

async function robotOf(context: Context, corpCode: string, robotCode: string) {
  const organization = requireOrganization(context, corpCode);
  const robot = await context.store.customRobots.byCode(organization.corpId, robotCode);
  if (!robot || robot.deletedAt !== null) throw notFound(robotCode, corpCode);
  return { robot, organization };
}

const notFound = (robotCode: string, corpCode: string) =>
  huizhiError('huizhi.notFound', `no custom robot ${robotCode} in ${corpCode}`);
