/** The oldest calls about users and departments, which the vendor no longer offers to new apps: GET, without `result`. */
import { requireCaller } from '../../../core/access/caller.ts';
import { findAnyDepartment, findProfile, listBelow, listMemberNames } from '../../../core/contacts/lookups.ts';
import { rootDepartment } from '../../../wire/department-tree.ts';
import { contactPermissions as permissions } from '../../../wire/permissions.ts';
import type { Route } from '../../server/route.ts';
import { createOldHostRoutes } from '../old-host-call.ts';
import { checkMobile, checkPage, checkText, requireDepartment, requireUser } from './checks.ts';
import { renderOldestDepartment, renderOldestUser } from './render.ts';

const methods = ['GET'] as const;

/** Without offset and size, all members of a department are returned at once. */
const allMembers = { offset: 0, limit: 1_000_000 };

const userRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: '/user/get',
    permission: permissions.user,
    parameters: { userid: { kind: 'text', required: true } },
    async handler({ context, caller }, { userid }) {
      const app = requireCaller(caller);
      const found = await findProfile(context, app, 'code', checkText('userid', userid));
      return renderOldestUser(requireUser(found, 60121), app);
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/user/get_by_mobile',
    permission: permissions.userByMobile,
    parameters: { mobile: { kind: 'text', required: true } },
    async handler({ context, caller }, { mobile }) {
      const found = await findProfile(context, requireCaller(caller), 'mobile', checkMobile(mobile));
      return { userid: requireUser(found, 60121, 60121).code };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/user/simplelist',
    permission: permissions.departmentMembers,
    parameters: {
      department_id: { kind: 'number', required: true },
      offset: { kind: 'number' },
      size: { kind: 'number' },
    },
    async handler({ context, caller }, { department_id: departmentId, offset, size }) {
      const isPaged = offset !== undefined && size !== undefined;
      if (isPaged) checkPage(offset, size);
      const page = isPaged ? { offset, limit: size } : allMembers;
      const query = { departmentId, order: 'custom', ...page } as const;
      const { members, hasMore } = requireDepartment(await listMemberNames(context, requireCaller(caller), query));
      return { hasMore, userlist: members.map(({ code, name }) => ({ name, userid: code })) };
    },
  }),
];

const departmentRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: '/department/list',
    permission: permissions.departments,
    parameters: { id: { kind: 'number' }, fetch_child: { kind: 'boolean' } },
    async handler({ context, caller }, { id = rootDepartment, fetch_child: isWhole }) {
      const app = requireCaller(caller);
      requireDepartment(await findAnyDepartment(context, app, id));
      const found = await listBelow(context, app, id, isWhole ? 'all' : 'one');
      return { department: found.map(renderOldestDepartment) };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/department/list_ids',
    permission: permissions.departments,
    parameters: { id: { kind: 'number', required: true } },
    async handler({ context, caller }, { id }) {
      const app = requireCaller(caller);
      requireDepartment(await findAnyDepartment(context, app, id));
      const children = await context.store.departments.children(app.organization.corpId, id);
      return { sub_dept_id_list: children.map((one) => one.id) };
    },
  }),
];

export const oldestRoutes: readonly Route[] = [...userRoutes, ...departmentRoutes];
