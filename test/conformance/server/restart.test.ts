import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config/options.ts';
import { emptyFolder } from '../support/child.ts';
import { startServer } from '../support/harness.ts';
import { insideServer } from '../support/inside.ts';
import { appSecrets, setup } from '../support/setup.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal, suiteRobot, type World, world } from '../support/world.ts';

/** One database, and the servers that run on it one after the other. */
function installation(): (options?: Partial<Config>) => Promise<World> {
  const database = join(emptyFolder(), 'huizhi.db');
  let stop = async () => {};
  onTestFinished(() => stop());
  return async (options = {}) => {
    await stop();
    const server = await startServer({ database, ...options });
    stop = server.stop;
    return world(server);
  };
}

/** The configuration with another secret for app-one. */
const rotated = {
  ...setup,
  apps: setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, appSecret: 'another-secret' } : app)),
};

test('token, key, receipt and session survive a restart', async () => {
  const restart = installation();
  const before = await restart();
  const [token, key, session] = [
    await before.tokenOf(),
    await before.sent({ userIds: ['alice', 'bob'] }),
    await before.signIn('alice'),
  ];
  await before.emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  const [receipt, inbox] = [await before.receipt(key), await before.inboxOf(session)];
  const after = await restart();
  expect(await after.receipt(key, 'robot-one', token)).toEqual(receipt);
  expect(await after.inboxOf(session)).toEqual(inbox);
  expect(await after.tokenOf()).toBe(token);
  ok(await after.send({}, token));
});

test('applying the same configuration again changes nothing', async () => {
  const restart = installation();
  const state = async () => {
    const { store } = (await (await restart()).emulate('GET', 'snapshot')) as { store: { tables: object } };
    // Numbers are reserved in blocks; where the next one starts does not matter.
    return { ...store.tables, counters: undefined };
  };
  expect(await state()).toEqual(await state());
});

test('a person who was removed is not created again by the configuration file that still names them', async () => {
  const restart = installation();
  const before = await restart();
  const key = await before.sent();
  const ask = { query: { corpId: 'corp-one' }, headers: bearer(before.server.adminToken) };
  ok(await before.call('DELETE', '/console/v1/users/alice', ask));
  const after = await restart();
  expect(ok(await after.send({ userIds: ['alice', 'bob'] })).invalidStaffIdList).toEqual(['alice']);
  const { adminToken } = after.server;
  ok(await after.call('POST', '/console/v1/users/alice/restore', { ...ask, headers: bearer(adminToken), body: {} }));
  expect((await after.inboxOf(await after.signIn('alice'))).messages).toHaveLength(1);
  expect((await after.receipt(key)).messageReadInfoList).toMatchObject([{ name: 'Name of alice' }]);
});

test('recalls, blocks, idempotency keys and streams survive a restart', async () => {
  const restart = installation();
  const before = await restart();
  const key = await before.sent({ userIds: ['bob'] });
  await before.recall({ processQueryKeys: [key] });
  const session = await before.signIn('carol');
  await before.sent({ userIds: ['carol'] });
  ok(await before.call('PUT', '/inbox/v1/robots/robot-one', { body: { blocked: true }, headers: bearer(session) }));
  const first = await before.send({ userIds: ['bob'] }, undefined, { 'idempotency-key': 'a' });
  const after = await restart();
  expect((await after.receipt(key)).sendStatus).toBe('RECALLED');
  expect(ok(await after.send({ userIds: ['carol'] })).filteredStaffIdList).toEqual(['carol']);
  expect((await after.send({ userIds: ['bob'] }, undefined, { 'idempotency-key': 'a' })).text).toBe(first.text);
  const stream = await follow(after.server, session, '?since=0');
  await after.sent({ userIds: ['carol'], robotCode: 'robot-more' });
  expect([(await stream.next())?.id, (await stream.next())?.id]).toEqual([1, 2]);
});

test('a message that was not delivered when the process ended is delivered by the next one', async () => {
  const restart = installation();
  const before = await restart();
  await before.emulate('PUT', 'delivery', { mode: 'hold' });
  const key = await before.sent();
  expect((await before.receipt(key)).sendStatus).toBe('PROCESSING');
  const after = await restart();
  expect((await after.receipt(key)).sendStatus).toBe('SUCCESS');
  expect((await after.inboxOf(await after.signIn('alice'))).messages).toHaveLength(1);
});

test('a message with an unknown result when the process ended is settled by the next one', async () => {
  const restart = installation();
  const before = await restart();
  await before.emulate('PUT', 'delivery', { mode: 'timeout' });
  const key = await before.sent();
  expect(refusal(await before.status({ robotCode: 'robot-one', processQueryKey: key }))).toEqual([
    400,
    'unknown.send.result',
  ]);
  expect((await (await restart()).receipt(key)).sendStatus).toBe('SUCCESS');
});

test('rotating a secret ends the tokens of that app only; keys stay valid', async () => {
  const restart = installation();
  const before = await restart();
  const [token, other, key] = [await before.tokenOf(), await before.tokenOf('app-next'), await before.sent()];
  const after = await restart({ setup: rotated });
  expect(refusal(await after.send({}, token))).toEqual([400, 'InvalidAuthentication']);
  expect((await after.lastCause())?.why).toBe('the secret of app app-one was rotated after this token');
  ok(await after.send({ robotCode: 'robot-next' }, other));
  const old = { appKey: 'app-one', appSecret: appSecrets['app-one'] };
  expect(refusal(await after.call('POST', '/v1.0/oauth2/accessToken', { body: old }))).toEqual([
    400,
    'invalidClientIdOrSecret',
  ]);
  const fresh = ok(
    await after.call('POST', '/v1.0/oauth2/accessToken', { body: { ...old, appSecret: 'another-secret' } }),
  );
  expect(fresh.accessToken).not.toBe(token);
  expect((await after.receipt(key, 'robot-one', String(fresh.accessToken))).sendStatus).toBe('SUCCESS');
});

