/** The single executable: in an empty folder, without Node on the PATH. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { buildExecutable } from '../../scripts/executable.ts';
import { startPostgres } from '../../src/store/contract/postgres.contract.ts';
import { folder } from '../support/command.ts';
import { isLong } from '../support/long.ts';
import { root } from '../support/pages.ts';

vi.setConfig({ testTimeout: 60_000 });

const place = mkdtempSync(join(tmpdir(), 'huizhi-executable-test-'));
const executable = join(place, 'huizhi');
beforeAll(() => buildExecutable(executable), 120_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

type Environment = Readonly<Record<string, string>>;

/** Runs the executable to its end, without a PATH. */
async function run(args: readonly string[], env: Environment = {}) {
  const child = spawn(executable, args, {
    cwd: folder(),
    env: { HOME: place, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (texts.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (texts.stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

/** Starts a server, and resolves with what it prints. */
async function start(args: readonly string[], cwd = folder()): Promise<Record<string, string>> {
  const child: ChildProcess = spawn(executable, [...args, '--port', '0', '--json'], {
    cwd,
    env: { HOME: place },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    const closed = once(child, 'close');
    if (child.exitCode === null && child.kill('SIGTERM')) await closed;
  });
  if (child.stdout) for await (const line of createInterface(child.stdout)) return JSON.parse(line);
  throw new Error(`huizhi ${args.join(' ')} ended before it listened`);
}

const dev = {
  HUIZHI_APP_KEY: 'dingappinternal',
  HUIZHI_APP_SECRET: 's3cret-internal',
  HUIZHI_ROBOT: 'dingzxcifuvdfbvegdf',
};

const statusOf = async (url: string) => (await fetch(url)).status;

test('it has the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('dev serves pages and calls, and send, status, admin and mcp call it', async () => {
  const { url = '', adminToken = '' } = await start(['dev']);
  for (const path of ['/', '/console', '/docs', '/openapi.json', '/metrics', '/readyz'])
    expect([path, await statusOf(url + path)]).toEqual([path, 200]);
  const env = { ...dev, HUIZHI_ENDPOINT: url, HUIZHI_ADMIN_TOKEN: adminToken };
  const sent = await run(['send', '--to', 'user001', '--text', 'hello'], env);
  expect([sent.code, sent.stderr]).toEqual([0, 'Sent to 1 user.\n']);
  expect((await run(['status', sent.stdout.trim()], env)).stdout).toContain('0 of 1 read');
  expect((await run(['admin', 'organizations', 'list'], env)).stdout).toContain('dingcorp0001');
  const client = new Client({ name: 'suite', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: executable, args: ['mcp'], env, cwd: place }));
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('who_has_not_read');
});

test('run leads the calls of a program to an emulator, with certificates of its own', async () => {
  const program = `const answer = await fetch('https://oapi.dingtalk.com/gettoken?appkey=dingappinternal&appsecret=s3cret-internal');
    console.log(answer.status, (await answer.json()).errmsg);`;
  const { code, stdout } = await run(['run', '--', process.execPath, '--input-type=module', '--eval', program]);
  expect([code, stdout]).toEqual([0, '200 ok\n']);
});

const setup = 'organizations:\n  - { corpId: corp-one, name: One, users: [{ userId: a, name: A }] }\n';

test('serve stores in a SQLite file, which backup copies and verify checks', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'huizhi.yaml'), setup);
  const { url = '', adminToken = '' } = await start(['serve'], cwd);
  expect(await statusOf(`${url}/readyz`)).toBe(200);
  const copy = join(cwd, 'copy.db');
  const made = await run(['backup', copy, '--endpoint', url], { HUIZHI_ADMIN_TOKEN: adminToken });
  expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
  expect((await run(['verify', '--database', copy])).code).toBe(0);
});

test.runIf(isLong)('serve stores in PostgreSQL', { timeout: 180_000 }, async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const cwd = folder();
  writeFileSync(join(cwd, 'huizhi.yaml'), setup);
  const { url = '' } = await start(['serve', '--database', await postgres.create('empty')], cwd);
  expect(await statusOf(`${url}/readyz`)).toBe(200);
});
