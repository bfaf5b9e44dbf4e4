/** Departments and who belongs to them. */
import type { Changes, ChangeWrites } from '../directory/change-writes.ts';
import { raiseDirectoryVersion } from '../directory/directory.ts';
import { padKeys } from '../engine/rows.ts';
import {
  type Driver,
  pipeline,
  placeholders,
  queryRow,
  queryRows,
  queryValue,
  sql,
  sqlList,
  type Work,
} from '../engine/sql.ts';
import type { Department, Membership } from '../model.ts';

/** The id of the root department, which is the organization itself. */
export const rootDepartment = 1;

type DepartmentRow = readonly [id: number, parentId: number, name: string, position: number];

const columns = 'id, parent_id, name, position';

const toDepartment = (corpId: number, [id, parentId, name, position]: DepartmentRow): Department => ({
  corpId,
  id,
  parentId,
  name,
  position,
});

const selectDepartment = sql<DepartmentRow>(
  'select_department',
  `select ${columns} from departments where corp_id = $1 and id = $2`,
);
const selectChildren = sql<DepartmentRow>(
  'select_child_departments',
  `select ${columns} from departments where corp_id = $1 and parent_id = $2 order by position, id`,
);
const selectAll = sql<DepartmentRow>(
  'select_departments',
  `select ${columns} from departments where corp_id = $1 order by parent_id, position, id`,
);

function* findDepartment(corpId: number, id: number): Work<Department | undefined> {
  const row = yield* queryRow(selectDepartment, corpId, id);
  return row && toDepartment(corpId, row);
}

function* readChildren(corpId: number, id: number): Work<readonly Department[]> {
  return (yield* queryRows(selectChildren, corpId, id)).map((row) => toDepartment(corpId, row));
}

function* readDepartments(corpId: number): Work<readonly Department[]> {
  return (yield* queryRows(selectAll, corpId)).map((row) => toDepartment(corpId, row));
}

const selectPath = sql<[id: number]>(
  'select_department_path',
  `with recursive path (id, level) as (
     select cast($2 as bigint), 0
     union all select d.parent_id, path.level + 1 from path join departments d on d.corp_id = $1 and d.id = path.id)
   select id from path order by level`,
);

/** Returns the ids from a department up to the root, which is the last. */
function* readPath(corpId: number, id: number): Work<readonly number[]> {
  return (yield* queryRows(selectPath, corpId, id)).map(([each]) => each);
}

const tree = `with recursive tree (id) as (
  select cast($2 as bigint) union select d.id from tree join departments d on d.corp_id = $1 and d.parent_id = tree.id)`;
const countTree = sql<[count: number]>(
  'count_department_tree',
  `${tree} select count(distinct m.user_id) from tree
   join department_members m on m.corp_id = $1 and m.department_id = tree.id
   join users u on u.corp_id = $1 and u.id = m.user_id where u.left_at is null`,
);
/** Counts the current users with a membership of a department itself. */
export const countMembers = sql<[count: number]>(
  'count_department_members',
  `select count(*) from department_members m join users u on u.corp_id = m.corp_id and u.id = m.user_id
   where m.corp_id = $1 and m.department_id = $2 and u.left_at is null`,
);
const countUnplaced = sql<[count: number]>(
  'count_unplaced',
  `select count(*) from users where corp_id = $1 and placed is null and left_at is null`,
);
const countUsers = sql<[count: number]>(
  'count_users_of_root',
  `select count(*) from users where corp_id = $1 and left_at is null`,
);

/** The number of current users in a department itself, and in it and all departments below it. */
export type MemberCounts = { readonly own: number; readonly total: number };

function* readCounts(corpId: number, id: number): Work<MemberCounts> {
  const explicit = (yield* queryValue(countMembers, corpId, id)) ?? 0;
  if (id !== rootDepartment) return { own: explicit, total: (yield* queryValue(countTree, corpId, id)) ?? 0 };
  const unplaced = (yield* queryValue(countUnplaced, corpId)) ?? 0;
  return { own: explicit + unplaced, total: (yield* queryValue(countUsers, corpId)) ?? 0 };
}

const selectMemberships = sqlList<[userId: number, departmentId: number, leader: number, position: number]>(
  'select_memberships',
  (count) =>
    `select user_id, department_id, leader, position from department_members
     where corp_id = $1 and user_id in (${placeholders(2, count)}) order by user_id, department_id`,
);

