/** The console calls for departments and for what apps see of them. */
import { consoleDoneAnswer } from '../own/console.ts';
import * as wire from '../own/console-directory.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';

const department = { deptId: 101, name: '后端组', parentId: 100, order: 1, hasChildren: false };
const detail = {
  ...department,
  path: [
    { deptId: 1, name: '示例公司' },
    { deptId: 100, name: '研发中心' },
    { deptId: 101, name: '后端组' },
  ],
  managers: ['user003'],
  memberCount: 7,
  totalCount: 7,
};
const person = {
  userId: 'user003',
  name: '张敏',
  unionId: '2k7cr0v5nq1hs8d3t9f6gm4abe',
  mobile: '13800000003',
  email: null,
  jobNumber: null,
  title: null,
  departments: [{ deptId: 101, order: 0, manager: true }],
};
const detailAnswer = createNamed('DepartmentDetail', wire.departmentDetail, detail);
const scopeAnswer = createNamed('ContactScopeAnswer', wire.contactScopeAnswer, { departments: [100] });
const findErrors = [...askErrors, 'huizhi.badRequest', 'huizhi.notFound'] as const;
const writeErrors = [...changeErrors, 'huizhi.conflict'] as const;
const tag = 'console';

export const departmentCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/departments',
    id: 'listConsoleDepartments',
    tag,
    summary: 'Lists the departments below one, or those whose name contains a text',
    query: wire.departmentsQuery,
    answer: createNamed('DepartmentsAnswer', wire.departmentsAnswer, {
      departments: [department],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
    errors: listErrors,
  },
  {
    method: 'post',
    path: '/console/v1/departments',
    id: 'createDepartment',
    tag,
    summary: 'Creates a department',
    body: createNamed('DepartmentBody', wire.departmentBody, {
      corpId: 'dingcorp0001',
      name: '后端组',
      parentId: 100,
    }),
    answer: detailAnswer,
    errors: writeErrors,
  },
  {
    method: 'get',
    path: '/console/v1/departments/{deptId}',
    id: 'findDepartment',
    tag,
    summary: 'Returns a department with its managers and the number of its users',
    query: wire.organizationQuery,
    answer: detailAnswer,
    errors: findErrors,
  },
  {
    method: 'put',
    path: '/console/v1/departments/{deptId}',
    id: 'changeDepartment',
    tag,
    summary: 'Renames, moves or orders a department, or replaces its managers; absent members stay as they are',
    query: wire.organizationQuery,
    body: createNamed('DepartmentChangeBody', wire.departmentChangeBody, { parentId: 1, managers: ['user003'] }),
    answer: detailAnswer,
    errors: writeErrors,
  },
  {
    method: 'delete',
    path: '/console/v1/departments/{deptId}',
    id: 'deleteDepartment',
    tag,
    summary: 'Deletes a department without users and without departments below it',
    query: wire.organizationQuery,
    answer: createNamed('ConsoleDone', consoleDoneAnswer, {}),
    errors: [...findErrors, 'huizhi.forbidden', 'huizhi.conflict'],
  },
  {
    method: 'get',
    path: '/console/v1/departments/{deptId}/users',
    id: 'listDepartmentUsers',
    tag,
    summary: 'Lists the users of a department itself, by descending order',
    query: wire.departmentMembersQuery,
    answer: createNamed('DepartmentMembersAnswer', wire.departmentMembersAnswer, { users: [person], cursor: null }),
    errors: listErrors,
  },
  {
    method: 'get',
    path: '/console/v1/apps/{appKey}/contactScopes/{corpId}',
    id: 'findContactScope',
    tag,
    summary: 'Returns the departments of an organization that an app sees; an empty list means all',
    answer: scopeAnswer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    method: 'put',
    path: '/console/v1/apps/{appKey}/contactScopes/{corpId}',
    id: 'setContactScope',
    tag,
    summary: 'Sets the departments of an organization that an app sees, with those below them',
    body: createNamed('ContactScopeBody', wire.contactScopeBody, { departments: [100] }),
    answer: scopeAnswer,
    errors: writeErrors,
  },
];
