/** The departments of an organization, for operators. */

import type { Department, Organization } from '../../store/model.ts';
import { findTreeProblem, rootDepartment } from '../../wire/department-tree.ts';
import { huizhiError } from '../../wire/errors.ts';
import { isActing } from '../access/acting.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { containsText, updateDirectory } from './changes.ts';
import { describePeople } from './contacts.ts';
import { requireApp } from './find-app.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';
import { totalOf } from './totals.ts';

export type DepartmentFields = {
  readonly corpId: string;
  readonly deptId?: number | undefined;
  readonly name: string;
  readonly parentId?: number | undefined;
  readonly order?: number | undefined;
};

export type DepartmentChange = {
  readonly name?: string | undefined;
  readonly parentId?: number | undefined;
  readonly order?: number | undefined;
  readonly managers?: readonly string[] | undefined;
};

/** The root department of an organization, as if it was stored. */
function rootOf({ corpId, name }: Organization): Department {
  return { corpId, id: rootDepartment, parentId: 0, name, position: 0 };
}

function describe({ id, name, parentId, position }: Department, parents: ReadonlySet<number>) {
  const isRoot = id === rootDepartment;
  return { deptId: id, name, parentId: isRoot ? null : parentId, order: position, hasChildren: parents.has(id) };
}

/**
 * Lists the departments directly below one, or those whose name contains a text. Throws `huizhi.notFound`.
 */
export async function listDepartments(
  context: Context,
  corpCode: string,
  { parentId, text = '' }: { readonly parentId?: number; readonly text?: string },
  { limit, cursor }: Page,
) {
  const { corpId } = requireOrganization(context, corpCode);
  const all = await context.store.departments.all(corpId);
  const parents = new Set(all.map((one) => one.parentId));
  const parent = parentId ?? (text === '' ? rootDepartment : undefined);
  if (parent !== undefined && parent !== rootDepartment && !all.some(({ id }) => id === parent))
    throw noDepartment(corpCode, parent);
  const found = all.filter((one) => (parent ?? one.parentId) === one.parentId && containsText(text, [one.name]));
  const from = cursor === undefined ? 0 : parseNumberCursor(cursor);
  const departments = found.slice(from, from + limit).map((one) => describe(one, parents));
  const next = from + limit < found.length ? formatCursor(from + limit) : null;
  return { departments, cursor: next, ...(cursor === undefined && { total: totalOf(found.length) }) };
}

/** Returns one department. Throws `huizhi.notFound`. */
export async function findDepartment(context: Context, corpCode: string, deptId: number) {
  const organization = requireOrganization(context, corpCode);
  const { corpId } = organization;
  const { departments } = context.store;
  const one = await requireDepartment(context, organization, deptId);
  const ids = (await departments.path(corpId, deptId)).toReversed();
  const path = await Promise.all(ids.map((id) => requireDepartment(context, organization, id)));
  const { own, total } = await departments.counts(corpId, deptId);
  const hasChildren = (await departments.children(corpId, deptId)).length > 0;
  return {
    ...describe(one, new Set(hasChildren ? [deptId] : [])),
    path: path.map(({ id, name }) => ({ deptId: id, name })),
    managers: [...(await departments.leaders(corpId, deptId))],
    memberCount: own,
    totalCount: total,
  };
}

async function requireDepartment(context: Context, organization: Organization, deptId: number): Promise<Department> {
  if (deptId === rootDepartment) return rootOf(organization);
  const found = await context.store.departments.find(organization.corpId, deptId);
  if (!found) throw noDepartment(organization.code, deptId);
  return found;
}

function noDepartment(corpCode: string, deptId: number) {
  return huizhiError('huizhi.notFound', `no department ${deptId} in ${corpCode}`);
}

