import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../../core/context.ts';
import { type WireError, wireError } from '../../wire/errors.ts';
import { checkFraming } from './framing.ts';
import { gatewayHeaders } from './headers.ts';
import { renderError } from './render.ts';
import { newRequestId } from './request-id.ts';
import { joinSmallChunks } from './small-chunks.ts';

/** What one connection, and all of them, may take. Times are milliseconds. */
export type SocketLimits = {
  /** Connections at once; a further one is answered with 503. */
  readonly connections: number;
  /** How long the headers of a request may take, and the first request of a connection. */
  readonly headers: number;
  /** How long a client may go without reading anything of a response. */
  readonly writeStall: number;
  /** How long a connection stays open after its last answer for the client to read it, and how many bytes are read meanwhile. */
  readonly drainTime: number;
  readonly drainBytes: number;
  /** Requests of one connection that wait for their responses at once. */
  readonly pipelined: number;
};

export const defaultSocketLimits: SocketLimits = {
  connections: 10_000,
  headers: 10_000,
  writeStall: 30_000,
  drainTime: 1000,
  drainBytes: 64 * 1024,
  pipelined: 256,
};

/** A connection from the moment it is accepted. */
type Connection = {
  readonly socket: Socket;
  /** Responses in the order of their requests: those that are unfinished, and those whose request is still sending its body. */
  readonly responses: ServerResponse[];
  /** `open` takes requests; `refused` waits for the last answer; `draining` reads and ignores; `handedOver` speaks another protocol. */
  state: 'open' | 'refused' | 'draining' | 'handedOver';
  /** Whether the timer of the socket is set to the write stall. */
  isTimed: boolean;
  /** Whether the last sweep found the body of an answered request still arriving. */
  isLeftOver: boolean;
};

/** Serves a request that the guard has let through. */
export type Serve = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Takes a connection that asked for another protocol. */
export type Upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

type GuardParts = {
  readonly serve: Serve;
  /** Without it a request for another protocol is answered as if it had not asked. */
  readonly upgrade: Upgrade | undefined;
  readonly limits: SocketLimits;
  readonly log: Log;
};

/**
 * Guards every socket of a server, and serves the requests that arrive on them. It is the only part of the server that handles sockets:
 * everything else works with requests and responses. Each socket has an error listener of its own before anything is written: node:http removes its listener when it
 * hands a socket over (CONNECT, an upgrade), and an 'error' event without a listener ends the process. Each ends in the same way: the answer,
 * the end of our side, a while in which the client can read it, and then destruction. Destroyed at once, with bytes of the client unread, it
 * would be reset, and the client would lose the answer; never destroyed, it would stay as long as the client likes.
 */
