/** Generates what a client sends on one connection to the servers of the differential test of the fast path. */
import { requestText } from '../conformance/support/raw.ts';
import { hello, recallPath, sendPath, statusPath, tokenHeader } from '../conformance/support/world.ts';
import type { Random } from './random.ts';

/** What exists on both servers. */
export type Known = { readonly token: string; readonly keys: readonly string[] };

/**
 * The bytes of a connection, in the pieces in which they are written: each after a number of responses, and then a
 * number of event-loop turns.
 */
export type Script = readonly Piece[];

type Piece = { readonly bytes: Buffer; readonly responses: number; readonly turns: number };

type Draw = (random: Random, known: Known) => string;

const target: Draw = (random, { keys }) => {
  const key = encodeURIComponent(random.pick(keys));
  return random.pick([
    ...Array<string>(12).fill(`${statusPath}?robotCode=robot-one&processQueryKey=${key}`),
    `${statusPath}?processQueryKey=${key}&robotCode=robot-one&more=%E4%BD%A0+1`,
    `${statusPath}?robotCode=robot-two&processQueryKey=${key}`,
    `${statusPath}?robotCode=robot-one&processQueryKey=${key.slice(0, -2)}`,
    `${statusPath}?robotCode=robot-one&robotCode=robot-one&processQueryKey=${key}`,
    `${statusPath}?robotCode=%zz&processQueryKey=${key}`,
    `${statusPath}?`,
    `${statusPath}?robotCode=robot-one?&processQueryKey=${key}`,
    statusPath,
    `${statusPath}/?robotCode=robot-one`,
    `${statusPath}?robotCode=<>&processQueryKey=${key}`,
    `${statusPath}?robotCode=robot-one&processQueryKey=${key}#here`,
    `http://huizhi${statusPath}?robotCode=robot-one&processQueryKey=${key}`,
    `http://other${statusPath}?robotCode=robot-one&processQueryKey=${key}`,
    `${statusPath}?robotCode=${random.word(5000)}`,
    `/v1.0/robot/../robot/oToMessages/readStatus?robotCode=robot-one&processQueryKey=${key}`,
    '/healthz',
    '/v1.0/nothing',
  ]);
};

const plainHeaders: readonly string[] = [
  'user-agent: Java/21',
  'Accept: */*',
  'Accept-Encoding:gzip, deflate',
  'Connection: keep-alive',
  'content-type: application/json; charset=utf-8',
  'origin: https://example.com',
  'X-Forwarded-For: 10.0.0.1',
];

/** Headers with which node:http has to serve the request, or to refuse it. */
const oddHeaders: readonly string[] = [
  'x-unknown: 1',
  'accept: a\r\naccept: b',
  'host: huizhi',
  'Host: other',
  'connection: close',
  'Connection: Keep-Alive, x',
  'connection: upgrade\r\nupgrade: h2c',
  'connection: upgrade\r\nupgrade: websocket',
  'proxy-connection: close',
  'expect: 100-continue',
  'expect: something',
  'content-length: 0',
  'content-length: 1\r\ncontent-length: 1',
  'Content-Length: +1',
  'content-length: 99999999999999999999',
  'transfer-encoding: chunked',
  'transfer-encoding: chunked\r\ncontent-length: 4',
  'te: trailers',
  'accept : x',
  'accept: a\tb',
  'accept: caf\u00e9',
  'accept:',
  'accept: one\r\n two',
  'accept: x ',
  'accept:  x',
  ': x',
  'no colon',
  'accept: \u0000',
  `accept: ${'a'.repeat(9000)}`,
  `accept: ${'a'.repeat(17_000)}`,
  `${tokenHeader}: forged`,
  'accept: x\nx-forwarded-for: y',
  'accept: x\r',
];

function headers(random: Random, { token }: Known, missing = 0.05): string[] {
  const lines = ['Host: huizhi', `${random.pick([tokenHeader, 'X-Acs-Dingtalk-Access-Token'])}: ${token}`];
  if (random.chance(missing)) lines.splice(random.int(2), 1);
  for (const line of plainHeaders) if (random.chance(0.3)) lines.splice(random.int(lines.length + 1), 0, line);
  return lines;
}

const readStatus: Draw = (random, known) => {
  const lines = [`GET ${target(random, known)} HTTP/1.1`, ...headers(random, known)];
  return `${lines.join('\r\n')}\r\n\r\n`;
};

const oddReadStatus: Draw = (random, known) => {
  const first = random.pick(['GET', 'GET', 'GET', 'get', 'HEAD', 'POST', 'OPTIONS', ' GET', 'GET ', 'BREW']);
  const version = random.pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1', '']);
  const lines = [`${first} ${target(random, known)} ${version}`, ...headers(random, known)];
  lines.splice(1 + random.int(lines.length), 0, random.pick(oddHeaders));
  const end = random.pick(['\r\n', '\r\n', '\r\n', '\n', '\r']);
  return `${lines.join(end)}${end}${end}${random.chance(0.3) ? random.pick(['4\r\nbody\r\n0\r\n\r\n', 'body', '\r\n']) : ''}`;
};

