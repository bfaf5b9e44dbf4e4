/** The emulator inside a test runner: its controls, and that it does not affect the process. */
import { describe, expect, test } from 'vitest';
import { demoSetup, type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { robotOf, startOne, statusesOf } from './support.ts';

describe('startEmulator', () => {
  test.each([true, false])('sends, reads and answers, with a socket: %s', async (socket) => {
    const huizhi = await startOne({ socket });
    const robot = await robotOf(huizhi, socket ? fetch : huizhi.fetch);
    const key = await robot.send('hello', 'user001', 'user002');
    expect(await huizhi.read(key, ['user002'])).toBe(1);
    const status = await robot.readStatus(key);
    expect([status.sendStatus, statusesOf(status)]).toEqual(['SUCCESS', ['UNREAD', 'READ']]);
  });

  test('opens no socket with socket: false', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
    await startOne({ socket: false });
    expect(process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'))).toHaveLength(before);
  });

  test('is closed with its scope, and its port is free again', async () => {
    let url = '';
    {
      await using huizhi = await startEmulator();
      ({ url } = huizhi);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    }
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    const again = await startOne({ port: Number(new URL(url).port) });
    expect(again.url).toBe(url);
  });

  test('accepts a setup, and refuses one that contradicts itself', async () => {
    const [organization] = demoSetup.organizations;
    const users = [{ userId: 'only', name: '独' }];
    const organizations = [{ ...organization, users, groups: [] }, ...demoSetup.organizations.slice(1)];
    const setup = { ...demoSetup, organizations };
    const huizhi = await startOne({ setup: setup as typeof demoSetup, socket: false });
    expect(huizhi.userIds).toEqual(['only']);
    const robots = demoSetup.robots.map((robot) => ({ ...robot, appKey: 'nobody' }));
    await expect(startEmulator({ setup: { ...demoSetup, robots } })).rejects.toThrow(/setup\.robots\.0\.appKey/);
  });

  test.each([
    ['setup.organizations: ', {}],
    ['setup.apps.0.kind: ', { ...demoSetup, apps: [{ ...demoSetup.apps[0], kind: 'outer' }] }],
    ['setup.robots.0.installedIn: ', { ...demoSetup, robots: [{ ...demoSetup.robots[0], installedIn: 'corp' }] }],
  ])('refuses a malformed setup, and names %j', async (sentence, setup) => {
    const failure = startEmulator({ setup: setup as unknown as typeof demoSetup });
    await expect(failure).rejects.toBeInstanceOf(TypeError);
    await expect(failure).rejects.toThrow(sentence);
  });

  test.each([
    [{ readWindow: 'soon' }, 'readWindow "soon" must be a number and a unit'],
    [{ streamLifetime: '0s' }, 'streamLifetime'],
    [{ now: new Date('never') }, 'now must be a Date or epoch milliseconds'],
    [{ now: -1 }, 'now must be a Date or epoch milliseconds'],
    [{ now: 2 ** 48 }, 'now must be a Date or epoch milliseconds'],
    [{ now: '2026-01-01' }, 'now must be a Date or epoch milliseconds'],
    [{ sockets: false }, 'startEmulator has no option sockets. Did you mean socket?'],
    [{ database: 'huizhi.db' }, 'startEmulator has no option database.'],
  ])('refuses the unknown option %j by its name', async (options, sentence) => {
    const failure = startEmulator(options as unknown as EmulatorOptions);
    await expect(failure).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(sentence) });
  });

  test('gives an endpoint of Stream mode that can be reached, and refuses to open a connection without a socket', async () => {
    const headers = { 'content-type': 'application/json' };
    const subscriptions = [{ type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' }];
    const open = async ({ fetch, credentials }: Emulator, url: string) => {
      const { appKey: clientId, appSecret: clientSecret } = credentials;
      const body = JSON.stringify({ clientId, clientSecret, subscriptions });
      return (await fetch(url, { method: 'POST', headers, body })).json() as Promise<Record<string, string>>;
    };
    const path = '/v1.0/gateway/connections/open';
    const withSocket = await startOne();
    for (const url of [path, `https://api.dingtalk.com${path}`]) {
      const { endpoint, ticket } = await open(withSocket, url);
      expect(endpoint).toBe(`${withSocket.url.replace('http:', 'ws:')}/connect`);
      const socket = new WebSocket(`${endpoint}?ticket=${ticket}`);
      await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
      socket.close();
    }
    expect(await open(await startOne({ socket: false }), path)).toMatchObject({ code: 'unknownError' });
  });

  test('after it is closed, every call says so', async () => {
    const huizhi = await startEmulator({ socket: false });
    const key = await (await robotOf(huizhi)).send('hello', 'user001');
    await huizhi.close();
    const asked = [
      huizhi.read(key),
      huizhi.clock.advance('1s'),
      huizhi.requests(),
      huizhi.waitForMessage(),
      huizhi.waitForRead(key),
    ];
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'huizhi.closed' });
    const unanswered = { message: 'fetch failed', cause: { code: 'huizhi.closed' } };
    await expect(huizhi.fetch('/healthz')).rejects.toMatchObject(unanswered);
  });
});

