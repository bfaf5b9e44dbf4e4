import type { App, Robot } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { sampleKinds } from '../../wire/vendor/messages.ts';
import { randomText } from '../access/secrets.ts';
import type { Context } from '../context.ts';
import { chooseAgentId } from '../notices/setup.ts';
import { refuseShared } from '../operators/scope.ts';
import { createAppUuid } from '../stream/uuids.ts';
import { keepCallbackSecret } from '../talk/callbacks.ts';
import { containsText, makeChanges, pageOf, updateDirectory } from './changes.ts';
import { requireApp, requireOwnApp } from './find-app.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';
import { totalOf } from './totals.ts';

export type AppFields = {
  readonly appKey: string;
  readonly kind: App['kind'];
  readonly corpId?: string;
  readonly permissions?: readonly string[];
};

/** Lists apps whose appKey contains a text, sorted by appKey. */
export function listApps(context: Context, text: string, page: Page) {
  const found = context.directory.now.apps().filter(({ code }) => containsText(text, [code]));
  const { items, cursor } = pageOf(found, ({ code }) => code, page);
  return { apps: items.map((app) => showApp(context, app)), cursor, total: totalOf(found.length) };
}

/** Returns one app. Throws `huizhi.notFound`. */
export function findApp(context: Context, appKey: string) {
  return showApp(context, requireApp(context, appKey));
}

function showApp({ directory }: Context, app: App) {
  return {
    appKey: app.code,
    agentId: app.agentId,
    kind: app.kind,
    corpId: app.kind === 'internal' ? (directory.now.organizationOf(app.corpId)?.code ?? null) : null,
    permissions: [...app.permissions],
    authorizedBy: directory.now.authorizedBy(app.id).map((one) => one.code),
  };
}

/**
 * Creates an app, and returns it with its secret, which is not shown again. Throws `huizhi.conflict`,
 * `huizhi.notFound`.
 */
export function createApp(context: Context, operator: Operator, fields: AppFields) {
  return updateDirectory(context, operator, async (write) => {
    const { appKey, kind, permissions = [] } = fields;
    if (context.directory.whole.app(appKey)) throw huizhiError('huizhi.conflict', `there is an app ${appKey} already`);
    if ((kind === 'internal') !== (fields.corpId !== undefined)) {
      throw huizhiError('huizhi.conflict', 'an internal app has an organization, and a third-party app has none');
    }
    const corpId = fields.corpId === undefined ? 0 : requireOrganization(context, fields.corpId).corpId;
    refuseShared(context, corpId, 'a third-party app');
    const appSecret = randomText(32);
    const secretHash = await context.secrets.hash(appSecret);
    const id = await context.store.number('app');
    const app: App = {
      corpId,
      id,
      code: appKey,
      kind,
      secretHash,
      generation: 1,
      permissions: [...new Set(permissions)],
      agentId: chooseAgentId(context, id),
      uuid: createAppUuid(context.randomBytes),
    };
    const shown = { kind, permissions: app.permissions };
    const entry = { corpId, action: 'app.create', target: appKey, was: null, became: shown };
    const tickets = kind === 'thirdParty' ? [await ticketOf(context, app)] : [];
    await write([{ app }, ...tickets.map((ticket) => ({ ticket }))], entry);
    return { ...showApp(context, app), appSecret };
  });
}

async function ticketOf({ seal, store, clock }: Context, app: App) {
  const ticket = seal.sealPair('ticket', app.id, await store.number('ticket'));
  return { corpId: app.corpId, appId: app.id, ticket, at: clock.now() };
}

/**
 * Gives an app a new secret. The old one and all tokens issued with it become invalid at once. Throws
 * `huizhi.notFound`.
 */
export function rotateSecret(context: Context, operator: Operator, appKey: string) {
  return updateDirectory(context, operator, async (write) => {
    const known = requireOwnApp(context, appKey);
    const appSecret = randomText(32);
    const generation = known.generation + 1;
    const app = { ...known, secretHash: await context.secrets.hash(appSecret), generation };
    const entry = { corpId: app.corpId, action: 'app.rotate', target: appKey };
    const change = { ...entry, was: { generation: known.generation }, became: { generation } };
    await write([{ app }], change);
    await keepCallbackSecret(context, app, appSecret);
    return { ...showApp(context, app), appSecret };
  });
}

