import { asCaller } from '../../core/access/caller.ts';
import { maskTokenPath } from '../../core/access/masked.ts';
import type { RateLimit } from '../../core/access/rate.ts';
import type { Caller, Context, Eventually } from '../../core/context.ts';
import { type RequiredField, wireError } from '../../wire/errors.ts';
import { isOldHost, unknownPathError, wrongMethodError } from '../vendor/old-host.ts';
import type { Answer, Call } from './call.ts';
import { hasDotSegment } from './dot-segments.ts';
import { type JsonObject, readJsonObject } from './json-body.ts';
import { findValidParameter } from './query.ts';
import { createRefusalLog } from './refusals.ts';
import { renderError } from './render.ts';

/** One call of the vendor's API. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** The path; a segment in braces, such as `{corpId}`, matches any one segment. */
  readonly path: string;
  /** The permission that the token's app must have. A route without a permission needs no token. */
  readonly permission?: string;
  /** Fields that the body must have. A route without this list has no body. */
  readonly required?: readonly RequiredField[];
  /** Whether the handler only reads the store once, so that it may run twice; see `asCaller`. */
  readonly isRead?: boolean;
  /** Whether the handler returns a byte string; see `Answer.bytes`. */
  readonly bytes?: boolean;
  readonly handler: (request: RouteRequest) => Eventually<Success>;
};

