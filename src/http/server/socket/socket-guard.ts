import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../../../core/context.ts';
import { type WireError, wireError } from '../../../wire/errors.ts';
import { freeMemory } from '../body/buffers.ts';
import { findHeader } from '../headers.ts';
import { createFastPath, type FastPath, type FastPathParts, type Watched } from './fast-path.ts';
import { checkFraming } from './framing.ts';
import { countHandshakeBytes, guardHandshakes } from './handshakes.ts';
import { joinSmallChunks } from './small-chunks.ts';
import {
  busyError,
  formatResponse,
  pipelinedError,
  type Refused,
  renderRefusal,
  toWireError,
} from './socket-refusals.ts';

/** Limits of one connection, and of all of them. Times are milliseconds. */
export type SocketLimits = {
  /** Simultaneous connections. Further ones are refused with 503. */
  readonly connections: number;
  /** Time for a TLS handshake, for the headers of a request, and for the first request of a new connection. */
  readonly headers: number;
  /** Time for which a client may read nothing of a response before its connection is destroyed. */
  readonly writeStall: number;
  /** Time for which a connection stays open after its last response, so that the client can read it. */
  readonly drainTime: number;
  /** Bytes that are read and discarded during the drain before the connection is destroyed. */
  readonly drainBytes: number;
  /** The same two limits for a connection on which a refused file is still arriving; see `allowLinger`. */
  readonly lingerTime: number;
  readonly lingerBytes: number;
  /** Pipelined requests of one connection whose responses are not finished. */
  readonly pipelined: number;
};

export const defaultSocketLimits: SocketLimits = {
  connections: 10_000,
  headers: 10_000,
  writeStall: 30_000,
  drainTime: 1000,
  drainBytes: 64 * 1024,
  lingerTime: 10_000,
  lingerBytes: 32 * 1024 * 1024,
  pipelined: 256,
};

/** The state of an accepted connection. */
type Connection = {
  readonly socket: Socket;
  /** Responses in the order of their requests: those that are not finished, or whose request body is still arriving. */
  readonly responses: ServerResponse[];
  /**
   * `open`: accepts requests. `refused`: accepts no more, and waits for the last response. `draining`: our side is
   * closed, input is discarded. `handedOver`: upgraded to another protocol.
   */
  state: 'open' | 'refused' | 'draining' | 'handedOver';
  /** The number of requests that node:http has parsed. */
  received: number;
  /** Undefined if all requests are served by node:http. */
  watched: Watched | undefined;
  /** Whether the socket's timer is set to `writeStall`. */
  isTimed: boolean;
  /** Whether, at the last sweep, the body of an already answered request was still arriving. */
  isLeftOver: boolean;
};

/** Serves a request that the guard has accepted. */
export type Serve = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Handles connections that request an upgrade to another protocol. */
export type Upgrade = {
  /** Whether the request is for this handler. All others are served like ordinary requests. */
  accepts(incoming: IncomingMessage): boolean;
  handle(incoming: IncomingMessage, handover: Handover): void;
};

/** A connection that is handed over to another protocol. */
export type Handover = {
  readonly socket: Duplex;
  /** The first bytes of the other protocol. */
  readonly head: Buffer;
  /** Sends an error instead, closes the connection, and returns what is logged of the response. */
  refuse(error: unknown): Refused;
  /** Closes the connection after what was written has been sent. */
  drain(): void;
  /** Closes the connection at once. */
  drop(): void;
};

type GuardParts = {
  readonly serve: Serve;
  /** If absent, upgrade requests are served like ordinary requests. */
  readonly upgrade: Upgrade | undefined;
  /** The calls that are served without node:http; none if undefined. */
  readonly fastPath?: FastPathParts | undefined;
  readonly limits: SocketLimits;
  readonly log: Log;
  /** Gets the code of each error that is sent here, except those of `Handover.refuse`. */
  readonly onRefusal: (code: string) => void;
  /** Whether the connections are TLS. Default: false. */
  readonly isSecure?: boolean;
};

