import type { Contact } from '../../store/model.ts';
import { containsText } from '../console/changes.ts';
import type { Caller, Context } from '../context.ts';
import { loadScope, type Scope } from './scope.ts';

/** A search by name. `isWhole`: the whole name is equal to the text, instead of containing it. */
export type NameQuery = {
  readonly text: string;
  readonly isWhole: boolean;
  readonly offset: number;
  readonly size: number;
};

/** A page of a search, and the number of all results. */
export type NamePage<T> = { readonly list: readonly T[]; readonly total: number };

/** Number of users that one query reads. Other requests can run between queries. */
const stride = 2000;
/** Number of users whose memberships one query reads. */
const membershipsAtOnce = 100;

/** Finds the userIds of the users whose name contains a text, in the order of the userIds. */
export async function searchUsersByName(context: Context, caller: Caller, query: NameQuery): Promise<NamePage<string>> {
  const { corpId } = caller.organization;
  const scope = await loadScope(context, caller);
  const list: string[] = [];
  let total = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const users: readonly Contact[] = await context.store.contacts.page(corpId, after, stride);
    const matching = users.filter(({ name }) => matches(query, name));
    for (const { code } of await keepVisible(context, scope, corpId, matching)) {
      if (total >= query.offset && list.length < query.size) list.push(code);
      total++;
    }
    after = users.length < stride ? undefined : users.at(-1)?.code;
    if (after !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  return { list, total };
}

/** Finds the ids of the departments whose name contains a text, in the order of the ids. */
export async function searchDepartmentsByName(
  context: Context,
  caller: Caller,
  query: NameQuery,
): Promise<NamePage<number>> {
  const scope = await loadScope(context, caller);
  const all = await context.store.departments.all(caller.organization.corpId);
  const found = all.filter(({ id, name }) => matches(query, name) && scope.hasDepartment(id)).map(({ id }) => id);
  const sorted = found.toSorted((a, b) => a - b);
  return { list: sorted.slice(query.offset, query.offset + query.size), total: found.length };
}

function matches({ text, isWhole }: NameQuery, name: string): boolean {
  return isWhole ? name === text : containsText(text, [name]);
}

async function keepVisible(
  { store }: Context,
  scope: Scope,
  corpId: number,
  users: readonly Contact[],
): Promise<readonly Contact[]> {
  if (scope.isAll) return users;
  const visible: Contact[] = [];
  for (let at = 0; at < users.length; at += membershipsAtOnce) {
    const some = users.slice(at, at + membershipsAtOnce);
    const memberships = await store.departments.memberships(
      corpId,
      some.map(({ id }) => id),
    );
    visible.push(...some.filter(({ id }) => scope.hasUser(memberships.get(id))));
  }
  return visible;
}
