import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { bearer, ok, world } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** The consoles of two processes on one database. */
function startTwo() {
  return startTwoOn(postgres, (server) => ({
    ...world(server),
    ask: (method: string, path: string, body?: object, query = {}) =>
      server.call(method, `/console/v1/${path}`, { headers: bearer(server.adminToken), body, query }),
  }));
}

const corpId = 'corp-one';

test('when two processes create the same thing at once, one succeeds and the other reports that it exists', async () => {
  const consoles = await startTwo();
  const makes = (name: string) => [
    { path: 'organizations', body: { corpId: name, name } },
    { path: 'users', body: { corpId, userId: name, name } },
    { path: 'apps', body: { appKey: name, kind: 'internal', corpId } },
    { path: 'robots', body: { robotCode: name, name, appKey: 'app-one' } },
  ];
  for (let round = 0; round < 8; round++) {
    for (const { path, body } of makes(`new-${round}`)) {
      const replies = await Promise.all(consoles.map(({ ask }) => ask('POST', path, body)));
      const told = replies.map(({ status, body: { code } }) => [status, code]).sort();
      expect([path, told]).toEqual([
        path,
        [
          [200, undefined],
          [409, 'huizhi.conflict'],
        ],
      ]);
    }
  }
});

test('two changes of one thing at two processes both take effect: neither overwrites the other', async () => {
  const [one, other] = await startTwo();
  if (!one || !other) throw new Error('there are not two');
  for (let round = 0; round < 8; round++) {
    const permissions = ['qyapi_robot_sendmsg', round % 2 === 0 ? 'qyapi_base' : 'qyapi_chat_read'];
    const [rotated, permitted] = await Promise.all([
      one.ask('POST', 'apps/app-one/rotate'),
      other.ask('PUT', 'apps/app-one/permissions', { permissions }),
    ]);
    ok(permitted);
    const body = { appKey: 'app-one', appSecret: ok(rotated).appSecret };
    ok(await other.call('POST', '/v1.0/oauth2/accessToken', { body }));
    const { apps } = ok(await one.ask('GET', 'apps')) as { apps: { appKey: string; permissions: string[] }[] };
    expect(apps.find(({ appKey }) => appKey === 'app-one')?.permissions).toEqual(permissions);
  }
  const [first, second] = await Promise.all([one, other].map(({ ask }) => ask('POST', 'apps/app-one/rotate')));
  const works = await Promise.all(
    [first, second].map(async (reply) => {
      const body = { appKey: 'app-one', appSecret: reply && ok(reply).appSecret };
      return (await one.call('POST', '/v1.0/oauth2/accessToken', { body })).status;
    }),
  );
  expect(works.sort()).toEqual([200, 400]);
});

test('a user who is renamed at one process and removed at another stays removed', async () => {
  const [one, other] = await startTwo();
  if (!one || !other) throw new Error('there are not two');
  for (let round = 0; round < 8; round++) {
    const userId = `leaver-${round}`;
    ok(await one.ask('POST', 'users', { corpId, userId, name: 'Before' }));
    await Promise.all([
      one.ask('PUT', `users/${userId}`, { name: 'After' }, { corpId }),
      other.ask('DELETE', `users/${userId}`, undefined, { corpId }),
    ]);
    expect((await one.send({ userIds: [userId] })).body.code).toBe('staffId.notExisted');
  }
});
