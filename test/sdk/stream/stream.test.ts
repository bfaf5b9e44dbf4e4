import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DWClient, TOPIC_ROBOT } from 'dingtalk-stream';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import type { DeliveriesAnswer } from '../../../src/wire/own/endpoints.ts';
import { cardWorld } from '../../conformance/support/cards.ts';
import { png } from '../../conformance/support/files.ts';
import { connected, type Server } from '../../conformance/support/harness.ts';
import { insideServer } from '../../conformance/support/inside.ts';
import { appSecrets, setup } from '../../conformance/support/setup.ts';
import { cardTopic, robotTopic } from '../../conformance/support/stream-client.ts';
import { talkWorld } from '../../conformance/support/talk.ts';
import { bearer, ok, world } from '../../conformance/support/world.ts';
import { type Launched, launch } from '../../crash/server.ts';
import { isLong } from '../../support/long.ts';
import { type Bot, olderStreamSdks, type StreamSdk, startBot, streamSdks } from './clients.ts';

/** Milliseconds; the SDK for Python waits ten seconds before it connects again. */
const patience = { timeout: 60_000 };
const slow = { timeout: 300_000 };

const credentials = { clientId: 'app-one', clientSecret: appSecrets['app-one'] };

async function skipWithout(sdk: StreamSdk, { skip }: Pick<TestContext, 'skip'>): Promise<void> {
  const missing = await sdk.missing();
  if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
  skip(missing !== undefined, missing ?? '');
}

/** Starts processes on one SQLite file and one port, one after the other. */
function openDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-stream-sdk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const apps = setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, events: ['robot_msg_read'] } : app));
  writeFileSync(join(folder, 'huizhi.yaml'), JSON.stringify({ ...setup, apps }));
  let port = 0;
  return async (): Promise<{ readonly server: Server; readonly kill: Launched['kill'] }> => {
    const words = ['dev', '--config', 'huizhi.yaml', '--stream-lifetime', '1h', '--port', String(port)];
    const env = { HUIZHI_ADMIN_TOKEN: connected('http://127.0.0.1:1').adminToken };
    const { ready, kill } = launch(folder, 'huizhi.db', env, words);
    onTestFinished(kill);
    const server = connected((await ready).url.origin);
    ({ port } = server);
    return { server, kill };
  };
}

/** What people do with the bot of app-one at a server, and what the console shows of it. */
function scene(server: Server) {
  const there = talkWorld(world(server));
  const headers = bearer(server.adminToken);
  const app = async (path: string) => ok(await server.call('GET', `/console/v1/apps/app-one/${path}`, { headers }));
  const newest = async (userId: string) => {
    const [message] = (await there.inboxOf(await there.signIn(userId))).messages;
    return (JSON.parse(message?.msgParam ?? '{}') as { content?: string }).content;
  };
  return {
    ...there,
    /** Waits for a connection of a bot that is not the given one, and returns its id. */
    async connection(bot: Bot, earlier = ''): Promise<string> {
      const open = async () => (await app('connections')).connections as readonly { connectionId: string }[];
      const newer = async () => (await open()).find(({ connectionId }) => connectionId !== earlier)?.connectionId;
      // If there is none, the failure shows what the bot has printed.
      await expect.poll(async () => (await newer()) ?? bot.output(), patience).toMatch(/^[\da-f-]{36}$/);
      return String(await newer());
    },
    /** Writes a text to the robot, which must answer it. */
    async exchange(text: string, from = 'alice'): Promise<void> {
      await there.say(text, { from });
      await expect.poll(() => newest(from), patience).toBe(`echo: ${text}`);
    },
    newest,
    /** Sends a message that its recipient reads. */
    async read(userId: string): Promise<string> {
      const processQueryKey = await there.sent({ userIds: [userId] });
      await there.emulate('POST', 'reads', { processQueryKey });
      return processQueryKey;
    },
    tries: async () =>
      ((await app('events/corp-one/deliveries')) as DeliveriesAnswer).deliveries.map(({ tries, state }) => [
        tries,
        state,
      ]),
  };
}

type Scene = ReturnType<typeof scene>;

const eventsOf = ({ received }: Bot) => received.filter(({ type }) => type === 'EVENT');

