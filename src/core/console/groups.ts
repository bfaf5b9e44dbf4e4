import type { Conversation } from '../../store/conversations/conversations.ts';
import { type GroupUpdate, membersAtOnce } from '../../store/conversations/group-verbs.ts';
import type { Organization } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { maxGroupMembers } from '../../wire/limits.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { createGroup } from '../groups/create.ts';
import { countMembersAfter, findGroup, readOwnerCode } from '../groups/find.ts';
import {
  findInstalledRobot,
  findUsersOf,
  type GroupDescription,
  refuseManyMembers,
  resolveGroup,
} from '../groups/new-group.ts';
import { containsText } from './changes.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';
import { totalFound, totalOf } from './totals.ts';

const cursorForm = /^([1-9]\d{0,14})$/;

export type GroupFilter = { readonly text?: string; readonly state?: 'active' | 'disbanded' };

/** Lists the groups of an organization, also disbanded ones, oldest first. Throws `huizhi.notFound`. */
export async function listGroups(context: Context, corpCode: string, filter: GroupFilter, { limit, cursor }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const { found, next } = await scanGroups(context, corpId, filter, parseAfter(cursor), limit);
  const groups = await Promise.all(found.map((group) => showGroup(context, group)));
  const first = cursor === undefined && {
    total: isFiltering(filter)
      ? totalFound(found.length, next !== null)
      : totalOf(await context.store.groups.total(corpId)),
  };
  return { ...first, groups, cursor: next === null ? null : formatCursor(next) };
}

const isFiltering = ({ text = '', state }: GroupFilter) => text !== '' || state !== undefined;

/** Maximum number of groups that one call scans, and how many of them one query reads. */
const mostScanned = 1000;
const scanStride = 250;

/** Returns up to `limit` groups that match, and the number of the group after which to continue; null at the end. */
async function scanGroups({ store }: Context, corpId: number, filter: GroupFilter, after: number, limit: number) {
  const stride = isFiltering(filter) ? scanStride : limit + 1;
  const found: Conversation[] = [];
  let position = after;
  for (let looked = 0; looked < mostScanned; looked += stride) {
    const rows = await store.groups.page(corpId, position, stride);
    for (const group of rows) {
      const isWanted = matchesGroup(group, filter);
      if (isWanted && found.length === limit) return { found, next: position };
      if (isWanted) found.push(group);
      position = group.id;
    }
    if (rows.length < stride) return { found, next: null };
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { found, next: position };
}

function matchesGroup({ title, openId, disbandedAt }: Conversation, { text = '', state }: GroupFilter): boolean {
  const isInState = state === undefined || (state === 'disbanded') === (disbandedAt !== null);
  return isInState && containsText(text, [title, openId]);
}

function parseAfter(cursor: string | undefined): number {
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, cursorForm);
  return after;
}

/** Returns one group. Throws `huizhi.notFound`. */
export async function getGroup(context: Context, corpCode: string, openConversationId: string) {
  return showGroup(context, (await groupOf(context, corpCode, openConversationId)).group);
}

async function showGroup(context: Context, group: Conversation) {
  const { store, directory } = context;
  const { corpId, id, openId, chatId, title, createdAt, disbandedAt } = group;
  const robotIds = await store.conversations.robots(corpId, id);
  return {
    openConversationId: openId,
    chatId: chatId ?? '',
    title,
    owner: await readOwnerCode(context, group),
    memberCount: await store.conversations.memberCount(corpId, id),
    robots: robotIds.flatMap((robotId) => directory.now.robotOf(robotId)?.code ?? []),
    createdAt,
    disbandedAt,
  };
}

