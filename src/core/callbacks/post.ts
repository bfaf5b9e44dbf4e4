import { lookup as resolve } from 'node:dns';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import type { Context } from '../context.ts';
import { type Tracer, traced } from '../tracer.ts';
import { isAllowedAddress } from './addresses.ts';

/** A request to an address that an operator or an app has set. */
export type CallbackRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds, by the machine's clock, from the start until the whole response has arrived. */
  readonly deadlineMs: number;
  /** Bytes of the response's body that are read; the rest is dropped with the connection. 65,536 if undefined. */
  readonly maxBytes?: number | undefined;
  /** Ends the request when it is aborted. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * The outcome of a request: `answered` with any status, `refused` if the rules for addresses do not allow it, `failed` if
 * there was no response in time. A reason is an English sentence part for operators.
 */
export type CallbackOutcome =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
    }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string };

/** Whether the status of a response means that the receiver has accepted a request. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const defaultMaxBytes = 65_536;

/** Loads the client of a protocol when it is first used: node:tls, which node:https needs, would delay every start. */
const loadClient = (protocol: string) =>
  protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');

type Client = ReturnType<typeof loadClient>;

// Agents of our own take no proxy from the environment, and a connection of its own for each request makes sure that the
// address is checked at each attempt.
const agents = new Map<string, InstanceType<Client['Agent']>>();

function getAgent(protocol: string) {
  const agent = agents.get(protocol) ?? new (loadClient(protocol).Agent)({ keepAlive: false });
  agents.set(protocol, agent);
  return agent;
}

/**
 * Returns why a URL cannot be the address of callbacks; undefined if it can be. A name is not resolved here: its addresses
 * are checked when a request is made.
 */
export function findAddressFault({ options }: AddressContext, url: string): string | undefined {
  const fault = findUrlFault(url);
  if (fault !== undefined) return fault;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAllowedAddress(host, options.callbackAllow)) return describeRefusal(host);
  return undefined;
}

/** Returns why no callback can be sent to a URL, whatever the server's options allow; undefined if there is no reason. */
export function findUrlFault(url: string): string | undefined {
  if (!URL.canParse(url)) return 'the address is not a URL';
  const { protocol, username, password, port } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'the address must begin with http:// or https://';
  if (username !== '' || password !== '') return 'the address must not contain a user name or password';
  // Node dials the default port instead.
  if (port === '0') return 'the address must not have the port 0';
  return undefined;
}

/** Returns what the audit log shows of an address: no query and no fragment, which may contain a secret. */
export function describeAddress(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

/** Returns an address with `…` in place of what `describeAddress` leaves out. */
export function redactAddress(url: string): string {
  const shown = describeAddress(url);
  return shown === url ? url : `${shown}?…`;
}

type AddressContext = {
  readonly options: Pick<Context['options'], 'callbackAllow'>;
  readonly tracer?: Tracer | undefined;
};

const describeRefusal = (address: string) =>
  `${address} is a loopback, private or special address, which --callback-allow does not allow`;

/** Thrown by the lookup of a request whose name has an address that is not allowed. */
class RefusedAddress extends Error {}

/**
 * Posts to an address that was set from outside. Every address of the name is checked at each attempt, and a checked one
 * is connected to; redirects are not followed, and no proxy is used. Never rejects.
 */
export function postCallback(context: AddressContext, request: CallbackRequest): Promise<CallbackOutcome> {
  const { tracer } = context;
  if (!tracer) return post(context, request);
  const attributes = { 'http.request.method': 'POST' };
  return traced(
    context,
    'POST callback',
    async () => {
      const traceparent = tracer.traceparent();
      const headers = traceparent === undefined ? request.headers : { ...request.headers, traceparent };
      return post(context, { ...request, headers });
    },
    { kind: 'client', attributes },
  );
}

async function post(context: AddressContext, request: CallbackRequest): Promise<CallbackOutcome> {
  const fault = findAddressFault(context, request.url);
  if (fault !== undefined) return { outcome: 'refused', reason: fault };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), request.deadlineMs);
  const signal = request.signal ? AbortSignal.any([deadline.signal, request.signal]) : deadline.signal;
  try {
    const response = await send(context, request, signal);
    const body = await readBody(response, request.maxBytes ?? defaultMaxBytes, signal);
    return { outcome: 'answered', status: response.statusCode ?? 0, headers: response.headers, body };
  } catch (error) {
    if (error instanceof RefusedAddress) return { outcome: 'refused', reason: error.message };
    if (deadline.signal.aborted) return { outcome: 'failed', reason: `no response within ${request.deadlineMs} ms` };
    return { outcome: 'failed', reason: describeFailure(error) };
  } finally {
    clearTimeout(timer);
  }
}

function send(context: AddressContext, request: CallbackRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const options = {
    method: 'POST',
    headers: { ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) },
    agent: getAgent(url.protocol),
    lookup: createLookup(context),
    signal,
  };
  return new Promise((answer, fail) => {
    const sent = loadClient(url.protocol).request(url, options);
    sent.on('response', answer).on('error', fail);
    // A response that switches to another protocol has neither of these events.
    sent.on('close', () => fail(new Error('the connection was closed before the response')));
    sent.end(request.body);
  });
}

/** Creates a lookup that fails with a RefusedAddress if any address of the name is not allowed. */
function createLookup({ options: { callbackAllow } }: AddressContext): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const refused = addresses.find(({ address }) => !isAllowedAddress(address, callbackAllow));
      if (refused) return done(new RefusedAddress(`${hostname}: ${describeRefusal(refused.address)}`), []);
      const [first] = addresses;
      if (options.all || !first) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
}

/** Reads up to `maxBytes` of a response. What follows is dropped. */
function readBody(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((answer, fail) => {
    const end = () => {
      response.destroy();
      answer(Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'));
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) end();
    });
    response.on('end', end).on('error', fail);
    response.on('close', () => fail(new Error('the connection was closed within the response')));
    signal.addEventListener('abort', () => fail(new Error('aborted')), { once: true });
  });
}

/** Describes a failure for operators: the message of the first error, which may name an address. */
function describeFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeFailure(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
