import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { commands } from '../../src/config/options.ts';
import { main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
type Around = { readonly cwd?: string; readonly env?: Record<string, string>; readonly node?: readonly string[] };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-cli-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Starts `huizhi …` in an empty folder with no environment except PATH; it is killed when the test ends. */
function begin(line: string, { cwd = folder(), env = {}, node = [] }: Around = {}): ChildProcess {
  const args = [...node, main, ...line.split(' ').filter(Boolean)];
  const child = spawn(process.execPath, args, { cwd, env: { ...bareEnvironment, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (texts.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (texts.stderr += chunk));
  return texts;
}

async function huizhi(line: string, around?: Around): Promise<Ended> {
  const child = begin(line, around);
  const texts = collect(child);
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

describe('usage', () => {
  test('huizhi without arguments lists the commands', async () => {
    const { code, stdout, stderr } = await huizhi('');
    expect([code, stderr]).toEqual([0, '']);
    for (const command of commands) expect(stdout).toContain(`huizhi ${command}`);
  });

  test.each(['dev --help', 'dev --port 1 -h', 'help dev'])('huizhi %s prints the options of dev', async (line) => {
    const { code, stdout } = await huizhi(line);
    expect(code).toBe(0);
    expect(stdout).toContain('HUIZHI_PORT, then PORT');
    expect(stdout).not.toContain('--check');
  });

  test.each(['--version', '-V', 'serve --version'])('huizhi %s prints the version', async (line) => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await huizhi(line)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    ['sned', 'There is no command "sned". Did you mean send? Commands: huizhi dev, huizhi serve, huizhi migrate, '],
    ['help sevre', 'There is no command "sevre". Did you mean serve? Commands: huizhi dev, '],
    ['--port 1', 'The command comes first: huizhi dev --port 1\n'],
    ['dev --prot 1', 'huizhi dev has no option --prot. Did you mean --port?\n'],
    [
      'distribute --database a.db',
      '--database: huizhi distribute needs the coordinator of a Citus cluster, such as post',
    ],
    ['dev --host 0.0.0.0', '--host 0.0.0.0: dev lets everyone sign in, so it listens on loopback addresses only.'],
  ])('huizhi %s ends with 2 and one sentence on stderr', async (line, sentence) => {
    const { code, stdout, stderr } = await huizhi(line);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('an old Node gets the required version before anything is loaded', async () => {
    const pretend = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })';
    const { code, stdout, stderr } = await huizhi('dev', { node: ['--import', `data:text/javascript,${pretend}`] });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^huizhi needs Node 22\.13 or newer, but this is 20\.1\.0 \(.*\)\.\n$/);
  });
});

/** A running server: what it printed as JSON. */
type Started = {
  readonly child: ChildProcess;
  readonly texts: { readonly stdout: string; readonly stderr: string };
  readonly url: string;
  readonly adminToken?: string;
  readonly curl: { readonly send: string; readonly read: string; readonly readStatus: string };
};

async function startServer(line: string, around?: Around): Promise<Started> {
  const child = begin(`${line} --json`, around);
  const texts = collect(child);
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`huizhi ${line} ended with ${code}: ${texts.stderr}`);
  });
  while (!texts.stdout.includes('\n')) await Promise.race([once(child.stdout ?? child, 'data'), ended]);
  ended.catch(() => {});
  return { child, texts, ...JSON.parse(texts.stdout) };
}

