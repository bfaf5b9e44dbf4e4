/** Hostile texts on a terminal: answers, files, arguments and error messages with control characters. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { command, credentialsFor, type Ended, folder, main } from '../support/command.ts';
import { sample } from '../support/long.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 60_000 });

/**
 * Clears the screen, sets the title, and more: C0, DEL, C1, a bidi override, zero width, a line separator, a tag, a
 * lone surrogate.
 */
const hostile = '\u001b[2J\u001b]0;x\u0007\r\u007f\u009b31m\u202e\u200b\u2028\u{e0041}\ud800';

/** Characters that must not reach a terminal; lines end with a line feed. */
const steering = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

async function listening(listener: RequestListener): Promise<string> {
  const api = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void api.close().closeAllConnections());
  await once(api, 'listening');
  return `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
}

/**
 * A server whose answers have a hostile text in every member, and C1 controls in a header, which cannot carry others.
 */
const successes: RequestListener = (request, answer) => {
  answer.setHeader('x-acs-request-id', '\u009b31m');
  const path = request.url ?? '';
  if (path.startsWith('/v1.0/oauth2')) return void answer.end('{"accessToken":"any","expireIn":7200}');
  if (path.endsWith('batchSend')) {
    const ids = [`id${hostile}`];
    const lists = { invalidStaffIdList: ids, flowControlledStaffIdList: ids, filteredStaffIdList: ids };
    return void answer.end(JSON.stringify({ processQueryKey: `key${hostile}`, ...lists }));
  }
  if (path.endsWith('batchRecall'))
    return void answer.end(
      JSON.stringify({ successResult: [`key${hostile}`], failedResult: { [hostile]: hostile, other: hostile } }),
    );
  const person = { name: `name${hostile}`, userId: `id${hostile}`, readStatus: 'READ', readTimestamp: 1 };
  const odd = { name: '', userId: hostile, readStatus: hostile };
  return void answer.end(
    JSON.stringify({ sendStatus: 'SUCCESS', messageReadInfoList: path.includes('odd') ? [odd] : [person] }),
  );
};

const failure = JSON.stringify({
  code: `code${hostile}`,
  requestid: `id${hostile}`,
  message: `message${hostile}`,
  accessdenieddetail: { requiredScopes: [hostile] },
});

/**
 * The same for errors; `header` says whether the request id is also in its header, which takes precedence over the
 * body.
 */
const failures =
  (header: boolean): RequestListener =>
  (request, answer) => {
    if (header) answer.setHeader('x-acs-request-id', '\u009b31m');
    if (request.url?.startsWith('/v1.0/oauth2')) return void answer.end('{"accessToken":"any","expireIn":7200}');
    return void answer.writeHead(400).end(failure);
  };

const oddStatus: RequestListener = (request, answer) => {
  if (request.url?.startsWith('/v1.0/oauth2')) return void answer.end('{"accessToken":"any","expireIn":7200}');
  return void answer.end(JSON.stringify({ sendStatus: hostile }));
};

const noToken: RequestListener = (_, answer) => void answer.writeHead(400).end(failure);

const commands: readonly string[][] = [
  ['send', '--to', `alice,user${hostile.replaceAll(/\p{Cc}/gu, '')}`, '--text', 'x'],
  ['send', '--to', 'alice', '--text', 'x', '--json'],
  ['status', `key${hostile}`],
  ['status', 'odd'],
  ['status', 'odd', '--csv'],
  ['status', `key${hostile}`, '--json'],
  ['status', `key${hostile}`, '--csv'],
  ['status', '--watch', `key${hostile}`],
  ['status', '--watch', `key${hostile}`, '--json'],
  ['recall', `key${hostile}`, 'other'],
  ['recall', `key${hostile}`, 'other', '--json'],
  ['doctor', '--port', '0'],
  ['doctor', '--port', '0', '--json'],
];

function expectHarmless({ stdout, stderr }: Ended, isJson: boolean): void {
  expect(stdout).not.toMatch(steering);
  expect(stderr).not.toMatch(steering);
  expect(stderr).not.toMatch(/^ {4}at /m);
  if (isJson) for (const line of stdout.trim().split('\n').filter(Boolean)) JSON.parse(line);
}

describe.each([
  ['successes', successes],
  ['errors', failures(false)],
  ['errors with a request id in the header', failures(true)],
  ['an unknown sendStatus', oddStatus],
  ['errors of the token call', noToken],
] as const)('a server that answers %s with control characters', (_, listener) => {
  // The commands print answers with the same code, so that one in four of them shows in an ordinary run what it does.
  const tried = listener === successes ? commands : sample(commands, 4);
  test.each(tried.map((words) => ({ words, shown: JSON.stringify(words) })))(
    'does not control the terminal of huizhi $shown',
    async ({ words: args }) => {
      const env = { ...credentialsFor(await listening(listener)), HUIZHI_ROBOT: `robot${hostile.slice(-5)}` };
      expectHarmless(await command(args, { env }), args.includes('--json'));
    },
  );
});

/** Answers of the console's API with a hostile text in every member. */
const administered: RequestListener = (request, answer) => {
  const text = `text${hostile}`;
  const departments = [{ deptId: 1, order: 0, manager: true, name: text }];
  const member = { userId: text, name: text, title: text, departments, templates: [{ msgKey: text, state: text }] };
  const item = {
    ...member,
    [text]: text,
    expiresAt: 1,
    url: `http://${hostile}`,
    leftAt: null,
    before: { [text]: text },
  };
  if (request.url?.startsWith('/console/v1/users.csv')) {
    answer.setHeader('content-type', 'text/csv');
    return void answer.end(`\ufeffuserId\r\n${text}\r\n`);
  }
  const lists = [
    'users',
    'formerUsers',
    'departments',
    'apps',
    'robots',
    'groups',
    'members',
    'unread',
    'entries',
    'customRobots',
    'endpoints',
  ];
  const all = Object.fromEntries(lists.map((name) => [name, [item]]));
  return void answer.end(JSON.stringify({ ...item, ...all, errors: [{ line: 1, message: text }], cursor: null }));
};

