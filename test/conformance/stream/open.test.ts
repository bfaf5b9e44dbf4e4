import { describe, expect, test } from 'vitest';
import type { Context } from '../../../src/core/context.ts';
import type { NewConnection } from '../../../src/core/stream/hub.ts';
import { fileServer, testServer } from '../support/harness.ts';
import { insideServer } from '../support/inside.ts';
import {
  attemptHandshake,
  connectClient,
  connectTo,
  openBody,
  openPath,
  requestTicket,
  robotTopic,
} from '../support/stream-client.ts';
import { refusal, world } from '../support/world.ts';

const server = await fileServer();
const open = (body: unknown, headers = {}) => server.call('POST', openPath, { body, headers });

const [event, callback] = [
  { type: 'EVENT', topic: '*' },
  { type: 'CALLBACK', topic: robotTopic },
];

/** The bodies of the SDKs; the values of keys and secrets are put in. */
const sdkBodies: readonly (readonly [name: string, more: object])[] = [
  ['Node', { ua: '', subscriptions: [event, callback] }],
  ['Python', { subscriptions: [callback], ua: 'dingtalk-sdk-python/v0.24.3-union', localIp: '192.0.2.1' }],
  [
    'Go',
    {
      subscriptions: [{ type: 'SYSTEM', topic: 'disconnect' }, callback, { type: 'SYSTEM', topic: 'ping' }],
      ua: 'dingtalk-sdk-go/v0.9.2',
      localIp: '192.0.2.1,192.0.2.2',
      extras: null,
    },
  ],
  ['Java', { localIp: '192.0.2.1', subscriptions: [callback, event], ua: 'java/1.3.13-union' }],
  ['.NET', { subscriptions: [callback], ua: 'Windows/10 .Net/8 Jusoft.DingtalkStream/1 app/1', extras: { a: 'b' } }],
];

test.each(sdkBodies)('the body of the %s SDK gets an address with a port, and a ticket', async (_, more) => {
  const { status, headers, body } = await open(openBody('app-one', more), { accept: '*/*' });
  expect([status, headers['content-type']]).toEqual([200, 'application/json;charset=utf-8']);
  expect(Object.keys(body)).toEqual(['endpoint', 'ticket']);
  expect(body.endpoint).toBe(`ws://127.0.0.1:${server.port}/connect`);
});

test('a ticket is a UUID of version 1 with the time of the call and a random node', async () => {
  const before = Date.now();
  const urls = await Promise.all([1, 2, 3].map(() => requestTicket(server)));
  const tickets = urls.map((url) => url.split('ticket=')[1] ?? '');
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f][13579bdf][0-9a-f]{10}$/;
  for (const ticket of tickets) {
    expect(ticket).toMatch(form);
    const [low, middle, high = ''] = ticket.split('-');
    const time = Number((BigInt(`0x${high.slice(1)}${middle}${low}`) - 122_192_928_000_000_000n) / 10_000n);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  }
  expect(new Set(tickets.map((ticket) => ticket.slice(19))).size).toBe(3);
});

test('the address is that of the Host header, with the port of the scheme if it has none', async () => {
  const endpoint = async (host: string) => (await open(openBody(), { host })).body.endpoint;
  expect(await endpoint('localhost')).toBe('ws://localhost:80/connect');
  expect(await endpoint('localhost:9000')).toBe('ws://localhost:9000/connect');
  expect(await endpoint('[::1]:9000')).toBe('ws://[::1]:9000/connect');
});

test.each([
  ['https://huizhi.example.com', 'wss://huizhi.example.com:443/connect'],
  ['https://huizhi.example.com:8443', 'wss://huizhi.example.com:8443/connect'],
  ['http://huizhi.example.com', 'ws://huizhi.example.com:80/connect'],
])('with the public URL %s the address is %s', async (publicUrl, endpoint) => {
  const there = await testServer({ publicUrl });
  expect((await there.call('POST', openPath, { body: openBody() })).body.endpoint).toBe(endpoint);
});

