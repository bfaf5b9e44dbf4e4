import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { idempotencyHeader, tokenHeader } from '../../../wire/headers.ts';
import { blockSize, freeMemory } from '../body/buffers.ts';
import { type Answer, type Arrival, type Call, decodeBody } from '../call.ts';
import { findHeader, formatEnd, formatStart, toHeaderObject } from '../headers.ts';
import type { HostCheck } from '../host-check.ts';
import { checkFraming } from './framing.ts';

/**
 * The fast path: serves the calls for one-to-one messages on the socket, without node:http, which costs more than a
 * receipt itself.
 *
 * It replaces no check. It recognises requests in a grammar that is much narrower than HTTP, and passes everything else
 * to the parser of node:http, byte for byte:
 *
 * - A chunk is served here if it consists of whole GET requests for the one path, or of a single whole POST request for
 *   one of a few, each with known headers that occur once. They reach the same gateway as all others (see `Arrival`),
 *   and are answered with the bytes node:http would send.
 * - Any other chunk is passed to node:http. If it contains whole requests in the plain grammar of `readHead`, or the
 *   beginning of the body of one, its end is known, and the connection returns to the fast path when they are answered.
 * - From the first chunk whose end is not known (pieces of headers, transfer codings, upgrades, syntax errors), the
 *   connection belongs to node:http for good.
 *
 * So a chunk is only looked at where node:http, too, expects a new request. The first request of a connection always
 * goes to node:http, which from then on counts the connection as idle and applies its timeouts.
 */
export type FastPath = {
  /**
   * Serves a new connection. `isIdle` tells whether it accepts requests and all `passed` requests have been answered.
   */
  watch(socket: Socket, isIdle: (passed: number) => boolean): Watched | undefined;
};

/** A connection on the fast path. */
export type Watched = {
  /** Whether an answer of the fast path is still to be written. */
  isWaiting(): boolean;
};

export type FastPathParts = {
  /** The path of the call with GET, which must have a query. */
  readonly path: string;
  /** The paths of the calls with POST, which must have a body and no query. */
  readonly posts: readonly string[];
  /** Reserves memory for a body; see `Bodies`. */
  readonly reserve: (bytes: number) => (() => void) | undefined;
  readonly serve: (arrival: Arrival) => void;
  /** Absent if every host name is accepted. */
  readonly isKnownHost?: HostCheck | undefined;
};

type Fast = FastPathParts & {
  readonly server: Server;
  /** With what every request that is served here begins. */
  readonly starts: readonly string[];
  /** Requests of one connection whose responses are not written, at most. */
  readonly pipelined: number;
  readonly readHead: HeadReader;
};

type Connection = {
  readonly socket: Socket;
  readonly isIdle: (passed: number) => boolean;
  /** The listener by which node:http parses a chunk. */
  readonly parse: (chunk: Buffer) => void;
  readonly receive: (chunk: Buffer) => void;
  /** The responses to the requests that are served here, in their order. */
  readonly slots: Slot[];
  /** The number of requests that were passed to node:http. */
  passed: number;
  /** Bytes that the body of the last of them still needs. */
  rest: number;
  /** A chunk for node:http that waits for the responses in `slots`. */
  held: Buffer | undefined;
};

/** A response, once it is known; empty if the connection is dropped instead. */
type Slot = { response: string | undefined };

/** Creates the fast path of a server. */
export function createFastPath(server: Server, parts: FastPathParts & { readonly pipelined: number }): FastPath {
  const fast: Fast = { ...parts, server, starts: listStarts(parts), readHead: createHeadReader(parts) };
  const connections = new Set<Connection>();
  protectWaiting(server, connections);
  return {
    watch(socket, isIdle) {
      const [parse, ...others] = socket.listeners('data') as ((chunk: Buffer) => void)[];
      if (!parse || others.length > 0) return undefined;
      const receive = (chunk: Buffer) => receiveChunk(fast, connection, chunk);
      const connection: Connection = {
        ...{ socket, isIdle, parse, receive, slots: [], passed: 0, rest: 0, held: undefined },
      };
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
      // node:http stops reading from the handle itself as soon as there is another listener.
      socket.on('data', receive).off('data', parse);
      return { isWaiting: () => connection.slots.length > 0 };
    },
  };
}

