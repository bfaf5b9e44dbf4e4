import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { packageRoot } from '../../package-root.ts';
import type { Language } from '../../wire/openapi/document.ts';
import { documentQuery } from '../../wire/own/operations.ts';
import type { Env } from './env.ts';
import { parseQuery } from './request.ts';

const titles: Readonly<Record<Language, string>> = { en: 'huizhi API', zh: 'huizhi API 文档' };
const tags: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

const renderPage = (language: Language) => `<!doctype html>
<html lang="${tags[language]}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titles[language]}</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<nav class="swagger-ui" style="padding: 10px 20px"><a class="link" href="/docs?lang=en" lang="en">English</a> · <a
  class="link" href="/docs?lang=zh" lang="zh-CN">中文</a></nav>
<main id="document" data-url="/openapi.json?lang=${language}"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

/**
 * Starts the viewer, which renders a call when a reader opens it. The look follows the color scheme that the browser
 * prefers.
 */
const startScript = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
const main = document.querySelector('#document');
SwaggerUIBundle({
  domNode: main,
  url: main.dataset.url,
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: -1,
  displayOperationId: false,
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** The viewer adds inline styles, so they are allowed; scripts only from this server. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The files of the viewer, with their types. */
const viewerFiles = { 'swagger-ui-bundle.js': 'text/javascript', 'swagger-ui.css': 'text/css' } as const;

/**
 * `/docs`: shows the OpenAPI document in Swagger UI, which is part of the package, so that nothing is loaded from other
 * hosts.
 */
export function createDocsRoutes(): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/', (c) => {
    const { lang = pickLanguage(c.req.header('accept-language')) } = parseQuery(c, documentQuery);
    return c.html(renderPage(lang), 200, { 'content-security-policy': policy, vary: 'accept-language' });
  });
  const headers = (type: string) => ({ 'content-type': type, 'cache-control': 'max-age=3600' });
  app.get('/start.js', (c) => c.body(startScript, 200, headers('text/javascript')));
  for (const [name, type] of Object.entries(viewerFiles))
    app.get(`/${name}`, async (c) => c.body(await readViewer(name), 200, headers(type)));
  return app;
}

/** Returns `zh` if the browser's first language is Chinese, else `en`. */
function pickLanguage(acceptLanguage = ''): Language {
  return /^\s*zh\b/i.test(acceptLanguage) ? 'zh' : 'en';
}

/** Reads a file of the viewer: from the built package, or from node_modules if the code runs from a source checkout. */
async function readViewer(name: string): Promise<string> {
  const built = new URL(`dist/docs-ui/${name}`, packageRoot);
  const installed = new URL(`node_modules/swagger-ui-dist/${name}`, packageRoot);
  return readFile(built, 'utf8').catch(() => readFile(installed, 'utf8'));
}
