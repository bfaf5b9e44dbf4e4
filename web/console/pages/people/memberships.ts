import type { ConsolePerson } from '../../../../src/client/answers.ts';

/** A user's membership in a department. */
export type Membership = ConsolePerson['departments'][number];

const rootId = 1;

/**
 * The departments that a user was put into. A user of none of them belongs to the root, which is not listed then, so
 * that it does not stay when the user gets a department.
 */
export function chosenDepartments(departments: readonly Membership[]): readonly Membership[] {
  const [only, ...others] = departments;
  return only?.deptId === rootId && others.length === 0 && !only.manager ? [] : departments;
}
