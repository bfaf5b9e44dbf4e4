/** The proxy of `huizhi run`: leads a program that calls the vendor's hosts to a huizhi. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isVendorHost } from '../wire/vendor/hosts.ts';
import type { RunCertificates } from './certificates.ts';
import { forward, forwardUpgrade } from './forward.ts';
import { join } from './join.ts';
import { forwardOpenConnection, openConnectionPath } from './stream-endpoint.ts';
import { createRoutes, type HostPort, parseHostPort, type Route, readHostPort } from './targets.ts';

export type ProxyParts = {
  /** URL of the huizhi that answers for the vendor's hosts. */
  readonly endpoint: URL;
  /** For the vendor's hosts. */
  readonly certificates: Pick<RunCertificates, 'cert' | 'key'>;
  /** Other hosts that may be reached; see `createRoutes()`. */
  readonly allowed: readonly string[];
  /** Called for each connection or request that was refused, with its host and port. */
  readonly onRefused: (target: HostPort) => void;
  /** Milliseconds for a TLS handshake, for the headers of a request, and to connect to another server. Default: 10 s. */
  readonly patience?: number;
};

export type Proxy = {
  /** The proxy, for CONNECT and for requests with an absolute URL. */
  readonly url: string;
  readonly port: number;
  /** Closes all connections. */
  close(): Promise<void>;
};

const address = '127.0.0.1';

/**
 * Opens a proxy on free ports of the loopback address. Connections to the vendor's hosts end at a TLS server of the
 * proxy, which forwards their requests to the endpoint.
 */
export async function openProxy(parts: ProxyParts): Promise<Proxy> {
  const { endpoint, certificates, allowed, patience = 10_000 } = parts;
  const limits = createLimits(patience);
  const own = readHostPort(endpoint) ?? { host: address, port: 0 };
  const findRoute = createRoutes(allowed, own);
  const sockets = new Set<Duplex>();
  const terminal = createSecureServer({ ...certificates, ...limits, handshakeTimeout: patience });
  const terminalPort = await listen(terminal, sockets);
  serveVendor(terminal, endpoint, `${address}:${terminalPort}`);
  const server = createServer(limits);
  const port = await listen(server, sockets);
  const refuse = (target: HostPort) => {
    parts.onRefused(target);
    return describeRefusal(target);
  };
  serveTunnels(server, { findRoute, refuse, terminalPort, patience });
  serveRequests(server, { findRoute, refuse, endpoint, secureAddress: `${address}:${terminalPort}` });
  return {
    url: `http://${address}:${port}`,
    port,
    async close() {
      const closed = [server, terminal].map((one) => new Promise<void>((resolve) => one.close(() => resolve())));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

const createLimits = (patience: number) => ({
  headersTimeout: patience,
  requestTimeout: 0,
  connectionsCheckingInterval: Math.min(1000, patience / 4),
  // A request for HTTP/2 (`h2c`) is served as an ordinary one. Before Node 24.9 it is forwarded with its offer.
  shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
});

/** The sentence for a program, and for the person who started it. */
export function describeRefusal({ host, port }: HostPort): string {
  if (isVendorHost(host)) return `huizhi run answers for ${host} on ports 80 and 443 only, not on ${port}`;
  const name = [80, 443].includes(port) ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `huizhi run refused a connection to ${host}, port ${port}: to allow it, start with --allow-host ${name}`;
}

function listen(server: Server, sockets: Set<Duplex>): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', ignore);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port));
  });
}

/** An error of a socket destroys it, which is all that there is to do. */
const ignore = () => {};

function serveVendor(server: Server, endpoint: URL, secureAddress: string): void {
  server.on('request', (incoming, outgoing) => serveCall(endpoint, secureAddress, incoming, outgoing));
  server.on('upgrade', (incoming, socket, head) =>
    forwardUpgrade(endpoint, incoming.url ?? '/', incoming, socket, head),
  );
}

