/** Builds the documentation site, serves it, and reads its pages. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/pages.ts';

/** Where a version of the site is: below another folder, as it is deployed. */
export const base = '/huizhi/0.1/';

/** A page of the site: its path, its HTML, and the ids in it. */
export type Page = { readonly path: string; readonly html: string; readonly ids: ReadonlySet<string> };

/** Builds the site into a temporary folder. */
export async function build(): Promise<{ readonly folder: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-site-'));
  const args = ['run', '--silent', 'site', '--', '--base', base, '--outDir', folder, '--silent'];
  // Vitest sets variables of Vite, such as BASE_URL, which would replace those of the build.
  const own = /^(?:BASE_URL|MODE|DEV|PROD|SSR|NODE_ENV|TEST|VITEST.*)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  await promisify(execFile)('npm', args, { cwd: root, env });
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

export function readPages(folder: string): readonly Page[] {
  return globSync('**/*.html', { cwd: folder }).map((file) => {
    const html = readFileSync(join(folder, file), 'utf8');
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id));
    return { path: base + file.replace(/(?<=^|\/)index\.html$/, ''), html, ids };
  });
}

/** The addresses in a page. */
export const addressesIn = ({ html }: Page): readonly string[] =>
  [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, address = '']) => address.replaceAll(/&(?:amp|#x26);/g, '&'));

/** The file that a server returns for a path, or undefined if there is none. */
export function fileAt(folder: string, path: string): string | undefined {
  if (!path.startsWith(base)) return undefined;
  const file = join(folder, decodeURIComponent(path.slice(base.length)), path.endsWith('/') ? 'index.html' : '');
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** Serves the site below its base, with `versions.json` beside it. */
export async function serve(folder: string, versions: readonly string[]) {
  const server = createServer(({ url = '' }, response) => {
    const path = new URL(url, 'http://site').pathname;
    if (path === '/huizhi/versions.json') return response.end(JSON.stringify(versions));
    const file = fileAt(folder, path);
    if (file === undefined) return response.writeHead(404).end();
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    return createReadStream(file).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
