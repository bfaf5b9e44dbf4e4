/** Programs that have the vendor's hosts as constants, under the built `huizhi run`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { type Command, type Finished, run, runOrThrow } from './command.ts';
import { needs, openEnvironment } from './python-environment.ts';

// The packages of the lock files are installed if they are missing.
const installing = 600_000;
vi.setConfig({ testTimeout: installing, hookTimeout: installing });

const cwd = fileURLToPath(new URL('hard-coded/', import.meta.url));
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const node = process.execPath;
const json = 'content-type: application/json';
const pair = '{"appKey":"dingappinternal","appSecret":"s3cret-internal"}';
const address = 'https://api.dingtalk.com/v1.0/oauth2/accessToken';

async function startHuizhi(): Promise<Emulator> {
  const huizhi = await startEmulator();
  onTestFinished(() => huizhi.close());
  return huizhi;
}

/** Runs a program against an emulator of the test. */
function runAgainst(
  huizhi: Emulator,
  file: string,
  args: readonly string[],
  more: Partial<Command> = {},
): Promise<Finished> {
  const words = [main, 'run', '--endpoint', huizhi.url, '--', file, ...args];
  return run({ file: node, args: words, cwd, ...more });
}

/** Skips a test for which a program is missing; with `CI=true` it fails. */
async function require(what: string, probe: Omit<Command, 'cwd'>, skip: (when: boolean, why: string) => void) {
  const missing = await needs(what, probe);
  if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);
  skip(missing !== undefined, missing ?? '');
}

/** Installs the packages of package-lock.json, again when it has changed. */
async function installPackages(): Promise<void> {
  const [lock, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map((name) => join(cwd, name));
  const versions = (path = '') =>
    existsSync(path) ? readFileSync(path, 'utf8').match(/"integrity": ".*"/g) : undefined;
  if (String(versions(lock)) === String(versions(installed))) return;
  await runOrThrow({ file: 'npm', args: ['ci', '--prefer-offline', '--no-audit', '--no-fund'], cwd });
}

const clients: readonly (readonly [
  name: string,
  probe: Omit<Command, 'cwd'> | undefined,
  command: readonly string[],
])[] = [
  ['fetch of Node', undefined, [node, 'fetch.mjs']],
  ['https.request of Node', undefined, [node, 'https-request.mjs']],
  ['curl', { file: 'curl', args: ['--version'] }, ['curl', '-sS', address, '-H', json, '-d', pair]],
  ['urllib of Python', { file: 'python3', args: ['--version'] }, ['python3', 'token_urllib.py']],
  ['both clients of Java', { file: 'java', args: ['--version'] }, ['java', 'Token.java']],
  ['net/http of Go', { file: 'go', args: ['version'] }, ['go', 'run', '-C', 'go', '.']],
];

test.for(clients)('%s reaches huizhi', async ([name, probe, [file = '', ...args]], { skip }) => {
  if (probe) await require(name, probe, skip);
  const huizhi = await startHuizhi();
  const { code, stdout, stderr } = await runAgainst(huizhi, file, args);
  expect([code, stdout, stderr]).toEqual([
    0,
    expect.stringMatching(/^{"expireIn":7200,"accessToken":"[0-9a-f]{32}"}/),
    expect.anything(),
  ]);
  const requests = await huizhi.requests();
  expect(new Set(requests.map(({ method, path, status }) => `${method} ${path} ${status}`))).toEqual(
    new Set(['POST /v1.0/oauth2/accessToken 200']),
  );
});

test('the trust store of Java holds certificates and no key', async ({ skip }) => {
  await require('a JDK', { file: 'keytool', args: ['-help'] }, skip);
  const huizhi = await startHuizhi();
  const script = 'keytool -list -storepass changeit -keystore "$(dirname "$SSL_CERT_FILE")/authorities.jks"';
  const { code, stdout } = await runAgainst(huizhi, 'sh', ['-c', script]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^huizhi-run, .*trustedCertEntry/m)]);
  expect(stdout).not.toContain('PrivateKeyEntry');
  // The certificates of the JDK, too.
  expect(stdout.match(/trustedCertEntry/g)?.length).toBeGreaterThan(50);
});

const python = () => openEnvironment(cwd, join(cwd, 'requirements-packages.txt'), join(cwd, '.venv', 'packages'));
const packages: readonly (readonly [name: string, program: () => Promise<string>, file: string])[] = [
  ['push-all-in-one 4.5.2 (npm)', async () => node, 'push-all-in-one.mjs'],
  ['dingtalk-robot-sender 1.2.0 (npm)', async () => node, 'absolute-form.mjs'],
  ['apprise 2.2.0 (PyPI)', python, 'send_apprise.py'],
  ['onepush 1.10.0 (PyPI)', python, 'send_onepush.py'],
];

const hasPython = {
  file: 'python3',
  args: ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'],
};

beforeAll(installPackages);

test.for(packages)('%s sends a message to a group', async ([name, program, file], { skip }) => {
  if (name.includes('PyPI')) await require('Python 3.10', hasPython, skip);
  const huizhi = await startHuizhi();
  const { token, secret } = await huizhi.createWebhook({ sign: true });
  const { code, stdout, stderr } = await runAgainst(huizhi, await program(), [file, token, String(secret)]);
  expect([code, stderr, stdout]).toEqual([0, expect.anything(), expect.stringMatching(/"errcode": ?0|SUCCESS/)]);
  const [sent] = (await huizhi.requests()).filter(({ path }) => path === '/robot/send');
  expect([sent?.status, JSON.stringify(sent?.body)]).toEqual([
    200,
    expect.stringContaining(`sent by ${name.split(' ')[0]}`),
  ]);
});

test('requests of Python reaches huizhi', async ({ skip }) => {
  await require('Python 3.10', hasPython, skip);
  const huizhi = await startHuizhi();
  const { code, stdout } = await runAgainst(huizhi, await python(), ['token_requests.py']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('"accessToken":"')]);
});