test('rotating back does not make earlier tokens valid again', async () => {
  const restart = installation();
  const token = await (await restart()).tokenOf();
  await restart({ setup: rotated });
  const after = await restart();
  expect(refusal(await after.send({}, token))).toEqual([400, 'InvalidAuthentication']);
});

test('a new server secret ends every token, key and session', async () => {
  const restart = installation();
  const before = await restart();
  const [token, key, session] = [await before.tokenOf(), await before.sent(), await before.signIn('alice')];
  const after = await restart({ secret: 'quite-another-secret' });
  expect(refusal(await after.send({}, token))).toEqual([400, 'InvalidAuthentication']);
  expect(refusal(await after.status({ robotCode: 'robot-one', processQueryKey: key }))).toEqual([
    400,
    'invalid.processQueryKey',
  ]);
  expect((await after.call('GET', '/inbox/v1/messages', { headers: bearer(session) })).status).toBe(401);
});

test('names, permissions, templates and states follow the configuration', async () => {
  const restart = installation();
  const key = await (await restart()).sent({ userIds: ['alice', 'bob'] });
  const [one, ...others] = setup.organizations;
  const users = [{ userId: 'alice', name: 'New name' }];
  const changed = {
    organizations: [{ ...setup.organizations[0], corpId: 'corp-one', name: one?.name ?? '', users }, ...others],
    apps: setup.apps.map((app) => (app.appKey === 'app-bare' ? { ...app, permissions: ['qyapi_robot_sendmsg'] } : app)),
    robots: setup.robots.map((robot) =>
      robot.robotCode === 'robot-off'
        ? { ...robot, disabled: false, templates: { sampleText: 'stopped' as const } }
        : robot,
    ),
  };
  const after = await restart({ setup: changed });
  const { messageReadInfoList } = await after.receipt(key);
  expect(messageReadInfoList.map(({ name }) => name)).toEqual(['New name', 'Name of bob']);
  ok(await after.send({ robotCode: 'robot-bare' }, await after.tokenOf('app-bare')));
  expect(refusal(await after.send({ robotCode: 'robot-off' }))).toEqual([400, 'template.stopped']);
});

test('what a later configuration does not name is not changed', async () => {
  const restart = installation();
  await restart();
  const bare = { organizations: [], apps: [], robots: [] };
  const after = await restart({ setup: bare });
  ok(await after.send({ userIds: ['alice', 'u25'] }));
});

test('a new name is in receipts immediately; a removed user keeps the last known name', async () => {
  const server = await insideServer();
  const { receipt, send, sent, signIn } = world(server);
  const { store, directory } = server.context;
  const corpId = directory.now.organization('corp-one')?.corpId ?? 0;
  const key = await sent({ userIds: ['alice', 'bob'] });
  const names = async () => (await receipt(key)).messageReadInfoList.map(({ name }) => name);
  expect(await names()).toEqual(['Name of alice', 'Name of bob']);
  await store.putUsers(corpId, [{ code: 'alice', name: 'Alice Ω' }]);
  expect(await names()).toEqual(['Alice Ω', 'Name of bob']);
  const session = await signIn('alice');
  await store.removeUser(corpId, 'alice', Date.now());
  expect(await names()).toEqual(['Alice Ω', 'Name of bob']);
  expect(ok(await send({ userIds: ['alice', 'bob'] })).invalidStaffIdList).toEqual(['alice']);
  expect((await server.call('GET', '/inbox/v1/messages', { headers: bearer(session) })).status).toBe(401);
  const again = await server.call('POST', '/inbox/v1/sessions', { body: { corpId: 'corp-one', userId: 'alice' } });
  expect(refusal(again)).toEqual([404, 'huizhi.notFound']);
});

test('revoking an authorization ends its tokens immediately, and granting it again does not make them valid', async () => {
  const server = await insideServer();
  const { receipt, send, sent, suiteToken } = world(server);
  const { store, directory } = server.context;
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const key = await sent({ robotCode: suiteRobot }, one);
  const [corpId, appId] = [directory.now.organization('corp-one')?.corpId ?? 0, directory.now.app('suite')?.id ?? 0];
  await store.putAuthorization(corpId, appId, Date.now());
  await directory.refresh();
  expect(refusal(await send({ robotCode: suiteRobot }, one))).toEqual([400, 'InvalidAuthentication']);
  ok(await send({ robotCode: suiteRobot }, two));
  const body = { client_id: 'suite', client_secret: appSecrets.suite, grant_type: 'client_credentials' };
  expect(refusal(await server.call('POST', '/v1.0/oauth2/corp-one/token', { body }))).toEqual([
    401,
    'unauthorized.client',
  ]);
  await store.putAuthorization(corpId, appId, null);
  await directory.refresh();
  expect(refusal(await send({ robotCode: suiteRobot }, one))).toEqual([400, 'InvalidAuthentication']);
  expect((await receipt(key, suiteRobot, await suiteToken('corp-one'))).sendStatus).toBe('SUCCESS');
});
