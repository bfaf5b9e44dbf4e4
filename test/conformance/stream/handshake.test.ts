import { request } from 'node:http';
import { expect, test } from 'vitest';
import { fileServer, testServer } from '../support/harness.ts';
import { insideServer } from '../support/inside.ts';
import { attemptHandshake, connectClient, connectTo, requestTicket } from '../support/stream-client.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const server = await fileServer();
const there = world(server);

/** The envelope of a refused handshake. */
const refused = {
  status: 403,
  type: 'application/json;charset=utf-8',
  body: { requestid: expect.stringMatching(/^[0-9A-F-]{36}$/), code: 'authFailed', message: '鉴权失败' },
};

test.each([
  ['an unknown ticket', '?ticket=7724109a-ea43-1aa2-b803-87d82c5aaee6'],
  ['an empty ticket', '?ticket='],
  ['no ticket', ''],
  ['a ticket that is not a UUID', `?ticket=${'x'.repeat(10_000)}`],
  ['a broken escape', '?ticket=%zz'],
  ['two tickets', '?ticket=a&ticket=b'],
])('%s is refused with the JSON envelope', async (_, query) => {
  expect(await attemptHandshake(`ws://127.0.0.1:${server.port}/connect${query}`)).toEqual(refused);
});

test('a ticket opens one connection', async () => {
  const url = await requestTicket(server);
  await connectTo(url);
  expect(await attemptHandshake(url)).toEqual(refused);
});

test('of two handshakes with one ticket at the same time, one is accepted', async () => {
  const url = await requestTicket(server);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => connectTo(url)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a ticket expires after 90 seconds of the clock', async () => {
  const own = await testServer();
  const { freeze, advance } = world(own);
  await freeze();
  const [early, late] = [await requestTicket(own), await requestTicket(own)];
  await advance('89999ms');
  await connectTo(early);
  await advance('1ms');
  expect(await attemptHandshake(late)).toEqual(refused);
});

test('a page of another site is refused, and keeps no ticket busy', async () => {
  const url = await requestTicket(server);
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${server.port + 1}`])
    expect(await attemptHandshake(url, { origin })).toEqual(refused);
  await connectTo(url);
});

test('the origin of the server itself is accepted, as the Java SDK sends it', async () => {
  const origin = `http://127.0.0.1:${server.port}`;
  await connectTo(await requestTicket(server), undefined, { headers: { origin } });
  const publicUrl = 'https://huizhi.example.com';
  const own = await testServer({ publicUrl });
  const ticket = (await requestTicket(own)).split('ticket=')[1];
  const url = `ws://127.0.0.1:${own.port}/connect?ticket=${ticket}`;
  await connectTo(url, undefined, { headers: { origin: 'https://huizhi.example.com:443' } });
});

test('other host names are refused in dev', async () => {
  const reply = await attemptHandshake(await requestTicket(server), { host: 'evil.example' });
  expect([reply.status, reply.body.code]).toEqual([421, 'huizhi.unknownHost']);
});

test.each([
  ['another version', { 'sec-websocket-version': '12' }],
  ['no version', { 'sec-websocket-version': undefined }],
  ['no key', { 'sec-websocket-key': undefined }],
  ['a key that is too short', { 'sec-websocket-key': 'abc' }],
])('a handshake with %s is refused, and the ticket stays valid', async (_, wrong) => {
  const url = await requestTicket(server);
  const { pathname, search } = new URL(url);
  const right = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  const headers = Object.entries({ connection: 'Upgrade', upgrade: 'websocket', ...right, ...wrong }).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value] as const]),
  );
  const reply = await server.call('GET', pathname, { query: search.slice(1), headers: Object.fromEntries(headers) });
  expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  await connectTo(url);
});

test('with an access log each handshake has one line, without its ticket', async () => {
  const own = await testServer({ accessLog: true });
  const url = await requestTicket(own);
  own.log.length = 0;
  await connectTo(url);
  const reply = await attemptHandshake(url);
  const lines = own.log.flatMap(({ level, text }) =>
    level === 'info' && text.startsWith('answered ') ? [JSON.parse(text.slice('answered '.length))] : [],
  );
  const same = { method: 'GET', route: '/connect', path: '/connect?ticket=[redacted]', address: '127.0.0.1' };
  const { requestid } = reply.body;
  expect(lines).toEqual([
    { ...same, status: 101, durationMs: expect.any(Number) },
    { ...same, status: 403, bytes: expect.any(Number), requestId: requestid, durationMs: expect.any(Number) },
  ]);
  const [, ticket] = url.split('ticket=');
  expect(JSON.stringify(own.log)).not.toContain(ticket);
});