/** A user without memberships belongs to the root department. */
export const rootMembership: Membership = { departmentId: rootDepartment, leader: false, position: 0 };

/** Number of users whose memberships one statement reads. */
const usersAtOnce = 256;

/** Reads the memberships of users, by the number of the user. Users without any are missing. */
export function* readMemberships(
  corpId: number,
  userIds: readonly number[],
): Work<ReadonlyMap<number, readonly Membership[]>> {
  const rows: (readonly [userId: number, departmentId: number, leader: number, position: number])[] = [];
  for (let at = 0; at < userIds.length; at += usersAtOnce) {
    const keys = padKeys(userIds.slice(at, at + usersAtOnce));
    rows.push(...(yield* queryRows(selectMemberships(keys.length), corpId, ...keys)));
  }
  const byUser = Map.groupBy(rows, ([userId]) => userId);
  return new Map(
    [...byUser].map(([userId, own]) => [
      userId,
      own.map(([, departmentId, leader, position]) => ({ departmentId, leader: leader === 1, position })),
    ]),
  );
}

const selectLeaders = sql<[code: string]>(
  'select_department_leaders',
  `select u.code from department_members m join users u on u.corp_id = m.corp_id and u.id = m.user_id
   where m.corp_id = $1 and m.department_id = $2 and m.leader = 1 and u.left_at is null order by m.user_id`,
);

function* readLeaders(corpId: number, id: number): Work<readonly string[]> {
  return (yield* queryRows(selectLeaders, corpId, id)).map(([code]) => code);
}

const selectScope = sql<[departmentId: number]>(
  'select_app_scope',
  `select department_id from app_scopes where corp_id = $1 and app_id = $2 order by department_id`,
);
const selectScopesOf = sql<[appId: number]>(
  'select_scopes_of_department',
  `select app_id from app_scopes where corp_id = $1 and department_id = $2`,
);
const clearScope = sql('clear_app_scope', `delete from app_scopes where corp_id = $1 and app_id = $2`);
const insertScope = sql(
  'insert_app_scope',
  `insert into app_scopes (corp_id, app_id, department_id) values ($1, $2, $3) on conflict do nothing`,
);

/** Returns the departments that an app may see; empty if it may see all. */
function* readScope(corpId: number, appId: number): Work<readonly number[]> {
  return (yield* queryRows(selectScope, corpId, appId)).map(([id]) => id);
}

/** Replaces the departments of an organization that an app may see. */
export function* replaceScope(corpId: number, appId: number, departmentIds: readonly number[]): Work<void> {
  yield* raiseDirectoryVersion();
  yield* queryRows(clearScope, corpId, appId);
  for (const id of departmentIds) yield* pipeline(insertScope, corpId, appId, id);
}

const upsertDepartment = sql(
  'upsert_department',
  `insert into departments (corp_id, id, parent_id, name, position) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, id) do update set
     parent_id = excluded.parent_id, name = excluded.name, position = excluded.position`,
);

/** Creates or changes departments of one organization. Their parents must exist, and lead to the root. */
export function* putDepartments(departments: readonly Department[], changes: Changes): Work<void> {
  const [first] = departments;
  if (!first) return;
  // Other transactions that change departments wait here, so those that are read are current.
  yield* raiseDirectoryVersion();
  const known = new Map((yield* readDepartments(first.corpId)).map((one) => [one.id, one]));
  for (const one of departments) {
    const { corpId, id, parentId, name, position } = one;
    const before = known.get(id);
    if (before?.parentId === parentId && before.name === name && before.position === position) continue;
    known.set(id, one);
    yield* pipeline(upsertDepartment, corpId, id, parentId, name, position);
    changes.add(corpId, { type: before ? 'org_dept_modify' : 'org_dept_create', deptId: id, name, parentId });
  }
}

const selectMembers = sql<[userId: number]>(
  'select_all_members',
  `select user_id from department_members where corp_id = $1 and department_id = $2`,
);
const dropMembers = sql('drop_members', `delete from department_members where corp_id = $1 and department_id = $2`);
const dropDepartmentRow = sql<[name: string, parentId: number]>(
  'drop_department',
  `delete from departments where corp_id = $1 and id = $2 returning name, parent_id`,
);
const markPlaced = sql(
  'mark_placed',
  `update users set placed = (select max(1) from department_members m where m.corp_id = $1 and m.user_id = $2)
   where corp_id = $1 and id = $2`,
);

