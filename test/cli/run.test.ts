/** `huizhi run`: the built program runs commands whose calls to the vendor's hosts lead to a huizhi. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { writeCertificate } from '../support/certificates.ts';
import { command, type Ended, folder, main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

// Each test starts processes, and keytool if a JDK is installed.
vi.setConfig({ testTimeout: 60_000 });

/** Runs a program of Node under `huizhi run`. */
function runNode(program: string, options: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> {
  return command(['run', ...options, '--', process.execPath, '--input-type=module', '--eval', program], { env });
}

const getToken = `const answer = await fetch('https://oapi.dingtalk.com/gettoken?appkey=dingappinternal&appsecret=s3cret-internal');
console.log(answer.status, (await answer.json()).errmsg);`;

/** A run under way: `line` resolves to the first line that the command prints. */
type Begun = { readonly child: ChildProcess; readonly line: Promise<string>; readonly ended: Promise<unknown[]> };

function begin(program: string): Begun {
  const args = [main, 'run', process.execPath, '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, {
    cwd: folder(),
    env: bareEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stderr?.resume();
  const line = once(child.stdout ?? child, 'data').then(([chunk]) => String(chunk).trim());
  return { child, line, ended: once(child, 'close') };
}

/** Prints the folder of the files of the run, and stays until a signal ends it. */
const stay = `import { dirname } from 'node:path';
process.on('SIGUSR2', () => process.exit(9));
setInterval(() => {}, 1000);
console.log(dirname(process.env.SSL_CERT_FILE), process.pid);`;

test('a program that calls the vendor reaches an emulator, and only its own output is on stdout', async () => {
  const { code, stdout, stderr } = await runNode(getToken);
  expect([code, stdout]).toEqual([0, '200 ok\n']);
  expect(stderr).toMatch(/^huizhi run: the emulator listens on http:\/\/127\.0\.0\.1:\d+ {3}\(console /);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('what follows the command are its own arguments, and its exit code is that of the run', async () => {
  const { code, stdout } = await command([
    'run',
    process.execPath,
    '--eval',
    'console.log(process.argv[1]); process.exit(7)',
    '--',
    '--port',
  ]);
  expect([code, stdout]).toEqual([7, '--port\n']);
});

test('the configuration file has the app whose key the program has', async () => {
  const cwd = folder();
  const file = join(cwd, 'bot.yaml');
  writeFileSync(
    file,
    `organizations: [{ corpId: dingown, name: 一, users: [{ userId: u1, name: 甲 }] }]
apps: [{ appKey: dingown, appSecret: secret-of-the-bot, kind: internal, corpId: dingown, permissions: [] }]
`,
  );
  const program = getToken.replace('dingappinternal', 'dingown').replace('s3cret-internal', 'secret-of-the-bot');
  expect(await runNode(program, ['--config', file])).toMatchObject({ code: 0, stdout: '200 ok\n' });
});

test('--endpoint uses a huizhi that runs already, and HUIZHI_ENDPOINT names the huizhi to the command', async () => {
  const huizhi = await startEmulator();
  onTestFinished(() => huizhi.close());
  const ended = await runNode(`${getToken} console.log(process.env.HUIZHI_ENDPOINT)`, ['--endpoint', huizhi.url]);
  expect(ended).toEqual({ code: 0, stdout: `200 ok\n${huizhi.url}\n`, stderr: '' });
  expect((await huizhi.requests()).map(({ path }) => path)).toEqual(['/gettoken']);
});

test('other hosts are refused with a sentence, once for each, and allowed by the option', async () => {
  const other = createServer((_, outgoing) => outgoing.end('reached'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const program = `import { connect } from 'node:net';
    const { port } = new URL(process.env.https_proxy);
    for (const _ of [1, 2]) {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8');
      socket.write('GET http://localhost:${port}/ HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n');
      let text = '';
      for await (const chunk of socket) text += chunk;
      console.log(text.split('\\r\\n')[0], text.includes('reached'));
    }`;
  const refused = await runNode(program);
  expect(refused.stdout).toBe('HTTP/1.1 403 Forbidden false\n'.repeat(2));
  const sentence = `huizhi run refused a connection to localhost, port ${port}: to allow it, start with --allow-host localhost:${port}\n`;
  expect(refused.stderr.split('\n').slice(1).join('\n')).toBe(sentence);
  const allowed = await runNode(program, ['--allow-host', `example.com,localhost:${port}`]);
  expect(allowed.stdout).toBe('HTTP/1.1 200 OK true\n'.repeat(2));
});

test('variables of the command name the public authorities, those of before, and the one of the run', async () => {
  const { files } = writeCertificate();
  const program = `import { readFileSync } from 'node:fs';
    import { rootCertificates } from 'node:tls';
    const { SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, NODE_EXTRA_CA_CERTS, ...rest } = process.env;
    const all = readFileSync(SSL_CERT_FILE, 'utf8');
    const before = readFileSync(${JSON.stringify(files.cert)}, 'utf8').trim();
    console.log(new Set([SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE]).size, all.includes(before),
      rootCertificates.every((one) => all.includes(one.trim())), all.includes(readFileSync(NODE_EXTRA_CA_CERTS, 'utf8').trim()));
    const names = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
    console.log(new Set(names.map((name) => rest[name])).size, rest.NO_PROXY, rest.no_proxy, rest.NODE_USE_ENV_PROXY);
    console.log(/-Dhttps.proxyPort=\\d+/.test(rest.JAVA_TOOL_OPTIONS), rest.JAVA_TOOL_OPTIONS.startsWith('-Xmx64m '));`;
  const env = { SSL_CERT_FILE: files.cert, NO_PROXY: 'api.dingtalk.com', JAVA_TOOL_OPTIONS: '-Xmx64m' };
  const { stdout } = await runNode(program, [], env);
  const direct = 'localhost,127.0.0.1,::1';
  expect(stdout).toBe(`1 true true true\n1 ${direct} ${direct} 1\ntrue true\n`);
});

const privateKey = /PRIVATE KEY|PrivateKeyEntry/;

/** The texts of all files of a run. */
const readFiles = (path: string) => readdirSync(path).map((name) => readFileSync(join(path, name), 'latin1'));

test('the files are in a folder of this user alone, hold no private key, and go with the run', async () => {
  const { child, line, ended } = begin(stay);
  const [path = ''] = (await line).split(' ');
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(readFiles(path).filter((text) => privateKey.test(text))).toEqual([]);
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(existsSync(path)).toBe(false);
});

test('nothing secret is left when the run is killed, and the next run removes the files', async () => {
  const { child, line, ended } = begin(stay);
  const [path = '', pid] = (await line).split(' ');
  child.kill('SIGKILL');
  process.kill(Number(pid), 'SIGKILL');
  await ended;
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  expect(readFiles(path).length).toBeGreaterThan(1);
  expect(readFiles(path).filter((text) => privateKey.test(text))).toEqual([]);
  expect((await command(['run', process.execPath, '--version'])).code).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test('signals are passed on: the command decides how it ends', async () => {
  const { child, line, ended } = begin(stay);
  const [path = ''] = (await line).split(' ');
  child.kill('SIGUSR2');
  expect(await ended).toEqual([9, null]);
  expect(existsSync(path)).toBe(false);
});

test.each(['SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
  'a command that %s ends makes the run end in the same way',
  async (signal) => {
    const { line, ended } = begin(stay);
    const [path = '', pid] = (await line).split(' ');
    process.kill(Number(pid), signal);
    expect(await ended).toEqual([null, signal]);
    expect(existsSync(path)).toBe(false);
  },
);

test('Ctrl+C on a terminal reaches the command once, and the run waits for it', async ({ skip }) => {
  const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
  skip(!hasScript, 'script of util-linux is not installed');
  const program = join(folder(), 'program.mjs');
  // A second signal would come at the same time as the first.
  const body = `let count = 0;
    process.on('SIGINT', () => ++count === 1 && setTimeout(() => (console.log('signals ' + count), process.exit(5)), 500));
    setInterval(() => {}, 1000);
    console.log('ready');`;
  writeFileSync(program, body);
  const line = `exec ${process.execPath} ${main} run ${process.execPath} ${program}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...bareEnvironment, TERM: 'xterm' } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (!shown.includes('ready') && (shown + chunk).includes('ready')) child.stdin.write('\u0003');
    shown += chunk;
  });
  const [code] = await once(child, 'close');
  expect([code, shown]).toEqual([5, expect.stringContaining('signals 1')]);
});

test('a command that cannot be started has the exit code that shells give it', async () => {
  const missing = await command(['run', 'no-such-command-here']);
  expect([missing.code, missing.stdout]).toEqual([127, '']);
  expect(missing.stderr).toContain('huizhi run cannot start no-such-command-here: ');
  const file = join(folder(), 'plain.txt');
  writeFileSync(file, 'text');
  chmodSync(file, 0o644);
  expect((await command(['run', file])).code).toBe(126);
});

test.each<[readonly string[], RegExp]>([
  [[], /^Name the command to run: huizhi run \[options\] -- <command>/],
  [['--'], /^Name the command to run/],
  [['--allow-host', 'https://example.com', 'node'], /^--allow-host "https:\/\/example\.com" must be a host/],
  [['--endpoint', 'example.com', 'node'], /^--endpoint must be the URL of a huizhi/],
  [
    ['--endpoint', 'https://api.dingtalk.com', 'node'],
    /^--endpoint api\.dingtalk\.com is the vendor’s: huizhi run leads/,
  ],
  [['--endpoint', 'http://a/', '--config', 'x', 'node'], /^--config is for the emulator that --endpoint replaces/],
  [['--port', 'x', 'node'], /^--port "x" must be/],
  [['--database', 'x', 'node'], /^huizhi run has no --database/],
])('%j is wrong usage', async (args, sentence) => {
  const { code, stdout, stderr } = await command(['run', ...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
});

test('an emulator that cannot start ends the run with a sentence', async () => {
  const huizhi = await startEmulator();
  onTestFinished(() => huizhi.close());
  const { code, stderr } = await runNode(getToken, ['--port', new URL(huizhi.url).port]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('is taken: stop the program that listens there')]);
});
