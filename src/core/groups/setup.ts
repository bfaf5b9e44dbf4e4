import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Organization } from '../../store/model.ts';
import { maxGroupMembers } from '../../wire/limits.ts';
import type { Context } from '../context.ts';
import { applyCustomRobots, type SetupCustomRobot } from '../custom-robots/setup.ts';
import { findUserIds } from '../users.ts';
import { createGroup, type GroupFields } from './create.ts';
import { findGroup, readAllMembers } from './find.ts';
import { listAllUsers } from './new-group.ts';

/** A group of a configuration file; see `docs/reference/options.md`. */
export type SetupGroup = {
  /** Identifies the group at later starts. */
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  readonly members?: 'all' | readonly string[] | undefined;
  readonly robots?: readonly string[] | undefined;
  readonly openConversationId?: string | undefined;
  readonly chatId?: string | undefined;
  readonly customRobots?: readonly SetupCustomRobot[] | undefined;
};

/**
 * Creates or updates the groups of an organization's configuration. Members and robots are added, and never removed.
 * Users who were removed from the organization are left out, and disbanded groups stay disbanded.
 *
 * @param isNew the organization is being set up, so that this is not an event
 */
export async function applyGroups(
  context: Context,
  organization: Organization,
  groups: readonly SetupGroup[],
  isNew: boolean,
): Promise<void> {
  for (const given of groups) {
    const known = await findKnown(context, organization, given);
    if (known) await updateKnown(context, organization, known, given);
    else await createNew(context, organization, given, isNew);
    const made = given.customRobots && (await findKnown(context, organization, given));
    if (made) await applyCustomRobots(context, organization, made.id, given.customRobots ?? []);
  }
}

async function findKnown(context: Context, { corpId }: Organization, { name, openConversationId }: SetupGroup) {
  const known = await context.store.groups.bySetupName(corpId, name);
  if (known || openConversationId === undefined) return known;
  return (await findGroup(context, corpId, openConversationId)).group;
}

async function createNew(
  context: Context,
  organization: Organization,
  given: SetupGroup,
  isNew: boolean,
): Promise<void> {
  const { name, title, owner, openConversationId, chatId } = given;
  const { corpId, code } = organization;
  const ownerId = await findOwner(context, corpId, owner);
  if (ownerId === undefined) {
    context.log.info({ corpId: code, group: name }, 'a configured group was not created: its owner was removed');
    return;
  }
  const userIds = await findMembers(context, organization, given);
  const ids = { openConversationId, chatId, setupName: name, isQuiet: isNew };
  await createGroup(context, { corpId, title, ownerId, userIds, robotIds: robotIdsOf(context, given), ...ids });
}

async function updateKnown(
  context: Context,
  organization: Organization,
  group: Conversation,
  given: SetupGroup,
): Promise<void> {
  const { store, clock, log } = context;
  const { corpId, id } = group;
  if (group.disbandedAt !== null) {
    log.info({ corpId: organization.code, group: given.name }, 'a configured group was disbanded and stays disbanded');
    return;
  }
  const ownerId = (await findOwner(context, corpId, given.owner)) ?? group.ownerId;
  const isSame = group.title === given.title && group.ownerId === ownerId;
  await store.groups.update(corpId, id, {
    at: clock.now(),
    ...(!isSame && { change: { title: given.title, ownerId } }),
    addedRobots: robotIdsOf(context, given),
  });
  const present = new Set((await readAllMembers(context, group)).map((member) => member.id));
  const wanted = [...(ownerId === null ? [] : [ownerId]), ...(await findMembers(context, organization, given))];
  const missing = wanted.filter((userId) => !present.has(userId));
  if (missing.length > 0) await store.conversations.addMembers(corpId, id, missing, clock.now());
}

async function findOwner(context: Context, corpId: number, code: string): Promise<number | undefined> {
  return (await findUserIds(context, corpId, [code])).ids.get(code);
}

async function findMembers(
  context: Context,
  organization: Organization,
  { name, members = [] }: SetupGroup,
): Promise<GroupFields['userIds']> {
  const { corpId, code } = organization;
  if (members !== 'all') return [...(await findUserIds(context, corpId, members)).ids.values()];
  const all = await listAllUsers(context, organization);
  if (all.length <= maxGroupMembers) return all;
  context.log.warn({ corpId: code, group: name }, `a configured group has only the first ${maxGroupMembers} users`);
  return all.slice(0, maxGroupMembers);
}

function robotIdsOf({ directory }: Context, { robots = [] }: SetupGroup): readonly number[] {
  return robots.flatMap((code) => directory.now.robot(code)?.id ?? []);
}

/** Returns the openConversationId of a configured group; undefined if there is none or it was disbanded. */
export async function findSetupGroupId(
  { store, directory }: Context,
  corpCode: string,
  name: string,
): Promise<string | undefined> {
  const corpId = directory.now.organization(corpCode)?.corpId ?? 0;
  const group = await store.groups.bySetupName(corpId, name);
  return group?.disbandedAt === null ? group.openId : undefined;
}