describe.each([
  ['answers', administered],
  ['errors', failures(true)],
])('%s of the console with control characters', (_, listener) => {
  test.each([
    ...[
      'users list',
      'users list --former',
      'users show x',
      'users update x --name y',
      'users update x --name y --dry-run',
    ],
    ...[
      'users export',
      'users import --file -',
      'departments list',
      'departments members 1',
      'apps list',
      'apps rotate x',
    ],
    ...['custom-robots list', 'custom-robots token x', 'endpoints list', 'endpoints test x', 'endpoints remove x'],
    ...['robots show x', 'groups list', 'groups members x', 'unread list', 'audit list', 'links create x'],
    ...[`links create x${hostile.replaceAll(/[\s\0]/g, '')}`, 'links create x --dry-run', 'users remove x'],
  ])('do not control the terminal of huizhi admin %j', async (line) => {
    const env = {
      HUIZHI_ENDPOINT: await listening(listener),
      ...{ HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite', HUIZHI_CORP: 'corp' },
    };
    for (const more of [[], ['--json'], ...(/ list| members/.test(line) ? [['--csv']] : [])]) {
      const ended = await command(['admin', ...line.split(' '), ...more], { env, input: 'x,y\n' });
      expectHarmless(ended, more[0] === '--json');
    }
  });
});

test('status makes no further calls when its reader has enough', async () => {
  let calls = 0;
  const counted: RequestListener = (request, answer) => {
    calls++;
    successes(request, answer);
  };
  const env = credentialsFor(await listening(counted));
  const started = ({ stdout }: ChildProcess) => void stdout?.once('data', () => stdout.destroy());
  const input = Array.from({ length: 5000 }, (_, i) => `key${i}\n`).join('');
  expect(await command(['status', '-', '--json'], { env, input, started })).toMatchObject({ code: 0, stderr: '' });
  expect(calls).toBeLessThan(2500);
});

test('--json keeps what a server answered, as escapes', async () => {
  const env = credentialsFor(await listening(successes));
  const { stdout } = await command(['status', 'key', '--json'], { env });
  expect(JSON.parse(stdout)).toMatchObject({ recipients: [{ name: `name${hostile}`, userId: `id${hostile}` }] });
});

describe('texts from files and arguments', () => {
  test.each([
    ['an unknown key of a configuration file', `"${'\\u001b[2J\\u202e\\n'}": 1\n`],
    ['a value of a configuration file', `port: "\\u001b[2J\\u009b"\n`],
    ['a code of a configuration file', `robots: [{ robotCode: r, name: n, appKey: "\\u009b\\u202e" }]\n`],
    ['bad YAML', `port: [\u009b\u202e\n`],
  ])('%s does not control the terminal', async (_, text) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), text);
    for (const args of [['serve'], ['doctor']]) {
      const ended = await command(args, { cwd });
      expect(ended.code).not.toBe(0);
      expectHarmless(ended, false);
    }
  });

  test.each([
    [['serve', '--config', `a${hostile}`]],
    [['send', '--to-file', `a${hostile}`, '--text', 'x']],
    [['send', '--credentials', `a${hostile}`, '--to', 'x', '--text', 'x']],
    [['status', '--endpoint', `http://${hostile}`, 'key']],
    [[`command${hostile}`]],
    [['serve', `--option${hostile}`]],
    [['serve', '--log-level', `\u009b\u202e`]],
    [['migrate', '--database', `nowhere\u009b\u202e/a.db`]],
    [['doctor', '--port', '0', '--database', `nowhere\u009b\u202e/a.db`]],
    [['completion', `\u009b\u202e`]],
  ])('arguments %j do not control the terminal', async (args) => {
    const ended = await command(args, { env: credentialsFor('http://127.0.0.1:9') });
    expect(ended.code).not.toBe(0);
    expectHarmless(ended, false);
  });

  test('the error of a database server does not control the terminal', async () => {
    const message = Buffer.from(`SFATAL\0C28000\0M${hostile}\0\0`);
    const size = Buffer.alloc(4);
    size.writeInt32BE(message.length + 4);
    const database = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.end(Buffer.concat([Buffer.from('E'), size, message])));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void database.close());
    await once(database, 'listening');
    const url = `postgres://user:pass-word@127.0.0.1:${(database.address() as AddressInfo).port}/huizhi`;
    for (const args of [
      ['migrate', '--database', url],
      ['migrate', '--database', url, '--log-level', 'debug', '--log-format', 'pretty'],
      ['migrate', '--database', url, '--log-level', 'debug', '--log-format', 'json'],
      ['doctor', '--port', '0', '--database', url],
    ]) {
      const { code, stdout, stderr } = await command(args);
      expect(code).toBe(1);
      expect(stdout + stderr).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    }
  });
});

