import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Push } from '../../src/core/stream/hub.ts';
import { createRemotePushes } from '../../src/core/stream/remote.ts';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { sql } from '../../src/store/engine/sql.ts';
import { connected } from '../conformance/support/harness.ts';
import { type Inside, insideServer } from '../conformance/support/inside.ts';
import {
  attemptHandshake,
  connectClient,
  connectTo,
  everything,
  openPath,
  requestTicket,
  robotTopic,
} from '../conformance/support/stream-client.ts';
import { bearer, ok, refusal, world } from '../conformance/support/world.ts';
import { configure, app as crashApp, launch } from '../crash/server.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const message: Push = { type: 'CALLBACK', topic: robotTopic, data: '{"msgId":"m1"}' };
const soon = { deadlineMs: 20_000 };
const countPushes = sql('count_pushes', 'select count(*) from pushes');

async function createDatabase(): Promise<string> {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  return database;
}

/** Two emulators on one database, with what is behind their sockets. */
async function startTwo(options: Parameters<typeof insideServer>[0] = {}) {
  const database = await createDatabase();
  const one = await insideServer({ ...options, database });
  return { one, other: await insideServer({ ...options, database }) };
}

function push({ context }: Inside, { appKey = 'app-one', deadlineMs = soon.deadlineMs } = {}) {
  const app = context.directory.now.app(appKey);
  return context.hub.push(app ?? { corpId: 0, id: 0 }, message, { deadlineMs });
}

test('a ticket of one process opens a connection to another, once', async () => {
  const { one, other } = await startTwo();
  const [, ticket] = (await requestTicket(one)).split('?');
  await connectTo(`ws://127.0.0.1:${other.port}/connect?${ticket}`);
  expect(other.context.hub.size()).toBe(1);
  const { status } = await attemptHandshake(`ws://127.0.0.1:${one.port}/connect?${ticket}`);
  expect(status).toBe(403);
});

