import { expect, test } from 'vitest';
import type {
  ConsoleEventDelivery,
  EndpointsAnswer,
  EventsPage,
  WebhookEvent,
} from '../../../src/wire/own/endpoints.ts';
import { eventOf, scene, verify } from '../support/endpoints.ts';
import type { Fields } from '../support/harness.ts';
import { startReceiver } from '../support/receiver.ts';
import { bearer, ok, refusal } from '../support/world.ts';

test('a read arrives as a signed webhook that the standard library verifies', async () => {
  const { receiver, made, read, emulate } = await scene();
  const processQueryKey = await read();
  const webhook = await receiver.next();
  expect(verify(made.secret, webhook)).toEqual({
    type: 'receipt.read',
    timestamp: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
    number: 3,
    data: {
      ...{ corpId: 'corp-one', messageId: expect.stringMatching(/^[\da-f]{32}$/), processQueryKey },
      ...{ robotCode: 'robot-one', openConversationId: null, sentAt: expect.any(Number), userId: 'alice' },
      ...{ name: expect.any(String), readAt: expect.any(Number), manner: 'seen' },
    },
  });
  expect(webhook.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': expect.stringMatching(/^evt_[\da-f]{32}$/),
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z\d+/]{43}=$/),
  });
  expect(() => verify(made.secret, { ...webhook, body: `${webhook.body} ` })).toThrow('No matching signature');
  await emulate('POST', 'reads', { processQueryKey });
});