function serveCall(endpoint: URL, secureAddress: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { url = '/' } = incoming;
  if (url !== openConnectionPath) forward(endpoint, url, incoming, outgoing);
  else forwardOpenConnection(endpoint, secureAddress, incoming, outgoing).catch(() => outgoing.destroy());
}

type Rules = { readonly findRoute: (target: HostPort) => Route; readonly refuse: (target: HostPort) => string };

type Tunnels = Rules & { readonly terminalPort: number; readonly patience: number };

function serveTunnels(server: Server, { findRoute, refuse, terminalPort, patience }: Tunnels): void {
  server.on('connect', (incoming, socket, head) => {
    socket.on('error', ignore);
    const target = parseHostPort(incoming.url ?? '');
    if (!target) return endWith(socket, '400 Bad Request', 'huizhi run: CONNECT needs a host and a port');
    const route = target.port === 80 && findRoute(target) === 'vendor' ? 'refused' : findRoute(target);
    if (route === 'refused') return endWith(socket, '403 Forbidden', refuse(target));
    tunnel(socket, head, { ...(route === 'vendor' ? { host: address, port: terminalPort } : target), patience });
  });
}

function endWith(socket: Duplex, status: string, text: string): void {
  const length = Buffer.byteLength(text) + 1;
  const head = `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\nconnection: close`;
  socket.end(`${head}\r\n\r\n${text}\n`);
}

/** Connects a program with a server; the bytes between them are not changed. */
function tunnel(
  socket: Duplex,
  head: Buffer,
  { host, port, patience }: HostPort & { readonly patience: number },
): void {
  let isOpen = false;
  const upstream = connect({ host, port, timeout: patience });
  upstream.once('timeout', () => upstream.destroy(new Error('it does not answer')));
  upstream.once('connect', () => {
    isOpen = true;
    upstream.setTimeout(0);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    join(socket, upstream);
  });
  upstream.on('error', ({ message }) => {
    if (isOpen) socket.destroy();
    else endWith(socket, '502 Bad Gateway', `huizhi run: ${host} cannot be reached: ${message}`);
  });
  socket.on('close', () => upstream.destroy());
}

/** Serves requests with an absolute URL, which some clients send instead of CONNECT, also with https URLs. */
function serveRequests(
  server: Server,
  { findRoute, refuse, endpoint, secureAddress }: Rules & { readonly endpoint: URL; readonly secureAddress: string },
): void {
  const route = ({ url = '' }: IncomingMessage) => {
    const to = URL.parse(url);
    const target = to && readHostPort(to);
    if (!to || !target) return undefined;
    // As it was sent: a URL object has another spelling of some paths.
    const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/');
    return { origin: new URL(to.origin.replace(/^ws/, 'http')), path, target, kind: findRoute(target) };
  };
  server.on('request', (incoming, outgoing) => {
    const found = route(incoming);
    if (!found) return answer(outgoing, 400, 'huizhi run: this is a proxy; it serves absolute URLs and CONNECT');
    if (found.kind === 'refused') return answer(outgoing, 403, refuse(found.target));
    incoming.url = found.path;
    if (found.kind === 'vendor') serveCall(endpoint, secureAddress, incoming, outgoing);
    else forward(found.origin, found.path, incoming, outgoing);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const found = route(incoming);
    if (!found || found.kind === 'refused')
      return endWith(socket, '403 Forbidden', found ? refuse(found.target) : 'huizhi run: this is a proxy');
    forwardUpgrade(found.kind === 'vendor' ? endpoint : found.origin, found.path, incoming, socket, head);
  });
}

function answer(outgoing: ServerResponse, status: number, text: string): void {
  const length = Buffer.byteLength(text) + 1;
  outgoing.writeHead(status, { 'content-type': 'text/plain', 'content-length': length, connection: 'close' });
  outgoing.end(`${text}\n`);
}