/**
 * Guards every socket of a server, and serves the requests that arrive on them. It is the only part of the server that
 * handles sockets; everything else works with requests and responses.
 *
 * Each socket gets an error listener before anything is written. node:http removes its own listener when it hands over
 * a socket (CONNECT or an upgrade), and an 'error' event without a listener would end the process.
 *
 * Every connection is closed in the same way: write the last response, end our side, wait a while for the client to
 * read it, destroy the socket. If it were destroyed at once, with input unread, TCP would reset the connection and the
 * client could lose the response. If it were never destroyed, the client could keep it open forever.
 */
export function guardSockets(server: Server, parts: GuardParts): void {
  const { serve, upgrade, limits, log, onRefusal, isSecure = false } = parts;
  const connections = new Map<Duplex, Connection>();
  const fastPath = parts.fastPath && createFastPath(server, { ...parts.fastPath, pipelined: limits.pipelined });
  const guard: Guard = { connections, fastPath, limits, log, onRefusal, onFinish: createFinishListener(connections) };
  if (isSecure) guardHandshakes(server, () => connections.size, limits.connections + refusedBeyondLimit);
  const accepted = isSecure ? 'secureConnection' : 'connection';
  server.on(accepted, (socket: Socket) => accept(guard, socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = connections.get(socket);
    // Browsers open connections in advance: a connection on which nothing was sent gets no error response.
    const isSilent =
      error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && connection?.socket.bytesRead === countHandshakeBytes(socket);
    if (!connection || isSilent || error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuseConnection(guard, connection, toWireError(error));
  });
  server.on('connect', (incoming, socket) => {
    socket.on('error', ignore);
    const connection = connections.get(incoming.socket);
    const error = wireError('InvalidAction.NotFound', { why: `there is no CONNECT ${incoming.url}` });
    if (connection) refuseConnection(guard, connection, error);
  });
  if (upgrade) {
    server.on('upgrade', (incoming, socket, head) => {
      // node may pass a stream that wraps the socket.
      socket.on('error', ignore);
      const connection = connections.get(incoming.socket);
      if (connection?.state !== 'open') return;
      removeFinished(connection.responses);
      if (connection.responses.length > 0) refuseConnection(guard, connection, pipelinedError());
      else if (!upgrade.accepts(incoming))
        parseAgain(connection, incoming, head, (again) => server.emit(accepted, again));
      else {
        connection.state = 'handedOver';
        upgrade.handle(incoming, createHandover(guard, connection, socket, head));
      }
    });
  }
  // Without this listener node would destroy a socket on timeout, including a quiet event stream;
  // `handleTimeout` decides instead.
  server.on('timeout', () => {});
  // Running out of file descriptors must not stop the server. Errors before it listens are handled by the code that
  // starts it.
  server.on('error', (err) => server.listening && log.warn({ err }, 'a connection could not be accepted'));
  sweepRegularly(server, guard);
  const receive: Serve = (incoming, outgoing) => {
    if (!register(guard, incoming, outgoing)) return;
    const framing = checkFraming(incoming);
    if (typeof framing !== 'boolean') return refuseRequest(guard, connections.get(incoming.socket), outgoing, framing);
    if (framing) joinSmallChunks(incoming);
    if (asksForUpgrade(incoming)) outgoing.shouldKeepAlive = false;
    serve(incoming, outgoing);
  };
  server.on('request', receive);
  // `100 Continue` is sent when the body is read. Unknown expectations are ignored instead of refused.
  server.on('checkContinue', receive);
  server.on('checkExpectation', receive);
}

/**
 * Serves a request whose upgrade is not taken: parses it again without its Upgrade header. Only versions of Node that do
 * not know `shouldUpgradeCallback` hand over such connections.
 */
function parseAgain(
  { socket }: Connection,
  incoming: IncomingMessage,
  head: Buffer,
  parse: (socket: Socket) => void,
): void {
  const { method, url, httpVersion, rawHeaders } = incoming;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() !== 'upgrade') text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  parse(socket);
}

