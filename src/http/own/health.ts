import { Hono, type Context as HonoContext } from 'hono';
import { sameText } from '../../core/access/seal.ts';
import { hashToken } from '../../core/access/secrets.ts';
import type { Context } from '../../core/context.ts';
import { checkReady } from '../../core/ready.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Language, Served } from '../../wire/openapi/document.ts';
import { documentQuery } from '../../wire/own/operations.ts';
import type { Env } from './env.ts';
import { readBearerToken } from './inbox.ts';
import { parseQuery } from './request.ts';

/** What the operations routes get from the composition root. */
export type Operations = {
  readonly version: string;
  /** The bearer token that `/metrics` requires; undefined if it requires none. */
  readonly metricsToken: string | undefined;
  /** Renders the metrics in Prometheus' text format, with its content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
};

/**
 * `/healthz`, `/readyz`, `/metrics`, `/openapi.json`.
 *
 * @param isDraining whether the server is about to stop, and wants no more requests from load balancers
 */
export function createHealthRoutes(
  context: Context,
  operations: Operations,
  served: Served,
  isDraining: () => boolean,
): Hono<Env> {
  const { version, metrics } = operations;
  const app = new Hono<Env>();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    if (isDraining()) throw huizhiError('huizhi.busy', 'the server is about to stop', { retryAfter: 1 });
    await checkReady(context);
    return c.json({ status: 'ok' });
  });
  app.get('/metrics', async (c) => {
    checkMetricsToken(c, operations);
    const { text, contentType } = await metrics();
    return new Response(text, { headers: { 'content-type': contentType } });
  });
  app.get('/openapi.json', async (c) => {
    const { lang = 'en' } = parseQuery(c, documentQuery);
    const document = await renderDocument(version, served, lang);
    return c.body(document, 200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  });
  return app;
}

/**
 * The rendered documents. They are bytes, which all responses share, so that slow clients do not each hold a copy. The
 * emulators of a program share them, too, because rendering takes a tenth of a second.
 */
const documents = new Map<string, Uint8Array<ArrayBuffer>>();

async function renderDocument(version: string, served: Served, lang: Language): Promise<Uint8Array<ArrayBuffer>> {
  const key = JSON.stringify([version, served.emulator, served.oidc, lang]);
  const known = documents.get(key);
  if (known) return known;
  const { createOpenapi } = await import('../../wire/openapi/document.ts');
  const document = new TextEncoder().encode(JSON.stringify(createOpenapi(version, served, lang)));
  documents.set(key, document);
  return document;
}

/** Throws `huizhi.unauthorized` if `/metrics` requires a token, and the request has another one or none. */
function checkMetricsToken(c: HonoContext<Env>, { metricsToken }: Operations): void {
  if (metricsToken === undefined) return;
  const token = readBearerToken(c);
  if (token !== undefined && sameText(hashToken(token), hashToken(metricsToken))) return;
  throw huizhiError('huizhi.unauthorized', 'the token of the metrics is needed');
}
