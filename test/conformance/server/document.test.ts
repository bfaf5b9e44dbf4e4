import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isLong } from '../../support/long.ts';
import { emptyFolder } from '../support/child.ts';
import { type Fields, type Server, testServer } from '../support/harness.ts';

const run = promisify(execFile);
const linter = fileURLToPath(new URL('../../../node_modules/@redocly/cli/bin/cli.js', import.meta.url));

type Document = {
  readonly tags: readonly { readonly name: string }[];
  readonly components: { readonly schemas: Fields };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Fields }>>>>;
};

const servers = {
  dev: () => testServer(),
  serve: () => testServer({ command: 'serve' }),
  'serve with OpenID Connect': () =>
    testServer({
      command: 'serve',
      publicUrl: 'http://127.0.0.1:1',
      oidc: {
        issuer: 'http://127.0.0.1:1',
        clientId: 'huizhi',
        clientSecret: undefined,
        claim: 'sub',
        corpId: 'corp-one',
        corpClaim: undefined,
      },
    }),
} as const;

async function documentOf({ call }: Server): Promise<{ readonly text: string; readonly document: Document }> {
  const { text } = await call('GET', '/openapi.json');
  return { text, document: JSON.parse(text) as Document };
}

/** What `serve` describes is in its document with OpenID Connect, too, so that the linter reads it once. */
const linted = Object.entries(servers).filter(([name]) => isLong || name !== 'serve');

test('the documents of all servers pass the linter without an error or a warning', { timeout: 60_000 }, async () => {
  const folder = emptyFolder();
  const files: string[] = [];
  for (const [name, start] of linted) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, (await documentOf(await start())).text);
    files.push(file);
  }
  // Calls that only redirect have no 2XX.
  const args = [linter, 'lint', ...files, '--format', 'json', '--skip-rule', 'operation-2xx-response'];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const { stdout } = await run(process.execPath, args, { env }).catch((error: { readonly stdout: string }) => error);
  // The linter prints an object for each file, one after the other.
  const reports = stdout.split(/(?<=^\})(?=\{)/m).map((text) => JSON.parse(text) as { problems: readonly unknown[] });
  expect(reports.map(({ problems }) => problems)).toEqual(files.map(() => []));
});

describe.each(Object.entries(servers))('the document of %s', (_, start) => {
  test('gives every call a success or a redirect, and the error for a malformed request', async () => {
    const { document } = await documentOf(await start());
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(item)) {
        const line = `${method} ${path}`;
        expect([line, '200' in responses || '302' in responses, '400' in responses]).toEqual([line, true, true]);
      }
    }
  });

  test('has a schema for the data of every event that it names', async () => {
    const { text, document } = await documentOf(await start());
    const named = [...text.matchAll(/\b(?:Inbox|Console)\w+Event\b/g)].map(([name]) => name);
    expect(new Set(named).size).toBeGreaterThan(3);
    expect([...new Set(named)].filter((name) => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
  });
});

test('for serve does not list what only dev serves', async () => {
  const { document } = await documentOf(await servers.serve());
  const paths = Object.keys(document.paths);
  expect(paths.filter((path) => path.startsWith('/emulator/') || path === '/inbox/v1/people')).toEqual([]);
  const tags = ['token', 'robot', 'contacts', 'media', 'groups', 'notices', 'events', 'inbox', 'console', 'operations'];
  expect(document.tags.map(({ name }) => name)).toEqual(tags);
});

test('lists sign-in by OpenID Connect if it is configured', async () => {
  const oidc = async (server: Server) =>
    Object.keys((await documentOf(server)).document.paths).filter((path) => path.includes('/oidc/'));
  expect(await oidc(await servers.serve())).toEqual([]);
  expect(await oidc(await servers['serve with OpenID Connect']())).toEqual([
    '/inbox/v1/oidc/start',
    '/inbox/v1/oidc/callback',
    '/console/v1/oidc/start',
    '/console/v1/oidc/callback',
  ]);
});
