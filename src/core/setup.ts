import type { CardTemplateState } from '../store/cards/callbacks.ts';
import type { App, NewUser, Organization, Robot, TemplateState } from '../store/model.ts';
import { findKind } from '../wire/vendor/messages.ts';
import type { StreamEventType } from '../wire/vendor/values.ts';
import { createTicket } from './access/tickets.ts';
import { findAddressFault } from './callbacks/post.ts';
import { createUnionId } from './contacts/ids.ts';
import {
  applyDepartments,
  prepareContacts,
  type SetupDepartment,
  SetupError,
  type SetupUser,
} from './contacts/setup.ts';
import type { Context } from './context.ts';
import { applyGroups, type SetupGroup } from './groups/setup.ts';
import { applyTemplates, chooseAgentId, type SetupNoticeTemplate } from './notices/setup.ts';
import { createAppUuid } from './stream/uuids.ts';
import { applyPush, type SetupPush } from './subscriptions/push/setup.ts';
import { applyEndpoints, type SetupEndpoint } from './subscriptions/setup.ts';
import { chooseStreamEvents } from './subscriptions/stream-events.ts';
import { keepCallbackSecret } from './talk/callbacks.ts';

/** The organizations, apps and robots of a configuration file; see `docs/reference/options.md`. */
export type Setup = {
  readonly organizations: readonly {
    readonly corpId: string;
    readonly name: string;
    readonly departments?: readonly SetupDepartment[] | undefined;
    readonly users: readonly SetupUser[];
    readonly dingQuota?: { readonly sms?: number | undefined; readonly phone?: number | undefined } | undefined;
    readonly groups?: readonly SetupGroup[] | undefined;
    readonly endpoints?: readonly SetupEndpoint[] | undefined;
  }[];
  readonly apps: readonly {
    readonly appKey: string;
    readonly appSecret: string;
    readonly kind: App['kind'];
    readonly corpId?: string | undefined;
    readonly authorizedBy?: readonly string[] | undefined;
    readonly permissions: readonly string[];
    readonly contactScope?: readonly number[] | undefined;
    readonly agentId?: number | undefined;
    readonly messageUrl?: string | undefined;
    readonly events?: readonly StreamEventType[] | undefined;
    readonly push?: SetupPush | undefined;
    readonly noticeTemplates?: readonly SetupNoticeTemplate[] | undefined;
    readonly cardTemplates?: readonly { readonly templateId: string; readonly state: CardTemplateState }[] | undefined;
  }[];
  readonly robots: readonly {
    readonly robotCode: string;
    readonly name: string;
    readonly appKey: string;
    readonly installedIn: readonly string[];
    readonly disabled?: boolean | undefined;
    readonly perUserPerMinute?: number | undefined;
    readonly perUserPerDay?: number | undefined;
    readonly coolAppCode?: string | undefined;
    readonly templates?: Readonly<Record<string, TemplateState>> | undefined;
  }[];
};

/**
 * Creates or updates everything that a setup contains, and changes nothing else. Applying it twice has no further
 * effect. Users who were removed from their organization are not created again. Throws an Error if a robot or app
 * refers to something that does not exist.
 */
export async function applySetup(context: Context, setup: Setup): Promise<void> {
  // The initial content of a new organization causes no events.
  const known = new Set(context.directory.now.organizations().map(({ code }) => code));
  for (const one of setup.organizations) await applyOrganization(context, one, !known.has(one.corpId));
  await context.directory.refresh();
  const reserved = new Set(setup.apps.flatMap(({ agentId }) => agentId ?? []));
  for (const app of setup.apps) await applyApp(context, app, reserved);
  await context.directory.refresh();
  for (const robot of setup.robots) await applyRobot(context, robot);
  await context.directory.refresh();
  for (const { corpId, groups = [], endpoints = [] } of setup.organizations) {
    const organization = context.directory.now.organization(corpId);
    if (organization) await applyGroups(context, organization, groups, !known.has(corpId));
    if (organization) await applyEndpoints(context, organization, endpoints);
  }
  for (const { appKey, corpId, authorizedBy = [], events, push } of setup.apps) {
    if (push) await applyPush(context, appKey, push);
    for (const code of events ? [...authorizedBy, ...(corpId === undefined ? [] : [corpId])] : [])
      await chooseStreamEvents(context, appKey, findCorpId(context, code), events ?? []);
  }
}

async function applyOrganization(context: Context, organization: Setup['organizations'][number], isNew: boolean) {
  const { store, directory, clock } = context;
  const { corpId: code, name, users, departments = [], dingQuota: { sms, phone } = {} } = organization;
  const corpId = directory.now.organization(code)?.corpId ?? (await store.number('organization'));
  const at = isNew ? undefined : clock.now();
  await store.putOrganization({ corpId, code, name });
  if (sms !== undefined) await store.dings.putQuota(corpId, 2, sms);
  if (phone !== undefined) await store.dings.putQuota(corpId, 3, phone);
  await applyDepartments(context, corpId, departments, at);
  await applyUsers(context, { corpId, code, name }, users, at);
}