/** A text, a picture, and a message of a group reach the bot, which answers each. */
async function checkMessages(there: Scene, bot: Bot): Promise<void> {
  const { emulate, exchange, group, newest, say, signIn, upload, write } = there;
  await exchange('你好');
  expect(bot.received[0]).toMatchObject({ topic: robotTopic, data: { text: { content: '你好' } } });
  // Some SDKs acknowledge a message after the reply.
  await expect
    .poll(async () => (await emulate('GET', 'requests?limit=1000')).requests, patience)
    .toContainEqual(expect.objectContaining({ method: 'PUSH', path: robotTopic, status: 200 }));
  const session = await signIn('alice');
  const { mediaId } = (await upload(session, 'image', png, 'plan.png')).body;
  ok(await write(session, 'robot:robot-one', { msgtype: 'picture', mediaId }));
  await expect.poll(() => newest('alice'), patience).toBe('echo: picture');
  expect(bot.received[1]?.data).toMatchObject({ msgtype: 'picture', content: { downloadCode: expect.any(String) } });
  await say('@Name of robot-one ping', { to: `group:${await group()}`, atRobotCodes: ['robot-one'] });
  // The SDKs for Python and Java also mention the sender.
  await expect.poll(() => newest('carol'), patience).toContain('echo: ping');
  expect(bot.received[2]?.data).toMatchObject({ conversationType: '2', conversationTitle: '项目群' });
}

/** The bot takes the read of alice, and answers LATER to that of bob. */
async function checkEvents({ advance, read, tries }: Scene, bot: Bot): Promise<void> {
  const processQueryKey = await read('alice');
  await expect.poll(tries, patience).toEqual([[1, 'delivered']]);
  expect(eventsOf(bot)).toMatchObject([{ eventType: 'robot_msg_read', data: { userId: 'alice', processQueryKey } }]);
  await read('bob');
  for (const [wait, count, state] of [
    ['0s', 1, 'waiting'],
    ['10s', 2, 'waiting'],
    ['30s', 3, 'failed'],
  ] as const) {
    await advance(wait);
    await expect.poll(tries, patience).toContainEqual([count, state]);
    expect(eventsOf(bot)).toHaveLength(1 + count);
  }
}

/** The answer of the bot to a click changes the card. */
async function checkClick(there: Scene, bot: Bot): Promise<void> {
  const { clicked, delivered } = cardWorld(there);
  const { cardId, outTrackId } = await delivered();
  expect(await clicked('alice', cardId)).toMatchObject({
    delivered: true,
    card: { markdown: expect.stringContaining('clicked') },
  });
  expect(bot.received.at(-1)).toMatchObject({ topic: cardTopic, data: { outTrackId, userId: 'alice' } });
}

test.for(isLong ? [...streamSdks, ...olderStreamSdks] : streamSdks)(
  'a bot with the SDK for $name answers people, takes events and clicks, and connects again after a disconnect and a kill',
  slow,
  async (sdk, context) => {
    await skipWithout(sdk, context);
    const start = openDatabase();
    const { server, kill } = await start();
    const there = scene(server);
    await there.freeze();
    const bot = await startBot(sdk, { url: server.url, ...credentials });
    const first = await there.connection(bot);
    await checkMessages(there, bot);
    await checkEvents(there, bot);
    await checkClick(there, bot);
    await there.advance('1h');
    await there.connection(bot, first);
    await there.exchange('after a disconnect');
    await kill();
    if (sdk.endsInOutage) return void (await bot.ended);
    const next = scene((await start()).server);
    await next.connection(bot);
    await next.exchange('after a kill', 'carol');
  },
);

test.runIf(isLong).for(streamSdks.filter(({ hasConstantHost }) => !hasConstantHost))(
  'a bot with the SDK for $name is led to huizhi by `huizhi run`, too',
  slow,
  async (sdk, context) => {
    await skipWithout(sdk, context);
    const server = await insideServer();
    const { connection, exchange } = scene(server);
    const bot = await startBot(sdk, { url: server.url, ...credentials, isUnderRun: true });
    await connection(bot);
    await exchange('hello');
  },
);

test('a bot in the process of a test connects to an emulator with intercept: true', async () => {
  const huizhi = await startEmulator({ intercept: true });
  onTestFinished(() => huizhi.close());
  const { appKey: clientId, appSecret: clientSecret } = huizhi.credentials;
  const client = new DWClient({ clientId, clientSecret });
  onTestFinished(() => client.disconnect());
  client.registerCallbackListener(TOPIC_ROBOT, () => {});
  await client.connect();
  await expect.poll(() => client.connected, patience).toBe(true);
  const calls = (await huizhi.requests()).map(({ path, status }) => `${path} ${status}`);
  expect(calls).toContain('/v1.0/gateway/connections/open 200');
});
