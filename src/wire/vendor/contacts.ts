/** Schemas of the vendor's calls about users and departments. Handlers check the input by hand. */
import { z } from 'zod';
import { createOldAnswer } from './old-host.ts';

const name = () => z.string().describe('Name of the user.');
const userId = () => z.string().describe('Code of the user in the organization.');
const unionId = () =>
  z.string().describe('Stable identifier of the user, also when userId is given to another person.');
const departmentId = () => z.int().describe('Department; 1 is the root.');
const mobile = () => z.string().describe('Number without country code.');
const stateCode = () => z.string().describe('Country code of the mobile.');

export const userIdBody = z.object({ userid: userId() });
export const mobileBody = z.object({
  mobile: z.string().describe('With its country code unless that is 86: +852-51234567.'),
});
export const unionIdBody = z.object({ unionid: unionId() });
export const departmentBody = z.object({ dept_id: departmentId() });
export const childrenBody = z.object({ dept_id: departmentId().optional() });
export const countBody = z.object({ only_active: z.boolean().describe('All users are active.') });
export const membersBody = z.object({
  dept_id: departmentId(),
  cursor: z.int().min(0).max(100_000).describe('0, then next_cursor of the previous page.'),
  size: z.int().min(1).max(100),
  order_field: z
    .enum(['custom', 'entry_asc', 'entry_desc', 'modify_asc', 'modify_desc'])
    .optional()
    .describe('custom (default): by descending order. The others sort by when users were added.'),
});

const person = {
  active: z.boolean(),
  admin: z.boolean(),
  boss: z.boolean(),
  dept_id_list: z.array(z.int()),
  email: z.string().optional().describe('With the permission fieldEmail only.'),
  exclusive_account: z.boolean(),
  hide_mobile: z.boolean(),
  job_number: z.string().optional(),
  mobile: mobile().optional().describe('With the permission fieldMobile only.'),
  name: name(),
  state_code: stateCode().optional(),
  title: z.string().optional(),
  unionid: unionId(),
  userid: userId(),
};
const simple = z.object({ name: name(), userid: userId() });

export const userAnswer = createOldAnswer({
  result: z.object({
    ...person,
    dept_order_list: z.array(z.object({ dept_id: z.int(), order: z.int() })),
    leader_in_dept: z.array(z.object({ dept_id: z.int(), leader: z.boolean() })),
    real_authed: z.boolean(),
    senior: z.boolean(),
  }),
});
export const foundUserAnswer = createOldAnswer({ result: z.object({ userid: userId() }) });
export const unionUserAnswer = createOldAnswer({
  result: z.object({ contact_type: z.int().describe('0: a user of the organization.'), userid: userId() }),
});
const page = { has_more: z.boolean(), next_cursor: z.int().optional().describe('Absent on the last page.') };
export const membersAnswer = createOldAnswer({
  result: z.object({
    ...page,
    list: z.array(z.object({ ...person, dept_order: z.int(), leader: z.boolean() })),
  }),
});
export const simpleMembersAnswer = createOldAnswer({ result: z.object({ ...page, list: z.array(simple) }) });
export const userIdsAnswer = createOldAnswer({ result: z.object({ userid_list: z.array(z.string()) }) });
export const countAnswer = createOldAnswer({ result: z.object({ count: z.int().min(0) }) });

