import { createServer, type Server } from 'node:http';
import type { Log } from '../../core/context.ts';
import { defaultSocketLimits, guardSockets, type Serve, type SocketLimits, type Upgrade } from './socket-guard.ts';

/** How long a connection may be idle between two requests, in milliseconds: longer than usual proxies keep theirs. */
const keepAliveTimeout = 65_000;

export type SocketOptions = { readonly limits?: Partial<SocketLimits>; readonly upgrade?: Upgrade };

/**
 * A node:http server around the app. Node itself refuses what is not HTTP with an empty body, which the vendor's SDKs cannot read; here
 * that is a JSON error like any other, and the connection ends. Bodies have limits of their own; see `createBodies()`.
 */
export function createSocketServer(serve: Serve, log: Log, { limits: given, upgrade }: SocketOptions = {}): Server {
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
  guardSockets(server, { serve, upgrade, limits, log });
  return server;
}