/** Lists the members of a group, in the order in which the users were created. Throws `huizhi.notFound`. */
export async function listGroupMembers(
  context: Context,
  corpCode: string,
  openConversationId: string,
  { limit, cursor }: Page,
) {
  const { corpId, id } = (await groupOf(context, corpCode, openConversationId)).group;
  const { conversations } = context.store;
  const found = await conversations.members(corpId, id, parseAfter(cursor), limit + 1);
  const page = found.slice(0, limit);
  const members = page.map(({ code, name, isAdmin }) => ({ userId: code, name, isAdmin }));
  const last = page.at(-1);
  const first = cursor === undefined && { total: totalOf(await conversations.memberCount(corpId, id)) };
  return { ...first, members, cursor: last && found.length > limit ? formatCursor(last.id) : null };
}

const membershipForm = /^([1-9]\d{0,14})-([1-9]\d{0,14})$/;

/**
 * Lists who is and was a member of a group, in the order in which the users were created. Retention removes ended
 * memberships. Throws `huizhi.notFound`.
 */
export async function listMemberships(
  context: Context,
  corpCode: string,
  openConversationId: string,
  { limit, cursor }: Page,
) {
  const { corpId, id } = (await groupOf(context, corpCode, openConversationId)).group;
  const [userId = 0, change = 0] = cursor === undefined ? [] : parseCursor(cursor, membershipForm);
  const found = await context.store.conversations.memberships(corpId, id, [userId, change], limit + 1);
  const page = found.slice(0, limit);
  const memberships = page.map(({ code, name, isAdmin, joined, leftIn, leftAt, isGone }) => {
    return { userId: code, name, isAdmin, joined, left: leftIn, leftAt, current: leftIn === null && !isGone };
  });
  const last = page.at(-1);
  return { memberships, cursor: last && found.length > limit ? formatCursor(last.id, last.joined) : null };
}

/** Creates a group of up to 20,000 members. Throws `huizhi.notFound`, `huizhi.conflict`. */
export async function makeGroup(context: Context, operator: Operator, corpCode: string, given: GroupDescription) {
  const organization = requireOrganization(context, corpCode);
  const fields = await resolveGroup(context, organization, given);
  const members = new Set([fields.ownerId, ...fields.userIds]).size;
  const became = { title: given.title, owner: given.owner, members, robots: given.robots ?? [] };
  const { openConversationId } = await createGroup(context, fields, undefined, (ids) => ({
    ...auditOf(context, operator, organization, ids.openConversationId),
    action: 'group.create',
    was: null,
    became,
  }));
  return getGroup(context, corpCode, openConversationId);
}

export type GroupChange = { readonly title?: string; readonly owner?: string };

/** Changes the title or the owner of a group. Throws `huizhi.notFound`, `huizhi.conflict`. */
export async function changeGroup(
  context: Context,
  operator: Operator,
  corpCode: string,
  openConversationId: string,
  { title, owner }: GroupChange,
) {
  const { group, organization } = await groupOf(context, corpCode, openConversationId);
  const [ownerId = group.ownerId] = owner === undefined ? [] : await findUsersOf(context, organization, [owner]);
  if (owner !== undefined && ownerId !== null) await requireMember(context, group, ownerId, owner);
  const known = { title: group.title, owner: await readOwnerCode(context, group) };
  const became = { title: title ?? known.title, owner: owner ?? known.owner };
  if (JSON.stringify(known) === JSON.stringify(became)) return showGroup(context, group);
  const entry = {
    ...auditOf(context, operator, organization, group.openId),
    action: 'group.change',
    was: known,
    became,
  };
  await update(context, group, { change: { title: became.title, ownerId } }, () => entry);
  return getGroup(context, corpCode, openConversationId);
}

export type MemberChange = { readonly add?: readonly string[]; readonly remove?: readonly string[] };

/**
 * Adds users to a group and removes others, up to 20,000 each. Users who are members already, or are none, are skipped.
 * Throws `huizhi.notFound`, `huizhi.conflict`.
 */