const listedDepartment = z.object({
  auto_add_user: z.boolean(),
  create_dept_group: z.boolean(),
  dept_id: z.int(),
  name: z.string(),
  parent_id: z.int(),
});
export const departmentAnswer = createOldAnswer({
  result: z.object({
    auto_add_user: z.boolean(),
    create_dept_group: z.boolean(),
    dept_id: z.int(),
    dept_manager_userid_list: z.array(z.string()),
    dept_permits: z.array(z.int()),
    from_union_org: z.boolean(),
    group_contain_sub_dept: z.boolean(),
    hide_dept: z.boolean(),
    member_count: z.int().min(0).describe('Users in this department and all below it.'),
    name: z.string(),
    order: z.int().optional(),
    outer_dept: z.boolean(),
    outer_permit_depts: z.array(z.int()),
    outer_permit_users: z.array(z.string()),
    owning_member_count: z.int().min(0).describe('Users in this department itself.'),
    parent_id: z.int().optional().describe('Absent for the root.'),
    user_permits: z.array(z.string()),
  }),
});
export const childrenAnswer = createOldAnswer({ result: z.array(listedDepartment) });
export const childIdsAnswer = createOldAnswer({ result: z.object({ dept_id_list: z.array(z.int()) }) });
export const parentsAnswer = createOldAnswer({
  result: z.object({
    parent_list: z.array(
      z.object({ parent_dept_id_list: z.array(z.int()).describe('From a department of the user up to the root, 1.') }),
    ),
  }),
});

export const oldestUserQuery = z.object({ userid: userId() });
export const oldestMobileQuery = z.object({ mobile: z.string() });
export const oldestMembersQuery = z.object({
  department_id: departmentId(),
  offset: z.int().optional().describe('With size: where the page begins. Without them, all members are returned.'),
  size: z.int().optional(),
});
export const oldestDepartmentsQuery = z.object({
  id: departmentId().optional(),
  fetch_child: z.boolean().optional().describe('true: all departments below, not only one level.'),
});
export const oldestChildIdsQuery = z.object({ id: departmentId() });

export const oldestUserAnswer = createOldAnswer({
  active: z.boolean(),
  department: z.array(z.int()),
  email: z.string(),
  isAdmin: z.boolean(),
  isBoss: z.boolean(),
  isHide: z.boolean(),
  isLeaderInDepts: z.string().describe('Text such as `{1:false}`.'),
  isSenior: z.boolean(),
  jobnumber: z.string(),
  mobile: mobile(),
  name: name(),
  orderInDepts: z.string().describe('Text such as `{1:0}`.'),
  position: z.string(),
  stateCode: stateCode(),
  unionid: unionId(),
  userid: userId(),
});
export const oldestFoundAnswer = createOldAnswer({ userid: userId() });
export const oldestMembersAnswer = createOldAnswer({ hasMore: z.boolean(), userlist: z.array(simple) });
export const oldestDepartmentsAnswer = createOldAnswer({
  department: z.array(
    z.object({
      autoAddUser: z.boolean(),
      createDeptGroup: z.boolean(),
      id: z.int(),
      name: z.string(),
      parentid: z.int(),
    }),
  ),
});
export const oldestChildIdsAnswer = createOldAnswer({ sub_dept_id_list: z.array(z.int()) });

/** Response of `GET /v1.0/contact/users/{unionId}`. */
export const personAnswer = z.object({
  nick: name(),
  mobile: mobile().optional().describe('With the permission Contact.User.mobile only.'),
  openId: z.string().describe('Identifier of the user for this app.'),
  unionId: unionId(),
  email: z.string().optional(),
  stateCode: stateCode().optional(),
});
export type PersonAnswer = z.infer<typeof personAnswer>;

const searchShape = {
  queryWord: z.string().min(1).max(128).describe('Part of the name; ASCII letters match case-insensitively.'),
  offset: z.int().min(0).max(100_000),
  size: z.int().min(1).max(100),
};
export const searchUsersBody = z.object({
  ...searchShape,
  fullMatchField: z.literal(1).optional().describe('1: only users with exactly this name.'),
});
export const searchDepartmentsBody = z.object(searchShape);
const createSearchAnswer = <T extends z.ZodType>(item: T) =>
  z.object({ hasMore: z.boolean(), list: z.array(item), totalCount: z.int().min(0) });
export const searchUsersAnswer = createSearchAnswer(userId());
export const searchDepartmentsAnswer = createSearchAnswer(z.int());

/** Response of both searches: userIds or ids of departments. */
export type SearchAnswer = {
  readonly hasMore: boolean;
  readonly list: readonly (string | number)[];
  readonly totalCount: number;
};
