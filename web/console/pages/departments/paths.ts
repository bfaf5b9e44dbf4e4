/** The page of a department. */
export const departmentPage = (deptId: number) => `/departments/${deptId}`;

/** The call for a department, or with `part` for a list of it. */
export function departmentCall(corpId: string, deptId: number, part = ''): string {
  return `/console/v1/departments/${deptId}${part}?${new URLSearchParams({ corpId })}`;
}

/** The id of the root department, which is the organization. */
export const rootId = 1;
