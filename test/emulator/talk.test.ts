import { expect, onTestFinished, test } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { connectTo, everything, openPath } from '../conformance/support/stream-client.ts';

/** An emulator with a bot that answers each message by its sessionWebhook. */
async function withEcho(options: EmulatorOptions = {}) {
  const huizhi = await startEmulator(options);
  onTestFinished(() => huizhi.close());
  const post = async (url: string, body: object) =>
    (
      await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json();
  const { appKey, appSecret } = huizhi.credentials;
  const subscriptions = [{ type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' }];
  const opening = { clientId: appKey, clientSecret: appSecret, subscriptions };
  const { endpoint, ticket } = (await post(`${huizhi.url}/v1.0/gateway/connections/open`, opening)) as {
    endpoint: string;
    ticket: string;
  };
  const socket = new WebSocket(`${endpoint}?ticket=${ticket}`);
  onTestFinished(() => socket.close());
  socket.addEventListener('message', async ({ data: frame }) => {
    const { type, data } = JSON.parse(String(frame)) as { type: string; data: string };
    if (type !== 'CALLBACK') return;
    const { text, sessionWebhook } = JSON.parse(data) as { text: { content: string }; sessionWebhook: string };
    await post(sessionWebhook, { msgtype: 'text', text: { content: `echo ${text.content}` } });
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  return huizhi;
}

test('waitForReply resolves with each reply once, in order, of the person who has spoken', async () => {
  const huizhi = await withEcho();
  await huizhi.say('user001', 'one');
  expect((await huizhi.waitForReply()).msgParam).toEqual({ content: 'echo one' });
  await huizhi.say('user002', 'other');
  await huizhi.say('user001', 'two');
  await huizhi.say('user001', 'three');
  expect((await huizhi.waitForReply({ text: /three/ })).msgParam).toEqual({ content: 'echo three' });
  expect((await huizhi.waitForReply()).msgParam).toEqual({ content: 'echo two' });
  expect((await huizhi.waitForReply({ userId: 'user002' })).msgParam).toEqual({ content: 'echo other' });
  await expect(huizhi.waitForReply({}, { timeout: 10 })).rejects.toMatchObject({ code: 'huizhi.timeout' });
});

test('say follows the clock and the seed, in a group too', async () => {
  const speak = async () => {
    const huizhi = await startEmulator({ seed: 7, socket: false });
    onTestFinished(() => huizhi.close());
    const { openConversationId } = await huizhi.createGroup({ members: ['user001', 'user002'] });
    const said = await huizhi.say('user001', 'hello', { openConversationId, robotCode: huizhi.robotCode });
    await huizhi.clock.advance('1m');
    return [said, await huizhi.say('user001', 'later')];
  };
  const [first, second] = [await speak(), await speak()];
  expect(second).toEqual(first);
  expect((first[1]?.sentAt ?? 0) - (first[0]?.sentAt ?? 0)).toBe(60_000);
});

test('say refuses what nobody can write, and unknown options', async () => {
  const huizhi = await startEmulator({ socket: false });
  onTestFinished(() => huizhi.close());
  await expect(huizhi.say('nobody', 'x')).rejects.toMatchObject({ code: 'huizhi.notFound' });
  await expect(huizhi.say('user001', ' ')).rejects.toMatchObject({ code: 'huizhi.badRequest' });
  await expect(huizhi.say('user001', 'x', { robot: 'y' } as object)).rejects.toThrow('say');
  await expect(huizhi.waitForReply()).rejects.toMatchObject({ code: 'huizhi.badRequest' });
});

test('the options of Stream mode limit the connections of an app, end them, and switch the repeat off', async () => {
  const stream = { streamConnections: 1, streamLifetime: '1h', streamRepeat: 'off' } as const;
  const huizhi = await startEmulator({ frozen: true, ...stream });
  onTestFinished(() => huizhi.close());
  const { appKey: clientId, appSecret: clientSecret } = huizhi.credentials;
  const body = JSON.stringify({ clientId, clientSecret, subscriptions: everything });
  const headers = { 'content-type': 'application/json' };
  const open = () => fetch(huizhi.url + openPath, { method: 'POST', headers, body });
  const { endpoint, ticket } = (await (await open()).json()) as Readonly<Record<string, string>>;
  expect((await open()).status).toBe(403);
  const client = await connectTo(`${endpoint}?ticket=${ticket}`, () => undefined);
  await huizhi.say('user001', 'hello');
  await expect.poll(() => client.pushes().length).toBe(1);
  await huizhi.clock.advance('59m');
  await huizhi.clock.advance('1m');
  expect(await client.ended).toBe(1006);
  await expect.poll(() => client.pushes()).toHaveLength(1);
});
