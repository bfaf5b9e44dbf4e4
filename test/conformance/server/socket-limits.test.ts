import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Limits } from '../../../src/server.ts';
import { loud } from '../support/harness.ts';
import { type Inside, insideServer } from '../support/inside.ts';
import { exchange, requestText } from '../support/raw.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, world } from '../support/world.ts';

/** Limits that are reached quickly. */
const soon = { headers: 200, writeStall: 200, drainTime: 200 };
const stall = { stall: 200, buffered: 64 * 1024 * 1024 };

/** A server whose log has nothing above debug when the test ends, except what is expected. */
async function startLimited(limits: Limits, expected: readonly string[] = []): Promise<Inside> {
  const server = await insideServer({}, limits);
  onTestFinished(() => expect(loud(server.log)).toEqual(expected));
  return server;
}

/** A connection that never closes its own side, and what it has received. */
function open({ port }: Inside, bytes = ''): { readonly socket: Socket; text(): string } {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      text += chunk;
    });
  if (bytes !== '') socket.write(bytes);
  return { socket, text: () => text };
}

/** Waits until the server has closed every connection, although the clients keep theirs open. */
async function allGone(server: Inside): Promise<void> {
  // Connections are accepted in order, so the earlier ones have been accepted, too.
  expect((await exchange(server.port, requestText('GET /healthz'), { count: 1 })).replies[0]?.status).toBe(200);
  await expect.poll(() => server.connections(), { timeout: 10_000 }).toBe(0);
}

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

const accessToken = 'POST /v1.0/oauth2/accessToken';
const session = 'POST /inbox/v1/sessions';
const pair = JSON.stringify({ appKey: 'app-one', appSecret: 'secret-of-app-one' });
const json = { 'content-type': 'application/json' };
const half = (line: string, bytes = '{"') => `${requestText(line, { ...json, 'content-length': '1000000' })}${bytes}`;

test('a connection that sends nothing is closed without a response', async () => {
  const server = await startLimited({ sockets: soon });
  const idle = Array.from({ length: 20 }, () => open(server));
  await expect.poll(() => server.connections()).toBe(20);
  await allGone(server);
  expect(idle.map(({ text }) => text())).toEqual(idle.map(() => ''));
});

test('headers that do not arrive in time get 408', async () => {
  const server = await startLimited({ sockets: soon });
  const late = ['G', 'GET /healthz HTTP/1.1\r\nhost: x\r\n', `${requestText('GET /healthz')}GET /`].map((bytes) =>
    open(server, bytes),
  );
  await allGone(server);
  expect(late.map(({ text }) => statuses(text()))).toEqual([[408], [408], [200, 408]]);
  expect(late[0]?.text()).toContain('"code":"huizhi.requestTimeout"');
});

test('the server closes a refused connection, although the client keeps its side open', async () => {
  const server = await startLimited({ sockets: { drainTime: 200 } });
  const refused = ['X\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', requestText('CONNECT a:443'), 'GET / HTTP/0.9\r\n\r\n'];
  const clients = refused.flatMap((bytes) => [open(server, bytes), open(server, bytes)]);
  await allGone(server);
  expect(clients.map(({ text }) => statuses(text()).length)).toEqual(clients.map(() => 1));
});

test('a connection with Connection: close is closed, although the client keeps its side open', async () => {
  const server = await startLimited({ sockets: { drainTime: 200 } });
  for (const path of ['/healthz', '/gettoken']) open(server, requestText(`GET ${path}`, { connection: 'close' }));
  await allGone(server);
});

test('a client that is still sending when it is refused gets its response', async () => {
  const server = await startLimited({});
  for (let i = 0; i < 20; i++) {
    const { replies, closed } = await exchange(server.port, `X\r\n\r\n${'x'.repeat(60_000)}`);
    expect([replies[0]?.status, closed]).toEqual([400, true]);
  }
});

test('a client that keeps sending after it was refused is disconnected', async () => {
  const server = await startLimited({ sockets: { drainTime: 600_000 } });
  const { socket } = open(server, 'X\r\n\r\n');
  const timer = setInterval(() => socket.write('x'.repeat(8192)), 5);
  onTestFinished(() => clearInterval(timer));
  await allGone(server);
});

