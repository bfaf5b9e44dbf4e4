import type { Department, Membership } from '../../store/model.ts';
import { rootDepartment } from '../../wire/department-tree.ts';
import type { Caller, Context } from '../context.ts';

/** The departments of an organization that an app may see. */
export type Scope = {
  /** Whether the app sees the whole organization, as every app does that has no scope. */
  readonly isAll: boolean;
  hasDepartment(id: number): boolean;
  /** Whether a user with these memberships is visible. A user without any belongs to the root department. */
  hasUser(memberships: readonly Membership[] | undefined): boolean;
};

/** The scope of an app that has none, and of operators. */
export const wholeOrganization: Scope = { isAll: true, hasDepartment: () => true, hasUser: () => true };

/** Reads the scope of the caller's app: the departments named for it, with all departments below them. */
export async function loadScope({ store }: Context, { app, organization }: Caller): Promise<Scope> {
  const named = await store.departments.scope(organization.corpId, app.id);
  if (named.length === 0 || named.includes(rootDepartment)) return wholeOrganization;
  const visible = findBelow(await store.departments.all(organization.corpId), named);
  return {
    isAll: false,
    hasDepartment: (id) => visible.has(id),
    hasUser: (memberships = []) => memberships.some(({ departmentId }) => visible.has(departmentId)),
  };
}

/** Returns departments with all departments below them. */
export function findBelow(departments: readonly Department[], ids: readonly number[]): ReadonlySet<number> {
  const byParent = Map.groupBy(departments, ({ parentId }) => parentId);
  const found = new Set(ids);
  // Elements that are added during the iteration are visited, too.
  for (const id of found) for (const child of byParent.get(id) ?? []) found.add(child.id);
  return found;
}