export function guardSockets(server: Server, { serve, upgrade, limits, log }: GuardParts): void {
  const connections = new Map<Duplex, Connection>();
  const guard: Guard = { connections, limits, log, forgetFinished: forgetFinishedIn(connections) };
  server.on('connection', (socket: Socket) => accept(guard, socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = connections.get(socket);
    // Nothing was asked, so nothing is answered: browsers open connections in advance.
    const isSilent = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && connection?.socket.bytesRead === 0;
    if (!connection || isSilent || error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuseConnection(guard, connection, parserError(error));
  });
  server.on('connect', (incoming, socket) => {
    socket.on('error', ignore);
    const connection = connections.get(incoming.socket);
    const error = wireError('InvalidAction.NotFound', { why: `there is no CONNECT ${incoming.url}` });
    if (connection) refuseConnection(guard, connection, error);
  });
  if (upgrade) {
    server.on('upgrade', (incoming, socket, head) => {
      // node may hand over a stream of its own around the socket.
      socket.on('error', ignore);
      const connection = connections.get(incoming.socket);
      if (connection?.state !== 'open') return;
      connection.state = 'handedOver';
      upgrade(incoming, socket, head);
    });
  }
  // Timers of sockets are the guard's own affair; node would destroy a stream that is only quiet.
  server.on('timeout', () => {});
  // Descriptors that have run out are no reason to stop; before it listens, whoever started the server handles its errors.
  server.on('error', (err) => server.listening && log.warn({ err }, 'a connection could not be accepted'));
  sweepRegularly(server, guard);
  const receive: Serve = (incoming, outgoing) => {
    if (!enter(guard, incoming, outgoing)) return;
    const framing = checkFraming(incoming);
    if (typeof framing !== 'boolean') return refuseRequest(guard, connections.get(incoming.socket), outgoing, framing);
    if (framing) joinSmallChunks(incoming);
    serve(incoming, outgoing);
  };
  server.on('request', receive);
  // Whoever reads the body says that it may come. An expectation that nobody here knows is no reason to refuse.
  server.on('checkContinue', receive);
  server.on('checkExpectation', receive);
}

type Guard = {
  readonly connections: Map<Duplex, Connection>;
  readonly limits: SocketLimits;
  readonly log: Log;
  /** Listens to 'finish' of every response. */
  readonly forgetFinished: (this: ServerResponse) => void;
};

/**
 * Returns a listener that drops a response as soon as it is finished. An idle connection that held its last response would carry it, and with it
 * the one before, into the old generation: measured with 64 connections, a readStatus took a fifth more processor time.
 */
function forgetFinishedIn(connections: ReadonlyMap<Duplex, Connection>) {
  return function forgetFinished(this: ServerResponse): void {
    const connection = connections.get(this.req.socket);
    if (connection) forget(connection.responses);
  };
}

/** Connections beyond the limit that are still told so; a flood of them is dropped without a word. */
const toldBeyondLimit = 32;

function accept(guard: Guard, socket: Socket): void {
  const { connections, limits } = guard;
  socket.on('error', ignore);
  const connection: Connection = { socket, responses: [], state: 'open', isTimed: false, isLeftOver: false };
  connections.set(socket, connection);
  socket.on('close', () => connections.delete(socket));
  socket.on('timeout', () => expire(connection));
  // What node calls after the last response of a connection.
  socket.destroySoon = () => drain(guard, connection);
  if (connections.size <= limits.connections) return;
  if (connections.size > limits.connections + toldBeyondLimit) socket.destroy();
  else refuseConnection(guard, connection, busy('too many connections'));
}

/** A peer that resets its connection is no fault of this process; node destroys the socket by itself. */
const ignore = () => {};

/**
 * Enters a request, and returns whether it is to be served. One of a connection that is being refused is not, and neither is one too many at
 * once, which this answers.
 */
function enter(guard: Guard, { socket }: IncomingMessage, outgoing: ServerResponse): boolean {
  const connection = guard.connections.get(socket);
  if (connection?.state !== 'open') return false;
  const { responses } = connection;
  forget(responses);
  responses.push(outgoing);
  outgoing.on('finish', guard.forgetFinished);
  if (responses.length <= guard.limits.pipelined) return true;
  refuseRequest(guard, connection, outgoing, busy('too many requests of one connection at once'));
  return false;
}

/** Removes the responses that are finished, unless the body of their request still arrives. */
function forget(responses: ServerResponse[]): void {
  while (responses[0]?.writableFinished && responses[0].req.complete) responses.shift();
}

function refuseRequest(
  { log }: Guard,
  connection: Connection | undefined,
  outgoing: ServerResponse,
  error: WireError,
): void {
  if (connection) connection.state = 'refused';
  const { status, flat, body } = refusal(error, log);
  outgoing.writeHead(status, [...flat, 'connection', 'close']);
  outgoing.end(body);
}

/** Answers what is no request, after the answers to the requests before it. */
function refuseConnection(guard: Guard, connection: Connection, error: WireError): void {
  if (connection.state !== 'open') return;
  connection.state = 'refused';
  const { socket, responses } = connection;
  const broken = responses.at(-1);
  // What is wrong may be the rest of a request that has its answer already.
  const isAnswered = broken?.headersSent === true && !broken.req.complete;
  const before = responses.findLast((one) => !one.writableFinished && (one.req.complete || isAnswered));
  const finish = () => {
    if (socket.writable && !isAnswered) socket.write(textOf(refusal(error, guard.log)));
    drain(guard, connection);
  };
  if (before) before.once('close', finish);
  else finish();
}

/** Ends our side, reads on for a while without looking at it, and destroys the socket. */
function drain({ limits }: Guard, connection: Connection): void {
  const { socket, state } = connection;
  if (state === 'draining' || socket.destroyed) return;
  connection.state = 'draining';
  let left = limits.drainBytes;
  // The parser gets nothing more: what comes after a refusal must not be taken for a request.
  socket.removeAllListeners('data');
  socket.on('data', (chunk) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  });
  socket.end(() => {
    const timer = setTimeout(() => socket.destroy(), limits.drainTime);
    socket.once('close', () => clearTimeout(timer));
  });
  socket.resume();
}

