/** The calls under `/topapi/` that return departments. */
import { requireCaller } from '../../../core/access/caller.ts';
import {
  type Department,
  findAnyDepartment,
  findDepartment,
  findProfile,
  listBelow,
} from '../../../core/contacts/lookups.ts';
import type { Caller, Context } from '../../../core/context.ts';
import { rootDepartment } from '../../../wire/department-tree.ts';
import { contactPermissions } from '../../../wire/permissions.ts';
import type { Route } from '../../server/route.ts';
import { createOldHostRoutes, type Payload } from '../old-host-call.ts';
import { checkText, requireDepartment, requireUser } from './checks.ts';
import { renderListedDepartment } from './render.ts';

const methods = ['POST', 'GET'] as const;
const permission = contactPermissions.departments;

export const departmentRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/department/get',
    permission,
    parameters: { dept_id: { kind: 'number', required: true } },
    async handler({ context, caller }, { dept_id }) {
      const app = requireCaller(caller);
      const department = requireDepartment(await findDepartment(context, app, dept_id));
      return { result: await renderDepartment(context, app, department) };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/department/listsub',
    permission,
    parameters: { dept_id: { kind: 'number' } },
    async handler({ context, caller }, { dept_id = rootDepartment }) {
      const app = requireCaller(caller);
      requireDepartment(await findAnyDepartment(context, app, dept_id));
      return { result: (await listBelow(context, app, dept_id, 'one')).map(renderListedDepartment) };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/department/listsubid',
    permission,
    parameters: { dept_id: { kind: 'number', required: true } },
    async handler({ context, caller }, { dept_id }) {
      const app = requireCaller(caller);
      requireDepartment(await findAnyDepartment(context, app, dept_id));
      const children = await context.store.departments.children(app.organization.corpId, dept_id);
      return { result: { dept_id_list: children.map(({ id }) => id) } };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: '/topapi/v2/department/listparentbyuser',
    permission,
    parameters: { userid: { kind: 'text', required: true } },
    async handler({ context, caller }, { userid }) {
      const app = requireCaller(caller);
      const found = await findProfile(context, app, 'code', checkText('userid', userid));
      const { memberships } = requireUser(found, 60121);
      const paths = memberships.map(async ({ departmentId }) => ({
        parent_dept_id_list: await context.store.departments.path(app.organization.corpId, departmentId),
      }));
      return { result: { parent_list: await Promise.all(paths) } };
    },
  }),
];

async function renderDepartment({ store }: Context, { organization }: Caller, one: Department): Promise<Payload> {
  const { corpId } = organization;
  const { own, total } = await store.departments.counts(corpId, one.id);
  const isRoot = one.id === rootDepartment;
  return {
    auto_add_user: false,
    create_dept_group: false,
    dept_id: one.id,
    dept_manager_userid_list: await store.departments.leaders(corpId, one.id),
    dept_permits: [],
    from_union_org: false,
    group_contain_sub_dept: false,
    hide_dept: false,
    member_count: total,
    name: one.name,
    outer_dept: false,
    outer_permit_depts: [],
    outer_permit_users: [],
    owning_member_count: own,
    user_permits: [],
    ...(!isRoot && { order: one.position, parent_id: one.parentId }),
  };
}
