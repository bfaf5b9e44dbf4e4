import { huizhiError } from '../../wire/errors.ts';
import { requireOrganization } from '../console/message-list.ts';
import type { Context } from '../context.ts';
import { createGroup, createPrivateConversation } from '../groups/create.ts';
import { findGroup } from '../groups/find.ts';
import { findInstalledRobot, findUsersOf, type GroupDescription, resolveGroup } from '../groups/new-group.ts';

/** A group for a test. The default owner is the first member, or else the first user of the organization. */
export type TestGroup = Omit<GroupDescription, 'owner'> & { readonly owner?: string | undefined };

/** The ids of a conversation for a test; a conversation of two has no chatId. */
export type TestConversation = { readonly openConversationId: string; readonly chatId: string | null };

/**
 * Creates a group in an organization, by default the first one. Throws `huizhi.notFound` or `huizhi.conflict` for what
 * the organization does not have.
 */
export async function createTestGroup(
  context: Context,
  corpCode: string | undefined,
  given: TestGroup,
): Promise<TestConversation> {
  const organization = findOrganization(context, corpCode);
  const { members } = given;
  const first = members === undefined || members === 'all' ? undefined : members[0];
  const [anybody] =
    given.owner === undefined && first === undefined ? await context.store.usersPage(organization.corpId, '', 1) : [];
  const owner = given.owner ?? first ?? anybody?.code;
  if (owner === undefined)
    throw huizhiError('huizhi.conflict', `there is no user in ${organization.code} who could own the group`);
  return createGroup(context, await resolveGroup(context, organization, { ...given, owner }));
}

/** Creates a conversation of two people. Throws `huizhi.badRequest` unless there are two members. */
export async function createTestPair(
  context: Context,
  corpCode: string | undefined,
  { title, members = [], robots = [] }: TestGroup,
): Promise<TestConversation> {
  const organization = findOrganization(context, corpCode);
  const codes = members === 'all' ? [] : [...new Set(members)];
  if (codes.length !== 2) throw huizhiError('huizhi.badRequest', 'members: a conversation of two has two people');
  const userIds = await findUsersOf(context, organization, codes);
  const robotIds = robots.map((code) => findInstalledRobot(context, organization, code).id);
  const openConversationId = await createPrivateConversation(context, {
    corpId: organization.corpId,
    title,
    userIds,
    robotIds,
  });
  return { openConversationId, chatId: null };
}

/**
 * Lets a member leave a group by themselves. Throws `huizhi.notFound`, and `huizhi.conflict` for somebody who is not a
 * member, for the owner, and for a disbanded group.
 */
export async function quitTestGroup(
  context: Context,
  given: { readonly corpId?: string | undefined; readonly openConversationId: string; readonly userId: string },
): Promise<void> {
  const { openConversationId, userId } = given;
  const organization = findOrganization(context, given.corpId);
  const { corpId, code } = organization;
  const { group } = await findGroup(context, corpId, openConversationId);
  if (!group) throw huizhiError('huizhi.notFound', `no group ${openConversationId} in ${code}`);
  const removed = await findUsersOf(context, organization, [userId]);
  if (group.ownerId !== null && removed.includes(group.ownerId))
    throw huizhiError('huizhi.conflict', 'the owner of the group cannot leave it');
  const { store, clock } = context;
  const updated = await store.groups.update(corpId, group.id, { at: clock.now(), removed, leaving: 'chat_quit' });
  if (!updated) throw huizhiError('huizhi.conflict', `the group ${openConversationId} is disbanded`);
  if (updated.removed === 0) throw huizhiError('huizhi.conflict', `${userId} is not a member of the group`);
}

function findOrganization(context: Context, code: string | undefined) {
  const [first] = context.directory.now.organizations();
  return requireOrganization(context, code ?? first?.code ?? '');
}
