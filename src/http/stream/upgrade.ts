import type { IncomingMessage } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import { maskUnknown } from '../../core/access/masked.ts';
import type { Context } from '../../core/context.ts';
import type { Controls } from '../../core/dev/controls.ts';
import type { Link } from '../../core/stream/connection.ts';
import { type Admission, abandon, confirm, redeemStreamTicket, refusedError } from '../../core/stream/open.ts';
import { huizhiError } from '../../wire/errors.ts';
import { maxFrameBytes } from '../../wire/limits.ts';
import { connectPath } from '../../wire/vendor/values.ts';
import type { AccessLog } from '../server/access-log.ts';
import type { Call } from '../server/call.ts';
import { findClientAddress } from '../server/client-address.ts';
import { findHeader } from '../server/headers.ts';
import { type HostCheck, unknownHostError } from '../server/host-check.ts';
import { type Observe, type ObserveRefusal, parsePath } from '../server/listener.ts';
import { findParameter } from '../server/query.ts';
import type { Handover, Upgrade } from '../server/socket/socket-guard.ts';
import type { Refused } from '../server/socket/socket-refusals.ts';
import { createBarrier } from './barrier.ts';
import { createHandshakeEmulation, type HandshakeEmulation } from './emulation.ts';

type UpgradeParts = {
  readonly context: Context;
  readonly observe: Observe;
  readonly observeRefusal: ObserveRefusal;
  /** Present only when the access log is switched on. */
  readonly access: AccessLog | undefined;
  readonly isKnownHost: HostCheck | undefined;
  /** Present in the emulator only. */
  readonly controls: Controls | undefined;
};

/** Creates the handler of WebSocket handshakes: a client of Stream mode redeems its ticket for a connection. */
export function createStreamUpgrade(parts: UpgradeParts): Upgrade {
  const { context, isKnownHost, controls } = parts;
  let server: Promise<WebSocketServer> | undefined;
  const emulation = controls && createHandshakeEmulation(controls);
  const admit = async (incoming: IncomingMessage): Promise<Admission> => {
    if (isKnownHost?.(incoming) === false) throw unknownHostError(incoming);
    checkOrigin(incoming, context.options.publicUrl);
    checkVersion(incoming);
    return redeemStreamTicket(context, readTicket(incoming));
  };
  return {
    accepts: isHandshake,
    handle(incoming, handover) {
      const finish = createRecorder(parts, incoming);
      const fail = (error: unknown) => finish(handover.refuse(error));
      const open = async (sockets: WebSocketServer) => {
        const admission = await admitWithFaults(emulation, incoming, () => admit(incoming));
        if (!admission) return handover.drop();
        acceptClient(context, sockets, { incoming, handover, admission });
        finish({ status: 101 });
      };
      server ??= openServer();
      server.then(open).catch(fail);
    },
  };
}

/** Creates the function that records the response to a handshake in the metrics and in the access log. */
function createRecorder(parts: UpgradeParts, { url = '', socket, headers }: IncomingMessage) {
  const { context, observe, observeRefusal, access } = parts;
  const started = performance.now();
  return ({ status, code, requestId, bytes }: Pick<Refused, 'status'> & Partial<Refused>): void => {
    const seconds = (performance.now() - started) / 1000;
    observe('GET', connectPath, status, seconds);
    if (code) observeRefusal(connectPath, code);
    const [path, query] = [parsePath(url), url.slice(parsePath(url).length + 1)];
    const peer = { address: socket.remoteAddress ?? '', headers: () => headers as ReturnType<Call['headers']> };
    const address = findClientAddress(peer, context.options.trustedProxies);
    access?.({ method: 'GET', route: connectPath, path, query, status, bytes, requestId, address, seconds });
  };
}

/** Opens the server of WebSockets. `ws` takes nine milliseconds to load, so the first handshake loads it. */
async function openServer(): Promise<WebSocketServer> {
  const { WebSocketServer: Server } = await import('ws');
  return new Server({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: maxFrameBytes });
}

type Handshake = {
  readonly incoming: IncomingMessage;
  readonly handover: Handover;
  readonly admission: Admission;
};