/** Looks at every connection now and then, so that no request needs a timer. */
function sweepRegularly(server: Server, guard: Guard): void {
  let timer: NodeJS.Timeout | undefined;
  const sweep = () => {
    for (const connection of guard.connections.values()) watch(guard, connection);
  };
  server.on('listening', () => {
    timer = setInterval(sweep, Math.min(1000, guard.limits.writeStall / 4)).unref();
  });
  server.on('close', () => clearInterval(timer));
}

/**
 * Sets the timer of a socket that has bytes to write; it is node's, which knows whether the peer reads any of them. A request that has
 * its answer, but whose body goes on, ends the connection.
 */
function watch(guard: Guard, connection: Connection): void {
  const { socket, responses, isTimed, isLeftOver } = connection;
  forget(responses);
  const isWriting = socket.writableLength > 0;
  if (isWriting && !isTimed) socket.setTimeout(guard.limits.writeStall);
  connection.isTimed = isWriting;
  connection.isLeftOver = responses[0]?.writableFinished === true;
  if (connection.isLeftOver && isLeftOver) drain(guard, connection);
}

/** The timer of a socket has run out: that of a client that does not read, or node's own of an idle connection. */
function expire({ socket, responses, state }: Connection): void {
  forget(responses);
  const isWaiting = responses.length > 0 || state === 'handedOver';
  if (socket.writableLength === 0 && isWaiting) socket.setTimeout(0);
  else socket.destroy();
}

/** `reason` is what node's parser says, such as `Invalid method encountered`. */
function parserError({ code, reason = 'it cannot be read' }: NodeJS.ErrnoException & { reason?: string }): WireError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const late = 'the headers did not arrive in time';
    return wireError('huizhi.requestTimeout', { why: late, fill: { reason: late } });
  }
  const said =
    code === 'HPE_HEADER_OVERFLOW' ? 'the URL and the headers are too long' : `the request is not HTTP: ${reason}`;
  return wireError('huizhi.badRequest', { why: said, fill: { reason: said } });
}

function busy(reason: string): WireError {
  return wireError('huizhi.busy', { why: reason, fill: { reason }, retryAfter: 1 });
}

type Refusal = { readonly status: number; readonly flat: readonly string[]; readonly body: string };

function refusal(error: WireError, log: Log): Refusal {
  const requestId = newRequestId();
  const { status, body, headers = {} } = renderError(error, requestId, log);
  return {
    status,
    body,
    flat: [...gatewayHeaders(requestId, Buffer.byteLength(body)), ...Object.entries(headers).flat()],
  };
}

/** A whole response as text, for where there is no response object. */
function textOf({ status, flat, body }: Refusal): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n`;
  for (let i = 0; i < flat.length; i += 2) head += `${flat[i]}: ${flat[i + 1]}\r\n`;
  return `${head}\r\n${body}`;
}
