import type { InvalidReceivers } from '../../store/notices/accept.ts';
import { rootDepartment } from '../../wire/department-tree.ts';
import { findBelow, loadScope, type Scope, wholeOrganization } from '../contacts/scope.ts';
import type { Caller, Context } from '../context.ts';

/** Whom a work notice names: userIds, numbers of departments, or all users. */
export type NamedReceivers = {
  readonly userCodes: readonly string[];
  readonly departmentIds: readonly number[];
  readonly isToAll: boolean;
};

/**
 * The numbers of the users, ascending and without duplicates, and the identifiers of receivers that do not exist or
 * that the app may not see.
 */
export type FoundReceivers = { readonly receivers: readonly number[]; readonly invalid: InvalidReceivers };

/** Number of users or departments that one query reads. */
const atOnce = 256;
/** Number of users that one query reads. */
const pageSize = 2000;

/** Finds the users to whom a work notice goes, with those of all departments below the named ones. */
export async function findReceivers(context: Context, caller: Caller, named: NamedReceivers): Promise<FoundReceivers> {
  return findInScope(context, caller.organization.corpId, await loadScope(context, caller), named);
}

/** Like `findReceivers`, for an operator, who sees the whole organization. */
export function findAllReceivers(context: Context, corpId: number, named: NamedReceivers): Promise<FoundReceivers> {
  return findInScope(context, corpId, wholeOrganization, named);
}

async function findInScope(
  context: Context,
  corpId: number,
  scope: Scope,
  { userCodes, departmentIds, isToAll }: NamedReceivers,
): Promise<FoundReceivers> {
  const found = new Set<number>();
  if (isToAll) {
    for await (const userId of readEverybody(context, corpId, scope)) found.add(userId);
    return { receivers: sortIds(found), invalid: { users: [], departments: [] } };
  }
  const users = await addUsers(context, corpId, scope, userCodes, found);
  const departments = await addDepartments(context, corpId, scope, departmentIds, found);
  return { receivers: sortIds(found), invalid: { users, departments } };
}

const sortIds = (ids: ReadonlySet<number>): readonly number[] => [...ids].sort((a, b) => a - b);

/** Adds the users with these userIds. Returns the userIds without a user, or with one whom the app may not see. */
async function addUsers(
  { store }: Context,
  corpId: number,
  scope: Scope,
  codes: readonly string[],
  found: Set<number>,
): Promise<readonly string[]> {
  const invalid: string[] = [];
  for await (const some of splitInTurns([...new Set(codes)])) {
    const ids = await store.notices.findReceivers(corpId, some);
    const memberships = scope.isAll ? undefined : await store.departments.memberships(corpId, [...ids.values()]);
    for (const code of some) {
      const id = ids.get(code);
      if (id !== undefined && (!memberships || scope.hasUser(memberships.get(id)))) found.add(id);
      else invalid.push(code);
    }
  }
  return invalid;
}

/** Adds the users of departments and their subdepartments. Returns the departments that the app cannot see. */
async function addDepartments(
  context: Context,
  corpId: number,
  scope: Scope,
  departmentIds: readonly number[],
  found: Set<number>,
): Promise<readonly number[]> {
  if (departmentIds.length === 0) return [];
  const all = await context.store.departments.all(corpId);
  const known = new Set([rootDepartment, ...all.map(({ id }) => id)]);
  const isValid = (id: number) => known.has(id) && scope.hasDepartment(id);
  const valid = [...new Set(departmentIds)].filter(isValid);
  const users = valid.includes(rootDepartment)
    ? readEverybody(context, corpId, scope)
    : readMembers(context, corpId, [...findBelow(all, valid)]);
  for await (const userId of users) found.add(userId);
  return [...new Set(departmentIds)].filter((id) => !isValid(id));
}

/** Reads the numbers of all users whom the app may see. */
async function* readEverybody(context: Context, corpId: number, scope: Scope): AsyncGenerator<number> {
  if (!scope.isAll) {
    const all = await context.store.departments.all(corpId);
    const visible = all.map(({ id }) => id).filter((id) => scope.hasDepartment(id));
    return yield* readMembers(context, corpId, visible);
  }
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: readonly number[] = await context.store.notices.allReceivers(corpId, after, pageSize);
    yield* page;
    after = page.length < pageSize ? undefined : page.at(-1);
    await takeTurn();
  }
}

async function* readMembers({ store }: Context, corpId: number, ids: readonly number[]): AsyncGenerator<number> {
  for await (const some of splitInTurns(ids)) yield* await store.notices.receiversIn(corpId, some);
}

/** Splits a list into parts for one query each. Other requests run between two parts. */
async function* splitInTurns<T>(list: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < list.length; at += atOnce) {
    yield list.slice(at, at + atOnce);
    await takeTurn();
  }
}

const takeTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
