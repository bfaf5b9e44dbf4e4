import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { RouterRoute } from 'hono/types';
import type { Context, Log } from '../../core/context.ts';
import type { Tracer } from '../../core/tracer.ts';
import { huizhiError, type WireError } from '../../wire/errors.ts';
import { requestIdHeader } from '../../wire/headers.ts';
import { maxSnapshotBytes } from '../../wire/limits.ts';
import type { AppParts } from '../parts.ts';
import type { AnsweredRequest } from '../server/access-log.ts';
import { type Bodies, createBodyReader, defaultBodyLimits } from '../server/body/bodies.ts';
import type { Uploads } from '../server/body/uploads.ts';
import type { Answer } from '../server/call.ts';
import { hasDotSegment } from '../server/dot-segments.ts';
import { parsePath } from '../server/listener.ts';
import { jsonType, renderError } from '../server/render.ts';
import { createRequestId } from '../server/request-id.ts';
import type { Route } from '../server/route.ts';
import { readParent } from '../server/traced-calls.ts';
import { createConsoleRoutes } from './console.ts';
import { createDocsRoutes } from './docs.ts';
import { createDownloadRoutes } from './downloads.ts';
import { createEmulatorRoutes } from './emulator.ts';
import { type Env, getAddress, getSocketAddress } from './env.ts';
import { createHealthRoutes } from './health.ts';
import { createInboxRoutes } from './inbox.ts';
import { refuseCrossSite, toPattern } from './request.ts';
import { consolePages, createStaticRoutes, isConsoleCall } from './static.ts';

/** Our own surfaces. They are loaded when one of them is first used: programs that only send and poll need none. */
export type Surfaces = {
  fetch(request: Request): Response | Promise<Response>;
  /** Serves a request of node:http. */
  serve(incoming: IncomingMessage, outgoing: ServerResponse): void;
  /** Every route as `METHOD /path/{variable}`. */
  readonly routes: readonly string[];
  /** Loads what some requests load later. */
  load(): Promise<unknown>;
};

/** Statuses of errors that may refuse a body before it has been read completely. */
const bodyStatuses: ReadonlySet<number> = new Set([408, 413, 503]);

/** What our own surfaces share with the vendor's calls. */
export type Shared = {
  readonly bodies: Bodies;
  readonly uploads: Uploads;
  readonly vendorRoutes: readonly Route[];
  /** Whether the server is about to stop. */
  readonly isDraining: () => boolean;
};

