import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Hono, type Context as HonoContext } from 'hono';
import type { Context } from '../../core/context.ts';
import { packageRoot } from '../../package-root.ts';
import { huizhiError, type WireError } from '../../wire/errors.ts';
import type { Env } from './env.ts';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
};

/**
 * Returns a Content-Security-Policy. Everything is loaded from this server, except pictures, which may also come from
 * the sources in `pictures`; inline scripts are blocked.
 */
const renderPolicy = (style: string, pictures = '') =>
  `default-src 'none'; script-src 'self'; style-src ${style}; img-src 'self' data:${pictures}; media-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

const always = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** The pattern of the console's client-side routes. */
export const consolePages = '/console/*';

/** Whether a path belongs to the console's API, which must not be answered with a page. */
export const isConsoleCall = (path: string) => /^\/console\/v1(?:\/|$)/.test(path);

/** The icons of the inbox as an app. */
const icons = { 'icon-192.png': '192x192', 'icon-512.png': '512x512', 'icon-maskable-512.png': '512x512' } as const;

/** What a browser needs to install the inbox as an app. */
const manifest = {
  ...{ id: '/', name: 'huizhi 回执', short_name: '回执', start_url: '/', scope: '/', display: 'standalone' },
  ...{ background_color: '#ffffff', theme_color: '#1765d8' },
  icons: Object.entries(icons).map(([name, sizes]) => ({
    ...{ src: `/app/${name}`, sizes, type: 'image/png', purpose: name.includes('maskable') ? 'maskable' : 'any' },
  })),
};

/**
 * Serves the web pages: the inbox at `/` with what makes it an app, the console at `/console` and below, and the assets
 * of both.
 */
export function createStaticRoutes({ options }: Context): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/', (c) => renderInboxPage(c, options.remotePictures));
  app.get('/app.webmanifest', (c) =>
    c.body(JSON.stringify(manifest), 200, { ...always, 'content-type': 'application/manifest+json' }),
  );
  // A browser looks for a new service worker with each page, so this one must not be out of date.
  app.get('/sw.js', async (c) => {
    const file = await readCachedFile('app/worker.js').catch(() => undefined);
    return file ? sendFile(c, file, { 'cache-control': 'no-cache' }) : renderNotBuilt(c);
  });
  for (const name of Object.keys(icons))
    app.get(`/app/${name}`, async (c) => {
      const file = await readCachedFile(`app/${name}`).catch(() => undefined);
      return file ? sendFile(c, file, { 'cache-control': 'public, max-age=86400' }) : renderNotBuilt(c);
    });
  app.get('/console', renderConsolePage);
  app.get(consolePages, (c, next) => (isConsoleCall(c.req.path) ? next() : renderConsolePage(c)));
  app.get('/assets/:name', async (c) => {
    const name = c.req.param('name');
    // The name of an asset contains a hash of its content.
    return sendFile(c, await readAsset(name), { 'cache-control': 'public, max-age=31536000, immutable' });
  });
  return app;
}

async function renderInboxPage(c: HonoContext<Env>, pictures: Context['options']['remotePictures']): Promise<Response> {
  const file = await readPage('inbox');
  if (!file) return renderNotBuilt(c);
  // Browsers cache the policy with the page, so the ETag is computed from both.
  const tag = `${file.tag}-${pictures}`;
  return sendFile(
    c,
    { ...file, tag },
    {
      'cache-control': 'no-cache',
      'content-security-policy': renderPolicy("'self'", pictures === 'allow' ? ' https: http:' : ''),
    },
  );
}

/** Serves the console's page. Its components add inline styles, which a nonce allows; it is new for each response. */
async function renderConsolePage(c: HonoContext<Env>): Promise<Response> {
  const file = await readPage('console');
  if (!file) return renderNotBuilt(c);
  const nonce = randomBytes(16).toString('base64url');
  const html = new TextDecoder().decode(file.plain).replace('%NONCE%', nonce);
  const security = { 'content-security-policy': renderPolicy(`'self' 'nonce-${nonce}'`) };
  return c.body(html, 200, { ...always, ...security, 'cache-control': 'no-store', 'content-type': file.type });
}

function readPage(name: 'inbox' | 'console'): Promise<File | undefined> {
  return readCachedFile(`${name}/index.html`).catch(() => undefined);
}

/** The response for a page in a source checkout that was never built. The API works there, the pages do not. */
function renderNotBuilt(c: HonoContext<Env>): Response {
  return c.text('The web pages are not built: npm run build\n', 503, { 'cache-control': 'no-store' });
}

type File = { readonly type: string; readonly tag: string; readonly plain: Uint8Array; readonly zipped: Uint8Array };

function sendFile(c: HonoContext<Env>, file: File, headers: Readonly<Record<string, string>>): Response {
  const isZipped = /\bgzip\b/i.test(c.req.header('accept-encoding') ?? '');
  const tag = `"${file.tag}${isZipped ? '-gzip' : ''}"`;
  const sent = { ...always, ...headers, etag: tag, vary: 'accept-encoding' };
  if (c.req.header('if-none-match')?.includes(tag)) return c.body(null, 304, sent);
  const encoding = isZipped ? { 'content-encoding': 'gzip' } : {};
  const body = isZipped ? file.zipped : file.plain;
  return c.body(body as Uint8Array<ArrayBuffer>, 200, { ...sent, ...encoding, 'content-type': file.type });
}

/** Where the built pages are. */
const folder = new URL('dist/web/', packageRoot);

const files = new Map<string, Promise<File>>();
let names: Promise<ReadonlySet<string>> | undefined;

/** Reads a file on first use, and caches it. */
function readCachedFile(path: string): Promise<File> {
  const cached = files.get(path);
  if (cached) return cached;
  const loading = loadFile(path);
  files.set(path, loading);
  loading.catch(() => files.delete(path));
  return loading;
}

async function loadFile(path: string): Promise<File> {
  const plain = await readFile(new URL(path, folder));
  const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  const type = types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { type, tag, plain, zipped: await promisify(gzip)(plain, { level: 9 }) };
}

/**
 * Returns the names of all built assets. A requested name is looked up in this list and never used as a path on disk.
 */
function listAssets(): Promise<ReadonlySet<string>> {
  names ??= readNames().catch(() => {
    names = undefined;
    return new Set<string>();
  });
  return names;
}

async function readNames(): Promise<ReadonlySet<string>> {
  return new Set(await readdir(new URL('assets/', folder)));
}

/**
 * Reads a built asset. Throws `huizhi.notFound`, also if an upgrade has removed the file while this process was
 * running.
 */
async function readAsset(name: string): Promise<File> {
  if (!(await listAssets()).has(name)) throw unknownAssetError(name);
  return readCachedFile(`assets/${name}`).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? unknownAssetError(name) : error;
  });
}

function unknownAssetError(name: string): WireError {
  const reason = `there is no /assets/${name}`;
  return huizhiError('huizhi.notFound', reason);
}
