import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createBodyReader, defaultBodyLimits } from '../body/bodies.ts';
import type { Arrival } from '../call.ts';
import { createSocketServer } from './socket.ts';

const noLog = { debug() {}, info() {}, warn() {}, error() {} };

const paths = { path: '/fast', posts: ['/fast-post'] };

/**
 * A server whose fast path serves /fast and /fast-post, and which answers all other requests with their URL at once.
 *
 * @param room bytes that bodies on the fast path may need
 */
async function startServer(room = 1000) {
  const { reserve, memory } = createBodyReader({ ...defaultBodyLimits, buffered: room });
  const arrivals: Arrival[] = [];
  const parsed: string[] = [];
  const upgrade = {
    accepts: () => true,
    handle: (
      { url }: { url?: string | undefined },
      { socket, head }: { socket: { end(text: string): void }; head: Buffer },
    ) => socket.end(`upgraded ${url} ${head.toString()}`),
  };
  const server = createSocketServer(
    (incoming, outgoing) => {
      parsed.push(incoming.url ?? '');
      incoming.resume().on('end', () => outgoing.end(`node ${incoming.url};`));
    },
    noLog,
    { upgrade, fastPath: { ...paths, reserve, serve: (arrival) => void arrivals.push(arrival) } },
  );
  const accepted: Socket[] = [];
  server.on('connection', (socket) => void accepted.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, arrivals, parsed, accepted, reserved: () => memory().used };
}

/** A connection whose first request node:http has answered. */
async function openConnection(server: Server): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.write(get('/first'));
  await expect.poll(() => text).toContain('node /first;');
  return { socket, received: () => text };
}

const get = (url: string, ...headers: readonly string[]) =>
  `GET ${url} HTTP/1.1\r\n${['Host: x', ...headers].join('\r\n')}\r\n\r\n`;

const post = (url: string, body: string, ...headers: readonly string[]) =>
  get(url, `Content-Length: ${Buffer.byteLength(body)}`, ...headers).replace('GET', 'POST') + body;

function answer({ toCall, respond }: Arrival): void {
  const call = toCall('ID');
  respond(call, { status: 200, body: `fast ${call.query}${String(call.body())};` });
}

/** The bodies that a client has received, in their order. */
const bodies = (text: string) => [...text.matchAll(/(?:node|fast) ([^;]+);/g)].map(([, body]) => body);

test('responses have the order of their requests, whichever is known first', async () => {
  const { server, arrivals, parsed } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(get('/fast?a=1') + get('/fast?a=2') + get('/fast?a=3'));
  await expect.poll(() => arrivals.length).toBe(3);
  for (const arrival of arrivals.toReversed()) answer(arrival);
  await expect.poll(() => bodies(received())).toEqual(['/first', 'a=1', 'a=2', 'a=3']);
  expect(parsed).toEqual(['/first']);
});

test('a POST with its whole body is served, and its memory is free after the response', async () => {
  const { server, arrivals, parsed, reserved } = await startServer();
  const { socket, received } = await openConnection(server);
  for (const body of ['{"a":1}', '{"回执":2}', 'another length']) {
    socket.write(post('/fast-post', body, 'content-type: application/json'));
    await expect.poll(() => arrivals.length).toBe(1);
    expect(reserved()).toBe(Buffer.byteLength(body));
    arrivals.splice(0).forEach(answer);
    expect(reserved()).toBe(0);
  }
  const latin1 = Buffer.from('{"回执":2}').toString('latin1');
  await expect.poll(() => bodies(received())).toEqual(['/first', '{"a":1}', latin1, 'another length']);
  expect(parsed).toEqual(['/first']);
});

const whole = post('/fast-post', 'body');