/** Creates our own surfaces: inbox, console, emulator, operations, docs and web pages. */
export function createSurfaces(parts: AppParts, shared: Shared): Surfaces {
  const { log } = parts.context;
  const { requestIds = createRequestId } = parts;
  const hono = createRoutes(parts, shared);
  const listener = getRequestListener((request, env) => hono.fetch(request, env), {
    hostname: 'localhost',
    errorHandler: (error) => {
      const requestId = requestIds();
      const refused = renderError(toReadableError(error), requestId, log);
      if (refused.error) parts.observeRefusal('unknown', refused.error.code);
      return toResponse(refused, requestId);
    },
  });
  return {
    fetch: (request) => hono.fetch(request),
    // The bundler removes an import whose result is not used. Node only finds it in its cache if it was imported from the
    // same chunk.
    load: () => import('../../wire/openapi/document.ts').then(({ createOpenapi }) => createOpenapi),
    serve(incoming, outgoing) {
      // A backslash is not valid in a URL. Encoded, it gives the error for an unknown path instead of one from the
      // adapter.
      incoming.url = incoming.url?.replaceAll('\\', '%5C');
      listener(incoming, outgoing).catch((err: unknown) => log.error({ err }, 'a response failed'));
    },
    routes: hono.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${toPattern(path)}`),
  };
}

/** Creates the routes of our own surfaces, with their middleware. */
function createRoutes(parts: AppParts, { bodies, uploads, vendorRoutes, isDraining }: Shared): Hono<Env> {
  const {
    context,
    operations,
    observe,
    observeRefusal,
    access,
    emulator,
    bodyLimits,
    requestIds = createRequestId,
  } = parts;
  const hono = new Hono<Env>();
  const { tracer } = context;
  if (tracer) hono.use(traceRequests(tracer, context));
  hono.use(async (c, next) => {
    const started = performance.now();
    c.set('requestId', requestIds());
    c.set('bodies', bodies);
    c.set('uploads', uploads);
    await next();
    c.header(requestIdHeader, c.get('requestId'));
    const seconds = (performance.now() - started) / 1000;
    const route = toRouteLabel(routePath(c, -1));
    observe(c.req.method, route, c.res.status, seconds);
    const code = c.get('refusal');
    if (code !== undefined) observeRefusal(route, code);
    access?.({ ...(await describeResponse(c, context)), route, seconds });
  });
  hono.use(setPrivateHeaders);
  hono.use(refuseDotSegments);
  hono.use(refuseCrossSite);
  // Changes by other processes take effect before a request is handled. If no other process shares the database, this
  // does nothing.
  hono.use(refreshDirectory(context));
  const served = { emulator: emulator !== undefined, oidc: context.options.oidc !== undefined };
  hono.route('/inbox/v1', createInboxRoutes(context));
  if (emulator) {
    const snapshots = createBodyReader({ ...defaultBodyLimits, ...bodyLimits, buffered: maxSnapshotBytes });
    hono.route('/emulator/v1', createEmulatorRoutes(context, { ...emulator, served: vendorRoutes, snapshots }));
  }
  hono.route('/console/v1', createConsoleRoutes(context, emulator?.setup));
  hono.route('/', createHealthRoutes(context, operations, served, isDraining));
  hono.route('/docs', createDocsRoutes());
  hono.route('/downloads', createDownloadRoutes(context));
  hono.route('/', createStaticRoutes(context));
  // Returned, not thrown: a thrown error would skip the headers and the metrics of the middleware above.
  hono.notFound((c) => {
    const allowed = findMethods(hono, c.req.path);
    if (allowed.length === 0) return refuse(c, context.log, notFoundError(c.req.method, c.req.path));
    return refuse(c, context.log, wrongMethodError(c.req.path, allowed), { allow: allowed.join(', ') });
  });
  hono.onError((error, c) => refuse(c, context.log, error));
  return hono;
}

/** Renders an error, and notes its code for the metrics. */
function refuse(c: HonoContext<Env>, log: Log, error: unknown, extra?: Readonly<Record<string, string>>): Response {
  const refused = renderError(error, c.get('requestId'), log);
  c.set('refusal', refused.error?.code);
  return toResponse(refused, c.get('requestId'), extra);
}

function toResponse(
  { status, body, headers }: Answer,
  requestId: string,
  extra?: Readonly<Record<string, string>>,
): Response {
  // The rest of an unread body would block the next request on this connection.
  const close = bodyStatuses.has(status) ? { connection: 'close' } : {};
  // Caches may store a 404 by default, and would then hide a file that the next upgrade adds.
  const always = { 'content-type': jsonType, 'cache-control': 'no-store', [requestIdHeader]: requestId };
  return new Response(body, { status, headers: { ...always, ...close, ...extra, ...headers } });
}

/**
 * Returns what the access log needs of a response on our own paths. The adapter sets the content length only later, so
 * the length is taken from a copy of the body, except for event streams.
 */
async function describeResponse(
  c: HonoContext<Env>,
  context: Context,
): Promise<Omit<AnsweredRequest, 'route' | 'seconds'>> {
  const { pathname: path, search } = new URL(c.req.url);
  const isStream = c.res.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const length = c.res.headers.get('content-length');
  const bytes =
    length !== null ? Number(length) : isStream ? undefined : (await c.res.clone().arrayBuffer()).byteLength;
  const { method } = c.req;
  return {
    method,
    path,
    query: search.slice(1),
    status: c.res.status,
    bytes,
    requestId: c.get('requestId'),
    address: getAddress(c, context),
  };
}

/**
 * Refuses paths with dot segments, as unknown paths. Hono routes by a URL in which they are already resolved, so the
 * raw target is checked.
 */
const refuseDotSegments: MiddlewareHandler<Env> = async (c, next) => {
  const target = c.env?.incoming?.url ?? c.req.path;
  if (hasDotSegment(target)) throw notFoundError(c.req.method, parsePath(target));
  await next();
};

/** Our own paths that depend on stored state. Health, docs and pages are served without the store. */
const statePaths = /^\/(?:inbox|console|emulator)\//;

function refreshDirectory({ directory }: Context): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (statePaths.test(c.req.path)) await directory.current();
    await next();
  };
}

/** Runs each request in a span. An event stream's span ends when the stream begins. */
function traceRequests(tracer: Tracer, { options }: Context): MiddlewareHandler<Env> {
  return async (c, next) => {
    const parent = readParent(c.req.header('traceparent'), getSocketAddress(c), options.trustedProxies);
    const attributes = { 'http.request.method': c.req.method };
    await tracer.run(`${c.req.method} unknown`, { kind: 'server', attributes, parent }, async (span) => {
      await next();
      const route = toRouteLabel(routePath(c, -1));
      span.rename(`${c.req.method} ${route}`);
      const code = c.get('refusal');
      span.set({
        'http.route': route,
        'http.response.status_code': c.res.status,
        'huizhi.request_id': c.get('requestId'),
        ...(code && { 'error.type': code }),
      });
    });
  };
}

/** Responses that depend on the user must not be cached, nor be interpreted as another content type. */
const setPrivateHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (!statePaths.test(c.req.path)) return;
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
};

/** Returns the metrics label of a route: its pattern, so that neither ids nor unknown paths create new time series. */
function toRouteLabel(pattern: string): string {
  if (pattern === consolePages) return '/console';
  return pattern.includes('*') ? 'unknown' : pattern;
}

/** Returns the methods that one of our own paths accepts. */
function findMethods({ router }: Hono<Env>, path: string): readonly string[] {
  const isServed = (route: RouterRoute) => !(route.path === consolePages && isConsoleCall(path));
  const hasMethod = (method: string) =>
    router.match(method, path)[0].some(([[, route]]) => route.method === method && isServed(route));
  return ['GET', 'POST', 'PUT', 'DELETE'].filter(hasMethod);
}

function notFoundError(method: string, path: string): WireError {
  const reason = `there is no ${method} ${path}`;
  return huizhiError('huizhi.notFound', reason);
}

function wrongMethodError(path: string, allowed: readonly string[]): WireError {
  const reason = `${path} accepts ${allowed.join(', ')}`;
  return huizhiError('huizhi.methodNotAllowed', reason);
}

/**
 * Maps the adapter's error for a malformed request (usually its Host header) to `huizhi.badRequest`. Other errors are
 * bugs of ours.
 */
function toReadableError(error: unknown): unknown {
  if (!(error instanceof RequestError)) return error;
  return huizhiError('huizhi.badRequest', error.message, { cause: error });
}
