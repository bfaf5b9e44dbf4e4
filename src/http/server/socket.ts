import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../../core/context.ts';
import { type WireError, wireError } from '../../wire/errors.ts';
import { gatewayHeaders } from './headers.ts';
import { headerOf } from './listener.ts';
import { renderError } from './render.ts';
import { newRequestId } from './request-id.ts';
import { guardSockets } from './socket-guard.ts';

/**
 * A node:http server around the app. Node itself refuses what is not HTTP with an empty body, which the vendor's SDKs cannot read; here
 * that is a JSON error like any other, and the connection ends.
 */
export function createSocketServer(
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  log: Log,
): Server {
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const reason = whyMalformed(incoming);
    if (reason === undefined) listener(incoming, outgoing);
    else outgoing.socket?.end(refusal(badRequest(reason), log));
  };
  const server = createServer({ keepAliveTimeout: 65_000, requireHostHeader: false }, serve);
  guardSockets(server);
  // An expectation that nobody here knows is no reason to refuse.
  server.on('checkExpectation', serve);
  server.on('connect', (incoming, socket) => {
    socket.end(refusal(wireError('InvalidAction.NotFound', { why: `there is no CONNECT ${incoming.url}` }), log));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else afterAnswer(socket, () => socket.end(refusal(badRequest(reasonOf(error)), log)));
  });
  return server;
}

/** RFC 9112, 3.2: a request of HTTP/1.1 names its host. Older ones need not. */
function whyMalformed({ httpVersion, rawHeaders }: IncomingMessage): string | undefined {
  return httpVersion === '1.1' && headerOf(rawHeaders, 'host') === undefined
    ? 'the request has no Host header'
    : undefined;
}

/** `reason` is what node's parser says, such as `Invalid method encountered`. */
function reasonOf({ code, reason = 'it cannot be read' }: NodeJS.ErrnoException & { reason?: string }): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'the URL and the headers are too long';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'the request took too long to arrive';
  return `the request is not HTTP: ${reason}`;
}

function badRequest(reason: string): WireError {
  return wireError('huizhi.badRequest', { why: reason, fill: { reason } });
}

/** An answer under way to an earlier request of the connection goes first, so that nobody takes the refusal for it. */
function afterAnswer(socket: Duplex & { _httpMessage?: ServerResponse | null }, refuse: () => void): void {
  const underWay = socket._httpMessage;
  if (underWay?.req.complete) underWay.once('finish', refuse);
  else refuse();
}

/** A whole answer as text, for where there is no response object. */
function refusal(error: WireError, log: Log): string {
  const requestId = newRequestId();
  const { status, body } = renderError(error, requestId, log);
  const flat = gatewayHeaders(requestId, Buffer.byteLength(body));
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n`;
  for (let i = 0; i < flat.length; i += 2) head += `${flat[i]}: ${flat[i + 1]}\r\n`;
  return `${head}\r\n${body}`;
}