describe('errors', () => {
  test.each([
    ['clientId', 400, 'MissingclientId'],
    ['clientSecret', 400, 'MissingclientSecret'],
    ['subscriptions', 400, 'Missingsubscriptions'],
  ])('a body without %s', async (field, status, code) => {
    expect(refusal(await open(openBody('app-one', { [field]: undefined })))).toEqual([status, code]);
    expect(refusal(await open(openBody('app-one', { [field]: null })))).toEqual([status, code]);
  });

  test.each<[string, unknown]>([
    ['an empty list', []],
    ['no list', { type: 'EVENT', topic: '*' }],
    ['a text', 'EVENT'],
    ['a member that is no object', ['EVENT']],
    ['a member that is null', [null]],
    ['an unknown type', [{ type: 'NOTHING', topic: '*' }]],
    ['a type in small letters', [{ type: 'event', topic: '*' }]],
    ['no topic', [{ type: 'EVENT' }]],
    ['an empty topic', [{ type: 'EVENT', topic: '' }]],
    ['a topic that is too long', [{ type: 'CALLBACK', topic: 'x'.repeat(257) }]],
    ['101 members', Array.from({ length: 101 }, () => event)],
  ])('subscriptions that are or have %s', async (_, subscriptions) => {
    const reply = await open(openBody('app-one', { subscriptions }));
    expect(refusal(reply)).toEqual([400, 'invalidParameter']);
    expect(reply.body.message).toBe('subscriptions invalid');
  });

  test.each<[string, object]>([
    ['a wrong secret', { clientSecret: 'wrong' }],
    ['an unknown app', { clientId: 'nobody' }],
    ['the secret of another app', { clientId: 'app-next' }],
    ['an id that is a number', { clientId: 1 }],
    ['a secret that is an object', { clientSecret: {} }],
  ])('%s is 401 with requestid first', async (_, more) => {
    const { status, text, body } = await open(openBody('app-one', more));
    expect([status, body.code, body.message]).toEqual([401, 'authFailed', '鉴权失败']);
    expect(text).toMatch(/^\{"requestid":"[0-9A-F-]{36}","code":"authFailed","message":"鉴权失败"\}$/);
  });

  test('topics that nobody knows are accepted, and other fields may have any type', async () => {
    const subscriptions = [{ type: 'CALLBACK', topic: '/no/such/topic', more: 1 }];
    const reply = await open(openBody('app-one', { subscriptions, ua: 7, localIp: [], extras: 'x' }));
    expect(reply.status).toBe(200);
  });

  test('guesses are slowed down', async () => {
    const there = await testServer();
    const guess = (i: number) =>
      there.call('POST', openPath, { body: openBody('app-one', { clientSecret: `no${i}` }) });
    const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => guess(i)));
    const codes = replies.map(refusal).map(([status, code]) => `${status} ${code}`);
    expect(codes).toContain('403 Forbidden.AccessDenied.QpsLimitForAppkeyAndApi');
    expect(replies.some(({ headers }) => headers['retry-after'] !== undefined)).toBe(true);
  });
});

/** A connection of app-one without a socket. */
function aConnection({ directory }: Context): NewConnection {
  const app = directory.now.app('app-one');
  const { id: appId = 0, corpId = 0, code: appKey = '', uuid: appUuid = '' } = app ?? {};
  const link = { send() {}, unsent: () => 0, end() {}, cut() {} };
  return { id: -1, corpId, appId, appKey, appUuid, era: 1, client: '', connectionId: 'x', subscriptions: [], link };
}

describe('limits', () => {
  test('an app has a limited number of open tickets, and expired ones do not count', async () => {
    const there = await testServer({ streamConnections: 3 });
    const { freeze, advance } = world(there);
    await freeze();
    const openOnce = async (appKey: 'app-one' | 'app-next' = 'app-one') =>
      refusal(await there.call('POST', openPath, { body: openBody(appKey) }))[0];
    expect([await openOnce(), await openOnce(), await openOnce(), await openOnce()]).toEqual([200, 200, 200, 403]);
    expect(await openOnce('app-next')).toBe(200);
    await advance('90s');
    expect(await openOnce()).toBe(200);
  });

  test('an app has a limited number of connections, for tickets that are open already, too', async () => {
    const there = await testServer({ streamConnections: 2 });
    const urls = [await requestTicket(there), await requestTicket(there)];
    const first = await connectClient({ call: there.call }, { appKey: 'app-next' });
    const clients = [await connectTo(urls[0] ?? ''), await connectTo(urls[1] ?? '')];
    const reply = await there.call('POST', openPath, { body: openBody() });
    expect(refusal(reply)).toEqual([403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi']);
    clients[0]?.close();
    await clients[0]?.ended;
    await expect.poll(async () => (await there.call('POST', openPath, { body: openBody() })).status).toBe(200);
    first.close();
  });

  test('tickets beyond the number of connections are refused at the handshake', async () => {
    const there = await insideServer({ streamConnections: 2 });
    const urls = [await requestTicket(there), await requestTicket(there)];
    there.context.hub.register(aConnection(there.context));
    await connectTo(urls[0] ?? '');
    const { status, body } = await attemptHandshake(urls[1] ?? '');
    expect([status, body.code]).toEqual([403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi']);
  });
});
