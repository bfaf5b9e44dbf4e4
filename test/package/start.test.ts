/** What the built command loads when it starts, its cache of compiled code, and stacks that name the sources. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSchema } from '../../src/store/engine/sqlite/sqlite-fresh.ts';
import { migrateSqlite } from '../../src/store/engine/sqlite/sqlite-schema.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { command, folder, jsonLines } from '../support/command.ts';
import { root } from '../support/pages.ts';

const dist = join(root, 'dist');

/** The environment of a command that writes at its exit what it has loaded. */
function recording(): { readonly env: Record<string, string>; readonly cwd: string } {
  const cwd = folder();
  const hook = join(cwd, 'hook.mjs');
  writeFileSync(
    hook,
    `import { writeFileSync } from 'node:fs';
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    process.on('exit', () => {
      process.stderr.write(JSON.stringify({ urls, builtins: process.moduleLoadList }) + '\\n');
    });`,
  );
  return { cwd, env: { NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` } };
}

type Loaded = { readonly urls: readonly string[]; readonly builtins: readonly string[] };

/** Runs a command to its end, and returns the files and the modules of Node that it loaded. */
async function load(args: readonly string[], started?: (stop: () => void) => void): Promise<Loaded> {
  const { code, stderr } = await command(args, {
    ...recording(),
    ...(started && {
      started: (child) => child.stdout?.once('data', () => started(() => child.kill('SIGTERM'))),
    }),
  });
  expect(code, stderr).toBe(0);
  return jsonLines(stderr).find((line) => 'urls' in line) as Loaded;
}

describe('a command loads no more than it needs', () => {
  test('--version: a few small files', async () => {
    const { urls } = await load(['--version']);
    expect(urls.filter((url) => /node_modules|\/(?:run|log|prepare|server)-/.test(url))).toEqual([]);
    expect(urls.length).toBeLessThan(8);
  });

  test('--help: neither the server nor a package', async () => {
    const { urls } = await load(['--help']);
    expect(urls.filter((url) => /node_modules|\/server-|\/surfaces-/.test(url))).toEqual([]);
  });

  test('the calls of admin: neither QR codes nor the server', async () => {
    const { code, stderr } = await command(
      ['admin', 'users', 'list', '--corp', 'x', '--endpoint', 'http://127.0.0.1:1'],
      {
        ...recording(),
        env: { ...recording().env, HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite' },
      },
    );
    expect(code, stderr).toBe(1);
    const loaded = jsonLines(stderr.slice(stderr.indexOf('{'))).find((line) => 'urls' in line) as Loaded;
    expect(loaded.urls.filter((url) => /node_modules|\/(?:server|surfaces|token)-/.test(url))).toEqual([]);
  });

  test('mcp: its own packages only, and the other client commands none of them', async () => {
    const env = { HUIZHI_APP_KEY: 'app', HUIZHI_APP_SECRET: 'secret', HUIZHI_ROBOT: 'robot' };
    const recorded = recording();
    const run = async (args: readonly string[]) => {
      const { stderr } = await command([...args, '--endpoint', 'http://127.0.0.1:1'], {
        ...recorded,
        env: { ...recorded.env, ...env },
      });
      const loaded = jsonLines(stderr.slice(stderr.indexOf('{"urls"'))).find((line) => 'urls' in line) as Loaded;
      return loaded.urls.filter((url) => /node_modules|\/(?:server|surfaces|token)-/.test(url));
    };
    const packages = (await run(['mcp'])).map((url) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? url);
    expect([...new Set(packages)].toSorted()).toEqual([
      '@modelcontextprotocol/core',
      '@modelcontextprotocol/server',
      'zod',
    ]);
    expect(await run(['send', '--to', 'alice', '--text', 'hello'])).toEqual([]);
  });

  test('dev: no package, no page, no other engine, no traces, and neither TLS nor fetch', async () => {
    const args = ['dev', '--port', '0', '--json', '--log-level', 'warn'];
    const { urls, builtins } = await load(args, (stop) => stop());
    expect(
      urls.filter((url) => /node_modules|\/(?:surfaces|document|postgres(?!-address)|file-shape|tracing)-/.test(url)),
    ).toEqual([]);
    expect(urls.length).toBeLessThan(20);
    expect(
      builtins.filter((name) => /NativeModule (?:tls|https|http2|internal\/deps\/undici\/undici)$/.test(name)),
    ).toEqual([]);
  });

  test('the build has few files', () => {
    expect(globSync('{,cli/,client/,emulator/,chunks/}*.js', { cwd: dist }).length).toBeLessThan(80);
    expect(globSync('{config,core,http,proxy,store,wire}/**/*.js', { cwd: dist })).toEqual([]);
  });
});

describe('the cache of compiled code', () => {
  const help = async (env: Record<string, string>) => {
    const { code, stderr } = await command(['--help'], { env });
    return [code, stderr];
  };

  test('is in the folder for caches, readable by its owner only', async () => {
    const caches = folder();
    expect(await help({ XDG_CACHE_HOME: caches })).toEqual([0, '']);
    const files = globSync('huizhi/*/*', { cwd: caches });
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(statSync(join(caches, file)).mode & 0o077).toBe(0);
    const home = folder();
    expect(await help({ HOME: home, XDG_CACHE_HOME: '' })).toEqual([0, '']);
    expect(readdirSync(join(home, '.cache'))).toEqual(['huizhi']);
  });

  test.each([
    ['that cannot be made', () => '/dev/null/caches'],
    [
      'that is a file',
      () => {
        const caches = folder();
        writeFileSync(join(caches, 'huizhi'), '');
        return caches;
      },
    ],
    ['that is relative', () => 'caches'],
  ])('in a folder %s is left out without a word', async (_, caches) => {
    expect(await help({ XDG_CACHE_HOME: caches() })).toEqual([0, '']);
  });

  test('can be turned off, and moved', async () => {
    const [caches, other] = [folder(), folder()];
    expect(await help({ XDG_CACHE_HOME: caches, NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual([0, '']);
    expect(await help({ XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: other })).toEqual([0, '']);
    expect(readdirSync(caches)).toEqual([]);
    expect(readdirSync(other)).not.toEqual([]);
  });
});

describe('a stack names the sources', () => {
  test('in the log of a command', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const args = ['dev', '--port', String(port), '--log-level', 'debug', '--log-format', 'json'];
    const { stderr } = await command(args);
    const [line] = jsonLines(stderr.slice(0, stderr.indexOf('\n') + 1));
    expect(JSON.stringify(line)).toMatch(/ListenError: Port .*src\/server\.ts:\d+:\d+/);
    expect(JSON.stringify(line)).not.toContain('dist/chunks');
  });

  test('of an emulator under --enable-source-maps', async () => {
    const script = `import { startEmulator } from ${JSON.stringify(pathToFileURL(join(dist, 'emulator/index.js')).href)};
      await startEmulator({ sead: 1 }).catch(({ stack }) => console.log(stack));`;
    const args = ['--enable-source-maps', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder() });
    expect(stdout).toMatch(/startEmulator has no option sead[\s\S]*src\/emulator\/start\.ts:\d+:\d+/);
  });

  test('with a map beside each file of code, and without a copy of the sources', () => {
    const code = globSync('{cli,chunks}/*.js', { cwd: dist }).filter(
      (name) => !/_builtin_|promises-|rolldown-runtime/.test(name),
    );
    expect(code.filter((name) => !existsSync(join(dist, `${name}.map`)))).toEqual([]);
    expect(
      globSync('chunks/*.map', { cwd: dist }).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0),
    ).toBeLessThan(2_000_000);
  });
});

test('the schema of the build is that of all migrations', () => {
  const stepped = new DatabaseSync(':memory:');
  onTestFinished(() => stepped.close());
  migrateSqlite(stepped, { ...migrations });
  const image = new DatabaseSync(join(dist, 'schema.db'), { readOnly: true });
  onTestFinished(() => image.close());
  expect(readSchema(image)).toEqual(readSchema(stepped));
  for (const text of ['pragma user_version', 'select * from sqlite_stat1 order by tbl, idx'])
    expect(image.prepare(text).all()).toEqual(stepped.prepare(text).all());
});

describe('after the files of the package are removed, as an upgrade does', () => {
  /** Starts a command from a copy of the package, and then removes its files. Resolves to its URL. */
  const startAndRemove = async (args: readonly string[]): Promise<string> => {
    const copy = folder();
    cpSync(dist, join(copy, 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), 'organizations:\n  - { corpId: corp-one, name: One, users: [] }\n');
    const options = ['--port', '0', '--json', '--log-level', 'fatal'];
    const child = spawn(process.execPath, [join(copy, 'dist/cli/main.js'), ...args, ...options], { cwd });
    onTestFinished(() => void child.kill());
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    rmSync(join(copy, 'dist'), { recursive: true });
    return (JSON.parse(line.toString().split('\n')[0] ?? '') as { url: string }).url;
  };
  const request = async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, code: ((await response.json()) as { code?: string }).code };
  };

  test('serve goes on with all of its calls', async () => {
    const url = await startAndRemove(['serve', '--database', 'huizhi.db']);
    for (const path of ['/healthz', '/readyz', '/openapi.json'])
      expect(await request(url + path)).toMatchObject({ status: 200 });
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  test('dev refuses its own calls, and goes on with those of the vendor', async () => {
    const url = await startAndRemove(['dev']);
    expect(await request(`${url}/healthz`)).toEqual({ status: 500, code: 'system.error' });
    expect(await request(`${url}/healthz`)).toEqual({ status: 500, code: 'system.error' });
    const readStatus = await request(`${url}/v1.0/robot/oToMessages/readStatus`);
    expect(readStatus.status).toBe(400);
  });
});
