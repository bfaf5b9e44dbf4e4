/** What the console shows of users beyond userId and name, and changes of it. */

import type { Contact, Membership } from '../../store/model.ts';
import type { ContactChange } from '../../store/people/contacts.ts';
import { rootMembership } from '../../store/people/departments.ts';
import { rootDepartment } from '../../wire/department-tree.ts';
import { huizhiError } from '../../wire/errors.ts';
import { pickFields } from '../contacts/setup.ts';
import type { Context } from '../context.ts';

/** A membership as an operator gives it; absent members keep their values. */
export type GivenMembership = {
  readonly deptId: number;
  readonly order?: number | undefined;
  readonly manager?: boolean | undefined;
};

/** The members of a user that an operator may change. Null clears one. */
export type ContactMembers = {
  readonly mobile?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly jobNumber?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly departments?: readonly GivenMembership[] | undefined;
};

/** Renders users of an organization, in the given order. */
export async function describePeople(context: Context, corpId: number, ids: readonly number[]) {
  const { store } = context;
  const contacts = new Map((await store.contacts.ofUsers(corpId, ids)).map((one) => [one.id, one]));
  const memberships = await store.departments.memberships(corpId, ids);
  return ids.flatMap((id) => {
    const contact = contacts.get(id);
    return contact ? [describePerson(contact, memberships.get(id))] : [];
  });
}

/** Renders one user. */
export async function describeUser(context: Context, corpId: number, id: number) {
  const [person] = await describePeople(context, corpId, [id]);
  if (!person) throw huizhiError('huizhi.notFound', 'the user has been deleted');
  return person;
}

function describePerson(contact: Contact, memberships: readonly Membership[] = [rootMembership]) {
  const { code, name, unionId, mobile, email, jobNumber, title } = contact;
  return { userId: code, name, unionId, mobile, email, jobNumber, title, departments: memberships.map(describe) };
}

function describe({ departmentId, position, leader }: Membership) {
  return { deptId: departmentId, order: position, manager: leader };
}

/** A change of a user, and the state of what it changes before and after it, for the audit log. */
export type PreparedChange = { readonly change: ContactChange; readonly was: object; readonly became: object };

/**
 * Prepares a change of a user. `known` is undefined for a user who is about to be created. Throws `huizhi.badRequest` for
 * an unknown department, and `huizhi.conflict` for a mobile of another user.
 */
export async function prepareContact(
  context: Context,
  corpId: number,
  code: string,
  known: Contact | undefined,
  given: ContactMembers,
): Promise<PreparedChange> {
  const fields = pickFields(given);
  await refuseMobileOfOther(context, corpId, code, given.mobile);
  const before = known && fieldsOf(known, Object.keys(fields));
  const { departments } = given;
  if (!departments) return { change: { corpId, code, fields }, was: before ?? {}, became: fields };
  await refuseUnknownDepartments(context, corpId, departments);
  const current = known && (await context.store.departments.memberships(corpId, [known.id])).get(known.id);
  const memberships = mergeMemberships(current ?? [], departments);
  return {
    change: { corpId, code, fields, memberships },
    was: { ...before, ...(known && { departments: (current ?? []).map(describe) }) },
    became: { ...fields, departments: memberships.map(describe) },
  };
}

function fieldsOf(contact: Contact, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(contact).filter(([name]) => names.includes(name)));
}

function mergeMemberships(current: readonly Membership[], given: readonly GivenMembership[]): readonly Membership[] {
  const byId = new Map(given.map((one) => [one.deptId, one]));
  return [...byId.values()].map(({ deptId, order, manager }) => {
    const known = current.find(({ departmentId }) => departmentId === deptId);
    return {
      departmentId: deptId,
      leader: manager ?? known?.leader ?? false,
      position: order ?? known?.position ?? 0,
    };
  });
}

/** Throws `huizhi.conflict` if another current user has the mobile. */
export async function refuseMobileOfOther(
  { store }: Context,
  corpId: number,
  code: string,
  mobile: string | null | undefined,
): Promise<void> {
  if (mobile === undefined || mobile === null) return;
  const owner = (await store.contacts.mobiles(corpId, [mobile])).get(mobile);
  if (owner !== undefined && owner !== code) throw huizhiError('huizhi.conflict', `user ${owner} has this mobile`);
}

async function refuseUnknownDepartments(context: Context, corpId: number, given: readonly GivenMembership[]) {
  for (const { deptId } of given) {
    if (deptId === rootDepartment || (await context.store.departments.find(corpId, deptId))) continue;
    throw huizhiError('huizhi.badRequest', `departments: there is no department ${deptId}`);
  }
}
