import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import type { Env } from './env.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>huizhi API</title>
<script type="module" src="/docs/rapidoc.js"></script>
<rapi-doc spec-url="/openapi.json" theme="light" render-style="read" load-fonts="false" show-header="false"
  allow-authentication="true" allow-try="true" schema-style="table" primary-color="#1677ff"></rapi-doc>
</html>
`;

/** The viewer writes styles of its own into its shadow tree; scripts come from here alone. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** `/docs`: the OpenAPI document in a viewer (RapiDoc) that the package carries along, so that nothing is loaded from elsewhere. */
export function docsRoutes(): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/', (c) => c.html(page, 200, { 'content-security-policy': policy }));
  app.get('/rapidoc.js', async (c) =>
    c.body(await viewer(), 200, { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' }),
  );
  return app;
}

/** Built packages carry the viewer beside their code; a checkout finds it among its dependencies. */
async function viewer(): Promise<string> {
  const built = new URL('../../docs-ui/rapidoc-min.js', import.meta.url);
  const installed = new URL('../../../node_modules/rapidoc/dist/rapidoc-min.js', import.meta.url);
  return readFile(built, 'utf8').catch(() => readFile(installed, 'utf8'));
}