test('an endpoint gets the types that it names, and by default all', async () => {
  const { receiver, make, sent, emulate, recall } = await scene();
  const all = await startReceiver();
  await make({ url: all.url, types: null });
  const processQueryKey = await sent();
  await emulate('POST', 'reads', { processQueryKey });
  ok(await recall({ processQueryKeys: [processQueryKey] }));
  const expected = ['message.sent', 'message.delivered', 'receipt.read', 'receipt.recalled'];
  const got = [];
  for (const _ of expected) got.push(eventOf(await all.next()));
  expect(got.map(({ type }) => type).sort()).toEqual(expected.toSorted());
  expect(got.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
  expect(eventOf(await receiver.next()).type).toBe('receipt.read');
  expect(receiver.received).toHaveLength(1);
});

test('the read of a message to a group is an event with the conversation', async () => {
  const { receiver, emulate, call, tokenOf } = await scene();
  const group = await emulate('POST', 'groups', {
    corpId: 'corp-one',
    title: 'G',
    members: ['alice', 'bob'],
    robots: ['robot-one'],
  });
  const { openConversationId } = group;
  const body = { robotCode: 'robot-one', openConversationId, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
  const robots = { 'x-acs-dingtalk-access-token': await tokenOf() };
  const sent = await call('POST', '/v1.0/robot/groupMessages/send', { body, headers: robots });
  await emulate('POST', 'reads', { processQueryKey: ok(sent).processQueryKey, userIds: ['bob'] });
  expect(eventOf(await receiver.next()).data).toMatchObject({ userId: 'bob', openConversationId });
});

test('while a secret is rotated both are valid, after 24 hours the new one alone', async () => {
  const { receiver, made, read, freeze, advance, ask, path, endpoint } = await scene();
  await freeze();
  const answer = ok(await ask('POST', `${path}/secret`)) as { secret: string; oldSecretUntil: number };
  expect(answer.secret).not.toBe(made.secret);
  expect((await endpoint()).oldSecretUntil).toBe(answer.oldSecretUntil);
  await read();
  const during = await receiver.next();
  expect(verify(answer.secret, during)).toEqual(verify(made.secret, during));
  await advance('24h');
  await read();
  const after = await receiver.next();
  expect(String(after.headers['webhook-signature']).split(' ')).toHaveLength(1);
  expect(String(during.headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect((await endpoint()).oldSecretUntil).toBeNull();
});

test('a test event shows what the endpoint answers', async () => {
  const { receiver, made, ask, path, deliveries } = await scene();
  receiver.react({ body: 'welcome' });
  expect(ok(await ask('POST', `${path}/test`))).toMatchObject({ delivered: true, status: 200, answer: 'welcome' });
  expect(verify(made.secret, await receiver.next())).toMatchObject({ type: 'test', data: { corpId: 'corp-one' } });
  receiver.react({ status: 404 });
  expect(ok(await ask('POST', `${path}/test`))).toMatchObject({ delivered: false, status: 404 });
  expect(await deliveries()).toEqual([]);
});

test('a disabled endpoint gets nothing until it is enabled, and a deleted one never', async () => {
  const { receiver, read, ask, path, settle } = await scene();
  ok(await ask('PUT', path, { disabled: true }));
  await read();
  await settle();
  expect(receiver.received).toEqual([]);
  ok(await ask('PUT', path, { disabled: false }));
  await receiver.next();
  ok(await ask('DELETE', path));
  await read(['bob']);
  await settle();
  expect(receiver.received).toHaveLength(1);
  expect(refusal(await ask('GET', path))).toEqual([404, 'huizhi.notFound']);
});

test('its secret is shown once, and the audit log has each change without it', async () => {
  const { made, ask, path, endpoint, server } = await scene({ description: '同步' });
  expect(made.secret).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/);
  const { secret, ...rest } = made;
  expect(await endpoint()).toEqual(rest);
  ok(await ask('PUT', path, { description: 'other', types: null }));
  ok(await ask('PUT', path, { description: 'other' }));
  const rotated = ok(await ask('POST', `${path}/secret`));
  ok(await ask('POST', `${path}/replay`, { after: 0 }));
  ok(await ask('DELETE', path));
  const log = await server.call('GET', '/console/v1/audit', { headers: bearer(server.adminToken) });
  const { entries } = ok(log) as { entries: Fields[] };
  expect(entries.map(({ action, target }) => [action, target])).toEqual(
    ['delete', 'replay', 'secret', 'change', 'create'].map((name) => [`endpoint.${name}`, made.endpointId]),
  );
  for (const text of [secret, String(rotated.secret)]) expect(JSON.stringify(entries)).not.toContain(text);
});

test('another organization does not see an endpoint, and its events do not reach it', async () => {
  const { receiver, ask, path, make, sent, suiteToken, emulate, settle } = await scene();
  const two = { corpId: 'corp-two' };
  for (const [method, more] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/secret'],
    ['POST', '/test'],
    ['GET', '/deliveries'],
  ])
    expect(refusal(await ask(String(method), `${path}${more}`, undefined, two))).toEqual([404, 'huizhi.notFound']);
  expect((ok(await ask('GET', 'endpoints', undefined, two)) as EndpointsAnswer).endpoints).toEqual([]);
  const other = await startReceiver();
  await make({ url: other.url, corpId: 'corp-two' });
  const processQueryKey = await sent({ robotCode: 'robot-suite' }, await suiteToken('corp-two'));
  await emulate('POST', 'reads', { processQueryKey });
  expect(eventOf(await other.next()).data.corpId).toBe('corp-two');
  await settle();
  expect(receiver.received).toEqual([]);
});

test.each([
  ['ftp://example.com', 'must begin with http'],
  ['http://169.254.169.254/latest/meta-data', 'special address'],
  ['http://[::ffff:169.254.169.254]/', 'special address'],
  ['http://user:secret@127.0.0.1/', 'user name'],
  ['https://example.com:00/', 'port 0'],
])('%s cannot be the address of an endpoint', async (url, reason) => {
  const { ask, path, server, endpoint, made } = await scene();
  const headers = bearer(server.adminToken);
  const created = await server.call('POST', '/console/v1/endpoints', { headers, body: { corpId: 'corp-one', url } });
  for (const reply of [created, await ask('PUT', path, { url })]) {
    expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
    expect(reply.text).toContain(reason);
  }
  expect((await endpoint()).url).toBe(made.url);
});

test('events are pulled page by page, as webhooks have them', async () => {
  const { receiver, read, server } = await scene({ types: null });
  await read(['alice', 'bob']);
  const pull = async (query: string) => {
    const headers = { ...bearer(server.adminToken), accept: 'application/json' };
    return ok(
      await server.call('GET', '/console/v1/events', { query: `corpId=corp-one&${query}`, headers }),
    ) as EventsPage;
  };
  const first = await pull('after=0&limit=3');
  expect([first.events.map(({ number }) => number), first.next]).toEqual([[1, 2, 3], 3]);
  const rest = await pull(`after=${first.next}`);
  expect([rest.events.map(({ type }) => type), rest.next]).toEqual([['receipt.read'], 4]);
  expect(await pull('after=4')).toEqual({ events: [], next: 4 });
  const pushed = new Map<number, WebhookEvent>();
  while (pushed.size < 4) {
    const event = eventOf(await receiver.next());
    pushed.set(event.number, event);
  }
  expect([...first.events, ...rest.events]).toEqual([1, 2, 3, 4].map((number) => pushed.get(number)));
  const [{ data } = { data: undefined }] = rest.events;
  expect((await pull(`messageId=${data?.messageId}`)).events).toHaveLength(4);
});

test('a snapshot has the endpoints, and continues where they were', async () => {
  const { receiver, read, emulate, endpoint, settle, deliveries } = await scene();
  await read();
  await receiver.next();
  await settle();
  const snapshot = await emulate('GET', 'snapshot');
  await read(['bob']);
  await receiver.next();
  await settle();
  await emulate('PUT', 'snapshot', snapshot);
  expect(await endpoint()).toMatchObject({ position: 3 });
  const before: readonly ConsoleEventDelivery[] = await deliveries();
  expect(before).toHaveLength(1);
  await read(['carol']);
  expect(eventOf(await receiver.next()).data.userId).toBe('carol');
  await emulate('POST', 'reset');
  await read(['alice']);
  await settle();
  expect(receiver.received).toHaveLength(3);
});
