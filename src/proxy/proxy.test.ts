/** The proxy on real sockets, in front of a server that returns what it received. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { createRunCertificates } from './certificates.ts';
import { openProxy, type ProxyParts } from './proxy.ts';
import type { HostPort } from './targets.ts';

const { authority, ...certificates } = createRunCertificates({
  hosts: ['api.dingtalk.com', 'oapi.dingtalk.com'],
  domains: ['dingtalk.com'],
  addresses: ['127.0.0.1'],
});

async function listen(server: TcpServer): Promise<URL> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A server that returns each request as JSON, and after an upgrade each byte. */
function startEcho(): Promise<URL> {
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.url === '/drop') return void outgoing.destroy();
    const body = await text(incoming).catch(() => '');
    if (incoming.url === '/v1.0/gateway/connections/open')
      return void outgoing.end(JSON.stringify({ endpoint: 'ws://127.0.0.1:8720/connect', ticket: body.length }));
    const { method, url, rawHeaders } = incoming;
    outgoing.writeHead(210, 'Echo', ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'X-Case', 'kept']);
    outgoing.end(JSON.stringify({ method, url, rawHeaders, body }));
  });
  server.on('upgrade', (incoming, socket, head) => {
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n${incoming.url}|`,
    );
    socket.write(head);
    socket.pipe(socket);
  });
  return listen(server);
}

type Opened = { readonly port: number; readonly endpoint: URL; readonly refused: HostPort[] };

async function open(parts: Partial<ProxyParts> = {}): Promise<Opened> {
  const refused: HostPort[] = [];
  const endpoint = parts.endpoint ?? (await startEcho());
  const onRefused = (target: HostPort) => void refused.push(target);
  const proxy = await openProxy({ endpoint, certificates, allowed: [], onRefused, ...parts });
  onTestFinished(() => proxy.close());
  return { port: proxy.port, endpoint, refused };
}

type Reply = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly text: string };
type Ask = { readonly method?: string; readonly headers?: string[]; readonly body?: string };

/** Sends a request to the proxy, or on a connection that leads through it. */
async function call(
  to: number | Socket,
  path: string,
  { method = 'GET', headers = [], body }: Ask = {},
): Promise<Reply> {
  const where = typeof to === 'number' ? { port: to, agent: false } : { createConnection: () => to };
  const outgoing = request({ host: '127.0.0.1', ...where, path, method, headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text: await text(incoming) };
}

/** Asks for a tunnel; resolves to the status and the socket. */
async function tunnel(
  port: number,
  target: string,
): Promise<{ status: number; socket: Socket; text(): Promise<string> }> {
  const outgoing = request({ host: '127.0.0.1', port, method: 'CONNECT', path: target, agent: false }).end();
  const [incoming, socket, head] = (await once(outgoing, 'connect')) as [IncomingMessage, Socket, Buffer];
  onTestFinished(() => void socket.destroy());
  const rest = async () => head.toString() + (await buffer(socket)).toString();
  return { status: incoming.statusCode ?? 0, socket, text: rest };
}

async function secure(port: number, host = 'api.dingtalk.com'): Promise<TLSSocket> {
  const { socket } = await tunnel(port, `${host}:443`);
  const inner = connectTls({ socket, servername: host, ca: authority });
  await once(inner, 'secureConnect');
  return inner;
}

test('a CONNECT to a host of the vendor ends at the certificate of the run, and its requests reach the endpoint', async () => {
  const { port, endpoint } = await open();
  const headers = ['Host', 'api.dingtalk.com', 'X-Mixed', 'a', 'x-mixed', 'b', 'Proxy-Connection', 'keep-alive'];
  const reply = await call(await secure(port), '/v1.0/a%2Fb?q=1&q=2', { method: 'PUT', headers, body: 'text' });
  expect([reply.status, reply.headers['set-cookie'], reply.headers['x-case']]).toEqual([210, ['a=1', 'b=2'], 'kept']);
  const { rawHeaders, ...received } = JSON.parse(reply.text);
  expect(received).toEqual({ method: 'PUT', url: '/v1.0/a%2Fb?q=1&q=2', body: 'text' });
  expect(rawHeaders.slice(0, 6)).toEqual(['host', endpoint.host, 'X-Mixed', 'a', 'x-mixed', 'b']);
  expect(rawHeaders.map((one: string) => one.toLowerCase())).not.toContain('proxy-connection');
});

test.each(['https', 'http'])('an absolute %s URL of the vendor reaches the endpoint', async (scheme) => {
  const { port } = await open();
  const path = `${scheme}://oapi.dingtalk.com/gettoken/../x?appkey=%20a`;
  const reply = await call(port, path, { method: 'POST', headers: ['Host', 'oapi.dingtalk.com'] });
  expect(JSON.parse(reply.text)).toMatchObject({ method: 'POST', url: '/gettoken/../x?appkey=%20a', body: '' });
});

