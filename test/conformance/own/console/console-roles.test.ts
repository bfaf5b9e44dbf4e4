import { expect, test } from 'vitest';
import { type ConsoleRight, consoleRights } from '../../../../src/wire/own/console-rights.ts';
import { consoleRoles, hasRight } from '../../../../src/wire/own/console-roles.ts';
import { fileServer, type Reply } from '../../support/harness.ts';
import { operatorsOf } from '../../support/operators.ts';
import { refusal, world } from '../../support/world.ts';

const server = await fileServer();
const { emulate } = world(server);
const { asOwner, enter } = operatorsOf(server);

const routes = Object.entries(consoleRights).flatMap(([route, right]) => {
  const [method = '', path = ''] = route.split(' ');
  return right === null ? [] : [{ route, method, path: path.replace('/console/v1/', ''), right }];
});

/** A request of a route that is refused for its input, if it is not refused for the right: it changes nothing. */
function inputOf({ method, path }: { readonly method: string; readonly path: string }) {
  const isUpload = path === 'media' && method === 'POST';
  return {
    path: path.replace('{corpId}', 'corp-one').replace(/\{\w+\}/g, 'none'),
    ask: {
      headers: { accept: 'application/json' },
      query: isUpload || method === 'GET' ? { corpId: 'corp-one' } : { nothing: 'here' },
      ...(method === 'GET' || isUpload ? {} : { body: { nothing: 'here' } }),
    },
  };
}

const isRefused = (reply: Reply) => reply.status === 403;

const grantsOf = {
  owner: [{ role: 'owner' }],
  operator: [{ role: 'operator', corpId: 'corp-one' }],
  sender: [{ role: 'sender', corpId: 'corp-one' }],
  auditor: [{ role: 'auditor', corpId: 'corp-one' }],
} as const;

test('each role may make the calls that its rights allow, and every other call is refused and changes nothing', async () => {
  const operators = await Promise.all(
    consoleRoles.map(async (role) => ({ role, ...(await enter(...grantsOf[role])) })),
  );
  const before = await emulate('GET', 'snapshot');
  const isAllowed = (role: (typeof consoleRoles)[number], right: ConsoleRight) =>
    hasRight(role, role === 'owner', right);
  for (const { role, call } of operators) {
    for (const route of routes.filter(({ right }) => !isAllowed(role, right))) {
      const { path, ask } = inputOf(route);
      const reply = await call(route.method, path, ask);
      expect([role, route.route, ...refusal(reply)]).toEqual([role, route.route, 403, 'huizhi.forbidden']);
      expect(reply.body.message).toContain(route.right);
    }
  }
  expect(await emulate('GET', 'snapshot')).toEqual(before);
  for (const { role, call } of operators) {
    for (const route of routes.filter(({ right }) => isAllowed(role, right))) {
      // A session is never enough for a backup.
      if (route.path === 'backup') continue;
      const { path, ask } = inputOf(route);
      expect([role, route.route, isRefused(await call(route.method, path, ask))]).toEqual([role, route.route, false]);
    }
  }
});

test('a role for all organizations has the rights of the installation that it has in none of them alone', async () => {
  const everywhere = await enter({ role: 'auditor' });
  const here = await enter({ role: 'auditor', corpId: 'corp-one' });
  for (const path of ['operators', 'status']) {
    expect((await everywhere.call('GET', path)).status).toBe(200);
    expect(refusal(await here.call('GET', path))).toEqual([403, 'huizhi.forbidden']);
  }
  const operator = await enter({ role: 'operator' });
  expect(refusal(await operator.call('GET', 'operators'))).toEqual([403, 'huizhi.forbidden']);
  const body = { corpId: 'corp-three', name: 'Three' };
  expect(refusal(await operator.call('POST', 'organizations', { body }))).toEqual([403, 'huizhi.forbidden']);
});

test('with different roles in two organizations, the call is refused in the one where the role does not have the right', async () => {
  const { call } = await enter({ role: 'operator', corpId: 'corp-one' }, { role: 'auditor', corpId: 'corp-two' });
  const rename = (corpId: string) => call('PUT', `organizations/${corpId}`, { body: { name: 'Renamed' } });
  expect((await rename('corp-one')).status).toBe(200);
  expect(refusal(await rename('corp-two'))).toEqual([403, 'huizhi.forbidden']);
  expect(refusal(await rename('corp-none'))).toEqual([404, 'huizhi.notFound']);
  expect((await call('GET', 'organizations/corp-two')).status).toBe(200);
  for (const path of ['apps/app-two/rotate']) expect(refusal(await call('POST', path))[0]).toBe(403);
  expect((await call('PUT', 'robots/robot-two', { body: { name: 'n' } })).status).toBe(403);
});