describe('mistakes and faults are reported in one line, without a stack trace', () => {
  const env = credentialsFor('http://127.0.0.1:9');

  test.each([
    ['', '--to-file: "users.csv" contains no userId: put one at the beginning of each line.\n'],
    ['userId,name\n,\n \n', '--to-file: "users.csv" contains no userId: put one at the beginning of each line.\n'],
  ])('a file of recipients with %j', async (text, sentence) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'users.csv'), text);
    const ended = await command(['send', '--to-file', 'users.csv', '--text', 'x'], { cwd, env });
    expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence });
  });

  test.each(['{"sendStatus":"SUCCESS","messageReadInfoList":[null]}', '[]', 'null', '"x"', '{"sendStatus":7}', '{'])(
    'the answer %s',
    async (body) => {
      const endpoint = await listening((request, answer) => {
        answer.end(request.url?.startsWith('/v1.0/oauth2') ? '{"accessToken":"any"}' : body);
      });
      for (const args of [
        ['status', 'key'],
        ['status', '--watch', 'key'],
        ['recall', 'key'],
        ['send', '--to', 'a', '--text', 'x'],
      ]) {
        if (args[0] !== 'status' && body.startsWith('{"')) continue;
        const { code, stderr } = await command(args, { env: credentialsFor(endpoint) });
        expect(code).toBe(1);
        expect(stderr).toMatch(/returned /);
        expect(stderr).not.toMatch(/^ {4}at |TypeError/m);
      }
    },
  );
});

describe('a failure is reported in a sentence of huizhi', () => {
  test('standard output that cannot be written', (context) => {
    if (!existsSync('/dev/full')) context.skip(true, 'only Linux has /dev/full');
    const args = ['-c', '"$0" "$1" completion bash > /dev/full', process.execPath, main];
    const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, 'Standard output cannot be written (ENOSPC).\n']);
  });

  test.each([
    [
      ['--from', 'nowhere.db', '--to', 'new.db'],
      /there is no database nowhere\.db\. Correct --from: the file does not exist\.\n$/,
    ],
    [['--from', 'nowhere/a.db', '--to', 'new.db'], /The folder nowhere does not exist: create it, or set --from\.\n$/],
    [['--from', 'old.db', '--to', 'nowhere/new.db'], /The folder nowhere does not exist: create it, or set --to\.\n$/],
    [
      ['--from', 'old.db', '--to', 'postgres://user:pass-word@127.0.0.1:1/x'],
      /Check that the database server is running and accepts this user, or correct --to\.\n$/,
    ],
  ])('migrate %j names the option', async (args, sentence) => {
    const cwd = folder();
    expect((await command(['migrate', '--database', 'old.db'], { cwd })).code).toBe(0);
    const { code, stderr } = await command(['migrate', ...args], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/--database|pass-word/);
  });

  test('a port that is taken is reported by a command and by the emulator of a test', async () => {
    const url = await listening((_, answer) => void answer.end());
    const { port } = new URL(url);
    const { code, stderr } = await command(['dev', '--port', port]);
    expect([code, stderr]).toEqual([1, `Port ${port} on 127.0.0.1 is taken: ${taken('--port')}\n`]);
    await expect(startEmulator({ port: Number(port) })).rejects.toThrow(`is taken: ${taken('port')}`);
  });

  const taken = (option: string) =>
    `stop the program that listens there, or choose another with ${option} (0 picks a free one).`;
});