/** A POST with a body; the length is sometimes that of a part, so that the rest is another request. */
const post: Draw = (random, known) => {
  const inner = random.chance(0.2) ? readStatus(random, known) : '';
  const body = `${random.pick([JSON.stringify(hello), '{}', 'not JSON', ''])}${inner}`;
  const path = random.pick([sendPath, sendPath, statusPath, '/v1.0/oauth2/accessToken', '/healthz']);
  const length = random.chance(0.2) ? random.int(Buffer.byteLength(body) + 1) : Buffer.byteLength(body);
  const given = random.chance(0.1) ? {} : { [tokenHeader]: known.token };
  return `${requestText(`POST ${path}`, { ...given, 'content-length': String(length) })}${body}`;
};

const chunked: Draw = (random, known) => {
  const body = JSON.stringify(hello);
  const head = requestText(`POST ${sendPath}`, { [tokenHeader]: known.token, 'transfer-encoding': 'chunked' });
  return `${head}${body.length.toString(16)}\r\n${body}\r\n${random.pick(['0\r\n\r\n', '0\r\nx: y\r\n\r\n', '0\r\n'])}`;
};

/** A call of readStatus that the fast path serves. */
const plainCall: Draw = (random, known) => {
  const key = encodeURIComponent(random.pick(known.keys));
  const query = `robotCode=robot-${random.pick(['one', 'one', 'two'])}&processQueryKey=${key}`;
  return `GET ${statusPath}?${query} HTTP/1.1\r\n${headers(random, known, 0).join('\r\n')}\r\n\r\n`;
};

const unknownKeys = { robotCode: 'robot-one', processQueryKeys: ['no-key'] };

/** A call with a body that the fast path serves if it comes alone. */
const plainPost: Draw = (random, known) => {
  const [path, body] = random.pick([
    ...Array<[string, string]>(4).fill([sendPath, JSON.stringify(hello)]),
    [sendPath, JSON.stringify({ ...hello, msgParam: JSON.stringify({ content: `\u56de\u6267 ${random.word(200)}` }) })],
    [sendPath, '{"msgKey":"\u00ff"}'],
    [sendPath, JSON.stringify({ ...hello, userIds: ['alice', 'nobody'] })],
    [sendPath, 'not JSON'],
    [sendPath, ' '],
    [recallPath, JSON.stringify(unknownKeys)],
    [recallPath, '{}'],
  ] satisfies [string, string][]);
  const bytes = Buffer.from(body).toString('latin1');
  const lines = [`POST ${path} HTTP/1.1`, ...headers(random, known, 0.02), `content-length: ${bytes.length}`];
  return `${lines.join('\r\n')}\r\n\r\n${random.chance(0.05) ? bytes.replace(/.$/s, '\u00ff') : bytes}`;
};

const draws: readonly Draw[] = [...Array<Draw>(9).fill(readStatus), plainPost, post, post, oddReadStatus, chunked];

const first: Piece = { bytes: Buffer.from(requestText('GET /v1.0/first')), responses: 0, turns: 0 };
const last = Buffer.from(requestText('GET /v1.0/last', { connection: 'close' }));

/** Draws the script of one connection: anything, or requests in a form that the fast path serves, or returns from. */
export function drawScript(random: Random, known: Known): Script {
  return random.chance(0.4) ? drawPlain(random, known) : drawAny(random, known);
}

function drawPlain(random: Random, known: Known): Script {
  const script = [first];
  let sent = 1;
  for (let left = 1 + random.int(12); left > 0; left--) {
    const count = random.chance(0.25) ? 2 + random.int(20) : 1;
    const calls = Array.from({ length: count }, () => plainCall(random, known));
    if (random.chance(0.3)) calls[random.int(count)] = plainPost(random, known);
    const text = calls.join('');
    const responses = random.chance(0.8) ? sent : 0;
    script.push(...cut(random, Buffer.from(text, 'latin1'), 0.05).map((piece) => ({ ...piece, responses })));
    sent += count;
  }
  return [...script, { bytes: last, responses: random.chance(0.5) ? sent : 0, turns: 0 }];
}

function drawAny(random: Random, known: Known): Script {
  const script = [first];
  for (let left = 1 + random.int(8); left > 0; left--) {
    const count = random.chance(0.25) ? 2 + random.int(20) : 1;
    const bytes = Buffer.from(
      Array.from({ length: count }, () => random.pick(draws)(random, known)).join(''),
      'latin1',
    );
    if (random.chance(0.05)) bytes[random.int(bytes.length)] = random.int(256);
    script.push(...cut(random, bytes, 0.3));
  }
  return [...script, { bytes: last, responses: 0, turns: random.int(20) }];
}

/** Cuts bytes at up to three random positions, or not at all. */
function cut(random: Random, bytes: Buffer, probability: number): Piece[] {
  const count = random.chance(probability) ? 1 + random.int(3) : 0;
  const positions = Array.from({ length: count }, () => random.int(bytes.length));
  const ends = [...positions.toSorted((a, b) => a - b), bytes.length];
  return ends.map((end, i) => ({ bytes: bytes.subarray(ends[i - 1] ?? 0, end), responses: 0, turns: random.int(30) }));
}