function createHandover(guard: Guard, connection: Connection, socket: Duplex, head: Buffer): Handover {
  return {
    socket,
    head,
    refuse(error) {
      connection.state = 'open';
      return refuseConnection({ ...guard, onRefusal: ignore }, connection, error);
    },
    drain: () => drain(guard, connection),
    drop: () => socket.destroy(),
  };
}

/**
 * Whether a request asks for an upgrade that is not taken. node drops the bytes that arrived after it, so its connection
 * must end. Clients that offer HTTP/2 (`h2c`) do so on every request and do not pipeline, so they keep the connection.
 */
function asksForUpgrade({ rawHeaders }: IncomingMessage): boolean {
  const protocol = findHeader(rawHeaders, 'upgrade');
  return protocol !== undefined && protocol.toLowerCase() !== 'h2c';
}

type Guard = {
  readonly connections: Map<Duplex, Connection>;
  readonly fastPath: FastPath | undefined;
  readonly limits: SocketLimits;
  readonly log: Log;
  readonly onRefusal: GuardParts['onRefusal'];
  /** The 'finish' listener of every response. */
  readonly onFinish: (this: ServerResponse) => void;
};

/**
 * Returns a listener that removes a response from its connection as soon as it is finished. Otherwise an idle
 * connection would keep its last response alive until the garbage collector promotes it to the old generation. Measured
 * with 64 connections, readStatus then took a fifth more processor time.
 */
function createFinishListener(connections: ReadonlyMap<Duplex, Connection>) {
  return function onFinish(this: ServerResponse): void {
    const connection = connections.get(this.req.socket);
    if (connection) removeFinished(connection.responses);
  };
}

/** Connections above the limit that still get an error response; any further ones are destroyed without a response. */
const refusedBeyondLimit = 32;

function accept(guard: Guard, socket: Socket): void {
  const { connections, limits } = guard;
  // Its request is parsed again.
  if (connections.has(socket)) return;
  socket.on('error', ignore);
  const connection: Connection = {
    ...{ socket, responses: [], state: 'open', received: 0, watched: undefined },
    ...{ isTimed: false, isLeftOver: false },
  };
  connections.set(socket, connection);
  socket.on('close', () => connections.delete(socket));
  socket.on('timeout', () => handleTimeout(connection));
  // node calls this after the last response of a connection.
  socket.destroySoon = () => drain(guard, connection);
  if (connections.size <= limits.connections)
    connection.watched = guard.fastPath?.watch(socket, (passed) => isIdle(connection, passed));
  else if (connections.size > limits.connections + refusedBeyondLimit) socket.destroy();
  else refuseConnection(guard, connection, busyError('too many connections'));
}

/** Whether a connection accepts requests, and all requests of node:http (their number is `passed`) have been answered. */
function isIdle({ state, received, responses }: Connection, passed: number): boolean {
  return state === 'open' && received === passed && responses.length === 0;
}

/** Ignores socket errors, such as a reset by the peer; node destroys the socket afterwards. */
const ignore = () => {};

/**
 * Registers a request with its connection, and returns whether to serve it. A request on a connection that is closing
 * is ignored; one above the pipelining limit is refused here.
 */
function register(guard: Guard, { socket }: IncomingMessage, outgoing: ServerResponse): boolean {
  const connection = guard.connections.get(socket);
  if (connection?.state !== 'open') return false;
  const { responses } = connection;
  connection.received++;
  removeFinished(responses);
  responses.push(outgoing);
  outgoing.on('finish', guard.onFinish);
  if (responses.length <= guard.limits.pipelined) return true;
  refuseRequest(guard, connection, outgoing, busyError('too many requests of one connection at once'));
  return false;
}

/** Removes the leading responses that are finished and whose request body has arrived completely. */
function removeFinished(responses: ServerResponse[]): void {
  while (responses[0]?.writableFinished && responses[0].req.complete) responses.shift();
}