/** Sets the permissions of an app, in effect from its next call. Throws `huizhi.notFound`. */
export function setPermissions(context: Context, operator: Operator, appKey: string, given: readonly string[]) {
  return updateDirectory(context, operator, async (write) => {
    const known = requireOwnApp(context, appKey);
    const permissions = [...new Set(given)];
    const entry = { corpId: known.corpId, action: 'app.permissions', target: appKey };
    const change = { ...entry, was: { permissions: known.permissions }, became: { permissions } };
    await write([{ app: { ...known, permissions } }], change);
    return showApp(context, requireApp(context, appKey));
  });
}

/**
 * Grants or revokes an organization's authorization of a third-party app. Throws `huizhi.notFound`, `huizhi.conflict`.
 */
export function setAuthorized(
  context: Context,
  operator: Operator,
  appKey: string,
  corpCode: string,
  authorized: boolean,
) {
  return updateDirectory(context, operator, async (write) => {
    const app = requireApp(context, appKey);
    const { corpId } = requireOrganization(context, corpCode);
    if (app.kind !== 'thirdParty')
      throw huizhiError('huizhi.conflict', `app ${appKey} is internal, and needs no authorization`);
    const was = context.directory.now.authorization(corpId, app.id) !== undefined;
    if (was !== authorized) {
      const entry = {
        corpId,
        action: 'app.authorize',
        target: appKey,
        was: { authorized: was },
        became: { authorized },
      };
      const revokedAt = authorized ? null : context.clock.now();
      await write([{ authorization: { corpId, appId: app.id, revokedAt } }], entry);
    }
    return showApp(context, app);
  });
}

/** Lists the valid suite tickets of a third-party app, newest first. Throws `huizhi.notFound`, `huizhi.conflict`. */
export async function listSuiteTickets(context: Context, appKey: string) {
  const app = thirdParty(context, appKey);
  const tickets = await context.store.credentials.tickets(app.corpId, app.id);
  return { suiteTickets: tickets.map(({ ticket, createdAt }) => ({ suiteTicket: ticket, createdAt })) };
}

/** Creates the next suite ticket of a third-party app. Throws `huizhi.notFound`, `huizhi.conflict`. */
export async function createSuiteTicket(context: Context, operator: Operator, appKey: string) {
  const app = thirdParty(context, appKey);
  const ticket = await ticketOf(context, app);
  const entry = { corpId: app.corpId, action: 'app.suiteTicket', target: appKey, was: null, became: null };
  await makeChanges(context, operator, [{ ticket }], entry);
  return { suiteTicket: ticket.ticket, createdAt: ticket.at };
}

function thirdParty(context: Context, appKey: string): App {
  const app = requireOwnApp(context, appKey);
  if (app.kind !== 'thirdParty')
    throw huizhiError('huizhi.conflict', `app ${appKey} is internal, and has no suite tickets`);
  return app;
}

export type RobotFields = { readonly robotCode: string; readonly name: string; readonly appKey: string };
export type RobotChange = Partial<
  Pick<Robot, 'name' | 'disabled' | 'perUserPerMinute' | 'perUserPerDay' | 'unblockable' | 'coolAppCode'>
>;

/**
 * Lists robots whose robotCode or name contains a text, sorted by robotCode: all robots, or those installed in one
 * organization. Throws `huizhi.notFound`.
 */
export function listRobots(context: Context, corpCode: string | undefined, text: string, page: Page) {
  const { directory } = context;
  const corpId = corpCode === undefined ? undefined : requireOrganization(context, corpCode).corpId;
  const isWanted = ({ id, code, name }: Robot) =>
    (corpId === undefined || directory.now.isInstalled(corpId, id)) && containsText(text, [code, name]);
  const found = directory.now.robots().filter(isWanted);
  const { items, cursor } = pageOf(found, ({ code }) => code, page);
  return { robots: items.map((robot) => showRobot(context, robot)), cursor, total: totalOf(found.length) };
}

export function showRobot({ directory }: Context, robot: Robot) {
  const { code, name, appId, disabled, perUserPerMinute, perUserPerDay, unblockable, coolAppCode } = robot;
  return {
    robotCode: code,
    name,
    appKey: directory.now.appOf(appId)?.code ?? '',
    disabled,
    installedIn: directory.now.installedIn(robot.id).map((one) => one.code),
    perUserPerMinute,
    perUserPerDay,
    unblockable,
    coolAppCode,
    templates: sampleKinds.map(({ msgKey, number }) => ({ msgKey, state: directory.now.template(robot.id, number) })),
  };
}
