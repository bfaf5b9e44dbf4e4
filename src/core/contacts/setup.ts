/** The departments of a configuration file, and what it says about users beyond code and name. */

import type { ContactFields, Department, Membership } from '../../store/model.ts';
import type { ContactChange } from '../../store/people/contacts.ts';
import { findTreeProblem, rootDepartment } from '../../wire/department-tree.ts';
import type { Context } from '../context.ts';
import { findUserIds } from '../users.ts';

export type SetupDepartment = {
  readonly deptId: number;
  readonly name: string;
  readonly parentId?: number | undefined;
  readonly order?: number | undefined;
};

export type SetupUser = {
  readonly userId: string;
  readonly name: string;
  readonly mobile?: string | undefined;
  readonly email?: string | undefined;
  readonly jobNumber?: string | undefined;
  readonly title?: string | undefined;
  readonly departments?: readonly number[] | undefined;
  readonly manages?: readonly number[] | undefined;
};

/** A setup that does not fit what exists already. */
export class SetupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SetupError';
  }
}

/**
 * Creates or changes the departments of an organization. Throws a SetupError if they do not form a tree with those that
 * exist.
 *
 * @param at when this happens, in epoch milliseconds; undefined if it is not an event, because the organization is
 * being set up
 */
export async function applyDepartments(
  { store }: Context,
  corpId: number,
  given: readonly SetupDepartment[],
  at: number | undefined,
): Promise<void> {
  if (given.length === 0) return;
  const known = new Map((await store.departments.all(corpId)).map((one) => [one.id, one]));
  const departments = given.map(({ deptId: id, name, parentId, order }, i): Department => {
    const before = known.get(id);
    return {
      corpId,
      id,
      name,
      parentId: parentId ?? before?.parentId ?? rootDepartment,
      position: order ?? before?.position ?? i + 1,
    };
  });
  for (const one of departments) known.set(one.id, one);
  const problem = findTreeProblem([...known.values()]);
  if (problem) throw new SetupError(`department ${problem.id} does not fit: ${problem.what}`);
  await store.departments.put(departments, at);
}

/**
 * Returns the changes of users that a setup describes, also of users that are about to be created. Throws a SetupError for
 * a user in an unknown department, and for a mobile that another user keeps.
 */
export async function prepareContacts(
  context: Context,
  corpId: number,
  users: readonly SetupUser[],
): Promise<readonly ContactChange[]> {
  const named = users.filter((user) => user.departments || Object.keys(pickFields(user)).length > 0);
  if (named.length === 0) return [];
  await checkContacts(context, corpId, named);
  const merge = await createMerge(
    context,
    corpId,
    named.map(({ userId }) => userId),
  );
  return named.map((user): ContactChange => {
    const memberships = user.departments && { memberships: merge(user.userId, user.departments, user.manages) };
    return { corpId, code: user.userId, fields: pickFields(user), ...memberships };
  });
}

/** Throws a SetupError for a user in an unknown department, and for a mobile that another user keeps. */
async function checkContacts({ store }: Context, corpId: number, users: readonly SetupUser[]): Promise<void> {
  const known = new Set([rootDepartment, ...(await store.departments.all(corpId)).map(({ id }) => id)]);
  for (const { userId, departments = [] } of users) {
    const lost = departments.find((id) => !known.has(id));
    if (lost !== undefined) throw new SetupError(`user ${userId} is in a department that does not exist: ${lost}`);
  }
  const mobiles = new Map(users.flatMap(({ userId, mobile }) => (mobile === undefined ? [] : [[userId, mobile]])));
  const owners = await store.contacts.mobiles(corpId, [...mobiles.values()]);
  for (const [userId, mobile] of mobiles) {
    const owner = owners.get(mobile) ?? userId;
    if (owner !== userId && (mobiles.get(owner) ?? mobile) === mobile)
      throw new SetupError(`user ${userId} cannot have the mobile of user ${owner}`);
  }
}

/** Returns the members that are given, without those that are absent. */
export function pickFields({
  mobile,
  email,
  jobNumber,
  title,
}: Partial<Record<keyof ContactFields, string | null | undefined>>) {
  const given = Object.entries({ mobile, email, jobNumber, title }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<ContactFields>;
}

/**
 * Creates a function that returns the memberships of a user in a list of departments. Memberships that exist keep their
 * position and, unless the managed departments are given, leadership.
 */
export async function createMerge(context: Context, corpId: number, codes: readonly string[]) {
  const { store } = context;
  const { ids: users } = await findUserIds(context, corpId, codes);
  const memberships = new Map<number, readonly Membership[]>();
  const ids = [...users.values()];
  for (let at = 0; at < ids.length; at += usersAtOnce) {
    const found = await store.departments.memberships(corpId, ids.slice(at, at + usersAtOnce));
    for (const [id, own] of found) memberships.set(id, own);
  }
  /** The memberships that a user has. */
  const current = (code: string): readonly Membership[] => memberships.get(users.get(code) ?? 0) ?? [];
  const merge = (
    code: string,
    departmentIds: readonly number[],
    manages?: readonly number[],
  ): readonly Membership[] => {
    const before = current(code);
    return [...new Set(departmentIds)].map((departmentId) => {
      const known = before.find((one) => one.departmentId === departmentId);
      const leader = manages?.includes(departmentId) ?? known?.leader ?? false;
      return { departmentId, leader, position: known?.position ?? 0 };
    });
  };
  return Object.assign(merge, { current });
}

const usersAtOnce = 100;