function refuseRequest(
  { log, onRefusal }: Guard,
  connection: Connection | undefined,
  outgoing: ServerResponse,
  error: WireError,
): void {
  if (connection) connection.state = 'refused';
  const { status, code, headers, body } = renderRefusal(error, log);
  onRefusal(code);
  outgoing.writeHead(status, [...headers, 'connection', 'close']);
  outgoing.end(body);
}

/**
 * Sends an error for input that is not a valid request, after the responses to the requests before it, and closes the
 * connection. Returns the HTTP status.
 */
function refuseConnection(guard: Guard, connection: Connection, error: unknown): Refused {
  const refusal = renderRefusal(error, guard.log);
  if (connection.state !== 'open') return refusal;
  guard.onRefusal(refusal.code);
  connection.state = 'refused';
  const { socket, responses } = connection;
  const broken = responses.at(-1);
  // The invalid input may be the body of a request that has already been answered; then no second response may be sent.
  const isAnswered = broken?.headersSent === true && !broken.req.complete;
  const before = responses.findLast((one) => !one.writableFinished && (one.req.complete || isAnswered));
  const finish = () => {
    if (socket.writable && !isAnswered) socket.write(formatResponse(refusal));
    drain(guard, connection);
  };
  if (before) before.once('close', finish);
  else finish();
  return refusal;
}

const lingering = new WeakSet<Socket>();

/**
 * Lets a connection drain longer. Many clients send all of a file before they read the response, and would lose it if
 * the connection was reset meanwhile.
 */
export function allowLinger(socket: Socket): void {
  lingering.add(socket);
}

/** Ends our side of the connection, discards input for a while, and then destroys the socket. */
function drain({ limits }: Guard, connection: Connection): void {
  const { socket, state } = connection;
  if (state === 'draining' || socket.destroyed) return;
  connection.state = 'draining';
  const isLingering = lingering.has(socket);
  let left = isLingering ? limits.lingerBytes : limits.drainBytes;
  // Detach the parser: input after a refusal must not be parsed as a request.
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    freeMemory(chunk);
    if (left < 0) socket.destroy();
  });
  socket.end(() => {
    const timer = setTimeout(() => socket.destroy(), isLingering ? limits.lingerTime : limits.drainTime);
    socket.once('close', () => clearTimeout(timer));
  });
  socket.resume();
}

/** Checks all connections periodically, so that no request needs its own timer. */
function sweepRegularly(server: Server, guard: Guard): void {
  let timer: NodeJS.Timeout | undefined;
  const sweep = () => {
    for (const connection of guard.connections.values()) checkConnection(guard, connection);
  };
  server.on('listening', () => {
    timer = setInterval(sweep, Math.min(1000, guard.limits.writeStall / 4)).unref();
  });
  server.on('close', () => clearInterval(timer));
}

/**
 * Checks one connection. If it has unsent bytes, sets the socket's timer, which node resets whenever the peer reads
 * some of them. Closes the connection if, at two consecutive sweeps, a request had been answered while its body was
 * still arriving.
 */
function checkConnection(guard: Guard, connection: Connection): void {
  const { socket, responses, isTimed, isLeftOver } = connection;
  removeFinished(responses);
  const isWriting = socket.writableLength > 0;
  if (isWriting && !isTimed) socket.setTimeout(guard.limits.writeStall);
  connection.isTimed = isWriting;
  connection.isLeftOver = responses[0]?.writableFinished === true;
  if (connection.isLeftOver && isLeftOver) drain(guard, connection);
}

/**
 * Handles a socket timeout: the write stall of a client that does not read, or node's keep-alive timeout of an idle
 * connection.
 */
function handleTimeout({ socket, responses, state, watched }: Connection): void {
  removeFinished(responses);
  // The next response starts the timer again.
  if (socket.writableLength === 0 && watched?.isWaiting()) return;
  const isWaiting = responses.length > 0 || state === 'handedOver';
  if (socket.writableLength === 0 && isWaiting) socket.setTimeout(0);
  else socket.destroy();
}