const listStarts = ({ path, posts }: FastPathParts) => [`GET ${path}?`, ...posts.map((post) => `POST ${post} `)];

/** Makes `closeIdleConnections()` spare connections that wait for a response of the fast path, which node:http does not know. */
function protectWaiting(server: Server, connections: ReadonlySet<Connection>): void {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const waiting = [...connections].filter(({ slots }) => slots.length > 0);
    for (const { socket } of waiting) socket.destroy = () => socket;
    closeIdle();
    for (const { socket } of waiting) Reflect.deleteProperty(socket, 'destroy');
  };
}

function receiveChunk(fast: Fast, connection: Connection, chunk: Buffer): void {
  if (connection.rest > 0) {
    passBody(connection, chunk);
    return;
  }
  const text = decodeStart(chunk);
  const isWhole = text.length === chunk.length;
  const requests = isWhole && isReady(fast, connection) ? recognise(fast, connection, text) : undefined;
  if (requests) for (const request of requests) fast.serve(toArrival(fast, connection, request, chunk));
  else if (connection.slots.length > 0) hold(connection, chunk);
  else pass(fast, connection, text, chunk);
}

/** Decodes the start of a chunk. A large one is a part of a body, or has more requests than are served here at once. */
const decodeStart = (chunk: Buffer) => chunk.toString('latin1', 0, Math.min(chunk.length, blockSize));

/** Whether a chunk may be served here. A client that does not read its responses, and a server that closes, are left to node:http. */
function isReady({ server }: Fast, { socket, passed, isIdle }: Connection): boolean {
  return passed > 0 && socket.writableLength === 0 && server.listening && isIdle(passed);
}

/** A request that is served here. `release` frees the memory of its body, if it has one. */
type Request = Head & { readonly release?: () => void };

/** Returns the requests of a chunk if all of it can be served here. */
function recognise(
  { starts, readHead, pipelined, reserve }: Fast,
  { slots }: Connection,
  text: string,
): readonly Request[] | undefined {
  // Headers of other requests are read once, by `pass`.
  if (!starts.some((start) => hasAt(text, start, 0))) return undefined;
  const requests: Request[] = [];
  for (let at = 0; at < text.length; ) {
    const head = readHead(text, at);
    if (!head?.isServed || slots.length + requests.length >= pipelined) return undefined;
    if (head.length > 0) {
      // A connection has one body in memory: it waits for no other response, and nothing follows it in its chunk.
      const isAlone = at === 0 && slots.length === 0 && head.end + head.length === text.length;
      const release = isAlone ? reserve(head.length) : undefined;
      return release && [{ ...head, release }];
    }
    requests.push(head);
    at = head.end;
  }
  return requests;
}

/** Keeps a chunk, and stops reading, until all responses before it are written. */
function hold(connection: Connection, chunk: Buffer): void {
  connection.held = chunk;
  connection.socket.pause();
}

/** Passes a chunk that was held. Reading continues first, because node:http may stop it again. */
function release(fast: Fast, connection: Connection, chunk: Buffer): void {
  connection.held = undefined;
  // The parser of a closed connection may serve another one already.
  if (connection.socket.destroyed) return;
  connection.socket.resume();
  pass(fast, connection, decodeStart(chunk), chunk);
}

/** Passes a chunk that begins with a request to node:http. `text` is its start. */
function pass({ readHead }: Fast, connection: Connection, text: string, chunk: Buffer): void {
  let end = 0;
  while (end < chunk.length) {
    const head = readHead(text, end);
    if (head === undefined) {
      handOver(connection, chunk);
      return;
    }
    connection.passed++;
    end = head.end + head.length;
  }
  connection.rest = end - chunk.length;
  parseChunk(connection, chunk);
}