/** Deletes a department without current members. Users who have left are no longer members of it. */
export function* dropDepartment(corpId: number, id: number, changes: Changes): Work<void> {
  yield* raiseDirectoryVersion();
  const former = yield* queryRows(selectMembers, corpId, id);
  yield* queryRows(dropMembers, corpId, id);
  for (const [userId] of former) yield* pipeline(markPlaced, corpId, userId);
  const dropped = yield* queryRow(dropDepartmentRow, corpId, id);
  if (!dropped) return;
  const [name, parentId] = dropped;
  changes.add(corpId, { type: 'org_dept_remove', deptId: id, name, parentId });
}

const dropMemberships = sql('drop_memberships', `delete from department_members where corp_id = $1 and user_id = $2`);
const insertMembership = sql(
  'insert_membership',
  `insert into department_members (corp_id, department_id, user_id, leader, position) values ($1, $2, $3, $4, $5)`,
);

/** Replaces all memberships of a user. */
export function* replaceMemberships(corpId: number, userId: number, memberships: readonly Membership[]): Work<void> {
  yield* queryRows(dropMemberships, corpId, userId);
  for (const { departmentId, leader, position } of memberships)
    yield* pipeline(insertMembership, corpId, departmentId, userId, leader ? 1 : 0, position);
  yield* pipeline(markPlaced, corpId, userId);
}

const selectLeaderIds = sql<[userId: number]>(
  'select_leader_numbers',
  `select user_id from department_members where corp_id = $1 and department_id = $2 and leader = 1 order by user_id`,
);
const clearLeaders = sql(
  'clear_leaders',
  `update department_members set leader = 0 where corp_id = $1 and department_id = $2 and leader = 1`,
);
const setLeader = sql(
  'set_leader',
  `update department_members set leader = 1 where corp_id = $1 and department_id = $2 and user_id = $3`,
);
const selectOrganizationName = sql<[name: string]>(
  'select_organization_name',
  `select name from organizations where corp_id = $1`,
);

/** Replaces the managers of a department. Users who are not members of it are skipped. */
export function* replaceLeaders(corpId: number, id: number, userIds: readonly number[], changes: Changes): Work<void> {
  yield* raiseDirectoryVersion();
  const before = yield* queryRows(selectLeaderIds, corpId, id);
  yield* queryRows(clearLeaders, corpId, id);
  for (const userId of userIds) yield* pipeline(setLeader, corpId, id, userId);
  if (String(before) === String(yield* queryRows(selectLeaderIds, corpId, id))) return;
  const known = yield* findDepartment(corpId, id);
  const name = known?.name ?? (yield* queryValue(selectOrganizationName, corpId)) ?? '';
  changes.add(corpId, { type: 'org_dept_modify', deptId: id, name, parentId: known?.parentId ?? null });
}

/** Creates the verbs for departments. */
export function createDepartmentVerbs(driver: Driver, writes: ChangeWrites) {
  return {
    find: (corpId: number, id: number) => driver.read(() => findDepartment(corpId, id)),
    children: (corpId: number, id: number) => driver.read(() => readChildren(corpId, id)),
    all: (corpId: number) => driver.read(() => readDepartments(corpId)),
    path: (corpId: number, id: number) => driver.read(() => readPath(corpId, id)),
    counts: (corpId: number, id: number) => driver.snapshot(() => readCounts(corpId, id)),
    leaders: (corpId: number, id: number) => driver.read(() => readLeaders(corpId, id)),
    memberships: (corpId: number, userIds: readonly number[]) => driver.read(() => readMemberships(corpId, userIds)),
    scope: (corpId: number, appId: number) => driver.read(() => readScope(corpId, appId)),
    /** Returns the numbers of the apps whose scope names a department. */
    scopesOf: (corpId: number, id: number) =>
      driver.read(function* () {
        return (yield* queryRows(selectScopesOf, corpId, id)).map(([appId]) => appId);
      }),
    put: (departments: readonly Department[], at?: number) =>
      writes.write(at, (changes) => putDepartments(departments, changes)),
    replaceLeaders: (corpId: number, id: number, userIds: readonly number[], at?: number) =>
      writes.write(at, (changes) => replaceLeaders(corpId, id, userIds, changes)),
    replaceScope: (corpId: number, appId: number, departmentIds: readonly number[]) =>
      driver.write(() => replaceScope(corpId, appId, departmentIds)),
  };
}

export type DepartmentVerbs = ReturnType<typeof createDepartmentVerbs>;
