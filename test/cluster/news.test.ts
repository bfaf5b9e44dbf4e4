import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { openStore } from '../../src/store/open.ts';
import { startChild } from '../conformance/support/child.ts';
import { loud, type Server, testServer } from '../conformance/support/harness.ts';
import { setup } from '../conformance/support/setup.ts';
import { follow } from '../conformance/support/stream.ts';
import { ok, refusal, world } from '../conformance/support/world.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function database(): Promise<string> {
  const url = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(url));
  return url;
}

/** Two emulators on one database. */
async function startTwo() {
  const url = await database();
  const one = await testServer({ database: url });
  const other = await testServer({ database: url });
  onTestFinished(() => {
    for (const { log } of [one, other]) expect(loud(log)).toEqual([]);
  });
  return { url, one: world(one), other: world(other) };
}

/** Repeats a request until its answer is right, and returns the last answer. */
async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean, within = 5000): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (isRight(answer) || performance.now() > end) return answer;
  }
}

test('a message accepted by one process is pushed to an open inbox at another, and so is its recall', async () => {
  const { one, other } = await startTwo();
  const stream = await follow(other.server, await other.signIn('alice'));
  const key = await one.sent();
  expect(await stream.next()).toMatchObject({ id: 1, event: 'message', data: { robotName: 'Name of robot-one' } });
  ok(await one.recall({ processQueryKeys: [key] }));
  expect(await stream.next()).toMatchObject({ id: 2, event: 'recall' });
});

