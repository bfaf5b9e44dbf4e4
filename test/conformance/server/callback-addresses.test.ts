/** Everything that posts to an address set from outside: webhooks, messages to robots, clicks on cards. */
import { expect, test } from 'vitest';
import type { Config } from '../../../src/config/options.ts';
import type { DeliveriesAnswer } from '../../../src/wire/own/endpoints.ts';
import { cardWorld } from '../support/cards.ts';
import { testServer } from '../support/harness.ts';
import { type Reaction, type Receiver, startReceiver } from '../support/receiver.ts';
import { setup } from '../support/setup.ts';
import { talkWorld } from '../support/talk.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const secret = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;

/** The receiver under a name that has to be resolved. */
const byName = ({ url }: Receiver) => url.replace('127.0.0.1', 'localhost');

/** Starts a server whose webhooks, messages to app-one and clicks go to one URL. */
async function scene(url: string, options: Partial<Config> = {}) {
  const endpoints = [{ endpointId: 'all', url, secret, types: ['message.sent' as const] }];
  const organizations = setup.organizations.map((one) => (one.corpId === 'corp-one' ? { ...one, endpoints } : one));
  const apps = setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, messageUrl: url } : app));
  const server = await testServer({ ...options, setup: { ...setup, organizations, apps } });
  const { register, delivered, clicked } = cardWorld(world(server));
  const { say } = talkWorld(world(server));
  const headers = bearer(server.adminToken);
  return {
    server,
    register,
    /** Causes a message to the robot, a webhook and a click; returns whether the click was delivered. */
    async cause(): Promise<boolean> {
      await say('hello');
      ok(await register({ callbackRouteKey: 'r', callbackUrl: url, forceUpdate: true }));
      const { cardId } = await delivered({ callbackType: 'HTTP', callbackRouteKey: 'r' });
      return (await clicked('alice', cardId)).delivered;
    },
    deliveries: async () => {
      const query = { corpId: 'corp-one' };
      const reply = await server.call('GET', '/console/v1/endpoints/all/deliveries', { headers, query });
      return (ok(reply) as DeliveriesAnswer).deliveries;
    },
    createEndpoint: (to: string) =>
      server.call('POST', '/console/v1/endpoints', { headers, body: { corpId: 'corp-one', url: to } }),
    setMessageUrl: (to: string) =>
      server.call('PUT', '/console/v1/apps/app-one/messageUrl', { headers, body: { messageUrl: to } }),
  };
}

test('nothing is posted to an internal address that is not allowed, and a number is refused when it is set', async () => {
  const receiver = await startReceiver();
  const there = await scene(byName(receiver), { callbackAllow: ['203.0.113.0/24'] });
  expect(await there.cause()).toBe(false);
  await expect
    .poll(there.deliveries)
    .toMatchObject([
      { state: 'waiting', status: null, answer: expect.stringContaining('which --callback-allow does not allow') },
    ]);
  expect(receiver.received).toEqual([]);
  for (const url of [receiver.url, 'http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://2852039166/']) {
    expect(refusal(await there.createEndpoint(url)), url).toEqual([400, 'huizhi.badRequest']);
    expect(refusal(await there.setMessageUrl(url)), url).toEqual([400, 'huizhi.badRequest']);
    const registered = await there.register({ callbackRouteKey: 'x', callbackUrl: url });
    expect(refusal(registered), url).toEqual([400, 'system.updateCallbackFailed']);
  }
});

test.each<[string, (elsewhere: string) => Reaction, boolean]>([
  ['a redirect', (location) => ({ status: 307, headers: { location } }), false],
  ['an answer of a megabyte', () => ({ body: 'x'.repeat(1_000_000) }), true],
])('%s is an answer to every callback, and nothing is followed', async (_, react, isDelivered) => {
  const [receiver, other] = [await startReceiver(), await startReceiver()];
  const reaction = react(other.url);
  receiver.react(reaction);
  const there = await scene(byName(receiver));
  expect(await there.cause()).toBe(isDelivered);
  await expect.poll(there.deliveries).toMatchObject([{ status: reaction.status ?? 200 }]);
  await expect.poll(() => receiver.received.length).toBe(3);
  expect(other.received).toEqual([]);
});
