/** The commands that talk to a server: the built program, as people start it, against a server on a socket. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { shells } from '../src/config.ts';
import { fileServer } from './conformance/harness.ts';
import { crowd } from './conformance/setup.ts';
import { world } from './conformance/world.ts';

// Each test starts processes, some of them several.
vi.setConfig({ testTimeout: 30_000 });

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const server = await fileServer({ mayFail: true });
const w = world(server);

const credentials = {
  HUIZHI_ENDPOINT: server.url,
  HUIZHI_APP_KEY: 'app-one',
  HUIZHI_APP_SECRET: 'secret-of-app-one',
  HUIZHI_ROBOT: 'robot-one',
};

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-cli-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
type Around = { readonly cwd?: string; readonly env?: Record<string, string>; readonly input?: string };

/** Runs `huizhi …` to its end, with the credentials of the suite unless told otherwise. */
async function huizhi(
  args: readonly string[],
  { cwd = folder(), env = credentials, input = '' }: Around = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH: process.env.PATH ?? '', ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (texts.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (texts.stderr += chunk));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

async function sentKey(...to: string[]): Promise<string> {
  const { code, stdout, stderr } = await huizhi(['send', '--to', to.join(','), '--text', 'hello']);
  expect([code, stderr]).toEqual([0, `Sent to ${to.length} user${to.length > 1 ? 's' : ''}.\n`]);
  return stdout.trim();
}

const read = (processQueryKey: string, ...userIds: string[]) =>
  w.emulate('POST', 'reads', { processQueryKey, userIds });
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('huizhi send', () => {
  test('prints a key for every twenty users, and tells on stderr who does not get it', async () => {
    const file = join(folder(), 'users.csv');
    writeFileSync(file, `userId,name\r\n${crowd.map((userId) => `${userId},somebody`).join('\r\n')}\r\nnobody,x\r\n`);
    const { code, stdout, stderr } = await huizhi(['send', '--to', 'alice', '--to-file', file, '--text', 'hello']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^([A-Za-z0-9+/=]{44}\n){2}$/);
    expect(stderr).toBe('Sent to 26 users.\nNot to 1 user unknown to the organization: nobody\n');
  });

  test('--json prints a line for each key and one for the rest', async () => {
    const { stdout } = await huizhi(['send', '--to', 'alice,bob', '--to', 'nobody', '--text', 'hello', '--json']);
    expect(jsonLines(stdout)).toEqual([
      { processQueryKey: expect.any(String), userIds: ['alice', 'bob'] },
      { invalid: ['nobody'], flowControlled: [], filtered: [], failed: [] },
    ]);
  });

  test.each([
    [['--text', 'line one\nline two'], 'sampleText', { content: 'line one\nline two' }],
    [['--markdown', '# 标题\n\n**正文**'], 'sampleMarkdown', { title: '标题', text: '# 标题\n\n**正文**' }],
    [['--markdown', '正文', '--title', '标题'], 'sampleMarkdown', { title: '标题', text: '正文' }],
    [
      ['--msg-key', 'sampleImageMsg', '--msg-param', '{"photoURL":"https://example.com/a.png"}'],
      'sampleImageMsg',
      { photoURL: 'https://example.com/a.png' },
    ],
  ])('sends %j as it is meant', async (args, msgKey, msgParam) => {
    expect((await huizhi(['send', '--to', 'alice', ...args])).code).toBe(0);
    const [message] = (await w.inboxOf(await w.signIn('alice'))).messages;
    expect([message?.msgKey, JSON.parse(message?.msgParam ?? '')]).toEqual([msgKey, msgParam]);
  });

  test('users may come from standard input', async () => {
    const { stderr } = await huizhi(['send', '--to-file', '-', '--text', 'hello'], { input: 'alice\nbob\n' });
    expect(stderr).toBe('Sent to 2 users.\n');
  });

  test('the same idempotency key sends once and prints the same keys', async () => {
    const args = ['send', '--to', 'alice', '--text', 'hello', '--idempotency-key', 'nightly-1'];
    const [first, second] = [await huizhi(args), await huizhi(args)];
    expect(second).toEqual(first);
    expect((await w.inboxOf(await w.signIn('alice'))).messages).toHaveLength(1);
  });

  test('ends with 1 when nobody gets it', async () => {
    const { code, stdout, stderr } = await huizhi(['send', '--to', 'nobody', '--text', 'hello']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Not to 1 user unknown to the organization: nobody\n');
  });

  test('a part that fails is named with its users, its request and what to do', async () => {
    const error = 'chatbotId.notAllow.sendOTO';
    await server.call('PUT', '/emulator/v1/faults', { body: { rules: [{ path: '/v1.0/robot/*', nth: 2, error }] } });
    const { code, stdout, stderr } = await huizhi(['send', '--to', crowd.join(), '--text', 'hello']);
    expect([code, stdout.trim().split('\n')]).toEqual([1, [expect.stringMatching(/^\S{44}$/)]]);
    expect(stderr).toMatch(
      /Not sent to \d+ users \(u\d\d … u\d\d\): chatbotId\.notAllow\.sendOTO: .* \(request [0-9A-F-]{36}\)\. The robot is disabled/,
    );
  });
});

describe('huizhi status', () => {
  test('prints a table of who has read', async () => {
    const key = await sentKey('alice', 'bob');
    await read(key, 'bob');
    const { code, stdout } = await huizhi(['status', key]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      `${key}  SUCCESS  1 of 2 read`,
      '  userId  name           status  read at',
      '  alice   Name of alice  UNREAD',
    ]);
    expect(lines[3]).toMatch(/^ {2}bob {5}Name of bob {4}READ {4}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  test('--json prints a line and --csv rows, and - takes the keys from standard input', async () => {
    const keys = [await sentKey('alice'), await sentKey('bob')];
    const json = await huizhi(['status', '-', '--json'], { input: `${keys.join('\n')}\n` });
    expect(jsonLines(json.stdout)).toMatchObject(
      keys.map((processQueryKey) => ({ processQueryKey, status: 'SUCCESS' })),
    );
    const csv = await huizhi(['status', ...keys, '--csv']);
    expect(csv.stdout).toBe(
      `processQueryKey,sendStatus,userId,name,readStatus,readAt\n${keys[0]},SUCCESS,alice,Name of alice,UNREAD,\n${keys[1]},SUCCESS,bob,Name of bob,UNREAD,\n`,
    );
  });

  test('ends with 1 when a key cannot be asked for, and prints the others', async () => {
    const key = await sentKey('alice');
    const { code, stdout, stderr } = await huizhi(['status', 'forged', key, '--json']);
    expect([code, jsonLines(stdout).length]).toEqual([1, 1]);
    expect(stderr).toMatch(/^forged: invalid\.processQueryKey: .*Copy the key whole, in quotes/);
  });

  test('--watch prints each change and ends when all have read', async () => {
    const key = await sentKey('alice', 'bob');
    await read(key, 'alice');
    const watching = huizhi(['status', key, '--watch', '--interval', '100ms', '--json']);
    await vi.waitUntil(async () => JSON.stringify(await w.emulate('GET', 'requests')).includes('readStatus'), 10_000);
    await read(key, 'bob');
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    expect(jsonLines(stdout).map(({ type, userId, reason, status }) => userId ?? reason ?? status ?? type)).toEqual([
      'SUCCESS',
      'alice',
      'bob',
      'allRead',
    ]);
  });

  test('--watch ends when a message can no longer be asked for', async () => {
    const key = await sentKey('alice');
    await w.advance('25h');
    const { code, stdout } = await huizhi(['status', key, '--watch']);
    expect([code, stdout]).toEqual([0, `${key}  can no longer be asked for\n`]);
  });
});

describe('huizhi recall', () => {
  test('recalls, and tells of each key', async () => {
    const key = await sentKey('alice');
    const { code, stdout, stderr } = await huizhi(['recall', key, 'forged']);
    expect(code).toBe(1);
    expect(stdout).toBe(`${key}  recalled\nforged${' '.repeat(38)}  invalid.processQueryKey\n`);
    expect(stderr).toMatch(/^invalid\.processQueryKey: Copy the key whole/);
    expect((await huizhi(['recall', key, '--json'])).stdout).toBe(`{"processQueryKey":"${key}","recalled":true}\n`);
    expect((await w.receipt(key)).sendStatus).toBe('RECALLED');
  });
});

describe('credentials', () => {
  test('come from a file, and a file that others can read is mentioned', async () => {
    const file = join(folder(), 'credentials');
    writeFileSync(file, `# of the nightly job\nHUIZHI_APP_KEY=app-one\nexport HUIZHI_APP_SECRET="secret-of-app-one"\n`);
    const { HUIZHI_ENDPOINT, HUIZHI_ROBOT } = credentials;
    const env = { HUIZHI_ENDPOINT, HUIZHI_ROBOT, HUIZHI_CREDENTIALS: file };
    chmodSync(file, 0o600);
    expect(await huizhi(['send', '--to', 'alice', '--text', 'x'], { env })).toMatchObject({
      code: 0,
      stderr: 'Sent to 1 user.\n',
    });
    chmodSync(file, 0o644);
    const open = await huizhi(['send', '--to', 'alice', '--text', 'x'], { env });
    expect(open.stderr).toContain(`Others on this machine can read ${file}: chmod 600 ${file}\n`);
  });

  test('may be a token', async () => {
    const env = { HUIZHI_ENDPOINT: server.url, HUIZHI_ROBOT: 'robot-one', HUIZHI_TOKEN: await w.tokenOf() };
    expect((await huizhi(['send', '--to', 'alice', '--text', 'hello'], { env })).code).toBe(0);
  });

  test.each(['--app-secret', '--token'])('%s is refused as an argument', async (flag) => {
    const { code, stderr } = await huizhi(['send', flag, 'secret-value', '--to', 'alice', '--text', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${flag} is not taken from the command line`);
    expect(stderr).not.toContain('secret-value');
  });
});

describe('mistakes', () => {
  const { HUIZHI_ROBOT: _, ...robotless } = credentials;

  test.each([
    [['send', '--text', 'x'], credentials, 'Say who gets it: --to <userId,…>'],
    [['send', '--to', 'alice'], credentials, 'Say what to send, once: --text'],
    [['send', '--to', 'alice', '--text', 'x', '--markdown', 'y'], credentials, 'Say what to send, once'],
    [['send', '--to', 'alice', '--msg-key', 'sampleText'], credentials, '--msg-key and --msg-param go together'],
    [['send', '--to', 'alice', '--text', 'x'], robotless, 'Name the robot: --robot'],
    [['send', '--to-file', 'nowhere', '--text', 'x'], credentials, '--to-file nowhere cannot be read (ENOENT)'],
    [['status'], credentials, 'Name the messages: huizhi status <processQueryKey>…'],
    [['status', 'key', '--csv', '--json'], credentials, '--csv and --json are two forms of the same'],
    [['status', 'key', '--endpoint', 'localhost:8720'], credentials, '--endpoint "localhost:8720" must be a URL'],
    [['status', 'key', '--credentials', 'nowhere'], credentials, '--credentials nowhere cannot be read (ENOENT)'],
    [['recall', 'key', '--watch'], credentials, 'huizhi recall has no --watch; it is an option of huizhi status.'],
    [['status', 'key'], { HUIZHI_ROBOT: 'r' }, 'No credentials: put HUIZHI_APP_KEY and HUIZHI_APP_SECRET'],
    [['completion', 'tcsh'], {}, 'Name one shell: huizhi completion bash|zsh|fish'],
  ])('huizhi %j is wrong usage, and says what is right', async (args, env, sentence) => {
    const { code, stdout, stderr } = await huizhi(args, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    [{ HUIZHI_APP_SECRET: 'wrong' }, 'Check HUIZHI_APP_KEY and HUIZHI_APP_SECRET against the app.'],
    [{ HUIZHI_ROBOT: 'nowhere' }, 'Check --robot: it must belong to this app'],
    [{ HUIZHI_APP_KEY: 'app-bare', HUIZHI_APP_SECRET: 'secret-of-app-bare' }, 'Give the app the permission'],
  ])('%j fails with 1, and says what to do', async (env, advice) => {
    const { code, stdout, stderr } = await huizhi(['status', 'key'], { env: { ...credentials, ...env } });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(advice);
    expect(stderr).toMatch(/\(request [0-9A-F-]{36}\)/);
  });
});

describe('huizhi doctor', () => {
  const findings = async (args: readonly string[], around: Around) => {
    const { code, stdout } = await huizhi(['doctor', '--json', ...args], around);
    const states = jsonLines(stdout).map(({ check, state }) => [String(check), String(state)]);
    return { code, stdout, states: Object.fromEntries(states) as Record<string, string> };
  };

  test('finds nothing wrong where nothing is, and makes nothing', async () => {
    const cwd = folder();
    const { code, states } = await findings(['--port', '0'], { cwd });
    const fine = { configuration: 'ok', port: 'ok', endpoint: 'ok', clock: 'ok', credentials: 'ok', robot: 'ok' };
    expect([code, states]).toEqual([0, { ...fine, database: 'note' }]);
    const { stdout } = await huizhi(['doctor', '--port', '0'], { cwd });
    expect(stdout).toContain('note   database       huizhi.db does not exist yet.\n');
  });

  test('says what to do about each thing that is wrong', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), 'prot: 1\n');
    const file = await findings([], { cwd, env: { ...credentials, HUIZHI_APP_SECRET: 'wrong' } });
    expect([file.code, file.states]).toMatchObject([
      1,
      { configuration: 'wrong', endpoint: 'ok', credentials: 'wrong' },
    ]);
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = String(typeof address === 'object' ? address?.port : 0);
    taken.on('connection', (socket) => socket.end('no HTTP\n'));
    const env = { ...credentials, HUIZHI_ENDPOINT: 'http://127.0.0.1:9', HUIZHI_ROBOT: 'nowhere' };
    const other = await findings(['--port', port], { env });
    expect([other.code, other.states]).toMatchObject([1, { port: 'wrong', endpoint: 'wrong' }]);
    for (const line of jsonLines(`${file.stdout}${other.stdout}`))
      if (line.state === 'wrong') expect(line.advice).toMatch(/\S.*\.$/);
  });

  test('knows a database that is behind and one that is up to date', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'old.db'), '');
    expect((await findings(['--database', 'old.db', '--port', '0'], { cwd })).states.database).toBe('wrong');
    expect((await huizhi(['migrate', '--database', 'old.db'], { cwd, env: {} })).code).toBe(0);
    expect((await findings(['--database', 'old.db', '--port', '0'], { cwd })).states.database).toBe('ok');
  });

  test('knows its own server on the port', async () => {
    const { states } = await findings(['--port', String(server.port)], {});
    expect(states.port).toBe('ok');
  });

  test('takes what it cannot judge for a note', async () => {
    const { code, states } = await findings(['--port', '0'], { env: { HUIZHI_ENDPOINT: server.url } });
    expect([code, states.credentials]).toEqual([0, 'note']);
  });
});

describe('huizhi completion', () => {
  test.each(shells)('%s gets the commands and the options of each', async (shell) => {
    const { code, stdout } = await huizhi(['completion', shell], { env: {} });
    expect(code).toBe(0);
    for (const word of ['dev', 'send', 'recall', shell === 'fish' ? '-l to-file' : '--to-file'])
      expect(stdout).toContain(word);
    expect(stdout).not.toContain('app-secret');
  });

  test.each([
    ['huizhi s', 'send serve status'],
    ['huizhi status --w', '--watch'],
    ['huizhi serve --log-format ', 'json pretty'],
    ['huizhi completion ', 'bash fish zsh'],
  ])('bash completes %j', async (line, expected) => {
    const { stdout } = await huizhi(['completion', 'bash'], { env: {} });
    const words = line.split(' ');
    const list = words.map((word) => `'${word}'`).join(' ');
    const script = `${stdout}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _huizhi; echo "\${COMPREPLY[@]}"`;
    const completed = await new Promise<string>((resolve, reject) => {
      execFile('bash', ['-c', script], (error, out) => (error ? reject(error) : resolve(out)));
    });
    expect(completed.trim().split(' ').toSorted().join(' ')).toBe(expected);
  });
});

describe('on a terminal', () => {
  const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

  /** What a terminal of 80 columns shows, control characters included; `typed` is what somebody types there. */
  async function terminal(line: string, env: Record<string, string>, typed?: string): Promise<string> {
    const file = join(folder(), 'typescript');
    const child = spawn('script', ['-qec', `stty cols 80 rows 24; ${process.execPath} ${main} ${line}`, file], {
      cwd: folder(),
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      if (typed !== undefined && shown.includes('appSecret of')) child.stdin.end(typed);
    });
    await once(child, 'close');
    return readFileSync(file, 'utf8');
  }

  test('a long send shows one bar that fills up and goes away', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const shown = await terminal(`send --to ${crowd.join()} --text hello`, credentials);
    expect(shown).toMatch(/\rsending █+░+ (5|20)\/25/);
    expect(shown).toMatch(/\rsending █+ 25\/25/);
    const [, after = ''] = shown.split('25/25\u001b[K');
    const [between, rest, ...more] = after.split('\u001b[K');
    expect([between, more]).toEqual(['\r', []]);
    expect(rest).toMatch(/^(?:[\w+/=]{44}\r\n){2}Sent to 25 users\.\r\n/);
  });

  test('a secret is asked for and not shown', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const { HUIZHI_APP_SECRET: secret, ...rest } = credentials;
    const shown = await terminal('send --to alice --text hello', rest, `${secret}\r`);
    expect(shown).toContain('appSecret of app-one: ');
    expect(shown).toContain('Sent to 1 user.');
    expect(shown).not.toContain(secret);
  });

  test('a watch is drawn over what it drew before', async (context) => {
    context.skip(!hasScript, 'script of util-linux is not installed');
    const key = await sentKey('alice', 'bob');
    await read(key, 'alice', 'bob');
    const shown = await terminal(`status --watch ${key}`, credentials);
    expect(shown).toContain('2 of 2 read');
    expect(shown).toContain('\u001b[4A\u001b[J');
  });
});
