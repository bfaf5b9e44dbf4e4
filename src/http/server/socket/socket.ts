import { createServer, type Server } from 'node:http';
import type { Log } from '../../../core/context.ts';
import type { FastPathParts } from './fast-path.ts';
import { defaultSocketLimits, guardSockets, type Serve, type SocketLimits, type Upgrade } from './socket-guard.ts';
import type { TlsPair } from './tls.ts';

/** Milliseconds a connection may be idle between two requests: longer than the usual keep-alive timeout of proxies. */
const keepAliveTimeout = 65_000;

export type SocketOptions = {
  readonly limits?: Partial<SocketLimits>;
  readonly upgrade?: Upgrade;
  /** The calls that are served without node:http; none if undefined. */
  readonly fastPath?: FastPathParts | undefined;
  /** Gets the code of each error that is sent before a request reaches the app. */
  readonly onRefusal?: (code: string) => void;
  /** Certificate and key; the server then accepts TLS connections only. */
  readonly tls?: TlsPair | undefined;
};

/**
 * Creates a node:http server around the app. By default node answers invalid HTTP with an empty body, which the
 * vendor's SDKs cannot parse; this server sends a JSON error and closes the connection. Bodies have their own limits;
 * see `createBodyReader()`.
 */
export function createSocketServer(
  serve: Serve,
  log: Log,
  { limits: given, upgrade, fastPath, onRefusal = () => {}, tls }: SocketOptions = {},
): Server {
  const limits = { ...defaultSocketLimits, ...given };
  const options = {
    keepAliveTimeout,
    requireHostHeader: false,
    headersTimeout: limits.headers,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, limits.headers / 4),
    ...(upgrade && { shouldUpgradeCallback: upgrade.accepts }),
  };
  // Loaded here, because node:tls would delay every start.
  const server = tls
    ? process.getBuiltinModule('node:https').createServer({ ...options, ...tls, handshakeTimeout: limits.headers })
    : createServer(options);
  // The size of the headers is limited already. With a limit on their number, node would silently drop the headers
  // above it.
  server.maxHeadersCount = 0;
  guardSockets(server, { serve, upgrade, fastPath, limits, log, onRefusal, isSecure: tls !== undefined });
  return server;
}
