import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../core/context.ts';
import { maxBodyBytes } from '../../wire/limits.ts';
import type { AccessLog } from './access-log.ts';
import type { Bodies } from './body/bodies.ts';
import { isMultipart } from './body/form.ts';
import type { Uploads } from './body/uploads.ts';
import type { Answer, Arrival, Call, StreamBody } from './call.ts';
import { decodeBody } from './call.ts';
import { findClientAddress } from './client-address.ts';
import type { Gateway } from './gateway.ts';
import { findHeader, hasBody, renderHeaders } from './headers.ts';
import { type HostCheck, unknownHostError } from './host-check.ts';
import { renderError } from './render.ts';
import { createRequestId, type RequestIds } from './request-id.ts';
import { createBatcher } from './socket/batching.ts';
import { allowLinger } from './socket/socket-guard.ts';

/** Records a response in the metrics. `route` is the pattern of the route, `seconds` the duration. */
export type Observe = (method: string, route: string, status: number, seconds: number) => void;

/** Records an error response in the metrics, by the pattern of the route and the code. */
export type ObserveRefusal = (route: string, code: string) => void;

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Serves the calls of one server. */
type Listeners = {
  /** The request listener for node:http. */
  readonly listener: Listener;
  /** Serves a call of the vendor's gateway whose host is already checked; see `createFastPath`. */
  readonly serveArrival: (arrival: Arrival) => void;
};

/**
 * The prefix of most of the vendor's paths. A request with it is not matched against our own paths, which saves a
 * regular expression.
 */
const versionedPrefix = '/v1.0/';

/** Creates the listeners of a server. Our own paths go to `serveOwn`, all others to the vendor's gateway. */
export function createListeners(parts: ListenerParts): Listeners {
  const { isKnownHost, isOwn, serveOwn } = parts;
  const serveArrival = serveInBatches(parts);
  const readers = createReaders(parts);
  return {
    serveArrival,
    listener(incoming, outgoing) {
      const url = toOriginForm(incoming.url);
      incoming.url = url;
      if (isKnownHost?.(incoming) === false) refuseCall(incoming, outgoing, unknownHostError(incoming), parts);
      else if (!url.startsWith(versionedPrefix) && isOwn(parsePath(url)))
        serveOwn(incoming, outgoing).catch((error: Error) => refuseCall(incoming, outgoing, error, parts));
      else serveArrival(toArrival(incoming, outgoing, readers));
    },
  };
}

/**
 * Serves the gateway directly on node:http. Creating a Request and a Response object for each call would take a third
 * of the time of a readStatus.
 */
function serveInBatches(parts: ListenerParts): Listeners['serveArrival'] {
  const { gateway, log, observe, observeRefusal, access, trustedProxies, requestIds = createRequestId } = parts;
  return createBatcher((arrival: Arrival) => {
    const { started } = arrival;
    const call = arrival.toCall(requestIds());
    const finish = (answer: Answer) => {
      arrival.respond(call, answer);
      const seconds = (performance.now() - started) / 1000;
      const route = answer.route ?? 'unknown';
      observe(call.method, route, answer.status, seconds);
      if (answer.error && !answer.drop) observeRefusal(route, answer.error.code);
      if (access && !answer.drop) access({ ...describeAnswer(call, answer, trustedProxies), route, seconds });
    };
    const answer = gateway.handle(call);
    if (!(answer instanceof Promise)) return () => finish(answer);
    answer.then(finish, (error: unknown) => finish(renderError(error, call.requestId, log)));
    return doNothing;
  });
}

function toArrival(incoming: IncomingMessage, outgoing: ServerResponse, readers: Readers): Arrival {
  return {
    started: performance.now(),
    toCall: (requestId) => toCall(incoming, outgoing, readers, requestId),
    respond: (call, answer) => respond(outgoing, call, answer),
  };
}

/** Returns the path of a request target, without the query. */
export function parsePath(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/**
 * Returns the path and query of a request target. Proxies may send an absolute URL, which a server must accept (RFC
 * 9112, 3.2.2).
 */
function toOriginForm(url = '/'): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');
}

/** Responds with an error before the request is routed. */
function refuseCall(incoming: IncomingMessage, outgoing: ServerResponse, error: Error, parts: ListenerParts): void {
  const { log, observe, observeRefusal, access, trustedProxies } = parts;
  const call = toCall(incoming, outgoing, createReaders(parts), createRequestId());
  const answer = renderError(error, call.requestId, log);
  respond(outgoing, call, answer);
  observe(call.method, 'unknown', answer.status, 0);
  if (answer.error) observeRefusal('unknown', answer.error.code);
  access?.({ ...describeAnswer(call, answer, trustedProxies), route: 'unknown', seconds: 0 });
}

function describeAnswer(call: Call, { status, body, bytes }: Answer, trustedProxies: readonly string[]) {
  const { method, path, query, requestId } = call;
  const address = findClientAddress(call, trustedProxies);
  return { method, path, query, status, bytes: bytes ? body.length : Buffer.byteLength(body), requestId, address };
}

type ListenerParts = {
  readonly gateway: Gateway;
  readonly bodies: Bodies;
  readonly uploads: Uploads;
  readonly log: Log;
  readonly observe: Observe;
  readonly observeRefusal: ObserveRefusal;
  /** Present only when the access log is switched on. */
  readonly access?: AccessLog | undefined;
  readonly requestIds?: RequestIds;
  /** Ranges of proxies whose X-Forwarded-For names the client, for the access log. */
  readonly trustedProxies: readonly string[];
  /** Absent if every host name is accepted. */
  readonly isKnownHost?: HostCheck | undefined;
  /** Whether a path is one of our own. */
  isOwn(path: string): boolean;
  /** Rejects if the code that serves them cannot be loaded. */
  serveOwn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
};

const doNothing = () => {};

type Readers = { readonly bodies: Bodies; readonly stream: StreamBody };

function createReaders({ bodies, uploads }: ListenerParts): Readers {
  return {
    bodies,
    stream({ incoming, outgoing }, limit, sender) {
      if (!incoming || !outgoing) throw new TypeError('the call has no socket');
      return uploads.stream(incoming, outgoing, limit, sender);
    },
  };
}

function toCall(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { bodies, stream }: Readers,
  requestId: string,
): Call {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    requestId,
    address: incoming.socket.remoteAddress ?? '',
    header: (name) => findHeader(incoming.rawHeaders, name),
    headers: () => asDefined(incoming.headers),
    body: () => bodies.read(incoming, outgoing, maxBodyBytes).then(decodeBody),
    stream,
    incoming,
    outgoing,
  };
}

function asDefined(headers: IncomingHttpHeaders): ReturnType<Call['headers']> {
  return headers as ReturnType<Call['headers']>;
}

function respond(outgoing: ServerResponse, { requestId, method, header }: Call, answer: Answer): void {
  const { status, body, bytes = false, headers, drop } = answer;
  if (drop) {
    outgoing.destroy();
    return;
  }
  const length = bytes ? body.length : Buffer.byteLength(body);
  const flat = renderHeaders(requestId, length, header('origin') !== undefined);
  for (const name in headers) flat.push(name, headers[name] ?? '');
  // The rest of an unread body would be parsed as the next request.
  if (!outgoing.req.complete && method !== 'GET' && hasBody(outgoing.req)) {
    flat.push('connection', 'close');
    if (isMultipart(header('content-type'))) allowLinger(outgoing.req.socket);
  }
  outgoing.writeHead(status, flat);
  outgoing.end(body, bytes ? 'latin1' : 'utf8');
}
