import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import {
  demoSetup,
  type Emulator,
  type EmulatorOptions,
  type SetupEndpoint,
  startEmulator,
} from '../../src/emulator/index.ts';
import { connected } from '../conformance/support/harness.ts';
import { startReceiver } from '../conformance/support/receiver.ts';
import { connectClient } from '../conformance/support/stream-client.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Starts an emulator whose organization has an endpoint. */
async function start(
  endpoint?: Partial<SetupEndpoint> & { readonly url: string },
  options: EmulatorOptions = {},
): Promise<Emulator> {
  const [first, ...rest] = demoSetup.organizations;
  if (!first) throw new Error('the demo data has no organization');
  const endpoints = endpoint ? [{ endpointId: 'receipts', secret, ...endpoint }] : [];
  const setup = { ...demoSetup, organizations: [{ ...first, endpoints }, ...rest] };
  const huizhi = await startEmulator({ setup, socket: false, ...options });
  onTestFinished(() => huizhi.close());
  return huizhi;
}

async function send(huizhi: Emulator, userIds: readonly string[] = huizhi.userIds.slice(0, 2)): Promise<string> {
  const post = async (path: string, body: object, headers = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    return (await huizhi.fetch(path, { ...init, body: JSON.stringify(body) })).json() as Promise<
      Record<string, string>
    >;
  };
  const { accessToken = '' } = await post('/v1.0/oauth2/accessToken', huizhi.credentials);
  const message = { robotCode: huizhi.robotCode, userIds, msgKey: 'sampleText', msgParam: '{"content":"hi"}' };
  const headers = { 'x-acs-dingtalk-access-token': accessToken };
  return String((await post('/v1.0/robot/oToMessages/batchSend', message, headers)).processQueryKey);
}

test('waitForEvent returns each event once, the oldest first', async () => {
  const huizhi = await start();
  const [userId = ''] = huizhi.userIds;
  const waiting = huizhi.waitForEvent({ type: 'receipt.read', userId });
  const processQueryKey = await send(huizhi);
  expect(await huizhi.waitForEvent()).toMatchObject({ type: 'message.sent', number: 1, data: { processQueryKey } });
  await huizhi.read(processQueryKey, [userId]);
  const read = await waiting;
  expect(read).toMatchObject({ type: 'receipt.read', data: { userId, corpId: huizhi.corpId, manner: 'seen' } });
  expect(await huizhi.waitForEvent((event) => event.data.processQueryKey === processQueryKey)).toMatchObject({
    type: 'message.delivered',
  });
  await expect(huizhi.waitForEvent({ userId }, { timeout: 1 })).rejects.toMatchObject({ code: 'huizhi.timeout' });
  await huizhi.reset();
  await send(huizhi);
  expect((await huizhi.waitForEvent()).number).toBe(1);
});

test('an endpoint of the setup gets webhooks that its secret verifies', async () => {
  const got: { readonly headers: Record<string, string>; readonly body: string }[] = [];
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  const receiver = createServer(async (request, response) => {
    got.push({ headers: request.headers as Record<string, string>, body: await new Response(request).text() });
    response.end();
    resolve();
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void receiver.close());
  const address = receiver.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const huizhi = await start({ url: `http://127.0.0.1:${port}/`, types: ['receipt.read'] });
  const [userId = ''] = huizhi.userIds;
  const processQueryKey = await send(huizhi, [userId]);
  await huizhi.read(processQueryKey);
  await arrived;
  const [{ headers, body } = { headers: {}, body: '' }] = got;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ data: { processQueryKey, userId } });
});

test('with a seed a failed event is tried again at the same times in every run', async () => {
  const timesOf = async (seed: string) => {
    const receiver = await startReceiver();
    receiver.react({ status: 500 });
    const huizhi = await start({ url: receiver.url, types: ['receipt.read'] }, { seed });
    await huizhi.read(await send(huizhi, huizhi.userIds.slice(0, 1)));
    await receiver.next();
    await huizhi.clock.advance('12h');
    return receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
  };
  const times = await timesOf('one');
  expect(times.length).toBeGreaterThan(5);
  expect(await timesOf('one')).toEqual(times);
  expect(await timesOf('two')).not.toEqual(times);
});

test.each([
  [{ url: 'ftp://example.com' }, 'setup.organizations.0.endpoints.0.url: must begin with http:// or https://'],
  [{ url: 'http://example.com', secret: 'short' }, 'secret: must be whsec_'],
  [{ url: 'http://169.254.169.254/' }, 'the endpoint receipts: url: 169.254.169.254 is a loopback, private or special'],
])('a setup with the endpoint %j is refused', async (endpoint, reason) => {
  await expect(start(endpoint)).rejects.toThrow(reason);
});

test('an app of the setup gets events in Stream mode, also after a reset', async () => {
  const apps = demoSetup.apps.map((one) => ({ ...one, events: ['robot_msg_read'] as const }));
  const huizhi = await startEmulator({ setup: { ...demoSetup, apps } });
  onTestFinished(() => huizhi.close());
  const { appKey: clientId, appSecret: clientSecret } = huizhi.credentials;
  const client = await connectClient(connected(huizhi.url), { more: { clientId, clientSecret } });
  const [userId = ''] = huizhi.userIds;
  for (const count of [1, 2]) {
    const processQueryKey = await send(huizhi, [userId]);
    await huizhi.read(processQueryKey);
    await expect.poll(() => client.pushes().length).toBe(count);
    expect(JSON.parse(client.pushes()[count - 1]?.data ?? '')).toMatchObject({ userId, processQueryKey });
    await huizhi.reset();
  }
  const unknown = { ...demoSetup, apps: apps.map((one) => ({ ...one, events: ['chat_left'] as never })) };
  await expect(startEmulator({ setup: unknown })).rejects.toThrow('setup.apps.0.events.0');
});

test('waitForEvent finds changes of groups, users and departments, and the setup is no event', async () => {
  const huizhi = await start();
  const [owner = '', member = ''] = huizhi.userIds;
  const { openConversationId } = await huizhi.createGroup({ title: 'Team', members: [owner, member] });
  await huizhi.quitGroup(openConversationId, member);
  await huizhi.departments([{ deptId: 900, name: 'Sales' }]);
  await huizhi.users([{ userId: 'new', name: 'New', departments: [900] }]);
  const left = { type: 'group.member_left', number: 2, data: { userIds: [member] } };
  expect(await huizhi.waitForEvent({ userId: member })).toMatchObject({ type: 'group.members_added', number: 1 });
  expect(await huizhi.waitForEvent({ openConversationId })).toMatchObject(left);
  expect(await huizhi.waitForEvent({ deptId: 900 })).toMatchObject({ type: 'department.created', number: 3 });
  const added = { type: 'user.added', number: 4, data: { userId: 'new', name: 'New' } };
  expect(await huizhi.waitForEvent({ type: 'user.added' })).toMatchObject(added);
  await expect(huizhi.waitForEvent({}, { timeout: 1 })).rejects.toMatchObject({ code: 'huizhi.timeout' });
  await expect(huizhi.quitGroup(openConversationId, owner)).rejects.toMatchObject({ code: 'huizhi.conflict' });
});
