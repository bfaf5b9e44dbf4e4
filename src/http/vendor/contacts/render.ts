/** Users and departments as the old host returns them. Members without a value are left out. */
import type { Department, ListedMember, Profile } from '../../../core/contacts/lookups.ts';
import type { Caller } from '../../../core/context.ts';
import { splitMobile } from '../../../wire/mobile.ts';
import { contactPermissions } from '../../../wire/permissions.ts';
import type { Payload } from '../old-host-call.ts';

/** The mobile and email of a user, as far as the app may see them. */
function renderReach({ mobile, email }: Profile, { app }: Caller): Payload {
  const { stateCode, number } = splitMobile(mobile ?? '');
  const hasMobile = mobile !== null && app.permissions.includes(contactPermissions.mobile);
  return {
    ...(hasMobile && { mobile: number, state_code: stateCode }),
    ...(email !== null && app.permissions.includes(contactPermissions.email) && { email }),
  };
}

function renderPerson(profile: Profile, caller: Caller): Payload {
  const { code, name, unionId, jobNumber, title, memberships } = profile;
  return {
    active: true,
    admin: false,
    boss: false,
    dept_id_list: memberships.map(({ departmentId }) => departmentId),
    exclusive_account: false,
    hide_mobile: false,
    name,
    unionid: unionId,
    userid: code,
    ...(jobNumber !== null && { job_number: jobNumber }),
    ...(title !== null && { title }),
    ...renderReach(profile, caller),
  };
}

/** Renders the result of `/topapi/v2/user/get`. */
export function renderUser(profile: Profile, caller: Caller): Payload {
  return {
    ...renderPerson(profile, caller),
    dept_order_list: profile.memberships.map(({ departmentId, position }) => ({
      dept_id: departmentId,
      order: position,
    })),
    leader_in_dept: profile.memberships.map(({ departmentId, leader }) => ({ dept_id: departmentId, leader })),
    real_authed: false,
    senior: false,
  };
}

/** Renders one user of `/topapi/v2/user/list`. */
export function renderMember(member: ListedMember, caller: Caller): Payload {
  return { ...renderPerson(member, caller), dept_order: member.position, leader: member.leader };
}

/** Renders the answer of the oldest call for a user, `/user/get`. */
export function renderOldestUser(profile: Profile, caller: Caller): Payload {
  const { code, name, unionId, jobNumber, title, memberships } = profile;
  const { mobile, state_code: stateCode, email } = renderReach(profile, caller);
  const byDepartment = (value: (one: Profile['memberships'][number]) => number | boolean) =>
    `{${memberships.map((one) => `${one.departmentId}:${value(one)}`).join(',')}}`;
  return {
    active: true,
    department: memberships.map(({ departmentId }) => departmentId),
    isAdmin: false,
    isBoss: false,
    isHide: false,
    isLeaderInDepts: byDepartment(({ leader }) => leader),
    isSenior: false,
    name,
    orderInDepts: byDepartment(({ position }) => position),
    unionid: unionId,
    userid: code,
    ...(jobNumber !== null && { jobnumber: jobNumber }),
    ...(title !== null && { position: title }),
    ...(mobile !== undefined && { mobile, stateCode }),
    ...(email !== undefined && { email }),
  };
}

/** Renders one department of a list. */
export function renderListedDepartment({ id, name, parentId }: Department): Payload {
  return { auto_add_user: false, create_dept_group: false, dept_id: id, name, parent_id: parentId };
}

/** Renders one department of the oldest list, `/department/list`. */
export function renderOldestDepartment({ id, name, parentId }: Department): Payload {
  return { autoAddUser: false, createDeptGroup: false, id, name, parentid: parentId };
}
