import type { Eventually } from '../../core/context.ts';
import type { Route, RouteRequest } from '../server/route.ts';
import { type Given, type ParameterTable, readParameters } from './parameters.ts';

/** The members of a successful response in addition to `errcode`, `errmsg` and `request_id`. */
export type Payload = Readonly<Record<string, unknown>>;

/** One call of the old host. */
export type OldHostCall<T extends ParameterTable> = {
  /** The methods that the call accepts. */
  readonly methods: readonly ('GET' | 'POST')[];
  readonly path: string;
  /** The permission that the token's app must have. */
  readonly permission: string;
  readonly parameters: T;
  readonly handler: (request: RouteRequest, given: Given<T>) => Eventually<Payload>;
};

/**
 * Creates the routes of a call of the old host, one for each method. The gateway checks token, permission and rate.
 * Then the parameters are parsed (error 40035), checked for presence (error 40) and for type (error 41), and passed to
 * the handler.
 */
export function createOldHostRoutes<const T extends ParameterTable>(call: OldHostCall<T>): readonly Route[] {
  const { path, permission, parameters } = call;
  const handler = async (request: RouteRequest) => {
    const given = await readParameters(request.call, parameters);
    return renderPayload(await call.handler(request, given), request.call.requestId);
  };
  return call.methods.map((method) => ({ method, path, permission, oldHost: true, handler }));
}

/** Renders a successful response: `errcode`, `errmsg`, the payload with sorted keys, `request_id`. */
function renderPayload(payload: Payload, requestId: string): string {
  return JSON.stringify({ errcode: 0, errmsg: 'ok', ...sortKeys(payload), request_id: requestId });
}

function sortKeys(value: Payload): Payload {
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sortValue(member)]),
  );
}

function sortValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortValue);
  return typeof value === 'object' && value !== null ? sortKeys(value as Payload) : value;
}