describe('the controls', () => {
  test('move the clock past the read window', async () => {
    const huizhi = await startOne({ socket: false, seed: 1 });
    const robot = await robotOf(huizhi);
    const key = await robot.send('hello', 'user001');
    const before = huizhi.clock.now();
    expect(await huizhi.clock.advance('90m')).toBe(before + 5_400_000);
    expect(await robot.readStatus(key)).toMatchObject({ sendStatus: 'SUCCESS' });
    await huizhi.clock.set(before + 86_400_001);
    await huizhi.clock.advance(0);
    expect((await (await robotOf(huizhi)).readStatus(key)).code).toBe('processQueryKey.expireTime');
  });

  test('hold and release deliveries', async () => {
    const huizhi = await startOne({ socket: false });
    const robot = await robotOf(huizhi);
    await huizhi.hold();
    const key = await robot.send('hello', 'user001');
    expect((await robot.readStatus(key)).sendStatus).toBe('PROCESSING');
    expect(await huizhi.release()).toBe(1);
    expect((await robot.readStatus(key)).sendStatus).toBe('SUCCESS');
  });

  test('make people read without a call', async () => {
    const huizhi = await startOne({ socket: false, frozen: true });
    const robot = await robotOf(huizhi);
    await huizhi.readers([{ userId: 'user001', after: '90s' }]);
    const key = await robot.send('hello', 'user001', 'user002');
    expect(statusesOf(await robot.readStatus(key))).toEqual(['UNREAD', 'UNREAD']);
    await huizhi.clock.advance('90s');
    expect(statusesOf(await robot.readStatus(key))).toEqual(['READ', 'UNREAD']);
  });

  test('return errors, drop connections and give the cause of each failure', async () => {
    const huizhi = await startOne({ socket: false });
    const robot = await robotOf(huizhi);
    const path = '/v1.0/robot/oToMessages/readStatus';
    await huizhi.faults([
      { path, times: 1, error: 'system.error' },
      { path, times: 1, latency: 1, drop: true },
    ]);
    expect((await robot.readStatus('k')).code).toBe('system.error');
    await expect(robot.readStatus('k')).rejects.toThrow('fetch failed');
    expect((await robot.readStatus('k')).code).toBe('invalid.processQueryKey');
    const requests = await huizhi.requests();
    expect(requests.map(({ status }) => status)).toEqual([200, 500, 0, 400]);
    expect(requests.at(-1)?.error?.why).toMatch(/\w/);
  });

  test('save, restore and reset the whole state, also into another emulator', async () => {
    const first = await startOne({ socket: false, seed: 'a' });
    const key = await (await robotOf(first)).send('hello', 'user001');
    const saved = await first.snapshot();
    await first.read(key);
    const second = await startOne({ socket: false, seed: 'b' });
    await second.restore(saved);
    const robot = await robotOf(second);
    expect(statusesOf(await robot.readStatus(key))).toEqual(['UNREAD']);
    await second.reset();
    expect((await (await robotOf(second)).readStatus(key)).code).not.toBeUndefined();
    expect(second.messages()).toEqual([]);
  });

  test('explain what they cannot do', async () => {
    const huizhi = await startOne({ socket: false });
    await expect(huizhi.read('forged')).rejects.toMatchObject({ name: 'EmulatorError', code: 'huizhi.notFound' });
    await expect(huizhi.clock.advance('soon')).rejects.toMatchObject({ code: 'huizhi.badRequest' });
  });

  test('abort a request whose caller has aborted it', async () => {
    const huizhi = await startOne({ socket: false });
    await huizhi.faults([{ latency: '50ms' }]);
    const given = AbortSignal.timeout(5);
    await expect(huizhi.fetch('/v1.0/x', { signal: given })).rejects.toThrow(/timeout/);
  });
});

test('a request that a fault still delays ends with the emulator', async () => {
  const huizhi = await startEmulator({ socket: false });
  await huizhi.faults([{ latency: '1h' }]);
  const held = huizhi.fetch('/v1.0/robot/oToMessages/readStatus');
  await new Promise(setImmediate);
  await Promise.all([expect(held).rejects.toThrow('fetch failed'), huizhi.close()]);
});

test('two hundred emulators in one process are independent', { timeout: 60_000 }, async () => {
  const { emitWarning } = process;
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => startOne({ socket: i % 2 === 0 })));
  const answers = await Promise.all(
    all.map(async (huizhi, i) => {
      await huizhi.clock.advance(i * 3_600_000);
      const robot = await robotOf(huizhi, i % 2 === 0 ? fetch : huizhi.fetch);
      const key = await robot.send(`to ${i}`, 'user001', 'user002');
      if (i % 3 === 0) await huizhi.read(key);
      const { processQueryKey, msgParam } = await huizhi.waitForMessage();
      return [
        processQueryKey === key,
        msgParam.content,
        huizhi.messages().length,
        statusesOf(await robot.readStatus(key)),
      ];
    }),
  );
  const status = (i: number) => (i % 3 === 0 ? 'READ' : 'UNREAD');
  expect(answers).toEqual(all.map((_, i) => [true, `to ${i}`, 1, [status(i), status(i)]]));
  // While it loads, the first start suppresses a warning of Node, and no other.
  expect(process.emitWarning).toBe(emitWarning);
});
