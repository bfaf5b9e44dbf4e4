/** What apps look up about users and departments. */

import type { Contact, Department, Membership } from '../../store/model.ts';
import type { Member, MemberOrder } from '../../store/people/department-members.ts';
import { rootMembership } from '../../store/people/departments.ts';
import { rootDepartment } from '../../wire/department-tree.ts';
import type { Caller, Context } from '../context.ts';
import { loadScope, type Scope } from './scope.ts';

export type { Department } from '../../store/model.ts';
export type { MemberOrder } from '../../store/people/department-members.ts';

/** A user with all memberships: at least that in the root department. */
export type Profile = Contact & { readonly memberships: readonly Membership[] };

/** The result of a look-up in an organization; `outside`: it exists, but the app may not see it. */
export type Found<T> = T | 'outside' | undefined;

/** Finds a current user of the caller's organization by userId, mobile or unionId. */
export async function findProfile(
  context: Context,
  caller: Caller,
  by: 'code' | 'mobile' | 'unionId',
  value: string,
): Promise<Found<Profile>> {
  const { corpId } = caller.organization;
  const contact = await context.store.contacts.find(corpId, by, value);
  if (!contact) return undefined;
  const memberships = (await context.store.departments.memberships(corpId, [contact.id])).get(contact.id);
  const scope = await loadScope(context, caller);
  return scope.hasUser(memberships) ? { ...contact, memberships: memberships ?? [rootMembership] } : 'outside';
}

/** Finds a department of the caller's organization. The root department has the organization's name. */
export async function findDepartment(context: Context, caller: Caller, id: number): Promise<Found<Department>> {
  const department = await findAnyDepartment(context, caller, id);
  if (!department) return undefined;
  return (await loadScope(context, caller)).hasDepartment(id) ? department : 'outside';
}

/** Like `findDepartment`, for the calls that do not depend on what the app may see. */
export async function findAnyDepartment(
  { store }: Context,
  { organization: { corpId, name } }: Caller,
  id: number,
): Promise<Department | undefined> {
  if (id === rootDepartment) return { corpId, id, parentId: 0, name, position: 0 };
  return store.departments.find(corpId, id);
}

/** Lists the departments below a department that the app may see: one level, or all of them. */
export async function listBelow(
  context: Context,
  caller: Caller,
  id: number,
  levels: 'one' | 'all',
): Promise<readonly Department[]> {
  const { corpId } = caller.organization;
  const { departments } = context.store;
  const found = levels === 'one' ? await departments.children(corpId, id) : await readTree(context, corpId, id);
  return keepVisible(await loadScope(context, caller), found);
}

function keepVisible(scope: Scope, departments: readonly Department[]): readonly Department[] {
  return scope.isAll ? departments : departments.filter(({ id }) => scope.hasDepartment(id));
}

/** Returns all departments below one, each directly followed by those below it. */
async function readTree({ store }: Context, corpId: number, id: number): Promise<readonly Department[]> {
  const byParent = Map.groupBy(await store.departments.all(corpId), ({ parentId }) => parentId);
  const below = (parent: number): readonly Department[] =>
    (byParent.get(parent) ?? []).flatMap((one) => [one, ...below(one.id)]);
  return below(id);
}

export type MemberPageQuery = {
  readonly departmentId: number;
  readonly order: MemberOrder;
  readonly offset: number;
  readonly limit: number;
};

/** A page of the direct members of a department, with whether there are more. */
type MemberPage<T> = { readonly members: readonly T[]; readonly hasMore: boolean };

/** Lists direct members of a department, without their memberships. */
export async function listMemberNames(
  context: Context,
  caller: Caller,
  query: MemberPageQuery,
): Promise<Found<MemberPage<Member>>> {
  const department = await findDepartment(context, caller, query.departmentId);
  if (!department || department === 'outside') return department;
  const { corpId } = caller.organization;
  const found = await context.store.departmentMembers.page({ corpId, ...query, limit: query.limit + 1 });
  return { members: found.slice(0, query.limit), hasMore: found.length > query.limit };
}

/** A member of the department that is listed. */
export type ListedMember = Profile & { readonly leader: boolean; readonly position: number };

/** Lists direct members of a department. */
export async function listMembers(
  context: Context,
  caller: Caller,
  query: MemberPageQuery,
): Promise<Found<MemberPage<ListedMember>>> {
  const page = await listMemberNames(context, caller, query);
  if (!page || page === 'outside') return page;
  const ids = page.members.map(({ id }) => id);
  const memberships = await context.store.departments.memberships(caller.organization.corpId, ids);
  const members = page.members.map((one) => ({ ...one, memberships: memberships.get(one.id) ?? [rootMembership] }));
  return { ...page, members };
}
