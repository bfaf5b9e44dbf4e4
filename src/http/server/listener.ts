import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../core/context.ts';
import { wireError } from '../../wire/errors.ts';
import { maxBodyBytes } from '../../wire/limits.ts';
import { together } from './batching.ts';
import type { Answer, Call } from './call.ts';
import { decodeBody } from './call.ts';
import type { Gateway } from './gateway.ts';
import { gatewayHeaders } from './headers.ts';
import { renderError } from './render.ts';
import { newRequestId, type RequestIds } from './request-id.ts';

/** Told of each answer: the route's pattern, the status, and the seconds it took. */
export type Observe = (method: string, route: string, status: number, seconds: number) => void;

/**
 * Serves the gateway straight on node:http. A Request and a Response object for each call would cost a third of all that a
 * readStatus costs.
 */
export function gatewayListener(gateway: Gateway, log: Log, observe: Observe, requestIds: RequestIds = newRequestId) {
  const handle = together(({ incoming, outgoing, started }: Arrived) => {
    const call = callOf(incoming, requestIds());
    const finish = (answer: Answer) => {
      respond(outgoing, call, answer);
      observe(call.method, answer.route ?? 'unknown', answer.status, (performance.now() - started) / 1000);
    };
    const answer = gateway.answer(call);
    if (!(answer instanceof Promise)) return () => finish(answer);
    answer.then(finish, (error: unknown) => finish(renderError(error, call.requestId, log)));
    return nothing;
  });
  return (incoming: IncomingMessage, outgoing: ServerResponse): void =>
    handle({ incoming, outgoing, started: performance.now() });
}

/** Responds with an error before any route is looked for. */
export function refuseCall(incoming: IncomingMessage, outgoing: ServerResponse, error: Error, log: Log): void {
  const call = callOf(incoming, newRequestId());
  respond(outgoing, call, renderError(error, call.requestId, log));
}

type Arrived = { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse; readonly started: number };

const nothing = () => {};

function callOf(incoming: IncomingMessage, requestId: string): Call {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    requestId,
    address: incoming.socket.remoteAddress ?? '',
    header: (name) => headerOf(incoming.rawHeaders, name),
    headers: () => definedOnly(incoming.headers),
    body: () => readBody(incoming),
  };
}

/** The first header with a lower-case name, from the list as it came: node's object of all of them costs a microsecond. */
export function headerOf(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    const given = raw[i] ?? '';
    if (given.length === name.length && (given === name || isSameName(given, name))) return raw[i + 1];
  }
  return undefined;
}

/** Without regard to case, and without making a text: the bit that tells `A` from `a` tells no letter or hyphen from anything that a name may hold. */
function isSameName(given: string, lowerCase: string): boolean {
  for (let i = 0; i < given.length; i++) if ((given.charCodeAt(i) | 0x20) !== lowerCase.charCodeAt(i)) return false;
  return true;
}

function definedOnly(headers: IncomingHttpHeaders): ReturnType<Call['headers']> {
  return headers as ReturnType<Call['headers']>;
}

function respond(outgoing: ServerResponse, { requestId, method, header }: Call, answer: Answer): void {
  const { status, body, bytes = false, headers, drop } = answer;
  if (drop) {
    outgoing.destroy();
    return;
  }
  const length = bytes ? body.length : Buffer.byteLength(body);
  const flat = gatewayHeaders(requestId, length, header('origin') !== undefined);
  for (const name in headers) flat.push(name, headers[name] ?? '');
  // What is left of a body that nobody reads would be taken for the next request.
  if (!outgoing.req.complete && method !== 'GET' && hasBody(outgoing.req)) flat.push('connection', 'close');
  outgoing.writeHead(status, flat);
  outgoing.end(body, bytes ? 'latin1' : 'utf8');
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/** Collects a body of up to 1 MiB, sent with a length or in chunks. */
export function readBody(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
      else {
        incoming.pause();
        reject(
          wireError('huizhi.tooLarge', { why: 'the body is larger than 1 MiB', fill: { reason: '1 MiB is the most' } }),
        );
      }
    });
    const gone = () => reject(wireError('Invalidbody', { why: 'the caller went away in the middle of the body' }));
    if (incoming.destroyed) gone();
    incoming.on('error', gone);
    incoming.on('aborted', gone);
    incoming.on('end', () => {
      try {
        resolve(decodeBody(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
      } catch (error) {
        reject(error);
      }
    });
  });
}