test.each([
  ['of the vendor', accessToken, [408]],
  ['of our own', session, [408]],
  ['of a snapshot', 'PUT /emulator/v1/snapshot', [408]],
  ['of the vendor, without a token', 'POST /v1.0/robot/oToMessages/batchSend', [400]],
  ['of an unknown path', 'POST /nothing', [404]],
  ['of a GET of the vendor', 'GET /gettoken', [200]],
  ['of a GET of our own', 'GET /healthz', [200]],
  ['that no route reads', 'POST /healthz', [405]],
])('a body %s that stops arriving ends its connection', async (_, line, expected) => {
  const server = await startLimited({ sockets: soon, bodies: stall });
  for (const bytes of ['', '{"', '{"a":"'.padEnd(100_000, 'x')]) {
    const client = open(server, half(line, bytes));
    await expect.poll(() => statuses(client.text())).toEqual(expected);
    await allGone(server);
  }
});

test('a body that arrives slowly is accepted, however long it takes in total', async () => {
  const server = await startLimited({ sockets: { headers: 200 }, bodies: { ...stall, stall: 400 } });
  for (const [line, body] of [
    [accessToken, pair],
    [session, JSON.stringify({ corpId: 'corp-one', userId: 'alice' })],
  ] as const) {
    const client = open(server, requestText(line, { ...json, 'content-length': String(body.length) }));
    let sent = 0;
    const timer = setInterval(() => sent < body.length && client.socket.write(body[sent++] ?? ''), 40);
    onTestFinished(() => clearInterval(timer));
    await expect.poll(() => statuses(client.text()), { timeout: 10_000 }).toEqual([200]);
  }
});

test('a body in chunks of one byte is read', async () => {
  const server = await startLimited({});
  const chunks = [...pair].map((char) => `1\r\n${char}\r\n`).join('');
  const request = `${requestText(accessToken, { ...json, 'transfer-encoding': 'chunked' })}${chunks}0\r\n\r\n`;
  expect((await exchange(server.port, request, { count: 1 })).replies[0]?.status).toBe(200);
});

test('incomplete bodies make room for others: the oldest is refused with 503', async () => {
  const server = await startLimited({ bodies: { ...stall, stall: 600_000, buffered: 500_000 } });
  const long = '{"a":"'.padEnd(100_000, 'x');
  const clients: ReturnType<typeof open>[] = [];
  for (const line of [accessToken, session, accessToken, session, accessToken, session, accessToken, session]) {
    clients.push(open(server, half(line, long)));
    // One after the other, so that their order is known: each is buffered when this is answered.
    expect((await exchange(server.port, requestText('GET /readyz'), { count: 1 })).replies[0]?.status).toBe(200);
  }
  await expect.poll(() => clients.flatMap(({ text }) => statuses(text()))).toEqual(expect.arrayContaining([503]));
  const refused = clients.filter(({ text }) => text() !== '');
  for (const { text } of refused) {
    expect(text()).toMatch(/^HTTP\/1\.1 503 .*"code":"huizhi\.busy"/s);
    expect(text()).toMatch(/^retry-after: 1\r$/im);
  }
  expect(clients.at(-1)?.text()).toBe('');
  ok(await server.call('POST', '/v1.0/oauth2/accessToken', { body: pair }));
  expect(
    (await server.call('POST', '/inbox/v1/sessions', { body: { corpId: 'corp-one', userId: 'alice' } })).status,
  ).toBe(200);
});

test('the memory of complete bodies is released when their connection ends, also while they wait for an earlier response', async () => {
  const server = await startLimited({ bodies: { stall: 200, buffered: 150_000 } });
  const path = '/v1.0/oauth2/corpAccessToken';
  const { emulate, signIn } = world(server);
  await emulate('PUT', 'faults', { rules: [{ path, latency: '1h' }] });
  const whole = requestText(`POST ${path}`, json, JSON.stringify({ x: 'x'.repeat(100_000) }));
  const alice = await signIn('alice');
  const other = () => server.call('POST', '/v1.0/oauth2/accessToken', { body: pair.padEnd(100_000) });
  for (let i = 0; i < 10; i++) {
    // The stream never ends, so the response to the second request has to wait.
    const client = open(server, requestText('GET /inbox/v1/events', bearer(alice)) + whole);
    await expect.poll(() => client.text()).toContain('retry: 1000');
    await expect.poll(async () => (await other()).status).toBe(503);
    client.socket.resetAndDestroy();
    await expect.poll(async () => (await other()).status).toBe(200);
  }
});

test('the memory of a body is released as soon as its response has ended, although an earlier response has not', async () => {
  const server = await startLimited({ bodies: { ...stall, buffered: 150_000 } });
  const whole = requestText(accessToken, json, JSON.stringify({ x: 'x'.repeat(100_000) }));
  const alice = await world(server).signIn('alice');
  const client = open(server, requestText('GET /inbox/v1/events', bearer(alice)) + whole);
  await expect.poll(() => client.text()).toContain('retry: 1000');
  await expect.poll(async () => (await world(server).emulate('GET', 'requests')).requests).toHaveLength(1);
  const body = pair.padEnd(100_000);
  expect((await server.call('POST', '/v1.0/oauth2/accessToken', { body })).status).toBe(200);
});

