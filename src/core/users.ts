import type { User } from '../store/model.ts';
import { wireError } from '../wire/errors.ts';
import type { Context } from './context.ts';

export type PeopleQuery = { readonly corpId?: string; readonly text: string; readonly limit: number };

/**
 * Organizations, and people of all or one of them whose userId or name contains a text: for the emulator, where anyone may be chosen.
 * Throws `huizhi.notFound` elsewhere.
 */
export async function listPeople(context: Context, { corpId, text, limit }: PeopleQuery) {
  if (!context.options.openSignIn) throw notFound('people are listed in dev only');
  const organizations = context.directory.now.organizations();
  const asked = organizations.filter(({ code }) => corpId === undefined || code === corpId);
  if (asked.length === 0 && corpId !== undefined) throw notFound(`no organization ${corpId}`);
  const people: { corpId: string; userId: string; name: string }[] = [];
  for (const { corpId: id, code } of asked) {
    if (people.length >= limit) break;
    const found = await searchUsers(context, id, text, {
      limit: limit - people.length,
      budget: Number.POSITIVE_INFINITY,
    });
    people.push(...found.users.map((user) => ({ corpId: code, userId: user.code, name: user.name })));
  }
  return { organizations: organizations.map(({ code, name }) => ({ corpId: code, name })), people };
}

/** Users that one call looks at, at the most, and how many of them at a time: requests come between. */
const mostSearched = 10_000;
const stride = 2000;

/**
 * Users of an organization by code, whose code or name contains a text, after a code. A search ends after a bounded number of users, however
 * few of them fitted; it goes on from `next`, which is null at the end.
 */
export async function searchUsers(
  { store }: Context,
  corpId: number,
  text: string,
  { limit, after = '', budget = mostSearched }: { limit: number; after?: string | undefined; budget?: number },
): Promise<{ readonly users: readonly User[]; readonly next: string | null }> {
  if (text === '') return cut(await store.usersPage(corpId, after, limit + 1), limit, null);
  const users: User[] = [];
  let place = after;
  for (let looked = 0; looked < budget; looked += stride) {
    const found = await store.operator.findUsersBy(corpId, place, text, stride);
    users.push(...found.users);
    place = found.to;
    if (found.isAll || users.length > limit) return cut(users, limit, found.isAll ? null : place);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return cut(users, limit, place);
}

/** No more than `limit` users; the search goes on after the last of them, or else after `next`. */
function cut(users: readonly User[], limit: number, next: string | null) {
  return users.length > limit
    ? { users: users.slice(0, limit), next: users[limit - 1]?.code ?? null }
    : { users, next };
}

function notFound(reason: string) {
  return wireError('huizhi.notFound', { why: reason, fill: { reason } });
}
