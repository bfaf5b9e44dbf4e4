/** The package as users get it: packed, installed into an empty folder, and run there. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test } from 'vitest';
import { oldestVersion, otherNode } from '../support/other-node.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'huizhi-package-'));

type Manifest = { readonly version: string; readonly bin: unknown; readonly exports: unknown };
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

let files: readonly string[] = [];
let tarball = '';
let unreachable = '';

beforeAll(async () => {
  tarball = await pack();
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  try {
    await install(tarball, '--offline').catch(() => install(tarball, '--prefer-offline', '--fetch-retries=1'));
  } catch (error) {
    if (!isUnreachable(error) || process.env.CI) throw error;
    unreachable = 'the registry cannot be reached, and the dependencies are not in the cache of npm';
    process.stderr.write(`\nSKIPPED: the package was not installed and run. ${unreachable}.\n`);
  }
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Packs dist/ as it was built for this run; a new build would replace it while other tests use it. */
async function pack(): Promise<string> {
  const { stdout } = await npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  files = packed.files.map(({ path }) => path);
  return join(folder, packed.filename);
}

function install(from: string, ...options: readonly string[]) {
  return npm(folder, 'install', '--omit=dev', '--no-audit', '--no-fund', ...options, from);
}

function npm(cwd: string, ...args: readonly string[]) {
  return run('npm', args, { cwd, env: plainEnvironment() });
}

function isUnreachable(error: unknown): boolean {
  return /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.test(String(error));
}

/** The environment of a plain shell: the Node of this run, without the variables of an outer npm. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const ofNpm = /^(npm_(?!config_(registry|cache|userconfig|globalconfig)$)|INIT_CWD$|NODE_ENV$|VITEST|HUIZHI_|PORT$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !ofNpm.test(name));
  return { ...Object.fromEntries(kept), PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
}

function needsInstall({ skip }: TestContext): void {
  skip(unreachable !== '', unreachable);
}

type Started = {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly robotCode: string;
  readonly recipient: { readonly userId: string; readonly name: string };
};

/**
 * Starts `npx huizhi dev`; its process group is killed when the test ends, because npx does not forward every signal.
 */