test('a snapshot may be larger than all other bodies together', async () => {
  const server = await startLimited({ bodies: { ...stall, buffered: 1000 } });
  const snapshot = (await server.call('GET', '/emulator/v1/snapshot')).text;
  expect(snapshot.length).toBeGreaterThan(1000);
  ok(await server.call('PUT', '/emulator/v1/snapshot', { body: snapshot }));
  const { status, headers } = await server.call('POST', '/console/v1/organizations', {
    headers: bearer(server.adminToken),
    body: { corpId: 'corp-more', name: 'x'.repeat(2000) },
  });
  expect([status, headers['retry-after']]).toEqual([503, '1']);
});

test('a connection over the limit gets 503 and Retry-After, and is served when another has ended', async () => {
  const server = await startLimited({ sockets: { ...soon, headers: 600_000, connections: 3 } });
  const held = [open(server), open(server), open(server)];
  await expect.poll(() => server.connections()).toBe(3);
  const client = open(server);
  await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 503 .*"code":"huizhi\.busy"/s);
  expect(client.text()).toMatch(/^retry-after: 1\r$/im);
  await expect.poll(() => server.connections()).toBe(3);
  held[0]?.socket.destroy();
  await expect.poll(() => server.connections()).toBe(2);
  expect((await exchange(server.port, requestText('GET /healthz'), { count: 1 })).replies[0]?.status).toBe(200);
});

test('connections far beyond the limit are dropped', async () => {
  const server = await startLimited({ sockets: { drainTime: 600_000, headers: 600_000, connections: 1 } });
  const clients = Array.from({ length: 200 }, () => open(server));
  await expect.poll(() => clients.filter(({ socket }) => socket.readableEnded).length).toBe(199);
  expect(await server.connections()).toBeLessThanOrEqual(33);
});

test('a request over the limit of concurrent requests on a connection gets 503', async () => {
  const server = await startLimited({ sockets: { pipelined: 5 } });
  const { replies, closed } = await exchange(server.port, requestText('GET /readyz').repeat(50));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 503]);
  expect(closed).toBe(true);
});

test('a client that does not read its responses is disconnected', async () => {
  const server = await startLimited({ sockets: soon });
  const paused = ['GET /openapi.json', 'GET /docs/swagger-ui-bundle.js'].map((line) => {
    const { socket } = open(server, requestText(line).repeat(30));
    return socket.pause();
  });
  await allGone(server);
  for (const socket of paused) expect(socket.readableEnded).toBe(false);
});

test('a client that reads slowly gets the complete response', async () => {
  const server = await startLimited({ sockets: soon });
  const size = Number((await server.call('GET', '/openapi.json')).headers['content-length']);
  const count = Math.ceil(16_000_000 / size);
  const { socket } = open(server);
  let received = 0;
  socket.removeAllListeners('data').on('data', (chunk) => {
    received += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  socket.write(requestText('GET /openapi.json').repeat(count));
  await expect.poll(() => received, { timeout: 50_000 }).toBeGreaterThanOrEqual(size * count);
});

test('an idle event stream outlasts every limit, and one whose client stopped reading is disconnected', async () => {
  // The sends of this test have to meet the limits of requests on a busy machine, too.
  const server = await startLimited({ sockets: { ...soon, headers: 1000, drainTime: 50 }, bodies: stall });
  const { signIn, sent } = world(server);
  const quiet = await follow(server, await signIn('bob'));
  const alice = await signIn('alice');
  const { socket } = open(server, requestText('GET /inbox/v1/events', bearer(alice)));
  socket.pause();
  const later = open(server);
  await expect.poll(() => server.connections()).toBeGreaterThanOrEqual(3);
  const msgParam = JSON.stringify({ content: 'x'.repeat(14_000) });
  for (let i = 0; i < 100; i++)
    await Promise.all(Array.from({ length: 10 }, () => sent({ userIds: ['alice'], msgParam })));
  await expect.poll(() => server.context.events.subscribers(), { timeout: 15_000 }).toBe(1);
  // The limits have passed when a later connection has reached its own.
  await expect.poll(() => later.socket.readableEnded, { timeout: 15_000 }).toBe(true);
  await sent({ userIds: ['bob'] });
  expect(await quiet.next()).toMatchObject({ event: 'message' });
});