/** Passes a part of a body to node:http. What comes after the body begins at the end of a chunk only. */
function passBody(connection: Connection, chunk: Buffer): void {
  if (chunk.length <= connection.rest) {
    connection.rest -= chunk.length;
    parseChunk(connection, chunk);
  } else handOver(connection, chunk);
}

/** Leaves the connection to node:http for good, from this chunk on. */
function handOver(connection: Connection, chunk: Buffer): void {
  const { socket, parse, receive } = connection;
  socket.off('data', receive).on('data', parse).on('data', freeParsed);
  parseChunk(connection, chunk);
}

function parseChunk({ socket, parse }: Connection, chunk: Buffer): void {
  parse(chunk);
  freeParsed.call(socket, chunk);
}

/**
 * Frees a large chunk after the parser of node:http, which copies what it needs: the garbage collector would leave some
 * 60 MB of them. A connection without a parser was upgraded, and its new protocol has what follows.
 */
function freeParsed(this: Socket & { readonly parser?: unknown }, chunk: Buffer): void {
  if (!this.parser) this.off('data', freeParsed);
  else if (chunk.length > blockSize) freeMemory(chunk);
}

function toArrival(fast: Fast, connection: Connection, request: Request, chunk: Buffer): Arrival {
  const { method, path, query, headers, end, length, release } = request;
  const slot: Slot = { response: undefined };
  connection.slots.push(slot);
  const { raw, header } = headers;
  return {
    started: performance.now(),
    toCall: (requestId) => ({
      ...{ method, path, query, requestId, header },
      address: connection.socket.remoteAddress ?? '',
      headers: () => toHeaderObject(raw),
      body: () => decodeBody(chunk.subarray(end, end + length)),
    }),
    respond(call, answer) {
      release?.();
      slot.response = answer.drop ? '' : renderResponse(fast, call, answer);
      flush(fast, connection);
    },
  };
}

/** Writes the responses that are complete, in the order of their requests. */
function flush(fast: Fast, connection: Connection): void {
  const { socket, slots, held } = connection;
  for (let response = slots[0]?.response; response !== undefined; response = slots[0]?.response) {
    slots.shift();
    if (response === '') socket.destroy();
    else if (socket.writable) socket.write(response, 'latin1');
  }
  if (held && slots.length === 0) release(fast, connection, held);
}

/** Renders a response as node:http does, as a byte string. */
function renderResponse({ server }: Fast, { requestId, header }: Call, answer: Answer): string {
  const { status, bytes, headers } = answer;
  const body = bytes ? answer.body : Buffer.from(answer.body).toString('latin1');
  let head = formatStart(status, requestId, body.length, header('origin') !== undefined);
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  return head + formatEnd(server.keepAliveTimeout) + body;
}

/** The head of a request. */
type Head = {
  readonly method: string;
  /** The target without its query, if it has one of the paths that are served here. */
  readonly path: string;
  readonly query: string;
  /** Whether the request is one that is served here, if its body is complete. */
  readonly isServed: boolean;
  readonly headers: Headers;
  /** The position after the headers, and the length of the body that follows. */
  readonly end: number;
  readonly length: number;
};

type Headers = {
  /** The headers as text, with the empty line at their end. */
  readonly block: string;
  /** Names and values in turn. */
  readonly raw: readonly string[];
  readonly header: (name: string) => string | undefined;
  /** The content length; 0 if none was given. */
  readonly length: number;
  /** Whether all headers are known and given once. */
  readonly isKnown: boolean;
};

type HeadReader = (text: string, at: number) => Head | undefined;

/** Characters of the headers of a request; node:http refuses 16 KiB, including the request line. */
const longestBlock = 8192;
const longestTarget = 4096;

