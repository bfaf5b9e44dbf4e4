/** Forwards requests and WebSockets of a program to a server. */
import { Agent, type IncomingMessage, request as requestPlain, type ServerResponse, STATUS_CODES } from 'node:http';
import { request as requestSecure, Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { join, pipe } from './join.ts';

/** The changes that are made when a request is forwarded. */
export type Changes = {
  /** The body of the request, if it has been read already. */
  readonly body?: Buffer;
  /** Returns another body for the response; gets its text. */
  readonly render?: (text: string) => string;
};

// No connection is used twice: a server may close an idle one at the moment of the next request. The agents also take
// no proxy from the environment of this process.
const agents = { plain: new Agent({ keepAlive: false }), secure: new SecureAgent({ keepAlive: false }) };

/** Headers of one connection (RFC 9110, 7.6.1), and `expect`, which this server has answered itself. */
const ownHeaders = new Set([
  ...['connection', 'proxy-connection', 'keep-alive', 'proxy-authorization', 'proxy-authenticate', 'te', 'expect'],
]);

/** Sends a request to an origin, and its response back. `path` includes the query. */
export function forward(
  origin: URL,
  path: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { body, render }: Changes = {},
): void {
  const call = open(origin, path, incoming, listHeaders(incoming, origin, body));
  call.on('response', (answer) => {
    if (render) return void renderAnswer(answer, outgoing, render).catch(() => outgoing.destroy());
    if (writeHead(outgoing, answer, filterHeaders(answer.rawHeaders))) pipe(answer, outgoing);
  });
  // The request has not asked for another protocol. Node emits neither a response nor an error.
  call.on('upgrade', (_, upstream) => {
    upstream.destroy();
    outgoing.destroy();
  });
  call.on('error', (error: NodeJS.ErrnoException) => fail(outgoing, origin, error));
  outgoing.on('close', () => call.destroy());
  if (body) call.end(body);
  else pipe(incoming, call);
}

function open(origin: URL, path: string, { method = 'GET' }: IncomingMessage, headers: string[]) {
  const isSecure = origin.protocol === 'https:';
  const options = { method, path, headers, agent: isSecure ? agents.secure : agents.plain };
  return isSecure ? requestSecure(origin, options) : requestPlain(origin, options);
}

/** Returns the headers of a request to an origin as a flat list, so that repeated ones and their case are kept. */
function listHeaders(incoming: IncomingMessage, { host, origin }: URL, body?: Buffer): string[] {
  const { rawHeaders, method = 'GET' } = incoming;
  const dropped = body === undefined ? ['host'] : ['host', ...framing];
  const kept = filterHeaders(rawHeaders, isOwnOrigin(incoming) ? [...dropped, 'origin'] : dropped);
  if (isOwnOrigin(incoming)) kept.push('origin', origin);
  const names = kept.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const isFramed = framing.some((name) => names.includes(name));
  // Without a length, node would send a chunked body with these methods.
  const length = !isFramed && !['GET', 'HEAD', 'OPTIONS'].includes(method) ? (body?.length ?? 0) : undefined;
  return ['host', host, ...kept, ...(length === undefined ? [] : ['content-length', String(length)])];
}

/** Whether a client sent the origin of the server itself, as some SDKs do: it has to follow the change of the host. */
function isOwnOrigin({ headers: { origin, host = '' } }: IncomingMessage): boolean {
  const sent = origin === undefined ? null : URL.parse(origin);
  return sent !== null && [`http://${host}`, `https://${host}`].some((own) => URL.parse(own)?.host === sent.host);
}

const framing = ['content-length', 'transfer-encoding'];

function filterHeaders(raw: readonly string[], more: readonly string[] = []): string[] {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = raw.slice(i, i + 2);
    const lower = name.toLowerCase();
    if (!ownHeaders.has(lower) && lower !== 'upgrade' && !more.includes(lower)) kept.push(name, value);
  }
  return kept;
}

async function renderAnswer(answer: IncomingMessage, outgoing: ServerResponse, render: (text: string) => string) {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const body = Buffer.from(render(Buffer.concat(chunks).toString()));
  const headers = [...filterHeaders(answer.rawHeaders, framing), 'content-length', String(body.length)];
  if (writeHead(outgoing, answer, headers)) outgoing.end(body);
}

/**
 * Writes the head of a response. Node accepts responses that it cannot write, such as one with the status 099. In this
 * case the connection is closed, and the result is false.
 */
function writeHead(outgoing: ServerResponse, { statusCode = 502, statusMessage }: IncomingMessage, headers: string[]) {
  try {
    outgoing.writeHead(statusCode, statusMessage, headers);
    return true;
  } catch {
    outgoing.destroy();
    return false;
  }
}

/** A server that cannot be reached gives 502. One that drops the connection is passed on as it is. */
function fail(outgoing: ServerResponse, { origin }: URL, { code = '', syscall = '' }: NodeJS.ErrnoException): void {
  const isUnreached = syscall === 'connect' || syscall === 'getaddrinfo' || /^(?:CERT|ERR_TLS|UNABLE|DEPTH)/.test(code);
  if (outgoing.headersSent || !isUnreached) return void outgoing.destroy();
  const text = `huizhi run: ${origin} cannot be reached (${code})\n`;
  outgoing.writeHead(502, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Connects a program that requested another protocol, such as a WebSocket, with an origin. */
export function forwardUpgrade(origin: URL, path: string, incoming: IncomingMessage, socket: Duplex, head: Buffer) {
  const { upgrade = 'websocket' } = incoming.headers;
  const headers = [...listHeaders(incoming, origin), 'connection', 'Upgrade', 'upgrade', upgrade];
  const call = open(origin, path, incoming, headers);
  socket.on('error', () => {});
  socket.on('close', () => call.destroy());
  call.on('error', () => socket.destroy());
  call.on('upgrade', (answer, upstream, first) => {
    socket.write(formatHead(answer, ['connection', 'Upgrade', 'upgrade', answer.headers.upgrade ?? upgrade]));
    socket.write(first);
    upstream.write(head);
    join(socket, upstream);
  });
  // The server did not accept the other protocol; its response is the last one on this connection.
  call.on('response', (answer) => {
    socket.write(formatHead(answer, ['connection', 'close']));
    pipe(answer, socket);
  });
  call.end();
}

/** A body whose length is not known ends with the connection, so `transfer-encoding` is left out. */
function formatHead({ statusCode = 502, rawHeaders }: IncomingMessage, own: readonly string[]): string {
  const headers = [...filterHeaders(rawHeaders, ['transfer-encoding']), ...own];
  let text = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}\r\n`;
}
