import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { StreamEventsAnswer } from '../../src/wire/own/stream.ts';
import { connected, type Server } from '../conformance/support/harness.ts';
import { insideServer } from '../conformance/support/inside.ts';
import { acknowledge, connectClient, type StreamClient } from '../conformance/support/stream-client.ts';
import { bearer, ok, tokenHeader, world } from '../conformance/support/world.ts';
import { adminToken, app, configure, launch, robotCode, users } from '../crash/server.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const types = ['robot_msg_read', 'user_add_org', 'chat_add_member'];

type Data = { readonly processQueryKey?: string; readonly userId: string | readonly string[] };

const dataOf = (client: StreamClient, type: string) =>
  client.pushes().flatMap(({ headers, data }) => (headers.eventType === type ? [JSON.parse(data) as Data] : []));

/** The keys of the messages whose reads a client has got. */
const keysOf = (client: StreamClient) =>
  dataOf(client, 'robot_msg_read').map(({ processQueryKey }) => String(processQueryKey));

/** The users of whom a client has heard that they were added. */
const addedOf = (client: StreamClient) => dataOf(client, 'user_add_org').flatMap(({ userId }) => userId);

const eventIdsOf = (client: StreamClient) => client.pushes().map(({ headers }) => headers.eventId);

test('reads at both processes reach the client of one, once each, also when the other one delivers', async () => {
  const [one, other] = await startTwoOn(postgres, world);
  const headers = bearer(one.server.adminToken);
  ok(await one.call('PUT', '/console/v1/apps/app-one/events/corp-one', { headers, body: { types } }));
  const client = await connectClient(other.server);
  const readers = ['alice', 'bob', 'carol', 'u01', 'u02', 'u03'];
  const keys = await Promise.all(
    readers.map(async (userId, i) => {
      const there = i % 2 ? one : other;
      const processQueryKey = await there.sent({ userIds: [userId] });
      await there.emulate('POST', 'reads', { processQueryKey });
      return processQueryKey;
    }),
  );
  await expect.poll(() => client.pushes().length, { timeout: 20_000 }).toBe(readers.length);
  expect(keysOf(client).sort()).toEqual(keys.sort());
  expect(new Set(eventIdsOf(client)).size).toBe(readers.length);
});

test('changes of users and groups at both processes have numbers without gaps, and each is pushed once', async () => {
  const both = await startTwoOn(postgres, world);
  const [one, other] = both;
  const headers = bearer(one.server.adminToken);
  ok(await one.call('PUT', '/console/v1/apps/app-one/events/corp-one', { headers, body: { types } }));
  const client = await connectClient(other.server);
  const userIds = Array.from({ length: 12 }, (_, i) => `new${String(i).padStart(2, '0')}`);
  const corpId = 'corp-one';
  await Promise.all(
    userIds.map(async (userId, i) => {
      const there = both[i % 2 === 0 ? 0 : 1];
      await there.emulate('PUT', 'users', { corpId, users: [{ userId, name: userId, title: 'Boss' }] });
      await there.emulate('POST', 'groups', { corpId, title: userId, members: [userId] });
    }),
  );
  await expect.poll(() => client.pushes().length, { timeout: 20_000 }).toBe(2 * userIds.length);
  expect(addedOf(client).sort()).toEqual(userIds);
  const members = dataOf(client, 'chat_add_member').flatMap(({ userId }) => userId);
  expect(members.sort()).toEqual(userIds);
  const accept = { ...bearer(one.server.adminToken), accept: 'application/json' };
  const page = ok(await one.call('GET', '/console/v1/events', { headers: accept, query: { corpId, limit: '100' } }));
  const numbers = (page.events as readonly { number: number }[]).map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: 2 * userIds.length }, (_, i) => i + 1));
});

