import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config/options.ts';
import type { Setup, SetupEndpoint } from '../../../src/config/setup.ts';
import type { WebhookEvent } from '../../../src/wire/own/endpoints.ts';
import { emptyFolder } from '../support/child.ts';
import { type Server, startServer } from '../support/harness.ts';
import { type Received, startReceiver } from '../support/receiver.ts';
import { setup } from '../support/setup.ts';
import { bearer, ok, world } from '../support/world.ts';

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

/** The suite's setup with an endpoint of organization one. */
function withEndpoint(endpoint: Partial<SetupEndpoint> & { readonly url: string }): Setup {
  const endpoints = [{ endpointId: 'receipts', secret, ...endpoint }];
  const organizations = setup.organizations.map((one) => (one.corpId === 'corp-one' ? { ...one, endpoints } : one));
  return { ...setup, organizations };
}

/** Starts servers on one database file, one after the other. */
function openDatabase() {
  const database = join(emptyFolder(), 'huizhi.db');
  return async (endpoint: Partial<SetupEndpoint> & { readonly url: string }, options: Partial<Config> = {}) => {
    const server: Server = await startServer({ database, setup: withEndpoint(endpoint), ...options });
    onTestFinished(() => server.stop());
    return world(server);
  };
}

const eventOf = ({ body }: Received) => JSON.parse(body) as WebhookEvent;
const types = ['receipt.read', 'message.sent'] as const;

test('an event that could not be delivered before a restart is delivered after it', async () => {
  const start = openDatabase();
  const receiver = await startReceiver();
  receiver.react({ never: true });
  const first = await start({ url: receiver.url, types });
  const processQueryKey = await first.sent();
  await receiver.next();
  await first.server.stop();
  receiver.react({});
  const second = await start({ url: receiver.url, types });
  const again = await receiver.next();
  expect(eventOf(again)).toMatchObject({ type: 'message.sent', number: 1, data: { processQueryKey } });
  expect(new Webhook(secret).verify(again.body, again.headers as Record<string, string>)).toBeDefined();
  await second.emulate('POST', 'reads', { processQueryKey });
  expect(eventOf(await receiver.next()).type).toBe('receipt.read');
});

test('a changed endpoint of the file is updated, and keeps its position', async () => {
  const start = openDatabase();
  const [receiver, other] = [await startReceiver(), await startReceiver()];
  const first = await start({ url: receiver.url, types, description: '一' });
  await first.sent();
  await receiver.next();
  await first.advance('1ms');
  await first.server.stop();
  const next = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
  const second = await start({ url: other.url, secret: next, types: ['message.sent'] });
  const headers = bearer(second.server.adminToken);
  const found = await second.call('GET', '/console/v1/endpoints/receipts', { headers, query: { corpId: 'corp-one' } });
  expect(ok(found)).toMatchObject({ url: other.url, description: '一', types: ['message.sent'] });
  await second.sent();
  const webhook = await other.next();
  expect(eventOf(webhook).number).toBe(3);
  expect(new Webhook(next).verify(webhook.body, webhook.headers as Record<string, string>)).toBeDefined();
  expect(receiver.received).toHaveLength(1);
});

test('serve refuses an endpoint on a loopback address, unless an option allows it', async () => {
  const start = openDatabase();
  const receiver = await startReceiver();
  const serve = { command: 'serve', secret: 'the-secret-of-this-server' } as const;
  await expect(start({ url: receiver.url }, serve)).rejects.toThrow('127.0.0.1 is a loopback, private or special');
  const { sent } = await start({ url: receiver.url }, { ...serve, callbackAllow: ['127.0.0.0/8'] });
  const processQueryKey = await sent();
  expect(eventOf(await receiver.next()).data).toMatchObject({ processQueryKey });
});

test('an address whose name leads to a loopback address is refused when it is connected to', async () => {
  const start = openDatabase();
  const receiver = await startReceiver();
  const url = receiver.url.replace('127.0.0.1', 'localhost');
  const { server } = await start({ url }, { command: 'serve', secret: 'the-secret-of-this-server' });
  const headers = bearer(server.adminToken);
  const path = '/console/v1/endpoints/receipts/test';
  expect(ok(await server.call('POST', path, { headers, query: { corpId: 'corp-one' } }))).toMatchObject({
    ...{ delivered: false, status: null },
    answer: expect.stringContaining('which --callback-allow does not allow'),
  });
  expect(receiver.received).toEqual([]);
});