/** The JSON text of a successful response, or that text with additional headers. */
export type Success = string | { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/**
 * The input of a route's handler. `segment` is the path segment that matched the braces (else empty), `caller` is
 * undefined only if the route has no permission, and `body` is an empty object if the route has no body.
 */
export type RouteRequest = {
  readonly context: Context;
  readonly call: Call;
  readonly segment: string;
  readonly caller: Caller | undefined;
  readonly body: JsonObject;
};

/** Wraps the handling of a call. The emulator uses it to inject faults and to record requests. */
export type Middleware = (call: Call, next: (call: Call) => Eventually<Answer>) => Eventually<Answer>;

export type Gateway = {
  handle(call: Call): Eventually<Answer>;
};

const tokenName = 'x-acs-dingtalk-access-token';
const noBody: JsonObject = {};
const methods: readonly Route['method'][] = ['GET', 'POST', 'PUT'];

/**
 * Creates the vendor's gateway. It checks, in this order and each with its own error: route, token, permission, rate,
 * body, required fields; then it runs the route's handler. If nothing has to be awaited, the answer is returned
 * synchronously.
 */
export function createGateway(context: Context, routes: readonly Route[], middleware?: Middleware): Gateway {
  const find = createRouteFinder(routes);
  const logRefusal = createRefusalLog(context.log);
  const handle = (call: Call): Eventually<Answer> => {
    const found = find(call.method, call.path);
    const identified: Identified = { caller: undefined };
    const fail = (error: unknown) => {
      logRefusal(error, call, identified.caller?.app.code);
      return toErrorAnswer(error, found?.route, call, context);
    };
    try {
      if (!found) throw unknownCallError(call, find('GET', call.path) !== undefined);
      return run(context, found, call, identified, { succeed: (body) => toAnswer(found.route, body), fail });
    } catch (error) {
      return fail(error);
    }
  };
  const answer = middleware ? (call: Call) => middleware(call, handle) : handle;
  // A CORS preflight is not a call: no faults are injected into it, and it is not recorded.
  const isPreflight = ({ method, path }: Call) => method === 'OPTIONS' && methods.some((each) => find(each, path));
  return { handle: (call) => (isPreflight(call) ? { status: 200, body: '{}' } : answer(call)) };
}

function toAnswer({ path, bytes = false }: Route, result: Success): Answer {
  if (typeof result === 'string') return { status: 200, body: result, bytes, route: path };
  return { status: 200, bytes, route: path, ...result };
}

function toErrorAnswer(error: unknown, route: Route | undefined, { requestId }: Call, { log }: Context): Answer {
  const answer = renderError(error, requestId, log);
  return route ? { ...answer, route: route.path } : answer;
}

/** The caller, set as soon as the token has been checked, so that a refusal can be logged with its app. */
type Identified = { caller: Caller | undefined };

type Found = { readonly route: Route; readonly segment: string };

function unknownCallError(call: Call, isGet: boolean): Error {
  if (isOldHost(call.path) && !hasDotSegment(call.path)) return isGet ? wrongMethodError(call) : unknownPathError(call);
  return wireError('InvalidAction.NotFound', { why: `there is no ${call.method} ${maskTokenPath(call.path)}` });
}

/** Turn the outcome of a call into its answer. */
type Outcome = { readonly succeed: (answered: Success) => Answer; readonly fail: (error: unknown) => Answer };

function run(
  context: Context,
  { route, segment }: Found,
  call: Call,
  identified: Identified,
  end: Outcome,
): Eventually<Answer> {
  if (route.permission === undefined) return finish(runHandler(context, route, call, segment, undefined), end);
  let isCounted = false;
  const enter = (caller: Caller) => {
    identified.caller = caller;
    checkPermission(route, caller);
    // If the handler runs again, the call must not count twice.
    if (context.rate && !isCounted) checkRate(context.rate, route, caller);
    isCounted = true;
    return runHandler(context, route, call, segment, caller);
  };
  return finish(asCaller(context, readToken(call), enter, route.isRead), end);
}

function finish(body: Eventually<Success>, { succeed, fail }: Outcome): Eventually<Answer> {
  return body instanceof Promise ? body.then(succeed, fail) : succeed(body);
}

function runHandler(
  context: Context,
  route: Route,
  call: Call,
  segment: string,
  caller: Caller | undefined,
): Eventually<Success> {
  const { required, handler: answer } = route;
  if (required === undefined) return answer({ context, call, segment, caller, body: noBody });
  const enter = (text: string) => {
    const body = readJsonObject(text, call.header('content-type'));
    checkRequired(body, required);
    return answer({ context, call, segment, caller, body });
  };
  const text = call.body();
  return text instanceof Promise ? text.then(enter) : enter(text);
}

function readToken(call: Call): string {
  const token = call.header(tokenName) ?? readTokenParameter(call);
  if (token) return token;
  throw wireError('AuthenticationFailed.MissingParameter', { why: describeMissingToken(call) });
}

function readTokenParameter({ query }: Call): string {
  const { count, value } = findValidParameter(query, tokenName);
  if (count > 1) throw wireError('invalidParameter.param.invalid', { why: `${tokenName} is given twice` });
  return value;
}

function describeMissingToken(call: Call): string {
  const elsewhere = call.header('authorization')
    ? 'in Authorization'
    : /access_token=/.test(call.query) && 'in access_token';
  return elsewhere ? `the token is ${elsewhere}, and the call reads it from ${tokenName}` : `no header ${tokenName}`;
}

function checkPermission({ permission = '' }: Route, { app }: Caller): void {
  if (app.permissions.includes(permission)) return;
  throw wireError('Forbidden.AccessDenied.AccessTokenPermissionDenied', {
    why: `app ${app.code} does not have ${permission}`,
    requiredScopes: [permission],
  });
}

function checkRate(rate: RateLimit, { path }: Route, { app, organization }: Caller): void {
  const isInternal = app.kind === 'internal';
  const retryAfter = rate.over(isInternal ? `${app.id} ${path}` : `${app.id} ${organization.corpId} ${path}`);
  if (retryAfter === 0) return;
  const limit = isInternal ? 'QpsLimitForAppkeyAndApi' : 'QpsLimitForSuitekeyAndOrgAndApi';
  throw wireError(`Forbidden.AccessDenied.${limit}`, { why: `app ${app.code} calls too often`, retryAfter });
}

function checkRequired(body: JsonObject, required: readonly RequiredField[]): void {
  const absent = required.find((field) => body[field] === undefined || body[field] === null);
  if (absent) throw wireError(`Missing${absent}`, { why: `the body has no ${absent}` });
}

/**
 * Compares the path with each route in turn. There are few routes, mostly of different lengths, so this is faster than
 * hashing the path.
 */
function createRouteFinder(routes: readonly Route[]): (method: string, path: string) => Found | undefined {
  const exact: Found[] = [];
  const patterns: { readonly route: Route; readonly pattern: RegExp }[] = [];
  for (const route of routes) {
    if (!route.path.includes('{')) exact.push({ route, segment: '' });
    else patterns.push({ route, pattern: new RegExp(`^${route.path.replace(/\{\w+\}/, '([^/]+)')}$`) });
  }
  return (method, path) => {
    for (const found of exact) if (found.route.path === path && found.route.method === method) return found;
    if (hasDotSegment(path)) return undefined;
    for (const { route, pattern } of patterns) {
      const segment = route.method === method ? pattern.exec(path)?.[1] : undefined;
      if (segment !== undefined) return { route, segment };
    }
    return undefined;
  };
}

/**
 * Narrows the caller of a route that has a permission. Throws a TypeError if there is none, which is a bug in the route
 * table.
 */
export function requireCaller(caller: Caller | undefined): Caller {
  if (!caller) throw new TypeError('a call was routed without its permission');
  return caller;
}