/** Lists the direct members of a department. Throws `huizhi.notFound`. */
export async function listDepartmentUsers(context: Context, corpCode: string, deptId: number, page: Page) {
  const organization = requireOrganization(context, corpCode);
  await requireDepartment(context, organization, deptId);
  const { corpId } = organization;
  const offset = page.cursor === undefined ? 0 : parseNumberCursor(page.cursor);
  const query = { corpId, departmentId: deptId, order: 'custom', offset, limit: page.limit + 1 } as const;
  const members = await context.store.departmentMembers.page(query);
  const ids = members.slice(0, page.limit).map(({ id }) => id);
  const next = members.length > page.limit ? formatCursor(offset + page.limit) : null;
  return { users: await describePeople(context, corpId, ids), cursor: next };
}

/**
 * Creates a department. Throws `huizhi.notFound`, `huizhi.conflict` for a deptId that exists, and `huizhi.badRequest` if
 * it does not fit into the tree.
 */
export function createDepartment(context: Context, operator: Operator, fields: DepartmentFields) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId } = requireOrganization(context, fields.corpId);
    const all = await context.store.departments.all(corpId);
    const { name, parentId = rootDepartment } = fields;
    const id = fields.deptId ?? drawId(context, all);
    if (all.some((one) => one.id === id))
      throw huizhiError('huizhi.conflict', `there is a department ${id} in ${fields.corpId} already`);
    const position = fields.order ?? nextPosition(all, parentId);
    const department = { corpId, id, parentId, name, position };
    refuseBadTree([...all, department]);
    const entry = { corpId, action: 'department.create', target: String(id), was: null };
    await write([{ departments: [department] }], { ...entry, became: { name, parentId, order: position } });
    return findDepartment(context, fields.corpId, id);
  });
}

/** The range of random ids: nine digits, as the vendor's have. */
const firstId = 100_000_000;
const idRange = 900_000_000;