test('a stream whose notification was lost catches up by polling', async () => {
  const { url, one, other } = await startTwo();
  const stream = await follow(other.server, await other.signIn('alice'));
  await one.sent();
  expect(await stream.next()).toMatchObject({ id: 1 });
  // The listener loses its connection, and the notification with it; the sender's next message comes meanwhile or
  // later.
  const name = new URL(url).pathname.slice(1);
  await postgres.tell(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and query like 'listen%'`,
  );
  await one.sent();
  expect(await stream.next()).toMatchObject({ id: 2 });
});

test('a read at one process is in the next readStatus at another', async () => {
  const { one, other } = await startTwo();
  const key = await one.sent({ userIds: ['alice', 'bob'] });
  await until(
    () => one.receipt(key),
    ({ sendStatus }) => sendStatus === 'SUCCESS',
  );
  const session = await one.signIn('alice');
  const [message] = (await one.inboxOf(session)).messages;
  for (let i = 0; i < 3; i++) expect((await other.receipt(key)).messageReadInfoList[0]?.readStatus).toBe('UNREAD');
  await one.markRead(session, String(message?.messageId));
  expect((await other.receipt(key)).messageReadInfoList.map(({ readStatus }) => readStatus)).toEqual([
    'READ',
    'UNREAD',
  ]);
});

test('rotating a secret at one process immediately ends its tokens at another, and the old secret gets no new ones', async () => {
  const { url, other } = await startTwo();
  const token = await other.tokenOf();
  const key = await other.sent({}, token);
  // This process has the token in its cache now, so that only the receipt is read.
  for (let i = 0; i < 2; i++) await other.receipt(key, 'robot-one', token);
  const apps = setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, appSecret: 'another-secret' } : app));
  await testServer({ database: url, setup: { ...setup, apps } });
  expect(refusal(await other.status({ robotCode: 'robot-one', processQueryKey: key }, token))).toEqual([
    400,
    'InvalidAuthentication',
  ]);
  const body = { appKey: 'app-one', appSecret: 'secret-of-app-one' };
  expect(refusal(await other.call('POST', '/v1.0/oauth2/accessToken', { body }))).toEqual([
    400,
    'invalidClientIdOrSecret',
  ]);
  ok(await other.call('POST', '/v1.0/oauth2/accessToken', { body: { ...body, appSecret: 'another-secret' } }));
});

/** A process that writes and sends no notifications, as if they were lost. */
async function startSilent(url: string) {
  const store = await openStore(url);
  onTestFinished(() => store.close());
  const app = (await store.directory()).app('app-one');
  const corpId = (await store.directory()).organization('corp-one')?.corpId;
  if (!app || corpId === undefined) throw new Error('the setup is not there');
  return { store, app, corpId };
}

test('without notifications, the next readStatus of a process sees what another has changed', async () => {
  const { url, other } = await startTwo();
  const { store, app, corpId } = await startSilent(url);
  const key = await other.sent();
  const token = await other.tokenOf();
  const status = () => other.status({ robotCode: 'robot-one', processQueryKey: key }, token);
  ok(await status());
  for (const name of ['Alice', 'Alice Two', 'Name of alice']) {
    // A permission is revoked, and granted again.
    await store.putApp({ ...app, permissions: [] });
    expect(refusal(await status())).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
    await store.putApp(app);
    await other.receipt(key, 'robot-one', token);
    await store.putUsers(corpId, [{ code: 'alice', name }]);
    expect((await other.receipt(key, 'robot-one', token)).messageReadInfoList[0]?.name).toBe(name);
  }
  // Rotating the secret ends the token.
  await store.putApp({ ...app, generation: app.generation + 1 });
  expect(refusal(await status())).toEqual([400, 'InvalidAuthentication']);
});

test('stopping a template or disabling a robot at one process takes effect at another immediately', async () => {
  const { one, other } = await startTwo();
  await other.sent();
  for (let i = 0; i < 5; i++) {
    await one.emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleText', state: 'stopped' });
    expect(refusal(await other.send())).toEqual([400, 'template.stopped']);
    await one.emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleText', state: 'active' });
    ok(await other.send());
    await one.emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: true });
    expect(refusal(await other.send())).toEqual([400, 'chatbotId.notAllow.sendOTO']);
    await one.emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: false });
    ok(await other.send());
  }
});

test('all emulators on one database share one clock', async () => {
  const { url, one, other } = await startTwo();
  const now = await one.freeze();
  expect(await other.emulate('GET', 'clock')).toEqual({ now, frozen: true });
  const key = await other.sent();
  const token = await other.tokenOf();
  await one.advance('25h');
  expect(refusal(await other.status({ robotCode: 'robot-one', processQueryKey: key }, token))).toEqual([
    400,
    'InvalidAuthentication',
  ]);
  expect(refusal(await other.status({ robotCode: 'robot-one', processQueryKey: key }))).toEqual([
    400,
    'processQueryKey.expireTime',
  ]);
  const late = world(await testServer({ database: url }));
  expect(await late.emulate('GET', 'clock')).toEqual({ now: now + 25 * 3_600_000, frozen: true });
});

test('a reset at one process resets all', async () => {
  const { one, other } = await startTwo();
  const keys = [await one.sent(), await other.sent()];
  await one.freeze(0);
  await one.emulate('POST', 'reset');
  for (const processQueryKey of keys) {
    expect(refusal(await other.status({ robotCode: 'robot-one', processQueryKey }))[0]).toBe(400);
  }
  const fresh = [await other.sent(), await one.sent(), await other.sent()];
  for (const key of fresh) {
    const receipt = await until(
      () => one.receipt(key),
      ({ sendStatus }) => sendStatus === 'SUCCESS',
    );
    expect(receipt.sendStatus).toBe('SUCCESS');
  }
});

test('messages that a killed process has not delivered are delivered by another within seconds', {
  timeout: 60_000,
}, async () => {
  const url = await database();
  const line = `dev --config huizhi.yaml --database ${url}`;
  const dying = await startChild(line);
  const one = world(dying);
  await one.emulate('PUT', 'delivery', { mode: 'hold' });
  const keys = await Promise.all([one.sent(), one.sent(), one.sent()]);
  const other = world((await startChild(line)) as Server);
  // No process takes over from one that is alive.
  for (const key of keys) expect((await other.receipt(key)).sendStatus).toBe('PROCESSING');
  dying.process.kill('SIGKILL');
  for (const key of keys) {
    const receipt = await until(
      () => other.receipt(key),
      ({ sendStatus }) => sendStatus === 'SUCCESS',
      // Usually two attempts suffice; the others are for slow machines.
      20_000,
    );
    expect(receipt.sendStatus).toBe('SUCCESS');
  }
  const session = await other.signIn('alice');
  expect((await other.inboxOf(session)).messages).toHaveLength(3);
});