/** Completes a handshake. Throws like `confirm`. */
function acceptClient(context: Context, server: WebSocketServer, { incoming, handover, admission }: Handshake): void {
  let isOpen = false;
  try {
    confirm(context, admission);
    server.handleUpgrade(incoming, handover.socket, handover.head, (client) => {
      isOpen = true;
      serveClient(context, admission, client, handover);
    });
  } finally {
    // The connection was refused, or the client has disconnected in the meantime.
    if (!isOpen) void abandon(context, admission);
  }
}

/** Applies the fault rules of the emulator to a handshake. Resolves to undefined if the connection is to be dropped. */
function admitWithFaults(
  emulation: HandshakeEmulation | undefined,
  incoming: IncomingMessage,
  admit: () => Promise<Admission>,
): Promise<Admission | undefined> {
  return emulation ? emulation.run(incoming, admit) : admit();
}

/** Connects a client with the hub. */
function serveClient(context: Context, admission: Admission, client: WebSocket, handover: Handover): void {
  const registered = context.hub.register({ ...admission, link: createLink(client, handover) });
  const barrier = createBarrier(client, (err) => {
    const { appKey: app, id: connection } = admission;
    context.log.error({ err, app, connection }, 'a Stream connection failed, and was closed');
    context.meters.count('huizhi_stream_faults_total');
    // It gets no more pushes.
    barrier.end(registered.closed);
  });
  const touch = () => barrier.run(registered.touched);
  client.on('message', (data: Buffer, isBinary) => {
    if (isBinary) touch();
    else barrier.run(() => registered.heard(data.toString()));
  });
  client.on('ping', touch);
  client.on('pong', touch);
  client.on('close', () => barrier.end(registered.closed));
  // `ws` has closed the connection already, for example because a frame was too long.
  client.on('error', ignore);
}

const ignore = () => {};

function createLink(client: WebSocket, { drain }: Handover): Link {
  return {
    send(frame) {
      if (client.readyState === client.OPEN) client.send(frame);
    },
    unsent: () => client.bufferedAmount,
    end() {
      if (client.bufferedAmount === 0) client.terminate();
      else drain();
    },
    cut: () => client.terminate(),
  };
}

/** Whether a request asks for the WebSocket protocol on the path of Stream mode. Every other upgrade is ignored. */
function isHandshake({ method, url = '', rawHeaders }: IncomingMessage): boolean {
  if (method !== 'GET' || findHeader(rawHeaders, 'upgrade')?.toLowerCase() !== 'websocket') return false;
  return parsePath(url) === connectPath;
}

function checkVersion({ headers }: IncomingMessage): void {
  const isKey = /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '');
  if (isKey && headers['sec-websocket-version'] === '13') return;
  throw huizhiError('huizhi.badRequest', 'the handshake needs Sec-WebSocket-Version 13 and a Sec-WebSocket-Key');
}

/**
 * Refuses handshakes of web pages of other sites: browsers send the origin of the page, and let any page open a
 * WebSocket. Some SDKs send the origin of the server itself.
 */
function checkOrigin({ rawHeaders }: IncomingMessage, publicUrl: string | undefined): void {
  const origin = findHeader(rawHeaders, 'origin');
  if (origin === undefined) return;
  const host = findHeader(rawHeaders, 'host');
  const isOwn = [`http://${host}`, `https://${host}`, publicUrl].some(
    (own) => own !== undefined && toOrigin(own) === toOrigin(origin),
  );
  if (!isOwn) throw refusedError(`the Origin ${maskUnknown(origin)} is not that of this server`);
}

/** The origin of a URL with its port; undefined if it is not a URL. */
function toOrigin(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

function readTicket({ url = '' }: IncomingMessage): string {
  const { count, value } = findTicket(url.slice(url.indexOf('?') + 1));
  if (count === 1 && url.includes('?')) return value;
  throw refusedError(count > 1 ? 'ticket is given twice' : 'the URL has no ticket');
}

function findTicket(query: string): ReturnType<typeof findParameter> {
  try {
    return findParameter(query, 'ticket');
  } catch {
    // A broken percent escape.
    return { count: 0, value: '' };
  }
}