/** Runs a pasted line in a shell, and returns what it prints. */
function runPasted(line: string, env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...bareEnvironment, ...env } };
    execFile('sh', ['-c', line], options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

async function stopServer({ child }: Started, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill(signal);
  const [code] = await closed;
  return code;
}

/** Starts a request and holds back the end of its body. */
async function requestUnderWay({ url }: Started): Promise<{ socket: Socket; end: string }> {
  const { hostname, port } = new URL(url);
  const body = '{"appKey":"dingapp","appSecret":"a-real-secret-of-a-test"}';
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  // The server answers `100 Continue` when it has started to handle the request.
  const head = `POST /v1.0/oauth2/accessToken HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head);
  await once(socket, 'data');
  socket.write(body.slice(0, 9));
  return { socket, end: body.slice(9) };
}

async function until(texts: { readonly stderr: string }, word: string, { stderr }: ChildProcess): Promise<void> {
  while (!texts.stderr.includes(word)) await once(stderr ?? process, 'data');
}

const configuration = `organizations:
  - { corpId: dingreal, name: 一, users: [{ userId: u1, name: 甲 }] }
apps:
  - { appKey: dingapp, appSecret: a-real-secret-of-a-test, kind: internal, corpId: dingreal, permissions: [qyapi_robot_sendmsg] }
robots:
  - { robotCode: dingrobot, name: 助手, appKey: dingapp, installedIn: [dingreal] }
`;

function writeConfiguration(text = configuration): string {
  const cwd = folder();
  writeFileSync(join(cwd, 'huizhi.yaml'), text);
  return cwd;
}

describe('huizhi dev', () => {
  test('prints a URL, credentials, and lines that send, read and request a receipt when pasted', async () => {
    const dev = await startServer('dev --port 0');
    expect(dev).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      appKey: 'dingappinternal',
      appSecret: 's3cret-internal',
      robotCode: 'dingzxcifuvdfbvegdf',
      openConversationId: 'cidV7mQ2xK9sT4bLw8ZpRcNfA==',
      webhook: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/robot\/send\?access_token=[\da-f]{64}$/),
      webhookSecret: expect.stringMatching(/^SEC/),
      adminToken: expect.stringMatching(/^\S{16,}$/),
    });
    const sent = JSON.parse(await runPasted(dev.curl.send));
    expect(sent).toMatchObject({
      processQueryKey: expect.stringMatching(/^[A-Za-z0-9+/=]{44}$/),
      invalidStaffIdList: [],
    });
    const key = { KEY: sent.processQueryKey };
    expect(JSON.parse(await runPasted(dev.curl.readStatus, key)).messageReadInfoList).toMatchObject([
      { readStatus: 'UNREAD' },
    ]);
    await runPasted(dev.curl.read, key);
    const read = [{ userId: '201382020', name: '曲大岳', readStatus: 'READ' }];
    expect(JSON.parse(await runPasted(dev.curl.readStatus, key)).messageReadInfoList).toMatchObject(read);
    expect(await stopServer(dev)).toBe(0);
  });

  test('prints the same as text, each line ready to paste', async () => {
    const child = begin('dev --port 0');
    const texts = collect(child);
    while (!texts.stdout.includes('Ctrl+C')) await once(child.stdout ?? child, 'data');
    expect(texts.stdout).toContain('  appSecret    s3cret-internal\n');
    expect(texts.stdout).toContain('  group        cidV7mQ2xK9sT4bLw8ZpRcNfA==   (its openConversationId)\n');
    expect(texts.stdout).toMatch(/^ {2}webhook {6}http:\/\/\S+\/robot\/send\?access_token=\S+$/m);
    expect(texts.stdout).toMatch(/^ {2}secret {7}SEC\S+ {3}\(signs messages to the webhook\)$/m);
    const line = texts.stdout.split('\n').find((one) => one.startsWith('curl ')) ?? '';
    expect(JSON.parse(await runPasted(line))).toHaveProperty('processQueryKey');
  });

  test('leaves no files in its folder', async () => {
    const cwd = folder();
    const dev = await startServer('dev --port 0', { cwd, env: { DATABASE_URL: 'postgres://nowhere/db' } });
    expect(await stopServer(dev)).toBe(0);
    expect(existsSync(join(cwd, 'huizhi.db'))).toBe(false);
  });

  test('ignores the huizhi.yaml of a server unless it is named', async () => {
    const cwd = writeConfiguration();
    expect(await startServer('dev --port 0', { cwd })).toMatchObject({ appKey: 'dingappinternal' });
    expect(await startServer('dev --port 0 --config huizhi.yaml', { cwd })).toMatchObject({ appKey: 'dingapp' });
  });

  test('quotes what a shell would split', async () => {
    const cwd = writeConfiguration(configuration.replace('a-real-secret-of-a-test', `"it's-$HOME"`));
    const dev = await startServer('dev --port 0 --config huizhi.yaml', { cwd });
    expect(JSON.parse(await runPasted(dev.curl.send))).toHaveProperty('processQueryKey');
  });

  test('listens on IPv6 loopback with lines that still work when pasted', async () => {
    const dev = await startServer('dev --port 0 --host ::1');
    expect(dev.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect(JSON.parse(await runPasted(dev.curl.send))).toHaveProperty('processQueryKey');
  });
});

describe('starting', () => {
  test('reports that a port is taken, with advice', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await huizhi(`dev --port ${port}`)).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} on 127.0.0.1 is taken: stop the program that listens there, or choose another with --port (0 picks a free one).\n`,
    });
  });

  test('reports that an address belongs to another machine', async () => {
    const { code, stderr } = await huizhi('serve --port 0 --host 192.0.2.1', { cwd: writeConfiguration() });
    expect([code, stderr]).toEqual([
      1,
      '192.0.2.1 is not an address of this machine: set --host to one of its addresses, or to 0.0.0.0.\n',
    ]);
  });

  test('serve refuses demo secrets and names the line', async () => {
    const cwd = writeConfiguration(configuration.replace('a-real-secret-of-a-test', 's3cret-internal'));
    const { code, stderr } = await huizhi('serve --port 0', { cwd });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'huizhi.yaml:4: apps[0].appSecret: is a demo secret, which is public; use a long random one.\n',
    );
    expect(existsSync(join(cwd, 'huizhi.db'))).toBe(false);
  });

  test('serve on an empty database without a configuration says what it needs', async () => {
    const cwd = folder();
    await huizhi('migrate', { cwd });
    const { code, stdout, stderr } = await huizhi('serve --port 0', { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('huizhi.yaml');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('serve with neither a database nor a configuration says what it needs, and creates no database', async () => {
    const cwd = folder();
    const { code, stdout, stderr } = await huizhi('serve --port 0 --database data.db', { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^huizhi serve failed: there is no database data\.db .*huizhi\.yaml.*--database\n$/);
    expect(existsSync(join(cwd, 'data.db'))).toBe(false);
  });

  test('reports that another huizhi uses the database', async () => {
    const cwd = writeConfiguration();
    await startServer('serve --port 0', { cwd });
    const { code, stderr } = await huizhi('serve --port 0', { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/huizhi\.db is in use by another process; .*--database/);
  });

  test.each([
    [
      'postgres://somebody:secret@127.0.0.1:1/huizhi',
      'Check that the database server is running and accepts this user',
    ],
    ['huizhi.yaml', 'The file is not a SQLite database. Put a backup in its place, or name another --database.'],
  ])('with the database %s, which cannot be opened, says what to do', async (database, advice) => {
    const { code, stderr } = await huizhi(`serve --port 0 --database ${database}`, { cwd: writeConfiguration() });
    expect(code).toBe(1);
    expect(stderr).toContain(advice);
    expect(stderr).not.toContain('secret');
  });

  test('reports a database whose folder does not exist', async () => {
    const { code, stderr } = await huizhi('dev --port 0 --database nowhere/huizhi.db');
    expect(code).toBe(1);
    expect(stderr).toContain('The folder nowhere does not exist: create it, or set --database.');
  });
});

describe('huizhi serve', () => {
  test('prints the admin token only on the first start, and needs no configuration on the second', async () => {
    const cwd = writeConfiguration();
    const first = await startServer('serve --port 0', { cwd });
    expect(first.adminToken).toMatch(/^\S{16,}$/);
    expect(await stopServer(first)).toBe(0);
    rmSync(join(cwd, 'huizhi.yaml'));
    const second = await startServer('serve --port 0', { cwd });
    expect(second.adminToken).toBeUndefined();
    expect(await stopServer(second)).toBe(0);
  });

  test('a first start that fails does not use up the admin token', async () => {
    const cwd = folder();
    expect((await huizhi('serve --port 0', { cwd })).code).toBe(1);
    writeFileSync(join(cwd, 'huizhi.yaml'), configuration);
    expect((await huizhi('serve --port 0 --host 192.0.2.1', { cwd })).code).toBe(1);
    expect((await startServer('serve --port 0', { cwd })).adminToken).toMatch(/^\S{16,}$/);
  });

  test('does not print an admin token that it was given', async () => {
    const env = { HUIZHI_ADMIN_TOKEN: 'operators-own-token' };
    const { texts } = await startServer('serve --port 0', { cwd: writeConfiguration(), env });
    expect(texts.stdout + texts.stderr).not.toContain('operators-own-token');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('closes and ends with 0 on %s', async (signal) => {
    const serve = await startServer('serve --port 0 --log-format json', { cwd: writeConfiguration() });
    expect(await stopServer(serve, signal)).toBe(0);
    expect(serve.texts.stderr).toContain('"message":"closed"');
  });
});

describe('stopping', () => {
  test('requests in progress are answered first, and new connections are refused', async () => {
    const serve = await startServer('serve --port 0', { cwd: writeConfiguration() });
    const { socket, end } = await requestUnderWay(serve);
    const closed = once(serve.child, 'close');
    serve.child.kill('SIGTERM');
    await until(serve.texts, 'closing', serve.child);
    await expect(fetch(`${serve.url}/healthz`)).rejects.toThrow();
    socket.write(end);
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await closed).toEqual([0, null]);
  });

  test('with a drain time /readyz fails first while requests are served, and a second signal ends this time', async () => {
    const serve = await startServer('serve --port 0 --drain-time 1h', { cwd: writeConfiguration() });
    const closed = once(serve.child, 'close');
    const statusOf = async (path: string) => (await fetch(serve.url + path)).status;
    expect(await statusOf('/readyz')).toBe(200);
    serve.child.kill('SIGTERM');
    await until(serve.texts, 'draining', serve.child);
    expect([await statusOf('/readyz'), await statusOf('/healthz')]).toEqual([503, 200]);
    expect(await (await fetch(`${serve.url}/readyz`)).json()).toMatchObject({ code: 'huizhi.busy' });
    // Signals in quick succession count as one, and one too many would end the process.
    const insisting = setInterval(() => serve.child.kill('SIGTERM'), 1000);
    await until(serve.texts, 'closing', serve.child);
    clearInterval(insisting);
    expect(await closed).toEqual([0, null]);
  });

  test('a drain time ends by itself', async () => {
    const serve = await startServer('serve --port 0 --drain-time 1ms', { cwd: writeConfiguration() });
    expect(await stopServer(serve)).toBe(0);
    expect(serve.texts.stderr).toMatch(/draining[\s\S]*closing[\s\S]*closed/);
  });

  test('without a certificate SIGHUP changes nothing and is logged', async () => {
    const serve = await startServer('serve --port 0', { cwd: writeConfiguration() });
    serve.child.kill('SIGHUP');
    await until(serve.texts, 'SIGHUP has no effect', serve.child);
    expect((await fetch(`${serve.url}/healthz`)).status).toBe(200);
    expect(await stopServer(serve)).toBe(0);
  });

  test('a second signal ends the process immediately', async () => {
    const serve = await startServer('serve --port 0', { cwd: writeConfiguration() });
    await requestUnderWay(serve);
    const closed = once(serve.child, 'close');
    serve.child.kill('SIGTERM');
    await until(serve.texts, 'closing', serve.child);
    // Signals in quick succession count as one, so the test repeats it.
    const insisting = setInterval(() => serve.child.kill('SIGTERM'), 50);
    expect(await closed).toEqual([143, null]);
    clearInterval(insisting);
  });
});

describe('huizhi migrate', () => {
  test('--check reports a pending migration and changes nothing; without it the database is migrated', async () => {
    const cwd = folder();
    const behind = await huizhi('migrate --check', { cwd });
    expect(behind.code).toBe(1);
    expect(existsSync(join(cwd, 'huizhi.db'))).toBe(false);
    expect(behind.stdout).toMatch(/^huizhi\.db is at version 0, but this huizhi needs \d+: run huizhi migrate\.\n$/);
    const done = await huizhi('migrate --json', { cwd });
    expect([done.code, JSON.parse(done.stdout)]).toEqual([
      0,
      { from: 0, to: expect.any(Number), latest: expect.any(Number) },
    ]);
    const { code, stdout } = await huizhi('migrate --check', { cwd });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^huizhi\.db is up to date \(version \d+\)\.\n$/)]);
  });
});
