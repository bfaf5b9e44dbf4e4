import type { Context } from '../../core/context.ts';
import type { Subscription } from '../../core/stream/frames.ts';
import { issueStreamTicket } from '../../core/stream/open.ts';
import { wireError } from '../../wire/errors.ts';
import type { JsonObject } from '../../wire/json.ts';
import { maxClientLength, maxSubscriptions, maxTopicLength } from '../../wire/limits.ts';
import type { OpenConnectionAnswer } from '../../wire/vendor/stream.ts';
import { connectPath } from '../../wire/vendor/values.ts';
import { type Call, findOrigin } from '../server/call.ts';
import { findClientAddress } from '../server/client-address.ts';
import type { Route, RouteRequest } from '../server/route.ts';

/** `POST /v1.0/gateway/connections/open` */
async function openConnection({ context, call, body }: RouteRequest): Promise<string> {
  const { clientId, clientSecret, subscriptions, ua } = body;
  const endpoint = renderEndpoint(context, call);
  const ticket = await issueStreamTicket(context, {
    key: toText(clientId),
    secret: toText(clientSecret),
    address: findClientAddress(call, context.options.trustedProxies),
    subscriptions: parseSubscriptions(subscriptions),
    client: typeof ua === 'string' ? ua.slice(0, maxClientLength).toWellFormed() : '',
  });
  return JSON.stringify({ endpoint, ticket } satisfies OpenConnectionAnswer);
}

/** Any other type is converted to JSON, so that it matches no stored key or secret. */
function toText(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const types: readonly unknown[] = ['CALLBACK', 'EVENT', 'SYSTEM'];

/** Parses the subscriptions. Unknown topics are accepted, but the client gets no pushes for them. */
function parseSubscriptions(given: unknown): readonly Subscription[] {
  if (!Array.isArray(given) || given.length === 0) throw invalidError('subscriptions', 'is not a list with members');
  if (given.length > maxSubscriptions) throw invalidError('subscriptions', `has more than ${maxSubscriptions} members`);
  return given.map((one: unknown) => {
    const { type, topic } = (typeof one === 'object' && one !== null ? one : {}) as Partial<Subscription>;
    if (!types.includes(type)) throw invalidError('subscriptions', 'has a type other than CALLBACK, EVENT and SYSTEM');
    if (typeof topic !== 'string' || topic === '' || topic.length > maxTopicLength || !topic.isWellFormed())
      throw invalidError('subscriptions', `has a topic that is not a text of 1 to ${maxTopicLength} characters`);
    return { type: type ?? 'SYSTEM', topic };
  });
}

function invalidError(field: string, problem: string): Error {
  return wireError('invalidParameter', { why: `${field} ${problem}`, fill: { field } });
}

/**
 * The address of the WebSocket endpoint. Its port is always explicit, because the Java SDK needs it. Throws
 * `unknownError` if the server has no socket: no client could connect.
 */
function renderEndpoint({ options }: Context, call: Call): string {
  const { protocol, hostname, port } = parseOrigin(options.publicUrl ?? findOrigin(call));
  if (!call.incoming && options.publicUrl === undefined && port === '')
    throw wireError('unknownError', {
      why: 'the emulator was started with socket: false, and Stream mode needs a socket',
    });
  const isSecure = protocol === 'https:';
  return `${isSecure ? 'wss' : 'ws'}://${hostname}:${port || (isSecure ? 443 : 80)}${connectPath}`;
}

/** Parses an origin, whose host is what the caller has sent. */
function parseOrigin(origin: string): URL {
  return URL.canParse(origin) ? new URL(origin) : new URL('http://localhost');
}

/** The calls of Stream mode. */
export const streamRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1.0/gateway/connections/open',
    required: ['clientId', 'clientSecret', 'subscriptions'],
    handler: openConnection,
  },
];