test('a request to the path without an upgrade is an unknown call', async () => {
  const { status, body } = await server.call('GET', '/connect', { query: { ticket: 'x' } });
  expect([status, body.code]).toEqual([404, 'InvalidAction.NotFound']);
});

test('a request that offers another protocol is served without it', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    const body = '{"appKey":"app-one","appSecret":"secret-of-app-one"}';
    const call = request(`${server.url}/v1.0/oauth2/accessToken`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.setHeader('content-type', 'application/json');
    call.on('error', reject).end(body);
  });
  expect(status).toBe(200);
});

test('rotating the secret ends tickets and connections', async () => {
  const own = await testServer();
  const { adminToken } = own;
  const [url, client, other] = [
    await requestTicket(own),
    await connectClient(own),
    await connectClient(own, { appKey: 'app-next' }),
  ];
  ok(await own.call('POST', '/console/v1/apps/app-one/rotate', { headers: bearer(adminToken) }));
  expect(await client.ended).toBe(1006);
  expect(await attemptHandshake(url)).toEqual(refused);
  expect(other.socket.readyState).toBe(other.socket.OPEN);
});

test('ending an authorization ends tickets and connections of a third-party app', async () => {
  const own = await testServer();
  const headers = bearer(own.adminToken);
  const [url, client] = [await requestTicket(own, 'suite'), await connectClient(own, { appKey: 'suite' })];
  const path = '/console/v1/apps/suite/authorizations/corp-two';
  ok(await own.call('PUT', path, { headers, body: { authorized: false } }));
  expect(await client.ended).toBe(1006);
  expect(await attemptHandshake(url)).toEqual(refused);
  await connectClient(own, { appKey: 'suite' });
});

test('changing the permissions of an app, or another app, leaves its connections open', async () => {
  const own = await insideServer();
  const headers = bearer(own.adminToken);
  const client = await connectClient(own);
  ok(await own.call('PUT', '/console/v1/apps/app-one/permissions', { headers, body: { permissions: [] } }));
  ok(await own.call('POST', '/console/v1/apps/app-next/rotate', { headers }));
  expect(own.context.hub.size()).toBe(1);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test('a reset of the emulator voids tickets, and keeps connections of apps of the setup', async () => {
  const own = await testServer();
  const { emulate } = world(own);
  const [url, client] = [await requestTicket(own), await connectClient(own)];
  await emulate('POST', 'reset');
  expect(await attemptHandshake(url)).toEqual(refused);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test('the list of requests has handshakes with their cause', async () => {
  await attemptHandshake(`ws://127.0.0.1:${server.port}/connect?ticket=none`);
  const cause = await there.lastCause();
  expect(cause).toEqual({ code: 'authFailed', why: 'the ticket is unknown, used or expired' });
});

test('the console lists the open connections of an app, oldest first', async () => {
  const own = await testServer();
  const headers = bearer(own.adminToken);
  const list = async (appKey: string) =>
    ok(await own.call('GET', `/console/v1/apps/${appKey}/connections`, { headers })).connections;
  expect(await list('app-one')).toEqual([]);
  const first = await connectClient(own, { more: { ua: undefined } });
  const second = await connectClient(own, { more: { subscriptions: [{ type: 'EVENT', topic: '*' }] } });
  await connectClient(own, { appKey: 'app-next' });
  expect(await list('app-one')).toMatchObject([
    { connectionId: first.ticket, client: '', openedAt: expect.any(Number), process: null },
    { connectionId: second.ticket, client: 'test/1', subscriptions: [{ type: 'EVENT', topic: '*' }] },
  ]);
  first.close();
  await expect.poll(async () => list('app-one')).toHaveLength(1);
  expect(refusal(await own.call('GET', '/console/v1/apps/nobody/connections', { headers }))).toEqual([
    404,
    'huizhi.notFound',
  ]);
});
