import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config/options.ts';
import type { SetupPush } from '../../../src/config/setup.ts';
import { emptyFolder } from '../support/child.ts';
import { startServer } from '../support/harness.ts';
import { aesKey, bothTypes, pushWorld, startPushReceiver, token } from '../support/push.ts';
import { setup } from '../support/setup.ts';

/** Starts servers on one database file, one after the other, whose setup has the push of an app. */
function openDatabase(appKey = 'app-one') {
  const database = join(emptyFolder(), 'huizhi.db');
  return async (push?: SetupPush, options: Partial<Config> = {}) => {
    const apps = setup.apps.map((one) => (one.appKey === appKey && push ? { ...one, push } : one));
    const server = await startServer({ database, setup: { ...setup, apps }, ...options });
    onTestFinished(() => server.stop());
    return pushWorld(server);
  };
}

test('a push of the file needs no check_url, survives a restart, and can be changed', async () => {
  const start = openDatabase();
  const receiver = await startPushReceiver();
  const push = { url: receiver.url, token, aesKey, types: bothTypes };
  receiver.react({ never: true });
  const first = await start(push);
  const processQueryKey = await first.read();
  expect(await receiver.nextEvent()).toMatchObject({ EventType: 'robot_msg_read' });
  await first.server.stop();
  const moved = await startPushReceiver('app-one', { token: 'another-token' });
  const second = await start({ ...push, url: moved.url, token: 'another-token', types: ['robot_msg_read'] });
  expect(await moved.nextEvent()).toMatchObject({ ProcessQueryKey: processQueryKey });
  expect(await second.state()).toMatchObject({ url: moved.url, types: ['robot_msg_read'], ownerKey: 'app-one' });
  expect(receiver.received).toHaveLength(1);
  await second.server.stop();
  expect(await (await start()).state()).toMatchObject({ url: moved.url });
});

test('serve refuses a push to a loopback address, unless an option allows it', async () => {
  const start = openDatabase();
  const receiver = await startPushReceiver();
  const push = { url: receiver.url, token, aesKey, types: bothTypes };
  const serve = { command: 'serve', secret: 'the-secret-of-this-server' } as const;
  await expect(start(push, serve)).rejects.toThrow('the push of app app-one is refused: 127.0.0.1 is a loopback');
  const { old, sent } = await start(push, { ...serve, callbackAllow: ['127.0.0.0/8'] });
  await sent();
  expect((await old('GET', 'get_call_back')).body).toMatchObject({ errcode: 0, url: receiver.url });
});