function drawId({ randomBytes }: Context, all: readonly Department[]): number {
  const used = new Set(all.map(({ id }) => id));
  for (;;) {
    const [a = 0, b = 0, c = 0, d = 0] = randomBytes(4);
    const id = firstId + ((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % idRange);
    if (!used.has(id)) return id;
  }
}

function nextPosition(all: readonly Department[], parentId: number): number {
  const positions = all.filter((one) => one.parentId === parentId).map(({ position }) => position);
  return Math.max(0, ...positions) + 1;
}

function refuseBadTree(departments: readonly Department[]): void {
  const problem = findTreeProblem(departments);
  if (problem) throw huizhiError('huizhi.badRequest', `parentId: ${problem.what}`);
}

/**
 * Renames, moves or orders a department, or replaces its managers. Of the root department only the managers can be
 * changed. Throws `huizhi.notFound`, and `huizhi.badRequest` for a change that is not possible.
 */
export function changeDepartment(
  context: Context,
  operator: Operator,
  corpCode: string,
  deptId: number,
  change: DepartmentChange,
) {
  return updateDirectory(context, operator, async (write) => {
    const organization = requireOrganization(context, corpCode);
    const { corpId } = organization;
    const before = await requireDepartment(context, organization, deptId);
    const after = await moveDepartment(context, before, change);
    const managers = change.managers && [...new Set(change.managers)];
    const userIds = managers && (await findMembers(context, corpId, deptId, managers));
    const wasManagers = managers && { managers: await context.store.departments.leaders(corpId, deptId) };
    const entry = { corpId, action: 'department.change', target: String(deptId) };
    const was = { ...describeState(before), ...wasManagers };
    const became = { ...describeState(after), ...(managers && { managers }) };
    const isRoot = deptId === rootDepartment;
    await write(
      [
        ...(isRoot ? [] : [{ departments: [after] }]),
        ...(userIds ? [{ leaders: { corpId, id: deptId, userIds } }] : []),
      ],
      {
        ...entry,
        was,
        became,
      },
    );
    return findDepartment(context, corpCode, deptId);
  });
}

function describeState({ name, parentId, position }: Department) {
  return { name, parentId, order: position };
}

async function moveDepartment({ store }: Context, before: Department, change: DepartmentChange): Promise<Department> {
  const { name = before.name, parentId = before.parentId } = change;
  const isMoved = parentId !== before.parentId;
  if (name === before.name && !isMoved && (change.order ?? before.position) === before.position) return before;
  if (before.id === rootDepartment)
    throw huizhiError('huizhi.badRequest', 'the root department is the organization: only its managers can be changed');
  const others = (await store.departments.all(before.corpId)).filter(({ id }) => id !== before.id);
  const position = change.order ?? (isMoved ? nextPosition(others, parentId) : before.position);
  const after = { ...before, name, parentId, position };
  refuseBadTree([...others, after]);
  return after;
}

async function findMembers({ store }: Context, corpId: number, deptId: number, codes: readonly string[]) {
  const users = await store.contacts.byCodes(corpId, codes);
  const memberships = await store.departments.memberships(
    corpId,
    users.map(({ id }) => id),
  );
  return codes.map((code) => {
    const user = users.find((one) => one.code === code);
    const isMember = user && memberships.get(user.id)?.some(({ departmentId }) => departmentId === deptId);
    if (user && isMember) return user.id;
    throw huizhiError('huizhi.badRequest', `managers: ${code} is not a member of department ${deptId}`);
  });
}

/**
 * Deletes a department. Throws `huizhi.notFound`, and `huizhi.conflict` while it has users or departments below it, or is
 * named in the contact scope of an app.
 */
export function deleteDepartment(context: Context, operator: Operator, corpCode: string, deptId: number) {
  return updateDirectory(context, operator, async (write) => {
    const organization = requireOrganization(context, corpCode);
    const { corpId } = organization;
    const one = await requireDepartment(context, organization, deptId);
    await refuseInUse(context, one);
    const entry = { corpId, action: 'department.delete', target: String(deptId), became: null };
    await write([{ droppedDepartment: { corpId, id: deptId } }], { ...entry, was: describeState(one) });
    return {};
  });
}

async function refuseInUse({ store, directory }: Context, { corpId, id }: Department): Promise<void> {
  if (id === rootDepartment) throw huizhiError('huizhi.conflict', 'the root department cannot be deleted');
  const { own } = await store.departments.counts(corpId, id);
  if (own > 0) throw huizhiError('huizhi.conflict', `the department has ${own} users`);
  if ((await store.departments.children(corpId, id)).length > 0)
    throw huizhiError('huizhi.conflict', 'there are departments below the department');
  const [appId] = await store.departments.scopesOf(corpId, id);
  if (appId === undefined) return;
  const code = directory.now.appOf(appId)?.code;
  throw huizhiError('huizhi.conflict', `the department is in the contact scope of app ${code}`);
}

/** Returns the departments of an organization that an app sees; empty if it sees all. Throws `huizhi.notFound`. */
export async function findContactScope(context: Context, appKey: string, corpCode: string) {
  const { corpId, appId } = requireActing(context, appKey, corpCode);
  return { departments: [...(await context.store.departments.scope(corpId, appId))] };
}

/** Replaces the departments of an organization that an app sees. Throws `huizhi.notFound`, `huizhi.badRequest`. */
export function setContactScope(
  context: Context,
  operator: Operator,
  appKey: string,
  corpCode: string,
  departments: readonly number[],
) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId, appId } = requireActing(context, appKey, corpCode);
    const known = new Set([rootDepartment, ...(await context.store.departments.all(corpId)).map(({ id }) => id)]);
    const lost = departments.find((id) => !known.has(id));
    if (lost !== undefined) throw huizhiError('huizhi.badRequest', `departments: there is no department ${lost}`);
    const departmentIds = [...new Set(departments)].toSorted((a, b) => a - b);
    const was = { departments: await context.store.departments.scope(corpId, appId) };
    const entry = { corpId, action: 'app.contactScope', target: appKey, was, became: { departments: departmentIds } };
    await write([{ scope: { corpId, appId, departmentIds } }], entry);
    return { departments: departmentIds };
  });
}

function requireActing(context: Context, appKey: string, corpCode: string) {
  const { corpId } = requireOrganization(context, corpCode);
  const app = requireApp(context, appKey);
  if (!isActing(context, app, corpId))
    throw huizhiError('huizhi.notFound', `app ${appKey} does not act for ${corpCode}`);
  return { corpId, appId: app.id };
}