test('without a role an operator can sign in, and every call with a right is refused', async () => {
  const { call, session } = await enter();
  expect(session).toMatchObject({ roles: [], rights: [] });
  for (const path of ['organizations', 'messages', 'audit'])
    expect(refusal(await call('GET', path))).toEqual([403, 'huizhi.forbidden']);
  expect(refusal(await call('GET', 'nothing'))).toEqual([404, 'huizhi.notFound']);
});

test('a session says who has signed in, with which roles and rights', async () => {
  const { call } = await enter({ role: 'sender', corpId: 'corp-one', userId: 'alice' }, { role: 'auditor' });
  const { body } = await call('GET', 'sessions/current');
  expect(body.operator).toMatchObject({ name: 'Operator', email: null });
  expect(body.roles).toMatchObject([
    { role: 'auditor', corpId: null, userId: null },
    { role: 'sender', corpId: 'corp-one', userId: 'alice' },
  ]);
  expect(body.rights).toContain('messages.send');
  expect(body.rights).toContain('audit.read');
  expect(body.rights).not.toContain('users.change');
  const opened = await server.call('POST', '/console/v1/sessions', { body: { adminToken: server.adminToken } });
  expect(opened.body).toMatchObject({
    operator: { operatorId: 'adminToken', name: 'admin token' },
    roles: [{ role: 'owner', corpId: null }],
  });
});

test('the audit log names the role in the organization concerned', async () => {
  const { operatorId, call } = await enter(
    { role: 'operator', corpId: 'corp-one' },
    { role: 'sender', corpId: 'corp-two' },
  );
  const send = (corpId: string, robotCode: string) =>
    call('POST', 'messages', {
      body: {
        ...{ corpId, robotCode, userIds: ['alice'], sendId: `role ${corpId}` },
        ...{ msgKey: 'sampleText', msgParam: '{"content":"x"}' },
      },
    });
  for (const reply of [await send('corp-one', 'robot-one'), await send('corp-two', 'robot-two')])
    expect(reply.status).toBe(200);
  const { entries } = (await asOwner('GET', 'audit', { query: { operatorId } })).body as {
    entries: readonly { corpId: string; operator: { role: string } }[];
  };
  expect(entries.map(({ corpId, operator }) => [corpId, operator.role])).toEqual([
    ['corp-two', 'sender'],
    ['corp-one', 'operator'],
  ]);
});

test('the audit log names the person with name and role at that time, and is filtered by operator', async () => {
  const { operatorId, call } = await enter({ role: 'operator', corpId: 'corp-one' });
  const rename = async () => call('PUT', 'organizations/corp-one', { body: { name: `Name ${operatorId}` } });
  expect((await rename()).status).toBe(200);
  expect((await asOwner('PUT', `operators/${operatorId}`, { body: { name: 'New name' } })).status).toBe(200);
  const audit = async (query: Record<string, string>) => {
    const { body } = await asOwner('GET', 'audit', { query });
    return body.entries as readonly { action: string; operator: object; corpId: string | null }[];
  };
  expect(await audit({ operatorId })).toMatchObject([
    {
      action: 'organization.rename',
      corpId: 'corp-one',
      actor: expect.stringMatching(/^session \d+$/),
      operator: { operatorId, name: 'Operator', role: 'operator' },
    },
  ]);
  const [newest] = await audit({ operatorId: 'adminToken', limit: '1' });
  expect(newest).toMatchObject({
    action: 'operator.change',
    actor: 'token',
    operator: { operatorId: 'adminToken', name: 'admin token', role: 'owner' },
    before: { name: 'Operator' },
    after: { name: 'New name' },
  });
  const own = (await call('GET', 'audit', { query: { limit: '100' } })).body.entries as readonly { corpId: unknown }[];
  expect(own.length).toBeGreaterThan(0);
  expect(new Set(own.map(({ corpId }) => corpId))).toEqual(new Set(['corp-one']));
});
