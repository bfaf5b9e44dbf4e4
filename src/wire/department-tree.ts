import { maxDepartmentDepth, maxDepartments } from './limits.ts';

/** The id of the root department, which is the organization itself. */
export const rootDepartment = 1;

export type TreeNode = { readonly id: number; readonly parentId: number };

/** A department that does not fit into the tree, and the end of a sentence that says why. */
export type TreeProblem = { readonly id: number; readonly what: string };

/** Checks that the departments of an organization form a tree below the root. Returns the first problem. */
export function findTreeProblem(departments: readonly TreeNode[]): TreeProblem | undefined {
  const parents = new Map(departments.map(({ id, parentId }) => [id, parentId]));
  const last = departments.at(-1);
  if (last && departments.length > maxDepartments)
    return { id: last.id, what: `an organization has at most ${maxDepartments} departments` };
  for (const { id, parentId } of departments) {
    if (parentId !== rootDepartment && !parents.has(parentId))
      return { id, what: `there is no department ${parentId}` };
    const what = describeDepth(parents, id);
    if (what !== undefined) return { id, what };
  }
  return undefined;
}

function describeDepth(parents: ReadonlyMap<number, number>, id: number): string | undefined {
  let depth = 0;
  for (let at: number | undefined = id; at !== undefined && at !== rootDepartment; at = parents.get(at)) {
    if (depth > 0 && at === id) return 'a department cannot be below itself';
    if (++depth > maxDepartmentDepth) return `departments are at most ${maxDepartmentDepth} levels deep`;
  }
  return undefined;
}