async function applyUsers(
  context: Context,
  { corpId, code }: Organization,
  users: readonly SetupUser[],
  at: number | undefined,
) {
  const { store, log } = context;
  if (users.length === 0) return;
  const contacts = await prepareContacts(context, corpId, users);
  const numbered: NewUser[] = [];
  for (const { userId, name } of users) {
    const unionId = createUnionId(context);
    numbered.push({ corpId, id: await store.number('user'), code: userId, name, unionId });
  }
  const left = await store.operator.putConfiguredUsers(numbered, contacts, at);
  if (left.length > 0) log.info({ corpId: code, userIds: left }, 'configured users were removed and stay removed');
}

/** @param reserved the agentIds that apps of the setup are given */
async function applyApp(context: Context, given: Setup['apps'][number], reserved: ReadonlySet<number>): Promise<void> {
  const { store, directory } = context;
  const known = directory.now.app(given.appKey);
  const corpId = given.kind === 'internal' ? findCorpId(context, given.corpId ?? '') : 0;
  const id = known?.id ?? (await store.number('app'));
  await store.putApp({
    ...(await resolveSecret(context, known, given.appSecret)),
    corpId,
    id,
    code: given.appKey,
    kind: given.kind,
    permissions: given.permissions,
    agentId: chooseAgentId(context, id, given.agentId, reserved),
    uuid: known?.uuid ?? createAppUuid(context.randomBytes),
  });
  await applyMessageUrl(context, { corpId, id, code: given.appKey }, given);
  await applyTemplates(context, corpId, id, given.noticeTemplates);
  for (const { templateId, state } of given.cardTemplates ?? [])
    await store.cards.putTemplate(corpId, id, templateId, state);
  if (given.contactScope && given.kind === 'internal')
    await store.departments.replaceScope(corpId, id, given.contactScope);
  for (const code of given.authorizedBy ?? []) await store.putAuthorization(findCorpId(context, code), id, null);
  if (given.kind === 'thirdParty' && !known) await createTicket(context, corpId, id);
}

/** Sets the address to which the app's robots get messages, if the file has one, and keeps the secret that signs them. */
async function applyMessageUrl(
  context: Context,
  app: Pick<App, 'corpId' | 'id' | 'code'>,
  { messageUrl, appSecret }: Setup['apps'][number],
): Promise<void> {
  if (messageUrl !== undefined) {
    const fault = findAddressFault(context, messageUrl);
    if (fault !== undefined) throw new SetupError(`the messageUrl of app ${app.code} is refused: ${fault}`);
    await context.store.talk.putCallbackUrl(app.corpId, app.id, messageUrl);
  }
  await keepCallbackSecret(context, app, appSecret);
}

/**
 * Returns the hash and generation of an app's secret. A changed secret is a rotation: its new generation invalidates
 * earlier tokens.
 */
async function resolveSecret({ secrets }: Context, known: App | undefined, secret: string) {
  if (known && (await secrets.verify(secret, known.secretHash, known.code))) {
    return { secretHash: known.secretHash, generation: known.generation };
  }
  return { secretHash: await secrets.hash(secret), generation: (known?.generation ?? 0) + 1 };
}

async function applyRobot(context: Context, given: Setup['robots'][number]): Promise<void> {
  const { store, directory } = context;
  const app = directory.now.app(given.appKey);
  if (!app) throw new Error(`robot ${given.robotCode} names an app that does not exist: ${given.appKey}`);
  const known = directory.now.robot(given.robotCode);
  const robot: Robot = {
    corpId: app.corpId,
    id: known?.id ?? (await store.number('robot')),
    code: given.robotCode,
    name: given.name,
    appId: app.id,
    disabled: given.disabled ?? known?.disabled ?? false,
    unblockable: known?.unblockable ?? false,
    coolAppCode: given.coolAppCode ?? known?.coolAppCode ?? null,
    perUserPerMinute: given.perUserPerMinute ?? known?.perUserPerMinute ?? 0,
    perUserPerDay: given.perUserPerDay ?? known?.perUserPerDay ?? 0,
  };
  await store.putRobot(robot);
  for (const code of given.installedIn) await store.putInstallation(findCorpId(context, code), robot.id);
  for (const [msgKey, state] of Object.entries(given.templates ?? {})) {
    const kind = findKind(msgKey);
    if (kind) await store.putTemplate(robot, kind.template, state);
  }
}

function findCorpId({ directory }: Context, code: string): number {
  const organization = directory.now.organization(code);
  if (!organization) throw new Error(`the setup names an organization that does not exist: ${code}`);
  return organization.corpId;
}
