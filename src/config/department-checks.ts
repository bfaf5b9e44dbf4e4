import { findTreeProblem, rootDepartment } from '../wire/department-tree.ts';
import type { Finding, Setup } from './setup.ts';

/**
 * Checks the departments of a setup: that they form a tree, that users are in departments of the file, that managers
 * are members, and that apps see departments of their organization.
 */
export function checkDepartments({ organizations, apps }: Setup): Finding[] {
  const scopes = apps.flatMap(({ corpId, contactScope = [] }, i) => {
    const organization = organizations.find((one) => one.corpId === corpId);
    return organization ? findUnknown(['apps', i, 'contactScope'], contactScope, organization) : [];
  });
  return [...organizations.flatMap((organization, i) => checkOrganization(organization, i)), ...scopes];
}

type Organization = Setup['organizations'][number];

function checkOrganization(organization: Organization, i: number): Finding[] {
  const path = ['organizations', i];
  return [
    ...checkTree(organization, path),
    ...organization.users.flatMap(({ departments = [] }, j) =>
      findUnknown([...path, 'users', j, 'departments'], departments, organization),
    ),
    ...checkManagers(organization, path),
  ];
}

function checkTree({ departments = [] }: Organization, path: Finding['path']): Finding[] {
  const repeated = departments.findIndex(({ deptId }, j) => departments.findIndex((one) => one.deptId === deptId) < j);
  if (repeated !== -1) {
    const what = `${departments[repeated]?.deptId} is listed twice.`;
    return [{ path: [...path, 'departments', repeated, 'deptId'], what }];
  }
  const problem = findTreeProblem(
    departments.map(({ deptId, parentId = rootDepartment }) => ({ id: deptId, parentId })),
  );
  const at = departments.findIndex(({ deptId }) => deptId === problem?.id);
  return problem ? [{ path: [...path, 'departments', at, 'parentId'], what: `${problem.what}.` }] : [];
}

function findUnknown(path: Finding['path'], deptIds: readonly number[], { departments = [] }: Organization): Finding[] {
  const known = new Set([rootDepartment, ...departments.map(({ deptId }) => deptId)]);
  return deptIds.flatMap((deptId, k) =>
    known.has(deptId)
      ? []
      : [{ path: [...path, k], what: `the organization has no department ${deptId} in this file.` }],
  );
}

function checkManagers({ users }: Organization, path: Finding['path']): Finding[] {
  return users.flatMap(({ departments = [], manages = [] }, j) =>
    manages.flatMap((deptId, k) =>
      departments.includes(deptId)
        ? []
        : [{ path: [...path, 'users', j, 'manages', k], what: `${deptId} is none of the departments of this user.` }],
    ),
  );
}
