import { huizhiError } from '../../wire/errors.ts';
import { requireOrganization } from '../console/message-list.ts';
import type { Context } from '../context.ts';
import { createGroup, type GroupIds } from '../groups/create.ts';
import { type GroupDescription, resolveGroup } from '../groups/new-group.ts';

/** A group for a test. The default owner is the first member, or else the first user of the organization. */
export type TestGroup = Omit<GroupDescription, 'owner'> & { readonly owner?: string | undefined };

/** Creates a group. Throws `huizhi.notFound` or `huizhi.conflict` for what the organization does not have. */
export async function createTestGroup(context: Context, corpCode: string, given: TestGroup): Promise<GroupIds> {
  const organization = requireOrganization(context, corpCode);
  const { members } = given;
  const first = members === undefined || members === 'all' ? undefined : members[0];
  const [anybody] =
    given.owner === undefined && first === undefined ? await context.store.usersPage(organization.corpId, '', 1) : [];
  const owner = given.owner ?? first ?? anybody?.code;
  if (owner === undefined)
    throw huizhiError('huizhi.conflict', `there is no user in ${corpCode} who could own the group`);
  return createGroup(context, await resolveGroup(context, organization, { ...given, owner }));
}
