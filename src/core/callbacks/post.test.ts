import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { internalRanges } from './addresses.ts';
import { findAddressFault, postCallback } from './post.ts';

const dev = { options: { callbackAllow: internalRanges } };
const serve = { options: { callbackAllow: [] } };
const closing: (() => void)[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) close();
});

/** Starts a server on loopback; returns its URL and the requests that it got. */
async function startReceiver(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  const url = await listen(server, () => {
    server.close();
    server.closeAllConnections();
  });
  return { requests, url: `${url}hook?a=1`, port: Number(new URL(url).port) };
}

/** Listens on loopback until the test ends; returns the URL. */
async function listen(server: TcpServer, close: () => void): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(close);
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
}

const createRequest = (url: string) => ({ url, headers: { 'x-a': 'b' }, body: '{"a":"汉字"}', deadlineMs: 5000 });

test('posts the body with its headers, and returns the response', async () => {
  const bodies: string[] = [];
  const { url, requests } = await startReceiver(async (request, response) => {
    bodies.push(await new Response(request).text());
    response.writeHead(418, { 'retry-after': '7' }).end('short');
  });
  const outcome = await postCallback(dev, createRequest(url));
  expect(outcome).toMatchObject({ outcome: 'answered', status: 418, body: 'short', headers: { 'retry-after': '7' } });
  expect(bodies).toEqual(['{"a":"汉字"}']);
  expect(requests.map(({ method, url: path, headers }) => [method, path, headers['x-a']])).toEqual([
    ['POST', '/hook?a=1', 'b'],
  ]);
});

test('follows no redirect', async () => {
  const { url, requests } = await startReceiver((_, response) => {
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect(await postCallback(dev, createRequest(url))).toMatchObject({ outcome: 'answered', status: 307 });
  expect(requests).toHaveLength(1);
});

test('uses no proxy of the environment', async () => {
  const { url, requests } = await startReceiver((_, response) => void response.end('direct'));
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:9');
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  expect(await postCallback(dev, createRequest(url))).toMatchObject({ outcome: 'answered', body: 'direct' });
  expect(requests).toHaveLength(1);
});

test('reads 64 KiB of an endless response, or what the caller allows', async () => {
  const { url } = await startReceiver((_, response) => {
    const write = (error?: Error | null) => void (error ?? response.write('x'.repeat(16_384), write));
    write();
  });
  expect(await postCallback(dev, createRequest(url))).toMatchObject({ outcome: 'answered', body: 'x'.repeat(65_536) });
  const short = await postCallback(dev, { ...createRequest(url), maxBytes: 10 });
  expect(short).toMatchObject({ outcome: 'answered', body: 'x'.repeat(10) });
});

test('fails at the deadline, before and within the response', async () => {
  const silent = await startReceiver(() => {});
  const late = { outcome: 'failed', reason: 'no response within 50 ms' };
  expect(await postCallback(dev, { ...createRequest(silent.url), deadlineMs: 50 })).toEqual(late);
  const slow = await startReceiver((_, response) => void response.write('a'));
  expect(await postCallback(dev, { ...createRequest(slow.url), deadlineMs: 50 })).toEqual(late);
});

test('fails when the connection is refused, or closed within the response', async () => {
  const cut = await startReceiver((_, response) => {
    response.write('a', () => response.destroy());
  });
  expect(await postCallback(dev, createRequest(cut.url))).toMatchObject({ outcome: 'failed' });
  expect(await postCallback(dev, createRequest('http://127.0.0.1:1/'))).toMatchObject({ outcome: 'failed' });
});

test('fails when the response switches to another protocol', async () => {
  const server = createTcpServer((socket) => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    socket.on('error', () => {}).once('data', () => socket.write(answer));
  });
  const url = await listen(server, () => server.close());
  const outcome = await postCallback(dev, createRequest(url));
  expect(outcome).toEqual({ outcome: 'failed', reason: 'the connection was closed before the response' });
});

test('fails when the caller aborts it', async () => {
  const { url } = await startReceiver(() => stop.abort());
  const stop = new AbortController();
  expect(await postCallback(dev, { ...createRequest(url), signal: stop.signal })).toMatchObject({ outcome: 'failed' });
});

test('refuses an internal address, and a name that has one, without a connection', async () => {
  const { port, requests } = await startReceiver((_, response) => void response.end());
  for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '[::1]']) {
    const outcome = await postCallback(serve, createRequest(`http://${host}:${port}/`));
    expect(outcome, host).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('--callback-allow') });
  }
  expect(requests).toEqual([]);
});

test.each([
  ['ftp://example.com/', 'must begin with http'],
  ['example.com', 'not a URL'],
  ['http://user:password@example.com/', 'user name'],
  ['http://example.com:0/', 'port 0'],
  ['https://[2606:4700::1111]:0000', 'port 0'],
  ['http://169.254.169.254/latest', 'special address'],
])('%s cannot be an address of callbacks', (url, reason) => {
  expect(findAddressFault(dev, url)).toContain(reason);
});

test('an address with a public name or number can be one', () => {
  expect(findAddressFault(serve, 'https://example.com/hook')).toBeUndefined();
  expect(findAddressFault(serve, 'https://1.1.1.1/hook')).toBeUndefined();
  expect(findAddressFault(dev, 'http://127.0.0.1:3000/hook')).toBeUndefined();
  expect(findAddressFault(serve, 'http://127.0.0.1:3000/hook')).toContain('127.0.0.1');
});
