import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fields, fileServer, testServer } from '../support/harness.ts';
import { type Exchange, exchange, type RawOptions, requestText } from '../support/raw.ts';
import { hello, recallPath, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const server = await fileServer();
const { call, emulate, sent, tokenOf } = world(server);

const ask = (bytes: string | Buffer, options?: RawOptions) => exchange(server.port, bytes, options);
const codes = ({ replies }: Exchange) => replies.map(({ status, body }) => [status, body.code]);

const accessToken = 'POST /v1.0/oauth2/accessToken';
const pair = JSON.stringify({ appKey: 'app-one', appSecret: 'secret-of-app-one' });
const tokenRequest = requestText(accessToken, {}, pair);

let before: Fields = {};
beforeEach(async () => {
  await tokenOf();
  before = await emulate('GET', 'snapshot');
});

/** Refused requests have changed nothing. */
async function expectNoChange(): Promise<void> {
  expect(await emulate('GET', 'snapshot')).toEqual(before);
}

afterEach(async () => {
  expect((await call('GET', '/healthz')).status).toBe(200);
});

test('a chunked body without a length is accepted, as the SDKs send it', async () => {
  const [first, second] = [pair.slice(0, 9), pair.slice(9)];
  const chunks = [first, second].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json; charset=utf-8' };
  const { replies } = await ask(`${requestText(accessToken, headers)}${chunks}0\r\n\r\n`, { count: 1 });
  expect(replies[0]?.status).toBe(200);
});

test('a connection is kept alive for any number of calls, of both kinds of path', async () => {
  const one = await ask(tokenRequest + requestText('GET /healthz') + tokenRequest, { count: 3 });
  expect(one.replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(one.closed).toBe(false);
});

test('pipelined calls are answered in order', async () => {
  const keys = await Promise.all(Array.from({ length: 5 }, () => sent()));
  const token = await tokenOf();
  const lines = keys.map((key) =>
    requestText(`GET ${statusPath}?robotCode=robot-one&processQueryKey=${encodeURIComponent(key)}`, {
      [tokenHeader]: token,
    }),
  );
  const mixed = lines.flatMap((line, i) => [line, requestText(`GET /v1.0/nothing/${i}`), tokenRequest]);
  const { replies } = await ask(mixed.join(''), { count: 15 });
  expect(replies.map(({ status }) => status)).toEqual(Array(5).fill([200, 404, 200]).flat());
});

test('a refused call does not affect the next one', async () => {
  const refused = requestText(`POST ${sendPath}`, {}, JSON.stringify(hello));
  const { replies } = await ask(refused + tokenRequest, { count: 2 });
  expect(replies.map(({ status, body }) => [status, body.code])).toEqual([
    [400, 'AuthenticationFailed.MissingParameter'],
    [200, undefined],
  ]);
});

test('the body of a GET is ignored', async () => {
  const { replies } = await ask(
    requestText('GET /healthz', {}, 'body') + requestText('GET /gettoken', {}, '{}') + requestText('GET /healthz'),
    { count: 3 },
  );
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('HTTP/1.0 is served, with or without a Host', async () => {
  for (const head of [
    'GET /healthz HTTP/1.0\r\n\r\n',
    'GET /gettoken HTTP/1.0\r\n\r\n',
    'GET /healthz HTTP/1.0\r\nhost: x\r\n\r\n',
  ]) {
    const { replies, closed } = await ask(head);
    expect([replies[0]?.status, closed]).toEqual([200, true]);
  }
});

test('an absolute URL in the request line is its path', async () => {
  const lines = [
    'GET http://huizhi/healthz',
    'GET https://huizhi:443/gettoken?appkey=x',
    'GET HTTP://HUIZHI/healthz',
    `GET http://huizhi${statusPath}`,
    'GET http://huizhi',
  ];
  const { replies } = await ask(lines.map((line) => requestText(line)).join(''), { count: 5 });
  expect(replies.map(({ status, body }) => [status, body.code ?? body.errcode])).toEqual([
    [200, undefined],
    [200, 40035],
    [200, undefined],
    [400, 'AuthenticationFailed.MissingParameter'],
    [200, undefined],
  ]);
});

test('Expect: 100-continue is answered, and any other expectation is ignored', async () => {
  const { replies } = await ask(requestText(accessToken, { expect: '100-continue' }, pair), { count: 1 });
  expect(replies[0]?.status).toBe(200);
  const other = await ask(requestText(accessToken, { expect: 'wonders' }, pair), { count: 1 });
  expect(other.replies[0]?.status).toBe(200);
});

test('the connection of a request to upgrade ends with its response, so that no later request is left unanswered', async () => {
  const headers = { connection: 'upgrade', upgrade: 'websocket' };
  for (const path of ['/healthz', '/gettoken']) {
    const bytes = requestText(`GET ${path}`, headers) + requestText(`GET ${path}`, {});
    const { replies, closed } = await exchange(server.port, bytes);
    expect([path, replies.map(({ status }) => status), closed]).toEqual([path, [200], true]);
    expect(replies[0]?.head).toMatch(/^connection: close$/im);
  }
});

test('a client that offers HTTP/2 on each request keeps its connection', async () => {
  const request = requestText('GET /healthz', { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' });
  const { replies } = await exchange(server.port, request, { count: 1 });
  expect(replies[0]?.head).not.toMatch(/^connection: close$/im);
});

test('a request to upgrade is answered without the upgrade', async () => {
  const headers = { connection: 'upgrade', upgrade: 'websocket' };
  for (const line of ['GET /healthz', 'GET /gettoken']) {
    const { replies } = await ask(requestText(line, headers), { count: 1 });
    expect(replies.map(({ status }) => status)).toEqual([200]);
  }
});

const smuggled = requestText(`POST ${recallPath}`, {}, '{}');

test.each([
  [
    'both Content-Length and Transfer-Encoding',
    `${requestText(accessToken, { 'content-length': '4', 'transfer-encoding': 'chunked' })}0\r\n\r\n${smuggled}`,
  ],
  [
    'two different Content-Lengths',
    `${accessToken} HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n{}  ${smuggled}`,
  ],
  ['a Content-Length that is no number', requestText(accessToken, { 'content-length': '+4' })],
  ['a negative Content-Length', requestText(accessToken, { 'content-length': '-1' })],
  ['chunked not last', `${requestText(accessToken, { 'transfer-encoding': 'chunked, gzip' })}0\r\n\r\n`],
  ['an unknown Transfer-Encoding', requestText(accessToken, { 'transfer-encoding': 'xchunked' })],
  ['a bad chunk size', `${requestText(accessToken, { 'transfer-encoding': 'chunked' })}zz\r\n`],
  ['a space before the colon', `${accessToken} HTTP/1.1\r\nhost: x\r\ncontent-length : 4\r\n\r\n`],
  ['a folded header', `GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n`],
  ['a NUL in a header', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n'],
  ['a bare line feed in a header', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\nb: c\r\n\r\n'],
  ['a bare line feed after the request line', 'GET /healthz HTTP/1.1\nhost: x\r\n\r\n'],
  ['a bare line feed in place of the empty line', 'GET /healthz HTTP/1.1\r\nhost: x\n\n'],
  ['a bare carriage return in a header', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\rb\r\n\r\n'],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ...['/healthz', '/gettoken'].flatMap((path): [string, string][] => [
    [`two Hosts, ${path}`, `GET ${path} HTTP/1.1\r\nhost: huizhi\r\nHost: other\r\n\r\n`],
    [`the same Host twice, ${path}`, `GET ${path} HTTP/1.1\r\nhost: huizhi\r\nhost: huizhi\r\n\r\n`],
    [
      `a second Host behind 2,000 headers, ${path}`,
      `GET ${path} HTTP/1.1\r\nhost: huizhi\r\n${'a:\r\n'.repeat(2000)}host: other\r\n\r\n`,
    ],
    [`two Hosts in HTTP/1.0, ${path}`, `GET ${path} HTTP/1.0\r\nhost: huizhi\r\nhost: other\r\n\r\n`],
    ...[
      '',
      ' ',
      'a b',
      'a/b@c',
      'user@huizhi',
      'a\\b',
      '[::1',
      '[1.2.3.4]',
      '[]',
      ':80',
      'a:b',
      'a:123456',
      'a,b c',
      'ü',
      'a?b',
      'a#b',
    ].map((host): [string, string] => [
      `the Host "${host}", ${path}`,
      `GET ${path} HTTP/1.1\r\nhost: ${Buffer.from(host).toString('latin1')}\r\n\r\n`,
    ]),
    [`an invalid Host in HTTP/1.0, ${path}`, `GET ${path} HTTP/1.0\r\nhost: a/b\r\n\r\n`],
    [`a URL of another host, ${path}`, requestText(`GET http://other${path}`)],
    [`a URL of another port, ${path}`, requestText(`GET http://huizhi:81${path}`)],
    [`a URL with a user, ${path}`, requestText(`GET http://user@huizhi${path}`)],
    [`a URL without a host, ${path}`, requestText(`GET http://${path}`)],
    [`a URL of another scheme, ${path}`, requestText(`GET ftp://huizhi${path}`)],
    [`a fragment, ${path}`, requestText(`GET ${path}#x`)],
    [`a path without a slash, ${path}`, requestText(`GET ${path.slice(1)}`)],
    [`HTTP/0.9, ${path}`, `GET ${path} HTTP/0.9\r\nhost: x\r\n\r\n`],
    [`HTTP/0.9 without a version, ${path}`, `GET ${path}\r\n\r\n`],
    [`HTTP/1.2, ${path}`, `GET ${path} HTTP/1.2\r\nhost: x\r\n\r\n`],
    [`HTTP/2.0, ${path}`, `GET ${path} HTTP/2.0\r\nhost: x\r\n\r\n`],
    [`HTTP/3.0, ${path}`, `GET ${path} HTTP/3.0\r\nhost: x\r\n\r\n`],
  ]),
  ['an asterisk with another method than OPTIONS', requestText('GET *')],
  [
    'Transfer-Encoding in HTTP/1.0',
    `${accessToken} HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'the same Content-Length twice',
    `${accessToken} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n{}`,
  ],
  ['a list of Content-Lengths', requestText(accessToken, { 'content-length': '2, 2' })],
  ['chunked twice', `${requestText(accessToken, { 'transfer-encoding': 'chunked, chunked' })}0\r\n\r\n`],
  [
    'chunked in two headers',
    `${accessToken} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['identity alone', requestText(accessToken, { 'transfer-encoding': 'identity' })],
  ['a bare line feed after a chunk size', `${requestText(accessToken, { 'transfer-encoding': 'chunked' })}0\n\n`],
  ['an unknown method', requestText('HELLO /healthz')],
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['bytes of TLS', Buffer.from('16030100f1010000ed0303', 'hex').toString('latin1')],
  ['HTTP/2 prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['an URL longer than all headers may be', requestText(`GET /healthz?${'x'.repeat(100_000)}`)],
  ['headers that are too long', requestText('GET /healthz', { x: 'x'.repeat(100_000) })],
  ['a space in the URL', requestText('GET /health z')],
])('%s: one JSON error, and the connection is closed', async (_, bytes) => {
  const exchanged = await ask(Buffer.from(bytes, 'latin1'));
  expect(codes(exchanged)).toEqual([[400, 'huizhi.badRequest']]);
  expect(exchanged.closed).toBe(true);
  expect(exchanged.replies[0]?.head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(exchanged.replies[0]?.head).toContain('content-type: application/json;charset=utf-8');
  expect(exchanged.replies[0]?.head).toContain(`x-acs-request-id: ${exchanged.replies[0]?.body.requestid}`);
  await expectNoChange();
});

test.each(['gzip, chunked', 'deflate,chunked', 'identity, chunked', 'gzip, deflate, Chunked', 'x, chunked'])(
  'Transfer-Encoding: %s is not implemented, and what follows is no request',
  async (coding) => {
    for (const line of [accessToken, 'POST /inbox/v1/sessions', 'GET /healthz', 'GET /gettoken']) {
      const exchanged = await ask(`${requestText(line, { 'transfer-encoding': coding })}0\r\n\r\n${tokenRequest}`);
      expect(codes(exchanged)).toEqual([[501, 'huizhi.notImplemented']]);
      expect(exchanged.closed).toBe(true);
    }
    await expectNoChange();
  },
);

test('hosts of every form are accepted', async () => {
  const hosts = [
    'localhost',
    'a_b.example:8720',
    '127.0.0.1:1',
    '[::1]:8720',
    '[fe80::1]',
    'huizhi.example.',
    'a%20b',
    'x:',
  ];
  const trustedHosts = ['a_b.example', 'fe80::1', 'huizhi.example', 'a%20b', 'x'];
  const { port } = await testServer({ trustedHosts });
  const bytes = hosts.map((host) => requestText('GET /gettoken', { host })).join('');
  const { replies } = await exchange(port, bytes, { count: hosts.length });
  expect(replies.map(({ status }) => status)).toEqual(hosts.map(() => 200));
});

test('a refused request is answered after those before it, and those after it are not handled', async () => {
  const refused = 'GET /healthz HTTP/1.1\r\n\r\n';
  for (const before of [requestText('GET /readyz'), tokenRequest]) {
    const exchanged = await ask(before + refused + tokenRequest + requestText('GET /healthz'));
    expect(codes(exchanged)).toEqual([
      [200, undefined],
      [400, 'huizhi.badRequest'],
    ]);
    expect(exchanged.closed).toBe(true);
  }
});

test('CONNECT is answered after the calls before it, also with a body', async () => {
  for (const headers of [{}, { 'content-length': '5' }]) {
    const exchanged = await ask(tokenRequest + requestText('GET /readyz') + requestText('CONNECT huizhi:443', headers));
    expect(exchanged.replies.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(exchanged.closed).toBe(true);
  }
});

test('a refused body is not requested by 100 Continue', async () => {
  const headers = { expect: '100-continue', 'content-length': '100' };
  const exchanged = await ask(requestText(`POST ${sendPath}`, headers));
  expect(codes(exchanged)).toEqual([[400, 'AuthenticationFailed.MissingParameter']]);
  const large = await ask(requestText('POST /inbox/v1/sessions', { ...headers, 'content-length': '1048577' }));
  expect(codes(large)).toEqual([[413, 'huizhi.tooLarge']]);
});

test('garbage after a good call is refused after its answer', async () => {
  const exchanged = await ask(`${tokenRequest}garbage\r\n\r\n`);
  expect(exchanged.replies.map(({ status, body }) => [status, body.code])).toEqual([
    [200, undefined],
    [400, 'huizhi.badRequest'],
  ]);
});

test('a caller who disconnects in the middle of the body changes nothing', async () => {
  for (const cut of [
    `${requestText(accessToken, { 'content-length': '100' })}{"appKey"`,
    `${requestText('POST /inbox/v1/sessions', { 'content-length': '100' })}{"corpId"`,
  ]) {
    const exchanged = await ask(cut, { halfClose: true });
    expect(exchanged.closed).toBe(true);
    for (const { status } of exchanged.replies) expect(status).toBe(400);
  }
  await expectNoChange();
});

test.each(['HEAD', 'DELETE', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'])(
  '%s on a path of the vendor is not found',
  async (method) => {
    for (const path of [sendPath, statusPath, recallPath, '/v1.0/oauth2/accessToken']) {
      const bodiless = method === 'HEAD';
      const { replies } = await ask(requestText(`${method} ${path}`), { count: 1, bodiless });
      expect(replies[0]?.status).toBe(404);
      if (!bodiless) expect(replies[0]?.body.code).toBe('InvalidAction.NotFound');
    }
  },
);

test('CONNECT and OPTIONS * are not found', async () => {
  expect(codes(await ask(requestText('CONNECT huizhi:443')))).toEqual([[404, 'InvalidAction.NotFound']]);
  expect(codes(await ask(requestText('OPTIONS *'), { count: 1 }))).toEqual([[404, 'InvalidAction.NotFound']]);
});

test.each(['DELETE', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'])(
  '%s on an own path that is read is not allowed, and the answer tells what is',
  async (method) => {
    const { replies } = await ask(requestText(`${method} /healthz`), { count: 1 });
    expect([replies[0]?.status, replies[0]?.body.code]).toEqual([405, 'huizhi.methodNotAllowed']);
    expect(replies[0]?.head).toMatch(/^allow: GET$/im);
  },
);

test('HEAD on an own path returns only the headers', async () => {
  const { replies } = await ask(requestText('HEAD /healthz') + requestText('HEAD /openapi.json'), {
    count: 2,
    bodiless: true,
  });
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
});
