import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../../core/context.ts';
import { framingError } from './framing.ts';
import { headerOf } from './headers.ts';
import { joinSmallChunks } from './small-chunks.ts';
import { defaultSocketLimits, guardSockets, type SocketLimits, type Upgrade } from './socket-guard.ts';

/** How long a connection may be idle between two requests, in milliseconds: longer than usual proxies keep theirs. */
const keepAliveTimeout = 65_000;

export type SocketOptions = { readonly limits?: Partial<SocketLimits>; readonly upgrade?: Upgrade };

/**
 * A node:http server around the app. Node itself refuses what is not HTTP with an empty body, which the vendor's SDKs cannot read; here
 * that is a JSON error like any other, and the connection ends. Bodies have limits of their own; see `createBodies()`.
 */
export function createSocketServer(
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  log: Log,
  { limits: given, upgrade }: SocketOptions = {},
): Server {
  const limits = { ...defaultSocketLimits, ...given };
  const server = createServer({
    keepAliveTimeout,
    requireHostHeader: false,
    headersTimeout: limits.headers,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, limits.headers / 4),
  });
  // Their bytes are limited; with a limit of their number node would hide those beyond it.
  server.maxHeadersCount = 0;
  const guard = guardSockets(server, limits, log, upgrade);
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (headerOf(incoming.rawHeaders, 'transfer-encoding') !== undefined) joinSmallChunks(incoming);
    if (!guard.enter(incoming, outgoing)) return;
    const error = framingError(incoming);
    if (error === undefined) listener(incoming, outgoing);
    else guard.refuse(incoming, outgoing, error);
  };
  server.on('request', serve);
  // Whoever reads the body says that it may come. An expectation that nobody here knows is no reason to refuse.
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  return server;
}
