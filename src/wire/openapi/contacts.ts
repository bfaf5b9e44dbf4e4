/** The vendor's calls about users and departments. Those under `/topapi/` also accept GET, forms and the query. */
import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import * as contacts from '../vendor/contacts.ts';
import { type Call, createNamed, type Named } from './call.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const userid = 'user003';
const unionid = '2k7cr0v5nq1hs8d3t9f6gm4abe';
const request_id = '01A08FE7-68C3-7BBD-B223-447768EA4B29';
const person = {
  active: true,
  admin: false,
  boss: false,
  dept_id_list: [101],
  exclusive_account: false,
  hide_mobile: false,
  mobile: '13800000003',
  name: '张敏',
  state_code: '86',
  unionid,
  userid,
};
const simple = { name: '张敏', userid };

const succeed = (payload: object) => ({ errcode: 0, errmsg: 'ok', ...payload, request_id });

const createOld = (path: string, id: string, summary: string, body: Named, answer: Named): Call => ({
  method: 'post',
  path: `/topapi/${path}`,
  id,
  tag: 'contacts',
  summary,
  isOldHost: true,
  body,
  answer,
  errors: [],
});

const createOldest = (path: string, id: string, summary: string, query: z.ZodObject, answer: Named): Call => ({
  method: 'get',
  path,
  id,
  tag: 'contacts',
  summary,
  isOldHost: true,
  query,
  answer,
  errors: [],
});

const userBody = createNamed('UserIdBody', contacts.userIdBody, { userid });
const departmentBody = createNamed('DepartmentIdBody', contacts.departmentBody, { dept_id: 100 });
const membersBody = createNamed('MembersBody', contacts.membersBody, { dept_id: 101, cursor: 0, size: 100 });

const users: readonly Call[] = [
  createOld(
    'v2/user/get',
    'getUser',
    'Returns a user by userid',
    userBody,
    createNamed(
      'OldUserAnswer',
      contacts.userAnswer,
      succeed({
        result: {
          ...person,
          dept_order_list: [{ dept_id: 101, order: 0 }],
          leader_in_dept: [{ dept_id: 101, leader: true }],
          real_authed: false,
          senior: false,
        },
      }),
    ),
  ),
  createOld(
    'v2/user/getbymobile',
    'getUserByMobile',
    'Finds the userid of a mobile',
    createNamed('MobileBody', contacts.mobileBody, { mobile: '13800000003' }),
    createNamed('FoundUserAnswer', contacts.foundUserAnswer, succeed({ result: { userid } })),
  ),
  createOld(
    'user/getbyunionid',
    'getUserByUnionId',
    'Finds the userid of a unionid',
    createNamed('UnionIdBody', contacts.unionIdBody, { unionid }),
    createNamed('UnionUserAnswer', contacts.unionUserAnswer, succeed({ result: { contact_type: 0, userid } })),
  ),
  createOld(
    'v2/user/list',
    'listMembers',
    'Lists the users of a department',
    membersBody,
    createNamed(
      'MembersAnswer',
      contacts.membersAnswer,
      succeed({ result: { has_more: false, list: [{ ...person, dept_order: 0, leader: true }] } }),
    ),
  ),
  createOld(
    'user/listsimple',
    'listSimpleMembers',
    'Lists the names of the users of a department',
    membersBody,
    createNamed(
      'SimpleMembersAnswer',
      contacts.simpleMembersAnswer,
      succeed({ result: { has_more: true, list: [simple], next_cursor: 1 } }),
    ),
  ),
  createOld(
    'user/listid',
    'listMemberIds',
    'Returns the userids of all users of a department',
    departmentBody,
    createNamed('UserIdsAnswer', contacts.userIdsAnswer, succeed({ result: { userid_list: [userid] } })),
  ),
  createOld(
    'user/count',
    'countUsers',
    'Returns the number of users of the organization',
    createNamed('CountUsersBody', contacts.countBody, { only_active: true }),
    createNamed('CountUsersAnswer', contacts.countAnswer, succeed({ result: { count: 30 } })),
  ),
];

const departments: readonly Call[] = [
  createOld(
    'v2/department/get',
    'getDepartment',
    'Returns a department',
    departmentBody,
    createNamed(
      'OldDepartmentAnswer',
      contacts.departmentAnswer,
      succeed({
        result: {
          auto_add_user: false,
          create_dept_group: false,
          dept_id: 101,
          dept_manager_userid_list: [userid],
          dept_permits: [],
          from_union_org: false,
          group_contain_sub_dept: false,
          hide_dept: false,
          member_count: 7,
          name: '后端组',
          order: 1,
          outer_dept: false,
          outer_permit_depts: [],
          outer_permit_users: [],
          owning_member_count: 7,
          parent_id: 100,
          user_permits: [],
        },
      }),
    ),
  ),
  createOld(
    'v2/department/listsub',
    'listDepartments',
    'Lists the departments directly below one',
    createNamed('ChildrenBody', contacts.childrenBody, { dept_id: 100 }),
    createNamed(
      'ChildrenAnswer',
      contacts.childrenAnswer,
      succeed({
        result: [{ auto_add_user: false, create_dept_group: false, dept_id: 101, name: '后端组', parent_id: 100 }],
      }),
    ),
  ),
  createOld(
    'v2/department/listsubid',
    'listDepartmentIds',
    'Returns the ids of the departments directly below one',
    departmentBody,
    createNamed('ChildIdsAnswer', contacts.childIdsAnswer, succeed({ result: { dept_id_list: [101, 102] } })),
  ),
  createOld(
    'v2/department/listparentbyuser',
    'listParentDepartments',
    'Returns the departments of a user, each with all departments above it',
    userBody,
    createNamed(
      'ParentsAnswer',
      contacts.parentsAnswer,
      succeed({ result: { parent_list: [{ parent_dept_id_list: [101, 100, 1] }] } }),
    ),
  ),
];

