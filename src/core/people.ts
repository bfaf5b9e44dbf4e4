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
    const found = await context.store.usersPage(id, '', text, limit - people.length);
    people.push(...found.map((user) => ({ corpId: code, userId: user.code, name: user.name })));
  }
  return { organizations: organizations.map(({ code, name }) => ({ corpId: code, name })), people };
}

function notFound(reason: string) {
  return wireError('huizhi.notFound', { why: reason, fill: { reason } });
}