/** A request line: no absolute URL, no fragment, no character that a URL must not contain. */
const requestLine = /(?:GET|POST|PUT|DELETE) \/[\w\-.~!$&'()*+,;=:@%/?]* HTTP\/1\.1\r\n/y;
const requestLineEnd = ' HTTP/1.1\r\n'.length;

/** A header with a value of printable ASCII, without spaces around it. */
const headerLine = /([\w-]+): ?([!-~](?:[ -~]*[!-~])?)\r\n/y;

/** Headers that decide where a request ends, or what follows it. A request with one of them is left to node:http. */
const otherFraming = new Set(['transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'proxy-connection']);

/** Headers that a request may have to be served here. */
const known = new Set([
  'host',
  'connection',
  'content-length',
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cache-control',
  'content-type',
  'forwarded',
  idempotencyHeader,
  'origin',
  'pragma',
  'referer',
  'sec-fetch-mode',
  'traceparent',
  'tracestate',
  'user-agent',
  'via',
  tokenHeader,
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
]);

/**
 * Creates a function that reads the head of the request that begins at a position. It returns undefined if the head is
 * not complete, or not in the grammar above.
 */
function createHeadReader({ path, posts, isKnownHost }: FastPathParts): HeadReader {
  const prefix = `${path}?`;
  const postPaths = new Set(posts);
  // Nearly all requests have the same headers as an earlier one, so they are not parsed and checked again.
  let lastOfGet: Headers | undefined;
  let lastOfPost: Headers | undefined;
  const isPlain = (method: string, { raw, header, length, isKnown }: Headers) => {
    const isFramed = method === 'POST' ? length > 0 : header('content-length') === undefined;
    if (!isKnown || !isFramed) return false;
    if (checkFraming({ httpVersion: '1.1', method, url: path, rawHeaders: [...raw] })) return false;
    return isKnownHost?.({ rawHeaders: [...raw] }) ?? true;
  };
  return (text, at) => {
    requestLine.lastIndex = at;
    if (!requestLine.test(text)) return undefined;
    const start = requestLine.lastIndex;
    const method = text.slice(at, text.indexOf(' ', at));
    const target = text.slice(at + method.length + 1, start - requestLineEnd);
    if (target.length > longestTarget) return undefined;
    const isPost = method === 'POST';
    const isCall = isPost ? postPaths.has(target) : method === 'GET' && hasAt(target, prefix, 0);
    const last = isPost ? lastOfPost : lastOfGet;
    const headers = last && hasAt(text, last.block, start) ? last : readHeaders(text, start);
    if (!headers) return undefined;
    const isServed = isCall && (headers === last || isPlain(method, headers));
    if (isServed && isPost) lastOfPost = headers;
    else if (isServed) lastOfGet = headers;
    const query = isPost ? '' : target.slice(prefix.length);
    const { block, length } = headers;
    return { method, path: isPost ? target : path, query, isServed, headers, end: start + block.length, length };
  };
}

/** Whether a text has a part at a position. V8 compares whole strings faster than `startsWith` compares their parts. */
const hasAt = (text: string, part: string, at: number) => text.slice(at, at + part.length) === part;

function readHeaders(text: string, start: number): Headers | undefined {
  const raw: string[] = [];
  const names = new Set<string>();
  let at = start;
  let isKnown = true;
  for (headerLine.lastIndex = at; ; headerLine.lastIndex = at) {
    const [line, given = '', value = ''] = headerLine.exec(text) ?? [];
    if (line === undefined) break;
    const name = given.toLowerCase();
    if (otherFraming.has(name) || (name === 'connection' && value.toLowerCase() !== 'keep-alive')) return undefined;
    if (name === 'content-length' && (names.has(name) || !/^\d{1,9}$/.test(value))) return undefined;
    isKnown &&= known.has(name) && !names.has(name);
    names.add(name);
    raw.push(given, value);
    at += line.length;
  }
  if (!text.startsWith('\r\n', at) || at - start > longestBlock) return undefined;
  const header = (name: string) => findHeader(raw, name);
  const length = Number(header('content-length') ?? 0);
  return { block: text.slice(start, at + 2), raw, header, length, isKnown };
}
