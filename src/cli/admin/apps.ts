import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange, noteSecret } from './change.ts';
import { readOrganization, searchOf } from './organizations.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

export const apps: Readonly<Record<VerbOf<'apps'>, AdminRun>> = {
  list(session) {
    const corpId = session.given.text('corpId');
    return printList(session, {
      columns: ['appKey', 'kind', 'corpId', 'agentId', 'permissions', 'authorizedBy'],
      load: (page) => session.client.call('GET', '/console/v1/apps', { query: { ...searchOf(session), ...page } }),
      items: (page) =>
        corpId === undefined
          ? page.apps
          : page.apps
              .map((app) => ({ ...app, authorizedBy: app.authorizedBy.filter((one) => one === corpId) }))
              .filter((app) => app.corpId === corpId || app.authorizedBy.length > 0),
    });
  },
  async show(session) {
    printObject(session, await readApp(session));
    return 0;
  },
  async add(session) {
    const isInternal = session.given.text('kind') !== 'thirdParty';
    const permissions = session.given.list('permissions');
    const body = {
      appKey: firstOf(session),
      kind: isInternal ? ('internal' as const) : ('thirdParty' as const),
      ...(isInternal && corpOf(session)),
      ...(permissions && { permissions: [...permissions] }),
    };
    return noteSecret(
      session,
      await makeChange(session, {
        ...{ done: 'added', object: describe(session), body },
        within: async () => isInternal && readOrganization(session, corpOf(session).corpId),
        taken: () => readApp(session),
        run: () => session.client.call('POST', '/console/v1/apps', { body }),
      }),
      'The appSecret is',
    );
  },
  update(session) {
    const body = { permissions: [...(session.given.list('permissions') ?? [])] };
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body },
      current: () => readApp(session),
      run: () => session.client.call('PUT', '/console/v1/apps/{appKey}/permissions', { path: pathOf(session), body }),
    });
  },
  async rotate(session) {
    return noteSecret(
      session,
      await makeChange(session, {
        ...{ done: 'given a new secret to', object: describe(session) },
        current: () => readApp(session),
        run: () => session.client.call('POST', '/console/v1/apps/{appKey}/rotate', { path: pathOf(session) }),
      }),
      'The appSecret is',
    );
  },
  authorize: (session) => setAuthorized(session, true),
  revoke: (session) => setAuthorized(session, false),
};

const pathOf = (session: Session) => ({ appKey: firstOf(session) });

const describe = (session: Session) => `app ${firstOf(session)}`;

const readApp = (session: Session) =>
  session.client.call('GET', '/console/v1/apps/{appKey}', { path: pathOf(session) });

function setAuthorized(session: Session, authorized: boolean): Promise<number> {
  const { corpId } = corpOf(session);
  return makeChange(session, {
    ...{
      done: authorized ? 'authorized' : 'revoked the authorization of',
      object: `${describe(session)} by ${corpId}`,
    },
    within: () => readOrganization(session, corpId),
    async current() {
      const app = await readApp(session);
      if (app.kind === 'internal') throw new UsageError(`${describe(session)} is internal: it needs no authorization.`);
      return app;
    },
    run: () =>
      session.client.call('PUT', '/console/v1/apps/{appKey}/authorizations/{corpId}', {
        ...{ path: { ...pathOf(session), corpId }, body: { authorized } },
      }),
  });
}
