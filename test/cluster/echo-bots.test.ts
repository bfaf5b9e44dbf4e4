/** The bots of the official SDKs and a receiver of webhooks, with two processes of which one is killed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { WebhookEvent } from '../../src/wire/own/endpoints.ts';
import { connected } from '../conformance/support/harness.ts';
import { startReceiver } from '../conformance/support/receiver.ts';
import { bearer, ok } from '../conformance/support/world.ts';
import { adminToken, launch } from '../crash/server.ts';
import { missing as findMissingBrowser, launch as launchBrowser } from '../e2e/support/browser.ts';
import { type Bot, startBot, streamSdks } from '../sdk/stream/clients.ts';
import { isLong } from '../support/long.ts';
import { startGate } from './support/gate.ts';

let postgres: TestServer;
let browser: Browser | undefined;
beforeAll(async () => {
  postgres = await startPostgres();
  if (findMissingBrowser() === undefined) browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await postgres.stop();
});

const patience = { timeout: 60_000 };
const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const app = { appKey: 'echo-app', appSecret: 'a-secret-of-the-echo-bot' };

const setupWith = (url: string) => ({
  organizations: [
    {
      corpId: 'corp',
      name: 'Corp',
      users: [{ userId: 'alice', name: 'Alice' }],
      endpoints: [{ endpointId: 'receipts', url, secret, types: ['receipt.read'] }],
    },
  ],
  apps: [{ ...app, kind: 'internal', corpId: 'corp', permissions: [], events: ['robot_msg_read'] }],
  robots: [{ robotCode: 'echo', name: 'Echo', appKey: app.appKey, installedIn: ['corp'] }],
});

/** Two processes on one new database behind a gate. The first delivers the events, and has the bot's connection. */
async function startTwoBehindGate(receiverUrl: string) {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-echo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'huizhi.yaml'), JSON.stringify(setupWith(receiverUrl)));
  const gate = await startGate();
  const options = ['--port', '0', '--public-url', gate.url, '--callback-allow', '127.0.0.0/8'];
  const start = async () => {
    const launched = launch(folder, database, {}, ['serve', ...options]);
    onTestFinished(launched.kill);
    gate.add(Number((await launched.ready).url.port));
    return launched.kill;
  };
  const killFirst = await start();
  await start();
  const { call } = connected(gate.url);
  const headers = bearer(adminToken);
  return {
    url: gate.url,
    killFirst,
    connections: async () =>
      ok(await call('GET', `/console/v1/apps/${app.appKey}/connections`, { headers })).connections as readonly {
        readonly connectionId: string;
      }[],
    async openInbox(at: Browser): Promise<Page> {
      const body = { corpId: 'corp', userId: 'alice' };
      const { code } = ok(await call('POST', '/console/v1/signInCodes', { headers, body }));
      const page = await at.newPage();
      onTestFinished(() => page.close());
      await page.goto(`${gate.url}/?code=${code}`);
      await page.locator('.inbox').waitFor();
      await page.goto(`${gate.url}/#echo`);
      await page.locator('.compose textarea').waitFor();
      return page;
    },
  };
}

/** The keys of the messages whose reads a bot has got. */
const keysOf = ({ received }: Bot) => [
  ...new Set(
    received.filter(({ eventType }) => eventType === 'robot_msg_read').map(({ data }) => data.processQueryKey),
  ),
];

test.for(isLong ? streamSdks : streamSdks.slice(0, 1))(
  'a bot with the SDK for $name answers in the browser, and no read of its answers is lost when a process is killed',
  { timeout: 300_000 },
  async (sdk, { skip }) => {
    const missing = findMissingBrowser() ?? (await sdk.missing());
    if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
    skip(missing !== undefined || !browser, missing ?? '');
    if (!browser) return;
    const receiver = await startReceiver();
    const { url, killFirst, connections, openInbox } = await startTwoBehindGate(receiver.url);
    const bot = await startBot(sdk, { url, clientId: app.appKey, clientSecret: app.appSecret });
    await expect.poll(connections, patience).toHaveLength(1);
    const [first] = await connections();
    const page = await openInbox(browser);
    const write = async (text: string) => {
      await page.locator('.compose textarea').fill(text);
      await page.locator('.compose textarea').press('Enter');
    };
    const answer = (text: string) => page.locator('.chunk .bubble', { hasText: `echo: ${text}` });

    await write('hello');
    await answer('hello').waitFor();
    await expect.poll(() => keysOf(bot).length, patience).toBe(1);
    await receiver.next();
    // The next webhook gets no response before the kill.
    receiver.react({ never: true });
    for (const text of ['one', 'two', 'three', 'four']) {
      await write(text);
      await answer(text).waitFor();
    }
    await receiver.next();
    await killFirst();
    receiver.react({});
    await expect
      .poll(async () => (await connections()).map(({ connectionId }) => connectionId), patience)
      .not.toContain(first?.connectionId);
    await expect.poll(connections, patience).toHaveLength(1);
    await write('still there?');
    await answer('still there?').waitFor({ timeout: 60_000 });

    await expect.poll(() => keysOf(bot).length, patience).toBe(6);
    const webhooks = () => receiver.received.map(({ body }) => JSON.parse(body) as WebhookEvent);
    const readOf = () => [...new Set(webhooks().map(({ data }) => data.processQueryKey))];
    await expect.poll(() => readOf().sort(), patience).toEqual(keysOf(bot).sort());
    for (const { body, headers } of receiver.received)
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'receipt.read',
        data: { userId: 'alice', robotCode: 'echo' },
      });
  },
);
