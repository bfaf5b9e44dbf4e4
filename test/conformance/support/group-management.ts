import type { Setup } from '../../../src/config/setup.ts';
import { permissionCodes } from '../../../src/wire/permissions.ts';
import type { Fields, Reply, Server } from './harness.ts';
import { setup } from './setup.ts';
import { bearer, ok, tokenHeader, world } from './world.ts';

/** The organizations of the suite; every app but `app-bare` has all permissions. */
export const groupSetup: Setup = {
  ...setup,
  apps: setup.apps.map((app) => (app.permissions.length === 0 ? app : { ...app, permissions: permissionCodes })),
};

/** Calls that apps make to manage groups of a server. */
export function groupWorld(server: Server) {
  const scene = world(server);
  /** Calls the versioned API as an app, by default app-one. */
  const ask = async (path: string, body?: unknown, token?: string): Promise<Reply> =>
    server.call('POST', `/v1.0/${path}`, { body, headers: { [tokenHeader]: token ?? (await scene.tokenOf()) } });
  /** Calls the old host, POST with JSON unless a method is given. */
  const old = async (path: string, given: Fields = {}, token?: string, method = 'POST'): Promise<Fields> => {
    const access_token = token ?? (await scene.tokenOf());
    const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    const asked = method === 'GET' ? { query: { access_token, ...texts } } : { query: { access_token }, body: given };
    return ok(await server.call(method, path, asked));
  };
  /** Creates a scene group of alice with the given fields, by app-one; returns its ids. */
  const founded = async (given: Fields = {}): Promise<{ openConversationId: string; chatId: string }> => {
    const body = { groupName: '项目群', groupOwnerId: 'alice', templateId: 't', ...given };
    return ok(await ask('im/sceneGroups', body)) as { openConversationId: string; chatId: string };
  };
  const membersOf = async (openConversationId: string) =>
    ok(await ask('im/sceneGroups/members/query', { openConversationId, size: 1000 })).memberUserIds;
  /** Calls the console as the operator. */
  const console = (method: string, path: string, body?: unknown, query = {}) =>
    server.call(method, `/console/v1/${path}`, {
      headers: bearer(server.adminToken),
      query,
      ...(body === undefined ? {} : { body }),
    });
  const disband = async (openConversationId: string) =>
    ok(await console('POST', `groups/${encodeURIComponent(openConversationId)}/disband?corpId=corp-one`));
  return { ...scene, ask, old, founded, membersOf, console, disband };
}