test('of handshakes with one ticket at both processes, one is accepted', async () => {
  const { one, other } = await startTwo();
  const [, ticket] = (await requestTicket(one)).split('?');
  const outcomes = await Promise.allSettled(
    [one, other, one, other].map(({ port }) => connectTo(`ws://127.0.0.1:${port}/connect?${ticket}`)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a push reaches a connection to the other process, and its answer comes back', async () => {
  const { one, other } = await startTwo();
  const client = await connectClient(other, {
    answer: ({ headers, data }) => ({ code: 201, headers, message: '好', data }),
  });
  const app = one.context.directory.now.app('app-one') ?? { corpId: 0, id: 0 };
  expect(await one.context.hub.isListening(app, 'CALLBACK', robotTopic)).toBe(true);
  expect(await one.context.hub.list(app)).toMatchObject([{ connectionId: client.ticket, client: 'test/1' }]);
  expect(await push(one)).toEqual({ outcome: 'answered', code: 201, message: '好', data: message.data });
  expect(client.pushes()[0]?.headers).toMatchObject({ connectionId: client.ticket, topic: robotTopic });
  await expect.poll(() => one.context.store.driver.rows(countPushes)).toEqual([[0]]);
});

test('pushes are spread over the connections to both processes, and each is sent once', async () => {
  const { one, other } = await startTwo();
  const clients = [await connectClient(one), await connectClient(other)];
  const outcomes = await Promise.all(Array.from({ length: 40 }, (_, i) => push(i % 2 ? one : other)));
  expect(outcomes.every(({ outcome }) => outcome === 'answered')).toBe(true);
  const counts = clients.map((client) => client.pushes().length);
  expect(counts.reduce((sum, count) => sum + count)).toBe(40);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

test('a client of the other process that does not answer is a timeout, and the message is repeated after a minute', async () => {
  const { one, other } = await startTwo();
  const { freeze, advance } = world(one);
  await freeze();
  const client = await connectClient(other, { answer: () => undefined });
  expect(await push(one, { deadlineMs: 300 })).toEqual({ outcome: 'timeout' });
  await expect.poll(() => client.pushes().length).toBe(1);
  await advance('1m');
  await expect.poll(() => client.pushes().length).toBe(2);
});

test('waiting pushes cost one query at a time, however many there are', async () => {
  const { one, other } = await startTwo();
  const client = await connectClient(other, { answer: () => undefined });
  const { store, directory, log } = one.context;
  const calls: string[] = [];
  const streams = new Proxy(store.streams, {
    get(target, name) {
      calls.push(String(name));
      return Reflect.get(target, name);
    },
  });
  const shared = {
    store: { streams, number: (noun: 'push') => store.number(noun), processes: store.processes },
    publish() {},
    log,
  };
  const remote = createRemotePushes(shared, { list: () => [], send: () => undefined });
  const [target] = await remote.connections(directory.now.app('app-one') ?? { corpId: 0, id: 0 });
  if (!target) throw new Error('the other process has no connection');
  const answers = Array.from({ length: 20 }, () => remote.send(target, message, 60_000).answer);
  await expect.poll(() => client.pushes().length).toBe(20);
  calls.length = 0;
  await Promise.all([remote.poll(), remote.poll()]);
  expect(calls).toEqual(['answeredPushes']);
  client.close();
  const isEmpty = async () => {
    await remote.poll();
    return (await store.driver.rows(countPushes))[0]?.[0] === 0;
  };
  await expect.poll(isEmpty).toBe(true);
  expect(await Promise.all(answers)).toEqual(answers.map(() => undefined));
});

test('a connection of the other process that ends before its answer is a timeout at once', async () => {
  const { one, other } = await startTwo();
  const client = await connectClient(other, { answer: () => undefined });
  const waiting = push(one, { deadlineMs: 60_000 });
  await expect.poll(() => client.pushes().length).toBe(1);
  client.close();
  expect(await waiting).toEqual({ outcome: 'timeout' });
  await expect.poll(() => push(one)).toEqual({ outcome: 'no-connection' });
});

test('rotating a secret at one process ends tickets and connections of the other', async () => {
  const { one, other } = await startTwo();
  const [url, client] = [await requestTicket(other), await connectClient(other)];
  ok(await one.call('POST', '/console/v1/apps/app-one/rotate', { headers: bearer(one.adminToken) }));
  expect(await client.ended).toBe(1006);
  expect((await attemptHandshake(url)).status).toBe(403);
  await expect.poll(() => push(one)).toEqual({ outcome: 'no-connection' });
});

test('ending an authorization at one process ends connections of the other', async () => {
  const { one, other } = await startTwo();
  const client = await connectClient(other, { appKey: 'suite' });
  const path = '/console/v1/apps/suite/authorizations/corp-two';
  ok(await one.call('PUT', path, { headers: bearer(one.adminToken), body: { authorized: false } }));
  expect(await client.ended).toBe(1006);
});

test('the limit of connections holds over both processes', async () => {
  const { one, other } = await startTwo({ streamConnections: 2 });
  const [first = '', second = ''] = [await requestTicket(one), await requestTicket(other)];
  await connectTo(first);
  const client = await connectTo(second);
  const open = () =>
    one.call('POST', openPath, {
      body: { clientId: 'app-one', clientSecret: 'secret-of-app-one', subscriptions: everything },
    });
  expect(refusal(await open())).toEqual([403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi']);
  client.close();
  await expect.poll(async () => (await open()).status).toBe(200);
});

test('when a process is killed, its connections are forgotten, and its clients connect to the other', {
  timeout: 120_000,
}, async () => {
  const database = await createDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-stream-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  configure(folder);
  const launched = launch(folder, database);
  onTestFinished(() => launched.kill());
  const { url } = await launched.ready;
  const here = await insideServer({ database, command: 'serve', setup: undefined });
  const more = { clientId: crashApp.appKey, clientSecret: crashApp.appSecret };
  const client = await connectClient(connected(url.href.replace(/\/$/, '')), { more });
  const app = { appKey: crashApp.appKey };
  const isPushedOnce = async ({ pushes }: Pick<typeof client, 'pushes'>) => {
    const attempt = async () => {
      const before = pushes().length;
      const { outcome } = await push(here, { ...app, deadlineMs: 500 });
      return [outcome, pushes().length - before];
    };
    await expect.poll(attempt, { timeout: 30_000 }).toEqual(['answered', 1]);
  };
  // A process that the others have not heard of for a while is dead to them, until it says that it is not.
  await isPushedOnce(client);
  await launched.kill();
  expect(await client.ended).toBe(1006);
  const again = await connectClient(here, { more });
  await isPushedOnce(again);
  await expect
    .poll(
      async () =>
        (await here.context.hub.list(here.context.directory.now.app(crashApp.appKey) ?? { corpId: 0, id: 0 })).length,
      {
        timeout: 30_000,
      },
    )
    .toBe(1);
});