export async function changeMembers(
  context: Context,
  operator: Operator,
  corpCode: string,
  openConversationId: string,
  { add = [], remove = [] }: MemberChange,
) {
  const { group, organization } = await groupOf(context, corpCode, openConversationId);
  const toAdd = new Set(add);
  const both = remove.find((code) => toAdd.has(code));
  if (both !== undefined) throw huizhiError('huizhi.conflict', `${both} is to be added and removed`);
  const added = await findUsersOf(context, organization, add);
  const removed = await findUsersOf(context, organization, remove);
  if (group.ownerId !== null && removed.includes(group.ownerId))
    throw huizhiError('huizhi.conflict', 'the owner of the group cannot be removed');
  refuseManyMembers(await countMembersAfter(context, group, { added, removed }, maxGroupMembers));
  const entry = { ...auditOf(context, operator, organization, group.openId), action: 'group.members', was: null };
  for (let at = 0; at < Math.max(added.length, removed.length); at += membersAtOnce) {
    const step = { added: added.slice(at, at + membersAtOnce), removed: removed.slice(at, at + membersAtOnce) };
    await update(context, group, step, ({ added: more, removed: fewer }) =>
      more + fewer === 0 ? undefined : { ...entry, became: { added: more, removed: fewer } },
    );
  }
  return getGroup(context, corpCode, openConversationId);
}

/** Adds a robot to a group, or removes it. Throws `huizhi.notFound`, `huizhi.conflict`. */
export async function setGroupRobot(
  context: Context,
  operator: Operator,
  corpCode: string,
  openConversationId: string,
  { robotCode, installed }: { readonly robotCode: string; readonly installed: boolean },
) {
  const { group, organization } = await groupOf(context, corpCode, openConversationId);
  const ids = [installed ? findInstalledRobot(context, organization, robotCode).id : robotIdOf(context, robotCode)];
  const step = installed ? { addedRobots: ids } : { removedRobots: ids };
  const entry = { ...auditOf(context, operator, organization, group.openId), action: 'group.robot' };
  await update(context, group, step, ({ addedRobots, removedRobots }) =>
    addedRobots + removedRobots === 0
      ? undefined
      : { ...entry, was: { robotCode, installed: !installed }, became: { robotCode, installed } },
  );
  return getGroup(context, corpCode, openConversationId);
}

function robotIdOf({ directory }: Context, robotCode: string): number {
  const robot = directory.now.robot(robotCode);
  if (!robot) throw huizhiError('huizhi.notFound', `no robot ${robotCode}`);
  return robot.id;
}

/** Disbands a group. Its messages stay. Throws `huizhi.notFound`, `huizhi.conflict`. */
export async function disbandGroup(context: Context, operator: Operator, corpCode: string, openConversationId: string) {
  const { group, organization } = await groupOf(context, corpCode, openConversationId);
  const entry = auditOf(context, operator, organization, group.openId);
  const was = { title: group.title };
  await update(context, group, { isDisbanded: true }, () => ({ ...entry, action: 'group.disband', was, became: null }));
  return getGroup(context, corpCode, openConversationId);
}

type Step = Omit<GroupUpdate, 'at'>;

async function update(
  { store, clock }: Context,
  { corpId, id, openId }: Conversation,
  step: Step,
  describe: Parameters<typeof store.groups.update>[3],
): Promise<void> {
  if (await store.groups.update(corpId, id, { ...step, at: clock.now() }, describe)) return;
  throw huizhiError('huizhi.conflict', `the group ${openId} is disbanded`);
}

function auditOf({ clock }: Context, { actor }: Operator, { corpId }: Organization, target: string) {
  return { corpId, at: clock.now(), actor, target };
}

async function requireMember({ store }: Context, { corpId, id }: Conversation, userId: number, code: string) {
  if (await store.conversations.isMember(corpId, id, userId)) return;
  throw huizhiError('huizhi.conflict', `${code} is not a member of the group`);
}

async function groupOf(context: Context, corpCode: string, openConversationId: string) {
  const organization = requireOrganization(context, corpCode);
  const { group } = await findGroup(context, organization.corpId, openConversationId);
  if (!group) throw huizhiError('huizhi.notFound', `no group ${openConversationId} in ${corpCode}`);
  return { group, organization };
}