const callErrors: readonly ErrorCode[] = [...callerErrors, 'invalidParameter.param.invalid', 'system.error'];
const searchErrors: readonly ErrorCode[] = [
  ...callErrors,
  ...bodyErrors,
  'MissingqueryWord',
  'Missingoffset',
  'Missingsize',
];
const search = { queryWord: '张', offset: 0, size: 10 };

const versioned: readonly Call[] = [
  {
    method: 'get',
    path: '/v1.0/contact/users/{unionId}',
    id: 'getPerson',
    tag: 'contacts',
    summary: 'Returns a user by unionId; needs the token of an app, so there is no user me',
    answer: createNamed('PersonAnswer', contacts.personAnswer, {
      nick: '张敏',
      mobile: '13800000003',
      openId: '0f3c1hs8d3t9f6gm4abe2k7cr0',
      unionId: unionid,
      stateCode: '86',
    }),
    errors: [...callErrors, 'invalidParameter.user.notFound'],
  },
  {
    method: 'post',
    path: '/v1.0/contact/users/search',
    id: 'searchUsers',
    tag: 'contacts',
    summary: 'Finds the userIds of the users whose name contains a text',
    body: createNamed('SearchUsersBody', contacts.searchUsersBody, search),
    answer: createNamed('SearchUsersAnswer', contacts.searchUsersAnswer, {
      hasMore: false,
      list: [userid],
      totalCount: 1,
    }),
    errors: searchErrors,
  },
  {
    method: 'post',
    path: '/v1.0/contact/departments/search',
    id: 'searchDepartments',
    tag: 'contacts',
    summary: 'Finds the ids of the departments whose name contains a text',
    body: createNamed('SearchDepartmentsBody', contacts.searchDepartmentsBody, { ...search, queryWord: '组' }),
    answer: createNamed('SearchDepartmentsAnswer', contacts.searchDepartmentsAnswer, {
      hasMore: false,
      list: [101, 102],
      totalCount: 2,
    }),
    errors: searchErrors,
  },
];

const oldest: readonly Call[] = [
  createOldest(
    '/user/get',
    'getUserV1',
    'Returns a user by userid, in the oldest form',
    contacts.oldestUserQuery,
    createNamed(
      'OldestUserAnswer',
      contacts.oldestUserAnswer,
      succeed({
        active: true,
        department: [101],
        isAdmin: false,
        isBoss: false,
        isHide: false,
        isLeaderInDepts: '{101:true}',
        isSenior: false,
        mobile: '13800000003',
        name: '张敏',
        orderInDepts: '{101:0}',
        stateCode: '86',
        unionid,
        userid,
      }),
    ),
  ),
  createOldest(
    '/user/get_by_mobile',
    'getUserByMobileV1',
    'Finds the userid of a mobile, in the oldest form',
    contacts.oldestMobileQuery,
    createNamed('OldestFoundAnswer', contacts.oldestFoundAnswer, succeed({ userid })),
  ),
  createOldest(
    '/user/simplelist',
    'listSimpleMembersV1',
    'Lists the names of the users of a department, in the oldest form',
    contacts.oldestMembersQuery,
    createNamed('OldestMembersAnswer', contacts.oldestMembersAnswer, succeed({ hasMore: false, userlist: [simple] })),
  ),
  createOldest(
    '/department/list',
    'listDepartmentsV1',
    'Lists departments below one, in the oldest form',
    contacts.oldestDepartmentsQuery,
    createNamed(
      'OldestDepartmentsAnswer',
      contacts.oldestDepartmentsAnswer,
      succeed({
        department: [{ autoAddUser: false, createDeptGroup: false, id: 101, name: '后端组', parentid: 100 }],
      }),
    ),
  ),
  createOldest(
    '/department/list_ids',
    'listDepartmentIdsV1',
    'Returns the ids of the departments directly below one, in the oldest form',
    contacts.oldestChildIdsQuery,
    createNamed('OldestChildIdsAnswer', contacts.oldestChildIdsAnswer, succeed({ sub_dept_id_list: [101, 102] })),
  ),
];

export const contactCalls: readonly Call[] = [...users, ...departments, ...versioned, ...oldest];
