import { asCaller } from '../../core/access/caller.ts';
import { maskTokenPath } from '../../core/access/masked.ts';
import type { RateLimit } from '../../core/access/rate.ts';
import type { Caller, Context, Eventually } from '../../core/context.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { type RequiredField, wireError } from '../../wire/errors.ts';
import type { JsonObject } from '../../wire/json.ts';
import { basePermission } from '../../wire/permissions.ts';
import { isOldHost, readOldHostToken, toOldHostError, unknownPathError, wrongMethodError } from '../vendor/old-host.ts';
import { readJsonObject } from './body/json-body.ts';
import type { Answer, Call } from './call.ts';
import { hasDotSegment } from './dot-segments.ts';
import { findValidParameter } from './query.ts';
import { createRefusalLog } from './refusals.ts';
import { renderError } from './render.ts';
import type { Route, Success } from './route.ts';

/** Wraps the handling of a call. The emulator uses it to inject faults and to record requests. */
export type Middleware = (call: Call, next: (call: Call) => Eventually<Answer>) => Eventually<Answer>;

export type Gateway = {
  handle(call: Call): Eventually<Answer>;
};

const tokenName = 'x-acs-dingtalk-access-token';
const noBody: JsonObject = {};

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
    const fail = (thrown: unknown) => {
      const error = found?.route.oldHost ? toCallError(thrown, found.route, identified.caller) : thrown;
      logRefusal(error, call, identified.caller?.app.code);
      return toErrorAnswer(error, found?.route, call, context);
    };
    try {
      if (call.fault) return fail(call.fault);
      if (!found) throw unknownCallError(call, listMethods(find, call.path));
      return run(context, found, call, identified, { succeed: (body) => toAnswer(found.route, body), fail });
    } catch (error) {
      return fail(error);
    }
  };
  const answer = middleware ? (call: Call) => middleware(call, handle) : handle;
  // A CORS preflight is not a call: no faults are injected into it, and it is not recorded.
  const isPreflight = ({ method, path }: Call) => method === 'OPTIONS' && listMethods(find, path).length > 0;
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

type RouteFinder = (method: string, path: string) => Found | undefined;

type Found = { readonly route: Route; readonly segment: string };

const methods = ['GET', 'POST', 'PUT'] as const;

function listMethods(find: RouteFinder, path: string): readonly string[] {
  return methods.filter((method) => find(method, path) !== undefined);
}

/** Maps an error, also an injected one, to that of a call of the old host. */
function toCallError(thrown: unknown, { withoutRequestId }: Route, caller: Caller | undefined): OldHostError {
  const { errcode, why, details } = toOldHostError(thrown, caller?.app.code);
  return new OldHostError(errcode, why, { ...details, hasRequestId: !withoutRequestId });
}

function unknownCallError(call: Call, allowed: readonly string[]): Error {
  if (isOldHost(call.path) && !hasDotSegment(call.path))
    return allowed.length > 0 ? wrongMethodError(call, allowed) : unknownPathError(call);
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
  const enter = (caller: Caller, known = call) => {
    identified.caller = caller;
    checkPermission(route, caller);
    // If the handler runs again, the call must not count twice.
    if (context.rate && !isCounted) checkRate(context.rate, route, caller);
    isCounted = true;
    return runHandler(context, route, known, segment, caller);
  };
  if (route.oldHost) return finish(runOldHost(context, call, enter), end);
  return finish(asCaller(context, readToken(call), enter, route.isRead), end);
}

/** The token may be in the body, so both the token and the parameters need it. */
async function runOldHost(
  context: Context,
  call: Call,
  enter: (caller: Caller, known: Call) => Eventually<Success>,
): Promise<Success> {
  let body: Eventually<string> | undefined;
  const known = { ...call, body: () => (body ??= call.body()) };
  return asCaller(context, await readOldHostToken(known), (caller) => enter(caller, known));
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
  if (permission === basePermission || app.permissions.includes(permission)) return;
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
function createRouteFinder(routes: readonly Route[]): RouteFinder {
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
