import { splitRows } from '../store/engine/rows.ts';
import type { User } from '../store/model.ts';
import { huizhiError } from '../wire/errors.ts';
import type { Context } from './context.ts';

export type PeopleQuery = { readonly corpId?: string; readonly text: string; readonly limit: number };

/**
 * Returns all organizations, and users of one or all of them whose userId or name contains a text. Only for the
 * emulator, where anybody may sign in as anyone; throws `huizhi.notFound` elsewhere, and for an unknown organization.
 */
export async function listPeople(context: Context, { corpId, text, limit }: PeopleQuery) {
  if (!context.options.openSignIn) throw huizhiError('huizhi.notFound', 'users are listed only in dev');
  const organizations = context.directory.now.organizations();
  const selected = organizations.filter(({ code }) => corpId === undefined || code === corpId);
  if (selected.length === 0 && corpId !== undefined) throw huizhiError('huizhi.notFound', `no organization ${corpId}`);
  const people: { corpId: string; userId: string; name: string }[] = [];
  for (const { corpId: id, code } of selected) {
    if (people.length >= limit) break;
    const found = await searchUsers(context, id, text, {
      limit: limit - people.length,
      budget: Number.POSITIVE_INFINITY,
    });
    people.push(...found.users.map((user) => ({ corpId: code, userId: user.code, name: user.name })));
  }
  return { organizations: organizations.map(({ code, name }) => ({ corpId: code, name })), people };
}

/** Maximum number of users that one call of `searchUsers` examines. */
const maxExamined = 10_000;
/** Number of users that one query examines. Other requests can run between queries. */
const batchSize = 2000;

/**
 * Returns users of an organization whose code or name contains a text, sorted by code, after the code `after`. It
 * examines at most `budget` users, however few of them match; `next` is the code after which to continue, or null at
 * the end.
 */
export async function searchUsers(
  { store }: Context,
  corpId: number,
  text: string,
  { limit, after = '', budget = maxExamined }: { limit: number; after?: string | undefined; budget?: number },
): Promise<{ readonly users: readonly User[]; readonly next: string | null }> {
  if (text === '') return limitUsers(await store.usersPage(corpId, after, limit + 1), limit, null);
  const users: User[] = [];
  let position = after;
  for (let examined = 0; examined < budget; examined += batchSize) {
    const found = await store.operator.findUsersBy(corpId, position, text, batchSize);
    users.push(...found.users);
    position = found.to;
    if (found.isAll || users.length > limit) return limitUsers(users, limit, found.isAll ? null : position);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return limitUsers(users, limit, position);
}

/**
 * Returns at most `limit` users. If some were cut off, the search continues after the last returned one, else after
 * `next`.
 */
function limitUsers(users: readonly User[], limit: number, next: string | null) {
  return users.length > limit
    ? { users: users.slice(0, limit), next: users[limit - 1]?.code ?? null }
    : { users, next };
}

/** The users of an organization with these codes, by code, and the codes that no user has. */
type FoundUsers = { readonly ids: ReadonlyMap<string, number>; readonly unknown: readonly string[] };

/** Finds current users of an organization by their codes, which may be many and may repeat. */
export async function findUserIds({ store }: Context, corpId: number, codes: readonly string[]): Promise<FoundUsers> {
  const ids = new Map<string, number>();
  const distinct = [...new Set(codes)];
  for (const some of splitRows(distinct)) {
    for (const { code, id } of await store.findUsers(corpId, some)) ids.set(code, id);
  }
  return { ids, unknown: distinct.filter((code) => !ids.has(code)) };
}