test('other hosts are refused with a sentence that names the option', async () => {
  const { port, refused } = await open();
  const { status, text } = await tunnel(port, 'example.com:443');
  expect([status, await text()]).toEqual([403, expect.stringContaining('--allow-host example.com\n')]);
  const reply = await call(port, 'http://example.com:8080/', { headers: ['Host', 'example.com'] });
  expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('--allow-host example.com:8080\n')]);
  expect(refused).toEqual([
    { host: 'example.com', port: 443 },
    { host: 'example.com', port: 8080 },
  ]);
});

test.each(['api.dingtalk.com:80', 'api.dingtalk.com:22', '127.0.0.1:22', '[::ffff:169.254.169.254]:80'])(
  'a CONNECT to %s is refused',
  async (target) => {
    const { port } = await open({ allowed: ['example.com'] });
    expect((await tunnel(port, target)).status).toBe(403);
  },
);

test('an allowed host is connected, and requests with absolute URLs are passed on to it', async () => {
  const other = await startEcho();
  const { port, refused } = await open({ allowed: [`localhost:${other.port}`] });
  const { socket, status } = await tunnel(port, `localhost:${other.port}`);
  expect(status).toBe(200);
  expect(JSON.parse((await call(socket, '/through', { headers: ['Host', 'x'] })).text)).toMatchObject({
    url: '/through',
  });
  const absolute = await call(port, `http://localhost:${other.port}/direct`, { headers: ['Host', 'x'] });
  expect(JSON.parse(absolute.text)).toMatchObject({ url: '/direct' });
  expect(refused).toEqual([]);
});

test('a request that is not for a proxy gets a sentence, whatever host it names', async () => {
  const { port } = await open();
  const reply = await call(port, '/v1.0/oauth2/accessToken', { headers: ['Host', 'api.dingtalk.com'] });
  expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('this is a proxy')]);
});

test('a WebSocket of a host of the vendor reaches the endpoint with its first bytes', async () => {
  const { port } = await open();
  const socket = await secure(port, 'oapi.dingtalk.com');
  socket.write('GET /connect?ticket=1 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nfirst');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  await expect.poll(() => received).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\n\/connect\?ticket=1\|first$/s);
  socket.write(' second');
  await expect.poll(() => received).toMatch(/first second$/);
});

test('the origin of the server itself follows the change of the host, and others stay', async () => {
  const { port, endpoint } = await open();
  const originOf = async (origin: string) => {
    const reply = await call(port, 'https://api.dingtalk.com/x', {
      headers: ['Host', 'api.dingtalk.com', 'Origin', origin],
    });
    const { rawHeaders } = JSON.parse(reply.text) as { rawHeaders: string[] };
    return rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'origin') + 1];
  };
  expect(await originOf('https://api.dingtalk.com')).toBe(endpoint.origin);
  expect(await originOf('https://example.com')).toBe('https://example.com');
});

