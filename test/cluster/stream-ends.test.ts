import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { testServer } from '../conformance/support/harness.ts';
import { operatorsOf } from '../conformance/support/operators.ts';
import { follow } from '../conformance/support/stream.ts';
import { bearer, ok, refusal, world } from '../conformance/support/world.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two processes on one database. */
async function startTwo() {
  const url = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(url));
  return { url, one: world(await testServer({ database: url })), other: world(await testServer({ database: url })) };
}

test('a sign-out at one process closes the stream at another immediately', async () => {
  const { one, other } = await startTwo();
  const session = await one.signIn('alice');
  const [leaving, staying] = [
    await follow(other.server, session),
    await follow(other.server, await one.signIn('alice')),
  ];
  ok(await one.call('DELETE', '/inbox/v1/sessions', { headers: bearer(session) }));
  expect(await leaving.next()).toBeUndefined();
  await one.sent();
  expect(await staying.next()).toMatchObject({ event: 'message' });
});

test('a removal at one process closes the streams at every process immediately', async () => {
  const { one, other } = await startTwo();
  const session = await other.signIn('alice');
  const streams = [await follow(one.server, session), await follow(other.server, session)];
  const headers = bearer(one.server.adminToken);
  ok(await one.call('DELETE', '/console/v1/users/alice', { query: 'corpId=corp-one', headers }));
  for (const stream of streams) expect(await stream.next()).toBeUndefined();
});

test('an operator’s sign-out at one process closes the stream at another immediately', async () => {
  const { one, other } = await startTwo();
  const reply = await one.call('POST', '/console/v1/sessions', { body: { adminToken: one.server.adminToken } });
  const cookie = String(reply.headers['set-cookie']?.[0]?.split(';')[0]);
  const headers = { authorization: undefined, cookie };
  const stream = await follow(other.server, '', '?corpId=corp-one', headers, '/console/v1/events');
  const change = { cookie, 'x-csrf-token': String(ok(reply).csrfToken) };
  ok(await one.call('DELETE', '/console/v1/sessions/current', { headers: change }));
  expect(await stream.next()).toBeUndefined();
});

test('a sign-out whose notification was lost closes the stream as soon as its process listens again', async () => {
  const { url, one, other } = await startTwo();
  const session = await one.signIn('alice');
  const stream = await follow(other.server, session);
  const name = new URL(url).pathname.slice(1);
  await postgres.tell(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and query like 'listen%'`,
  );
  ok(await one.call('DELETE', '/inbox/v1/sessions', { headers: bearer(session) }));
  expect(await stream.next()).toBeUndefined();
});

test('disabling an operator at one process ends their session and streams at another immediately', async () => {
  const { one, other } = await startTwo();
  const { asOwner, enter } = operatorsOf(one.server);
  const { operatorId, cookie } = await enter({ role: 'operator', corpId: 'corp-one' });
  const headers = { authorization: undefined, cookie };
  const stream = await follow(other.server, '', '?corpId=corp-one', headers, '/console/v1/events');
  expect(stream.status).toBe(200);
  ok(await asOwner('PUT', `operators/${operatorId}`, { body: { disabled: true } }));
  expect(await stream.next()).toBeUndefined();
  const reply = await other.call('GET', '/console/v1/organizations', { headers: { cookie } });
  expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
});
