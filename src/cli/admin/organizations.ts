import type { VerbOf } from '../../config/admin-calls.ts';
import { makeChange } from './change.ts';
import { type AdminRun, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

/** Reads an organization. Rejects with an ApiError if there is none. */
export const readOrganization = ({ client }: Session, corpId: string) =>
  client.call('GET', '/console/v1/organizations/{corpId}', { path: { corpId } });

export const organizations: Readonly<Record<VerbOf<'organizations'>, AdminRun>> = {
  list: (session) =>
    printList(session, {
      columns: ['corpId', 'name'],
      load: (page) =>
        session.client.call('GET', '/console/v1/organizations', { query: { ...searchOf(session), ...page } }),
      items: (page) => page.organizations,
    }),
  async show(session) {
    printObject(session, await readOrganization(session, firstOf(session)));
    return 0;
  },
  add(session) {
    const body = { corpId: firstOf(session), name: session.given.need('name') };
    return makeChange(session, {
      ...{ done: 'added', object: `organization ${body.corpId}`, body },
      taken: () => readOrganization(session, body.corpId),
      run: () => session.client.call('POST', '/console/v1/organizations', { body }),
    });
  },
  update(session) {
    const path = { corpId: firstOf(session) };
    const body = { name: session.given.need('name') };
    return makeChange(session, {
      ...{ done: 'changed', object: `organization ${path.corpId}`, body },
      current: () => readOrganization(session, path.corpId),
      run: () => session.client.call('PUT', '/console/v1/organizations/{corpId}', { path, body }),
    });
  },
};

/** The search text of a list, as a part of a query. */
export function searchOf({ given }: Session): { readonly text?: string } {
  const text = given.text('search');
  return text === undefined ? {} : { text };
}