test('a client that offers HTTP/2 on a plain connection gets its response', async () => {
  const { port } = await open();
  const headers = ['Host', 'x', 'Connection', 'Upgrade, HTTP2-Settings', 'Upgrade', 'h2c', 'HTTP2-Settings', 'AA'];
  const reply = await call(port, 'http://api.dingtalk.com/x', { method: 'POST', headers, body: 'text' });
  expect(JSON.parse(reply.text)).toMatchObject({ url: '/x', body: 'text' });
});

test('the SDK for Java gets the address of a WebSocket with TLS, and others get that of the endpoint', async () => {
  const { port } = await open();
  const ask = async (ua: string) => {
    const url = 'https://api.dingtalk.com/v1.0/gateway/connections/open';
    const reply = await call(port, url, { method: 'POST', headers: ['Host', 'x'], body: JSON.stringify({ ua }) });
    return JSON.parse(reply.text) as { endpoint: string; ticket: number };
  };
  expect(await ask('dingtalk-sdk-go/v0.9.2')).toEqual({ endpoint: 'ws://127.0.0.1:8720/connect', ticket: 31 });
  const { endpoint, ticket } = await ask('java/1.3.13-union');
  expect([endpoint, ticket]).toEqual([expect.stringMatching(/^wss:\/\/127\.0\.0\.1:\d+\/connect$/), 26]);
  const socket = connectTls({ host: '127.0.0.1', port: Number(new URL(endpoint).port), ca: authority });
  await once(socket, 'secureConnect');
  socket.end();
});

test('a connection that the endpoint drops is dropped, and an endpoint that is gone gives 502', async () => {
  const { port } = await open();
  await expect(call(port, 'https://api.dingtalk.com/drop', { headers: ['Host', 'x'] })).rejects.toThrow(
    'socket hang up',
  );
  const gone = await open({ endpoint: new URL('http://127.0.0.1:1') });
  const reply = await call(gone.port, 'https://api.dingtalk.com/x', { headers: ['Host', 'x'] });
  expect([reply.status, reply.text]).toEqual([502, expect.stringContaining('http://127.0.0.1:1 cannot be reached')]);
});

test.each([
  ['a status that Node does not write', '099 x\r\ncontent-length: 0\r\n'],
  ['a control character in its status line', '200 a\x01b\r\ncontent-length: 0\r\n'],
  ['another protocol that was not requested', '101 x\r\nconnection: upgrade\r\nupgrade: other\r\n'],
])('a response with %s ends the connection, and the proxy goes on', async (_, head) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.write(`HTTP/1.1 ${head}\r\n`));
  });
  const { port } = await open({ endpoint: await listen(server) });
  const headers = ['Host', 'api.dingtalk.com'];
  const url = 'http://api.dingtalk.com';
  for (const path of ['/a', '/b']) await expect(call(port, url + path, { headers })).rejects.toThrow('hang up');
  const java = { method: 'POST', headers: [...headers, 'Content-Length', '15'], body: '{"ua":"java/1"}' };
  await expect(call(port, `${url}/v1.0/gateway/connections/open`, java)).rejects.toThrow('hang up');
});

test('a handshake and headers that do not end are closed', async () => {
  const { port } = await open({ patience: 200 });
  const { socket } = await tunnel(port, 'api.dingtalk.com:443');
  const late = connect(port, '127.0.0.1');
  late.write('CONNECT api.dingtalk.com:443 HTTP/1.1\r\n');
  await Promise.all([socket, late].map((one) => once(one.resume(), 'close')));
});

test('resets at any moment leave the proxy usable', async () => {
  const { port } = await open();
  for (const bytes of [
    '',
    'CONNECT api.dingtalk.com:443 HTTP/1.1\r\n\r\n',
    'POST https://api.dingtalk.com/ HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n1',
  ]) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(bytes, resolve));
    socket.resetAndDestroy();
  }
  expect((await call(await secure(port), '/x', { headers: ['Host', 'x'] })).status).toBe(210);
});

test('closing ends every connection', async () => {
  const endpoint = await startEcho();
  const proxy = await openProxy({ endpoint, certificates, allowed: [], onRefused: () => {} });
  const socket = await secure(proxy.port);
  await proxy.close();
  await once(socket.resume(), 'close');
});
