import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { packageRoot } from '../../package-root.ts';
import type { Language } from '../../wire/openapi/document.ts';
import { documentQuery } from '../../wire/own/operations.ts';
import type { Env } from './env.ts';
import { parseQuery } from './request.ts';

const titles: Readonly<Record<Language, string>> = { en: 'huizhi API', zh: 'huizhi API 文档' };
const tags: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/** No theme is set, so the viewer uses the browser's preferred color scheme. */
const renderPage = (language: Language) => `<!doctype html>
<html lang="${tags[language]}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titles[language]}</title>
<script type="module" src="/docs/rapidoc.js"></script>
<rapi-doc spec-url="/openapi.json?lang=${language}" render-style="read" load-fonts="false" show-header="false"
  allow-authentication="true" allow-try="true" schema-style="table" show-method-in-nav-bar="as-colored-text"
  primary-color="#1677ff"><p slot="nav-logo"><a href="/docs?lang=en" lang="en">English</a> · <a href="/docs?lang=zh"
  lang="zh-CN">中文</a></p></rapi-doc>
</html>
`;

/** The viewer adds inline styles to its shadow tree, so they are allowed; scripts only from this server. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/**
 * `/docs`: shows the OpenAPI document in RapiDoc, which is part of the package, so that nothing is loaded from other
 * hosts.
 */
export function createDocsRoutes(): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/', (c) => {
    const { lang = pickLanguage(c.req.header('accept-language')) } = parseQuery(c, documentQuery);
    return c.html(renderPage(lang), 200, { 'content-security-policy': policy, vary: 'accept-language' });
  });
  app.get('/rapidoc.js', async (c) =>
    c.body(await readViewer(), 200, { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' }),
  );
  return app;
}

/** Returns `zh` if the browser's first language is Chinese, else `en`. */
function pickLanguage(acceptLanguage = ''): Language {
  return /^\s*zh\b/i.test(acceptLanguage) ? 'zh' : 'en';
}

/** Reads the viewer's script: from the built package, or from node_modules if the code runs from a source checkout. */
async function readViewer(): Promise<string> {
  const built = new URL('dist/docs-ui/rapidoc-min.js', packageRoot);
  const installed = new URL('node_modules/rapidoc/dist/rapidoc-min.js', packageRoot);
  return readFile(built, 'utf8').catch(() => readFile(installed, 'utf8'));
}
