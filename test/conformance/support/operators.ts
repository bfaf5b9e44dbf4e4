import type { ConsoleRole } from '../../../src/wire/own/console-roles.ts';
import type { Ask, Fields, Reply, Server } from './harness.ts';
import { bearer, ok } from './world.ts';

/** A grant in the body of a call. */
export type GivenGrant = { readonly role: ConsoleRole; readonly corpId?: string; readonly userId?: string };

/** An operator who has signed in. */
export type SignedOperator = {
  readonly operatorId: string;
  readonly cookie: string;
  readonly session: Fields;
  /** Calls with the session and its CSRF token. */
  call(method: string, path: string, ask?: Ask): Promise<Reply>;
};

/** The calls of owners, by the admin token, and of operators. */
export function operatorsOf(server: Server) {
  const headers = bearer(server.adminToken);
  const asOwner = (method: string, path: string, ask: Ask = {}) =>
    server.call(method, `/console/v1/${path}`, { ...ask, headers: { ...headers, ...ask.headers } });
  const add = async (fields: { name: string; email?: string; grants?: readonly GivenGrant[] }) =>
    String(ok(await asOwner('POST', 'operators', { body: fields })).operatorId);
  const linkOf = async (operatorId: string, body: object = {}) =>
    ok(await asOwner('POST', `operators/${operatorId}/link`, { body }));
  const openLink = async (link: unknown) => server.call('POST', '/console/v1/sessions', { body: { link } });
  const signIn = async (operatorId: string): Promise<SignedOperator> => {
    const reply = await openLink((await linkOf(operatorId)).link);
    const cookie = String(reply.headers['set-cookie']?.[0]?.split(';')[0]);
    const session = ok(reply);
    const own = { cookie, 'x-csrf-token': String(session.csrfToken) };
    return {
      operatorId,
      cookie,
      session,
      call: (method, path, ask = {}) =>
        server.call(method, `/console/v1/${path}`, { ...ask, headers: { ...own, ...ask.headers } }),
    };
  };
  return {
    asOwner,
    add,
    linkOf,
    openLink,
    signIn,
    /** Adds an operator with grants, who signs in. */
    enter: async (...grants: readonly GivenGrant[]) => signIn(await add({ name: 'Operator', grants })),
  };
}