test('a process that has not heard of a new robot yet delivers the reads of its messages', async () => {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  const [deliverer, other] = [await insideServer({ database }), await insideServer({ database })];
  const headers = bearer(deliverer.adminToken);
  ok(await deliverer.call('PUT', '/console/v1/apps/app-one/events/corp-one', { headers, body: { types } }));
  const client = await connectClient(deliverer);
  const { store, directory } = other.context;
  const known = directory.now.robot('robot-one');
  if (!known) throw new Error('there is no robot-one');
  // Written to the database only, so that no notification reaches the processes.
  const robot = { ...known, id: await store.number('robot'), code: 'robot-new' };
  await store.putRobot(robot);
  await store.putInstallation(known.corpId, robot.id);
  await directory.current();
  const there = world(other);
  const processQueryKey = await there.sent({ robotCode: robot.code });
  await there.emulate('POST', 'reads', { processQueryKey });
  await expect.poll(() => keysOf(client), { timeout: 20_000 }).toEqual([processQueryKey]);
});

/** What the program of the robot does at one process. */
function bot({ call }: Pick<Server, 'call'>, token = adminToken) {
  const choose = async () => {
    const path = `/console/v1/apps/${app.appKey}/events/corp`;
    return ok(await call('PUT', path, { headers: bearer(token), body: { types } })) as StreamEventsAnswer;
  };
  const send = async () => {
    const { accessToken } = ok(await call('POST', '/v1.0/oauth2/accessToken', { body: app }));
    const body = { robotCode, userIds: [users[0]], msgKey: 'sampleText', msgParam: '{"content":"x"}' };
    const headers = { [tokenHeader]: String(accessToken) };
    return String(ok(await call('POST', '/v1.0/robot/oToMessages/batchSend', { headers, body })).processQueryKey);
  };
  /** Signs in as the recipient. */
  const signIn = async () => {
    const headers = bearer(token);
    const code = ok(
      await call('POST', '/console/v1/signInCodes', { headers, body: { corpId: 'corp', userId: users[0] } }),
    );
    return String(ok(await call('POST', '/inbox/v1/sessions', { body: { code: code.code } })).token);
  };
  const addUser = async (userId: string) =>
    ok(
      await call('POST', '/console/v1/users', {
        headers: bearer(token),
        body: { corpId: 'corp', userId, name: userId },
      }),
    );
  const unread = async (session: string) => {
    const { messages } = ok(await call('GET', '/inbox/v1/messages', { headers: bearer(session) }));
    return (messages as readonly { messageId: string; readAt: number | null }[]).filter(
      ({ readAt }) => readAt === null,
    );
  };
  const read = async (session: string, messageIds: readonly string[]) =>
    ok(await call('POST', '/inbox/v1/messages/read', { headers: bearer(session), body: { messageIds } }));
  return { choose, send, signIn, addUser, unread, read };
}

test('events that a killed process was about to deliver are delivered by the other, and none is lost', {
  timeout: 120_000,
}, async () => {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-stream-events-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  configure(folder);
  const dying = launch(folder, database);
  onTestFinished(() => dying.kill());
  const { url } = await dying.ready;
  const there = connected(url.href.replace(/\/$/, ''));
  // The process that creates the subscription delivers.
  await bot(there).choose();
  const here = await insideServer({ database, command: 'serve', setup: undefined });
  const more = { clientId: app.appKey, clientSecret: app.appSecret };
  const silent = await connectClient(there, { more, answer: () => undefined });
  const { send, signIn, unread, read } = bot(here, here.adminToken);
  const keys: string[] = [];
  for (let i = 0; i < 20; i++) keys.push(await send());
  const session = await signIn();
  await expect.poll(async () => (await unread(session)).length, { timeout: 30_000 }).toBe(keys.length);
  await read(
    session,
    (await unread(session)).map(({ messageId }) => messageId),
  );
  const added = Array.from({ length: 12 }, (_, i) => `new${String(i).padStart(2, '0')}`);
  for (const userId of added) await bot(there).addUser(userId);
  await expect.poll(() => silent.pushes().length, { timeout: 30_000 }).toBeGreaterThan(0);
  const seen = eventIdsOf(silent);
  await dying.kill();
  const client = await connectClient(here, { more, answer: acknowledge });
  await expect.poll(() => new Set(keysOf(client)).size, { timeout: 60_000 }).toBe(keys.length);
  expect([...new Set(keysOf(client))].sort()).toEqual(keys.sort());
  await expect.poll(() => [...new Set(addedOf(client))].sort(), { timeout: 60_000 }).toEqual(added);
  expect(eventIdsOf(client)).toEqual(expect.arrayContaining(seen));
});