test.for([
  ['without a body', get('/fast-post').replace('GET', 'POST'), ['/fast-post']],
  ['with an empty body', post('/fast-post', ''), ['/fast-post']],
  ['with a query', post('/fast-post?a', 'body'), ['/fast-post?a']],
  ['to another path', post('/fast', 'body'), ['/fast']],
  ['with another method', whole.replace('POST', 'PUT'), ['/fast-post']],
  ['with an unknown header', post('/fast-post', 'body', 'x-other: 1'), ['/fast-post']],
  ['with a body that does not fit', post('/fast-post', 'x'.repeat(1001)), ['/fast-post']],
  ['that another follows', whole + whole, ['/fast-post', '/fast-post']],
  ['that follows another call', get('/fast?a=1') + whole, ['/fast?a=1', '/fast-post']],
] as const)('a POST %s is left to node:http', async ([, bytes, urls]) => {
  const { server, arrivals, parsed, reserved } = await startServer();
  const { socket } = await openConnection(server);
  socket.write(bytes);
  await expect.poll(() => parsed).toEqual(['/first', ...urls]);
  expect([arrivals, reserved()]).toEqual([[], 0]);
});

test('a POST whose body arrives later is left to node:http, and the next one is served', async () => {
  const { server, arrivals, parsed } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(whole.slice(0, -2));
  await expect.poll(() => parsed).toEqual(['/first', '/fast-post']);
  socket.write(whole.slice(-2));
  await expect.poll(() => bodies(received())).toEqual(['/first', '/fast-post']);
  socket.write(whole);
  await expect.poll(() => arrivals.length).toBe(1);
});

test('a POST waits for the responses before it', async () => {
  const { server, arrivals, parsed, accepted } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(get('/fast?a=1'));
  await expect.poll(() => arrivals.length).toBe(1);
  socket.write(whole);
  await expect.poll(() => accepted[0]?.isPaused()).toBe(true);
  expect(parsed).toEqual(['/first']);
  arrivals.forEach(answer);
  await expect.poll(() => bodies(received())).toEqual(['/first', 'a=1', '/fast-post']);
});

test('a request for node:http waits for the responses before it, and the connection returns to the fast path', async () => {
  const { server, arrivals, parsed } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(get('/fast?a=1'));
  await expect.poll(() => arrivals.length).toBe(1);
  socket.write(get('/slow', 'Content-Length: 4').concat('body'));
  for (let i = 0; i < 20; i++) await nextTurn();
  expect(parsed).toEqual(['/first']);
  arrivals.forEach(answer);
  await expect.poll(() => bodies(received())).toEqual(['/first', 'a=1', '/slow']);
  socket.write(get('/fast?a=2'));
  await expect.poll(() => arrivals.length).toBe(2);
  expect(parsed).toEqual(['/first', '/slow']);
});

test('a body that arrives in several chunks is not taken for requests', async () => {
  const { server, arrivals } = await startServer();
  const { socket, received } = await openConnection(server);
  const inner = get('/fast?a=inner');
  socket.write(get('/body', `Content-Length: ${2 * inner.length}`));
  for (const part of [inner, inner]) {
    for (let i = 0; i < 20; i++) await nextTurn();
    socket.write(part);
  }
  await expect.poll(() => bodies(received())).toEqual(['/first', '/body']);
  expect(arrivals).toEqual([]);
});

test('the rest of a header is not taken for a request', async () => {
  const { server, arrivals } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write('GET /pieces HTTP/1.1\r\nHost: x\r\nX-Rest: ');
  for (let i = 0; i < 20; i++) await nextTurn();
  socket.write(get('/fast?a=1'));
  await expect.poll(() => received()).toContain('HTTP/1.1 400');
  expect(arrivals).toEqual([]);
});

test('an upgrade after requests on the fast path gets the bytes that follow it', async () => {
  const { server, arrivals } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(get('/fast?a=1'));
  await expect.poll(() => arrivals.length).toBe(1);
  arrivals.forEach(answer);
  await expect.poll(() => bodies(received()).length).toBe(2);
  socket.write(get('/up', 'Connection: Upgrade', 'Upgrade: other').concat('more'));
  await expect.poll(() => received()).toContain('upgraded /up more');
});

