import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Context } from '../core/context.ts';
import type { Controls, Snapshot } from '../core/emulator.ts';
import { wireError } from '../wire/errors.ts';
import { requestIdHeader } from '../wire/headers.ts';
import { consoleRoutes } from './console.ts';
import { docsRoutes } from './docs.ts';
import { emulatorRoutes } from './emulator.ts';
import type { Env } from './env.ts';
import { gatewayFetch } from './fetch.ts';
import { createGateway, type Route } from './gateway.ts';
import { healthRoutes, type Operations } from './health.ts';
import { inboxRoutes } from './inbox.ts';
import { gatewayListener, newRequestId, type Observe } from './listener.ts';
import { accessToken, corpAccessToken, corpIdToken, getToken } from './oauth.ts';
import { observed } from './observed.ts';
import { jsonType, renderError } from './render.ts';
import { batchRecall, batchSend, readStatusRoute } from './robot.ts';

export type App = {
  /** Answers without a socket. */
  fetch(request: Request): Promise<Response>;
  /** Answers on node:http. */
  listener(incoming: IncomingMessage, outgoing: ServerResponse): void;
};

export type AppParts = {
  readonly context: Context;
  readonly operations: Operations;
  readonly observe: Observe;
  /** Present in the emulator only. */
  readonly emulator?: { readonly controls: Controls; readonly initial: Snapshot };
};

const send = 'qyapi_robot_sendmsg';

/** The vendor's calls: what each needs before its handler is asked. */
const wireRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1.0/robot/oToMessages/readStatus', permission: send, answer: readStatusRoute },
  {
    method: 'POST',
    path: '/v1.0/robot/oToMessages/batchSend',
    permission: send,
    required: ['robotCode', 'userIds', 'msgKey', 'msgParam'],
    answer: batchSend,
  },
  {
    method: 'POST',
    path: '/v1.0/robot/otoMessages/batchRecall',
    permission: send,
    required: ['robotCode', 'processQueryKeys'],
    answer: batchRecall,
  },
  { method: 'POST', path: '/v1.0/oauth2/accessToken', required: ['appKey', 'appSecret'], answer: accessToken },
  {
    method: 'POST',
    path: '/v1.0/oauth2/corpAccessToken',
    required: ['suiteKey', 'suiteSecret', 'authCorpId', 'suiteTicket'],
    answer: corpAccessToken,
  },
  {
    method: 'POST',
    path: '/v1.0/oauth2/{corpId}/token',
    required: ['client_id', 'client_secret', 'grant_type'],
    answer: corpIdToken,
  },
  { method: 'GET', path: '/gettoken', answer: getToken },
];

/** Paths of our own; everything else is the vendor's, and answered as the vendor's gateway does. */
const own = /^\/(?:inbox|emulator|console|healthz|readyz|metrics|openapi\.json|docs)(?:\/|$)|^\/$/;

/** The whole route table, and what a request goes through on its way. */
export function createApp({ context, operations, observe, emulator }: AppParts): App {
  const gateway = createGateway(context, wireRoutes, emulator && observed(context, emulator.controls));
  const hono = new Hono<Env>();
  hono.use(async (c, next) => {
    const started = performance.now();
    c.set('requestId', newRequestId());
    await next();
    c.header(requestIdHeader, c.get('requestId'));
    observe(c.req.method, routeLabel(c.req.path), c.res.status, (performance.now() - started) / 1000);
  });
  hono.route('/inbox/v1', inboxRoutes(context));
  if (emulator) hono.route('/emulator/v1', emulatorRoutes(context, emulator.controls, emulator.initial));
  hono.route('/console/v1', consoleRoutes(context));
  hono.route('/', healthRoutes(context, operations));
  hono.route('/docs', docsRoutes());
  hono.get('/', (c) => c.redirect('/docs'));
  hono.notFound((c) => {
    const reason = `there is no ${c.req.method} ${c.req.path}`;
    throw wireError('huizhi.notFound', { why: reason, fill: { reason } });
  });
  hono.onError((error, c) => {
    const { status, body, headers } = renderError(error, c.get('requestId'), context.log);
    return new Response(body, { status, headers: { 'content-type': jsonType, ...headers } });
  });
  const ownListener = getRequestListener((request, env) => hono.fetch(request, env));
  const wireListener = gatewayListener(gateway, context.log, observe);
  return {
    fetch: async (request) =>
      own.test(new URL(request.url).pathname) ? hono.fetch(request) : gatewayFetch(gateway, request),
    listener: (incoming, outgoing) => {
      if (own.test(pathOf(incoming.url))) void ownListener(incoming, outgoing);
      else wireListener(incoming, outgoing);
    },
  };
}

function pathOf(url = '/'): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/** A label for metrics: the first two segments, so that ids in paths do not multiply the series. */
function routeLabel(path: string): string {
  return path.split('/').slice(0, 4).join('/');
}