async function startDev(env = plainEnvironment()): Promise<Started> {
  const args = ['huizhi', 'dev', '--port', '0', '--json', '--log-level', 'warn'];
  const child = spawn('npx', args, {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => stopGroup(child));
  for await (const line of createInterface(child.stdout)) return JSON.parse(line) as Started;
  throw new Error(`npx huizhi dev ended with exit code ${child.exitCode} before it listened`);
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  process.kill(-child.pid, 'SIGTERM');
  await closed;
}

type Json = Readonly<Record<string, unknown>>;

async function post(url: string, body: Json, token = ''): Promise<Json> {
  const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Json;
}

test('contains the built program, its licence and its pages, and nothing else', () => {
  const pages = ['LICENSE', 'README.md', 'README.zh.md', 'CHANGELOG.md', 'COMPATIBILITY.md', 'package.json'];
  // Pages to which the advice of the commands refers.
  pages.push('docs/reference/errors.md');
  expect(files.filter((path) => !path.startsWith('dist/')).toSorted()).toEqual(pages.toSorted());
  const needed =
    /^dist\/(?:schema\.(?:db|sql)|[\w./-]+\.(?:js|js\.map|d\.ts)|docs-ui\/[\w.-]+\.(?:css|txt)|web\/[\w./-]+\.(?:html|css|svg|png|md))$/;
  expect(files.filter((path) => path.startsWith('dist/') && !needed.test(path))).toEqual([]);
  expect(files.filter((path) => /\.(test|contract|spec)\.|(^|\/)(test|bench|fixtures)\//.test(path))).toEqual([]);
});

test('contains every file that its package.json names', () => {
  const promised = (value: unknown): string[] =>
    typeof value === 'string' ? [value.replace(/^\.\//, '')] : Object.values(value ?? {}).flatMap(promised);
  expect([manifest.bin, manifest.exports].flatMap(promised).filter((path) => !files.includes(path))).toEqual([]);
});

test('contains the licence of the API viewer next to the viewer', () => {
  const texts = files.filter((path) => /^dist\/docs-ui\/.*licen[cs]e/i.test(path));
  const all = texts.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  expect(all).toContain('Apache License');
  expect(all.replaceAll(/\s+/g, ' ')).toContain(
    'You must give any other recipients of the Work or Derivative Works a copy of this License',
  );
});

test('npx huizhi --version prints the version of the package', { timeout: 60_000 }, async (context) => {
  needsInstall(context);
  const { stdout } = await run('npx', ['huizhi', '--version'], { cwd: folder, env: plainEnvironment() });
  expect(stdout).toBe(`${manifest.version}\n`);
});

test('npx huizhi dev answers READ for a message that was read', { timeout: 60_000 }, async (context) => {
  needsInstall(context);
  const { url, appKey, appSecret, robotCode, recipient } = await startDev();
  const { accessToken } = await post(`${url}/v1.0/oauth2/accessToken`, { appKey, appSecret });
  const token = String(accessToken);
  const message = { robotCode, userIds: [recipient.userId], msgKey: 'sampleText', msgParam: '{"content":"hello"}' };
  const { processQueryKey } = await post(`${url}/v1.0/robot/oToMessages/batchSend`, message, token);
  expect(await post(`${url}/emulator/v1/reads`, { processQueryKey })).toEqual({ read: 1 });
  const query = new URLSearchParams({ robotCode, processQueryKey: String(processQueryKey) });
  const headers = { 'x-acs-dingtalk-access-token': token };
  const answer = await fetch(`${url}/v1.0/robot/oToMessages/readStatus?${query}`, { headers });
  expect(await answer.json()).toEqual({
    sendStatus: 'SUCCESS',
    messageReadInfoList: [
      { userId: recipient.userId, name: recipient.name, readStatus: 'READ', readTimestamp: expect.any(Number) },
    ],
  });
});

test('the API description and its viewer are served from the package', { timeout: 60_000 }, async (context) => {
  needsInstall(context);
  const { url } = await startDev();
  const described = (await (await fetch(`${url}/openapi.json`)).json()) as { openapi: string; info: Json };
  expect([described.openapi, described.info.version]).toEqual(['3.1.0', manifest.version]);
  const page = await (await fetch(`${url}/docs`)).text();
  const [, script = ''] = /<script src="(\/docs\/swagger[^"]+)"/.exec(page) ?? [];
  const viewer = await fetch(url + script);
  expect([viewer.status, viewer.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/javascript'),
  ]);
  expect(await viewer.text()).toContain('SwaggerUIBundle');
});

/** Runs a program of the development dependencies, and returns its output. */
function tool(...args: readonly string[]) {
  const [name = '', ...rest] = args;
  const bin = join(root, 'node_modules', '.bin', name);
  return run(bin, rest, { cwd: folder, env: plainEnvironment() }).catch((error: { stdout: string }) => error);
}

test('its types and modules are found by every resolution that supports exports', { timeout: 60_000 }, async () => {
  // attw exits before a pipe has taken all of its output, so it writes to a file.
  const file = join(folder, 'attw.json');
  const output = openSync(file, 'w');
  const bin = join(root, 'node_modules', '.bin', 'attw');
  const child = spawn(bin, [tarball, '--format', 'json'], {
    cwd: folder,
    env: plainEnvironment(),
    stdio: ['ignore', output, 'inherit'],
  });
  await once(child, 'close');
  closeSync(output);
  const stdout = readFileSync(file, 'utf8');
  const { problems = {} } = JSON.parse(stdout) as { problems?: Record<string, { resolutionKind: string }[]> };
  // The two others are for CommonJS: one without exports, and one where only import() reaches the package.
  const known = ['node16-esm', 'bundler'];
  expect(
    Object.values(problems)
      .flat()
      .filter(({ resolutionKind }) => known.includes(resolutionKind)),
  ).toEqual([]);
  expect(stdout).toContain('node16-esm');
});

test('publint reports nothing', { timeout: 60_000 }, async () => {
  expect((await tool('publint', tarball, '--strict')).stdout).toContain('All good!');
});

const program = `
  import { start } from 'huizhi';
  import { createClient, type Client } from 'huizhi/client';
  import { startEmulator, type Emulator } from 'huizhi/emulator';
  export async function use(): Promise<Client> {
    const huizhi: Emulator = await startEmulator({ seed: 1 });
    const now: number = huizhi.clock.now();
    console.log(now, start);
    return createClient({ endpoint: huizhi.url, ...huizhi.credentials, fetch: huizhi.fetch });
  }`;

test.each([
  ['nodenext', 'nodenext'],
  ['node16', 'node16'],
  ['esnext', 'bundler'],
])('a program of modules %s, resolved as %s, compiles against its types', { timeout: 60_000 }, async (module, how) => {
  const compile = async (text: string) => {
    writeFileSync(join(folder, 'use.mts'), text);
    const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node', '--target', 'es2022'];
    const args = ['--noEmit', '--strict', '--skipLibCheck', ...types, '--module', module, '--moduleResolution', how];
    return (await tool('tsc', ...args, 'use.mts')).stdout;
  };
  expect(await compile(program)).toBe('');
  expect(await compile(program.replace('now: number', 'now: string'))).toMatch(/error TS2322/);
});

/** The environment of a shell whose PATH has another Node first. */
async function withNode(version: string, { skip }: TestContext): Promise<NodeJS.ProcessEnv> {
  const other = await otherNode(version);
  skip(other.missing !== '', other.missing);
  return { ...plainEnvironment(), PATH: [other.folder, process.env.PATH].join(delimiter) };
}

test.for([oldestVersion, '24'])('npx huizhi dev runs on Node %s', { timeout: 200_000 }, async (version, context) => {
  needsInstall(context);
  const { url } = await startDev(await withNode(version, context));
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
});

test.for([oldestVersion, '24'])(
  'the emulator starts on Node %s without output',
  { timeout: 200_000 },
  async (version, context) => {
    needsInstall(context);
    const env = await withNode(version, context);
    const script = `import { startEmulator } from 'huizhi/emulator';
    const huizhi = await startEmulator();
    console.log((await fetch(huizhi.url + '/healthz')).status);
    await huizhi.close();`;
    const { stdout, stderr } = await run('node', ['--input-type=module', '-e', script], { cwd: folder, env });
    expect([stdout, stderr]).toEqual(['200\n', '']);
  },
);

test('npx huizhi tells an older Node in one line which version it needs', { timeout: 200_000 }, async (context) => {
  needsInstall(context);
  const env = await withNode('20', context);
  const failed = await run('npx', ['huizhi', 'dev'], { cwd: folder, env }).catch((error: Failure) => error);
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toMatch(/^huizhi needs Node 22\.13 or newer, but this is 20\.[^\n]*\n$/);
});

type Failure = { readonly code: number; readonly stdout: string; readonly stderr: string };