test('the parts of a large body stay as they were sent, with a length and in transfer coding', async () => {
  const received: Buffer[][] = [];
  const server = createSocketServer(
    (incoming, outgoing) => {
      const parts: Buffer[] = [];
      received.push(parts);
      incoming.on('data', (part: Buffer) => void parts.push(part)).on('end', () => outgoing.end('node done;'));
    },
    noLog,
    { fastPath: { ...paths, reserve: () => undefined, serve: () => {} } },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const body = randomBytes(400_000);
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  const head = (...headers: readonly string[]) => get('/', ...headers).replace('GET', 'POST');
  socket.write(head(`Content-Length: ${body.length}`));
  socket.write(body);
  socket.write(head('Transfer-Encoding: chunked'));
  for (let at = 0; at < body.length; at += 50_000)
    socket.write(`c350\r\n${body.toString('latin1', at, at + 50_000)}\r\n`, 'latin1');
  socket.write('0\r\n\r\n');
  await expect.poll(() => text.split('node done;').length).toBe(3);
  // After all chunks of the socket: parts that shared their memory would be empty now.
  expect(received.map((parts) => Buffer.concat(parts).equals(body))).toEqual([true, true]);
});

test('an upgrade gets many bytes that follow it', async () => {
  const { server } = await startServer();
  const { socket, received } = await openConnection(server);
  const sent = 'x'.repeat(30_000);
  socket.write(get('/ws', 'Connection: upgrade', 'Upgrade: websocket') + sent);
  await expect.poll(received).toContain(`upgraded /ws ${sent}`);
});

test('a connection that waits for a response is not idle: neither its timeout nor a shutdown ends it', async () => {
  const { server, arrivals, accepted } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(get('/fast?a=1') + get('/fast?a=2'));
  await expect.poll(() => arrivals.length).toBe(2);
  accepted[0]?.emit('timeout');
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  arrivals.forEach(answer);
  await expect.poll(() => bodies(received())).toEqual(['/first', 'a=1', 'a=2']);
  server.closeIdleConnections();
  await closed;
});

test('a connection that does not wait is closed on its timeout', async () => {
  const { server, arrivals, accepted } = await startServer();
  const { socket, received } = await openConnection(server);
  socket.write(get('/fast?a=1'));
  await expect.poll(() => arrivals.length).toBe(1);
  arrivals.forEach(answer);
  await expect.poll(() => bodies(received())).toEqual(['/first', 'a=1']);
  accepted[0]?.emit('timeout');
  await expect.poll(() => socket.closed).toBe(true);
});

test('a server that closes leaves requests to node:http', async () => {
  const { server, arrivals, parsed } = await startServer();
  const { socket } = await openConnection(server);
  socket.write(get('/fast?a=1'));
  await expect.poll(() => arrivals.length).toBe(1);
  const closed = new Promise((resolve) => server.close(resolve));
  socket.write(get('/fast?a=2'));
  for (let i = 0; i < 20; i++) await nextTurn();
  arrivals.forEach(answer);
  await expect.poll(() => parsed).toEqual(['/first', '/fast?a=2']);
  socket.destroy();
  await closed;
});

test('the held chunk of a client that has gone is dropped, and not parsed for another client', async () => {
  const { server, arrivals, parsed, accepted } = await startServer();
  const { socket } = await openConnection(server);
  socket.write(get('/fast?a=1'));
  await expect.poll(() => arrivals.length).toBe(1);
  socket.write(get('/gone'));
  await expect.poll(() => accepted[0]?.isPaused()).toBe(true);
  socket.resetAndDestroy();
  accepted[0]?.destroy();
  await expect.poll(() => accepted[0]?.closed).toBe(true);
  const { received } = await openConnection(server);
  arrivals.forEach(answer);
  expect(bodies(received())).toEqual(['/first']);
  expect(parsed).toEqual(['/first', '/first']);
});
