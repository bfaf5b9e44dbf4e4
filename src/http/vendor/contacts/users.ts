/** The calls under `/topapi/` that return users. */

import { requireCaller } from '../../../core/access/caller.ts';
import {
  findAnyDepartment,
  findProfile,
  listMemberNames,
  listMembers,
  type MemberOrder,
  type MemberPageQuery,
} from '../../../core/contacts/lookups.ts';
import { OldHostError } from '../../../wire/error-table/errcode.ts';
import { contactPermissions as permissions } from '../../../wire/permissions.ts';
import type { Route } from '../../server/route.ts';
import { createOldHostRoutes, type Payload } from '../old-host-call.ts';
import { checkMobile, checkPage, checkText, requireDepartment, requireUser } from './checks.ts';
import { renderMember, renderUser } from './render.ts';

const methods = ['POST', 'GET'] as const;

const requiredText = { kind: 'text', required: true } as const;
const requiredNumber = { kind: 'number', required: true } as const;

/** The calls that find one user. */
const findRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/user/get',
    permission: permissions.user,
    parameters: { userid: requiredText },
    async handler({ context, caller }, { userid }) {
      const app = requireCaller(caller);
      const found = await findProfile(context, app, 'code', checkText('userid', userid));
      return { result: renderUser(requireUser(found, 33012), app) };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/user/getbymobile',
    permission: permissions.userByMobile,
    parameters: { mobile: requiredText },
    async handler({ context, caller }, { mobile }) {
      const found = await findProfile(context, requireCaller(caller), 'mobile', checkMobile(mobile));
      // The mobile number of a user whom the app may not see is refused like one that no user has.
      return { result: { userid: requireUser(found, 60121, 60121).code } };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/user/getbyunionid',
    permission: permissions.user,
    parameters: { unionid: requiredText },
    async handler({ context, caller }, { unionid }) {
      const found = await findProfile(context, requireCaller(caller), 'unionId', checkText('unionid', unionid));
      return { result: { contact_type: 0, userid: requireUser(found, 60121, 60121).code } };
    },
  }),
];

const orders: Readonly<Record<string, MemberOrder>> = {
  custom: 'custom',
  entry_asc: 'oldest',
  entry_desc: 'newest',
  // Changes have no time of their own here, so these sort like the two above.
  modify_asc: 'oldest',
  modify_desc: 'newest',
};

type Page = {
  readonly dept_id: number;
  readonly cursor: number;
  readonly size: number;
  readonly order_field?: string | undefined;
};

const pageParameters = {
  dept_id: requiredNumber,
  cursor: requiredNumber,
  size: requiredNumber,
  order_field: { kind: 'text' },
} as const;

/** Throws 40068, 40069 and 400002. */
function parsePage({ dept_id, cursor, size, order_field = 'custom' }: Page): MemberPageQuery {
  checkPage(cursor, size);
  const order = Object.hasOwn(orders, order_field) ? orders[order_field] : undefined;
  if (!order) throw new OldHostError(400002, 'order_field is not one of its values');
  return { departmentId: dept_id, order, offset: cursor, limit: size };
}

function renderPlace({ cursor, size }: Page, hasMore: boolean): Payload {
  return { has_more: hasMore, ...(hasMore && { next_cursor: cursor + size }) };
}

/** The calls that list the users of a department. */
const listRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/user/list',
    permission: permissions.departmentMembers,
    parameters: pageParameters,
    async handler({ context, caller }, given) {
      const app = requireCaller(caller);
      const { members, hasMore } = requireDepartment(await listMembers(context, app, parsePage(given)));
      const list = members.map((member) => renderMember(member, app));
      return { result: { ...renderPlace(given, hasMore), list } };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/user/listsimple',
    permission: permissions.departmentMembers,
    parameters: pageParameters,
    async handler({ context, caller }, given) {
      const query = parsePage(given);
      const { members, hasMore } = requireDepartment(await listMemberNames(context, requireCaller(caller), query));
      const list = members.map(({ code, name }) => ({ name, userid: code }));
      return { result: { ...renderPlace(given, hasMore), list } };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/user/listid',
    permission: permissions.user,
    parameters: { dept_id: requiredNumber },
    async handler({ context, caller }, { dept_id }) {
      const { organization } = requireCaller(caller);
      requireDepartment(await findAnyDepartment(context, requireCaller(caller), dept_id));
      return { result: { userid_list: await context.store.departmentMembers.codes(organization.corpId, dept_id) } };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/user/count',
    permission: permissions.user,
    parameters: { only_active: { kind: 'boolean', required: true } },
    async handler({ context, caller }) {
      // Every user is active.
      return { result: { count: await context.store.userCount(requireCaller(caller).organization.corpId) } };
    },
  }),
];

export const userRoutes: readonly Route[] = [...findRoutes, ...listRoutes];
