import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, type TestContext, test } from 'vitest';
import { isLong } from '../support/long.ts';
import { oldestVersion, otherNode } from '../support/other-node.ts';
import { root } from '../support/pages.ts';

const run = promisify(execFile);
let node = '';
let missing = '';

/** Fetches the oldest Node that package.json allows; without a registry the tests are skipped. */
beforeAll(async () => {
  ({ program: node, missing } = await otherNode(oldestVersion));
}, 130_000);

function needsNode({ skip }: TestContext): void {
  skip(missing !== '', missing);
}

/** The environment of a plain shell: the settings of this test runner are not for another version of Node. */
const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };

test('the oldest Node cannot return rows as arrays, so these tests cover the fallback', async (context) => {
  needsNode(context);
  const script = `const { StatementSync } = require('node:sqlite');
    console.log(process.version, typeof StatementSync.prototype.setReturnArrays)`;
  const { stdout } = await run(node, ['-e', script], { env });
  expect(stdout).toBe(`v${oldestVersion} undefined\n`);
});

test('the store passes its whole contract there', { timeout: 600_000 }, async (context) => {
  context.skip(!isLong, 'it takes a minute');
  needsNode(context);
  const outputFile = join(folder(), 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    'src/store/engine/sqlite/sqlite.test.ts',
    'src/store/engine/sqlite/sqlite-memory.test.ts',
    '--reporter=json',
    '--testTimeout=30000',
    `--outputFile=${outputFile}`,
  ];
  // It exits with 1 if a test fails, and the report says which.
  const { stderr } = await run(node, args, { cwd: root, env, maxBuffer: 2 ** 26 }).catch((error) => error);
  expect(existsSync(outputFile), stderr).toBe(true);
  const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
  const failed = report.testResults.flatMap(({ assertionResults, message }) => [
    ...(message ? [message] : []),
    ...assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  ]);
  expect(failed).toEqual([]);
  expect(report.numPassedTests).toBeGreaterThan(200);
});

type Report = {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
};

test('a server sends, is read and answers there, and keeps its data across a restart', {
  timeout: 60_000,
}, async (context) => {
  needsNode(context);
  const cwd = folder();
  const first = await startServer(cwd);
  const token = await tokenOf(first.url);
  const message = { robotCode: first.robotCode, msgKey: 'sampleText', msgParam: '{"content":"hi"}' };
  const send = { ...message, userIds: ['user001', 'user002'] };
  const { processQueryKey = '' } = await call(first.url, '/v1.0/robot/oToMessages/batchSend', token, send);
  expect(await call(first.url, '/emulator/v1/reads', '', { processQueryKey, userIds: ['user002'] })).toEqual({
    read: 1,
  });
  const path = `/v1.0/robot/oToMessages/readStatus?${new URLSearchParams({ robotCode: first.robotCode, processQueryKey })}`;
  const status = await call(first.url, path, token);
  expect(status).toMatchObject({
    sendStatus: 'SUCCESS',
    messageReadInfoList: [{ readStatus: 'UNREAD' }, { readStatus: 'READ' }],
  });
  await stopServer(first.child);
  const second = await startServer(cwd);
  expect(await call(second.url, path, await tokenOf(second.url))).toEqual(status);
  await stopServer(second.child);
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-oldest-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

async function startServer(cwd: string) {
  const main = join(root, 'src', 'cli', 'main.ts');
  const args = [
    '--experimental-strip-types',
    '--no-warnings',
    main,
    'dev',
    '--port',
    '0',
    '--json',
    '--database',
    'h.db',
  ];
  const child = spawn(node, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`it ended with ${code}: ${errors.join('')}`)),
  );
  ended.catch(() => {});
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  while (!told.includes('\n')) await Promise.race([once(child.stdout, 'data'), ended]);
  return { child, ...(JSON.parse(told) as { url: string; robotCode: string }) };
}

async function stopServer(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await exit)[0]).toBe(0);
}

async function tokenOf(url: string): Promise<string> {
  const credentials = { appKey: 'dingappinternal', appSecret: 's3cret-internal' };
  return (await call(url, '/v1.0/oauth2/accessToken', '', credentials)).accessToken ?? '';
}

async function call(url: string, path: string, token: string, body?: object): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
  const answer = await fetch(url + path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  return (await answer.json()) as Record<string, string>;
}
