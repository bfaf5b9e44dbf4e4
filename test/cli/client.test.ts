/** The commands that call a server: the built program, as users start it, against a server on a socket. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileServer } from '../conformance/support/harness.ts';
import { crowd } from '../conformance/support/setup.ts';
import { bearer, ok, world } from '../conformance/support/world.ts';
import { type Around, command, credentialsFor, folder, jsonLines } from '../support/command.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const w = world(server);
const credentials = credentialsFor(server.url);
const huizhi = (args: readonly string[], around: Around = {}) => command(args, { env: credentials, ...around });

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

async function sentKey(...to: string[]): Promise<string> {
  const { code, stdout, stderr } = await huizhi(['send', '--to', to.join(','), '--text', 'hello']);
  expect([code, stderr]).toEqual([0, `Sent to ${to.length} user${to.length > 1 ? 's' : ''}.\n`]);
  return stdout.trim();
}

const read = (processQueryKey: string, ...userIds: string[]) =>
  w.emulate('POST', 'reads', { processQueryKey, userIds });

describe('huizhi send', () => {
  test('prints a key for every twenty users, and lists on stderr the users who do not get the message', async () => {
    const file = join(folder(), 'users.csv');
    writeFileSync(file, `userId,name\r\n${crowd.map((userId) => `${userId},somebody`).join('\r\n')}\r\nnobody,x\r\n`);
    const { code, stdout, stderr } = await huizhi(['send', '--to', 'alice', '--to-file', file, '--text', 'hello']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^([A-Za-z0-9+/=]{44}\n){2}$/);
    expect(stderr).toBe('Sent to 26 users.\nNot to 1 user unknown to the organization: nobody\n');
  });

  test('--json prints a line for each key and one for the other lists', async () => {
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
  ])('sends %j with the content that it describes', async (args, msgKey, msgParam) => {
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

  test('exits with 1 when no user gets the message', async () => {
    const { code, stdout, stderr } = await huizhi(['send', '--to', 'nobody', '--text', 'hello']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Not to 1 user unknown to the organization: nobody\n');
  });

  test('a part that fails is reported with its users, its request id and advice', async () => {
    const error = 'chatbotId.notAllow.sendOTO';
    await server.call('PUT', '/emulator/v1/faults', { body: { rules: [{ path: '/v1.0/robot/*', nth: 2, error }] } });
    const { code, stdout, stderr } = await huizhi(['send', '--to', crowd.join(), '--text', 'hello']);
    expect([code, stdout.trim().split('\n')]).toEqual([1, [expect.stringMatching(/^\S{44}$/)]]);
    expect(stderr).toMatch(
      /Not sent to \d+ users \(u\d\d … u\d\d\): chatbotId\.notAllow\.sendOTO: .* \(request [0-9A-F-]{36}\)\. The robot is disabled/,
    );
  });

  test.each([
    [[], 'If you send again, they may get the message twice. With --idempotency-key a send to a huizhi server is safe'],
    [
      ['--idempotency-key', 'night'],
      'It is safe to repeat this send with the same --idempotency-key on a huizhi server.',
    ],
  ])('for a part that may have arrived, says with %j what a repeat does', async (named, advice) => {
    const rules = [{ path: '/v1.0/robot/*', error: 'system.error' }];
    await server.call('PUT', '/emulator/v1/faults', { body: { rules } });
    const { code, stderr } = await huizhi(['send', '--to', 'alice', '--text', 'hello', ...named]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Unknown whether sent to 1 user \(alice\): system\.error: /);
    expect(stderr).toContain(advice);
  });

  test('Ctrl+C prints the keys of the parts accepted so far', async () => {
    // Four calls are under way at once, so with the fifth the answer to one of them has come.
    let interrupt = () => {};
    let sends = 0;
    const api = createServer((request, answer) => {
      if (request.url !== '/v1.0/robot/oToMessages/batchSend')
        return void answer.end('{"accessToken":"any","expireIn":7200}');
      if (++sends === 5) return interrupt();
      if (sends < 5) answer.end(`{"processQueryKey":"key-${sends}"}`);
      return undefined;
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void api.close().closeAllConnections());
    await once(api, 'listening');
    const { port } = api.address() as AddressInfo;
    const to = Array.from({ length: 200 }, (_, i) => `user-${i}`).join();
    const { code, stdout, stderr } = await huizhi(['send', '--to', to, '--text', 'hello'], {
      env: { ...credentials, HUIZHI_ENDPOINT: `http://127.0.0.1:${port}` },
      started(child) {
        interrupt = () => void child.kill('SIGINT');
      },
    });
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^(key-\d\n){1,4}$/)]);
    expect(stderr).toMatch(/^Interrupted: sent to \d0 users before that; requests in progress may also have been/);
  });
});

describe('huizhi send and status together', () => {
  test('status - reads what send --json prints', async () => {
    const sent = await huizhi(['send', '--to', crowd.join(), '--text', 'hello', '--json']);
    const { code, stdout, stderr } = await huizhi(['status', '-', '--json'], { input: sent.stdout });
    expect([code, stderr]).toEqual([0, '']);
    expect(jsonLines(stdout)).toHaveLength(2);
  });

  test('the messages of a large send are shown as one table with a sum', async () => {
    const { stdout: keys } = await huizhi(['send', '--to', crowd.join(), '--text', 'hello']);
    await read(keys.split('\n')[0] ?? '', crowd[0] ?? '');
    const { stdout } = await huizhi(['status', '-'], { input: keys });
    const [sum, head, ...rows] = stdout.trimEnd().split('\n');
    expect(sum).toBe(`2 messages  2 SUCCESS  1 of ${crowd.length} read`);
    expect(head).toMatch(/^ {2}userId +name +status +read at$/);
    expect(rows).toHaveLength(crowd.length);
    expect(stdout.match(/userId/g)).toHaveLength(1);
  });

  test.each(['{"invalid":[]}\n', '{\n'])('standard input that holds no key is wrong usage: %j', async (input) => {
    const { code, stdout } = await huizhi(['status', '-'], { input });
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('--json', () => {
  test('prints the error of a key without a receipt as JSON, and exits with 1', async () => {
    const { code, stdout, stderr } = await huizhi(['status', '--json', 'bad']);
    expect([code, jsonLines(stdout)]).toEqual([
      1,
      [
        {
          processQueryKey: 'bad',
          error: {
            code: 'invalid.processQueryKey',
            message: expect.stringContaining('invalid.processQueryKey'),
            requestId: expect.any(String),
          },
        },
      ],
    ]);
    expect(stderr).toContain('Copy the whole key');
  });

  test('also prints the error of a call that fails as a whole', async () => {
    const env = { ...credentials, HUIZHI_ROBOT: 'nowhere' };
    const { code, stdout } = await huizhi(['recall', '--json', 'key'], { env });
    expect([code, jsonLines(stdout)]).toMatchObject([1, [{ error: { code: 'invalidParameter.robotCode' } }]]);
  });
});

test.each([
  [['-v'], /^\d+\.\d+\.\d+\n$/],
  [['send', '-v'], /^\d+\.\d+\.\d+\n$/],
  [['send', 'help'], /^huizhi send: /],
  [['status', 'help'], /^huizhi status: /],
  [['help', 'send'], /^huizhi send: /],
])('huizhi %j is understood', async (args, expected) => {
  const { code, stdout } = await huizhi(args);
  expect([code, stdout]).toEqual([0, expect.stringMatching(expected)]);
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

  test('counts the people who are still there, and those who left without reading apart', async () => {
    const key = await sentKey('alice', 'bob');
    const other = await sentKey('bob');
    await read(key, 'alice');
    const ask = { query: { corpId: 'corp-one' }, headers: bearer(server.adminToken) };
    ok(await w.call('DELETE', '/console/v1/users/bob', ask));
    const one = await huizhi(['status', key]);
    expect(one.stdout.split('\n')[0]).toBe(`${key}  SUCCESS  1 of 1 read, 1 left without reading`);
    const both = await huizhi(['status', key, other]);
    expect(both.stdout.split('\n')[0]).toBe('2 messages  2 SUCCESS  1 of 1 read, 2 left without reading');
    const watched = await huizhi(['status', '--watch', '--json', key]);
    expect(jsonLines(watched.stdout).at(-1)).toMatchObject({ type: 'end', reason: 'allRead' });
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

  test('exits with 1 when a key has no receipt, and prints the others', async () => {
    const key = await sentKey('alice');
    const { code, stdout, stderr } = await huizhi(['status', 'forged', key, '--json']);
    expect([code, jsonLines(stdout).length]).toEqual([1, 2]);
    expect(stderr).toMatch(/^forged: invalid\.processQueryKey: .*Copy the whole key, in quotes/);
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

  test('--watch reports once that the server is unavailable, and continues', async () => {
    const key = await sentKey('alice');
    await server.call('PUT', '/emulator/v1/faults', {
      body: { rules: [{ path: '/v1.0/robot/*', times: 2, drop: true }] },
    });
    await read(key, 'alice');
    const { code, stdout, stderr } = await huizhi(['status', key, '--watch', '--interval', '100ms']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('all have read')]);
    expect(stderr).toMatch(/^Retrying: GET http:\S+ failed: .*\. Check --endpoint \(http:\S+\) .*\n$/);
  });

  test('--watch ends when a message can no longer be queried', async () => {
    const key = await sentKey('alice');
    await w.advance('25h');
    const { code, stdout } = await huizhi(['status', key, '--watch']);
    expect([code, stdout]).toEqual([0, `${key}  can no longer be queried\n`]);
  });
});

describe('huizhi recall', () => {
  test('recalls, and reports the result of each key', async () => {
    const key = await sentKey('alice');
    const { code, stdout, stderr } = await huizhi(['recall', key, 'forged']);
    expect(code).toBe(1);
    expect(stdout).toBe(`${key}  recalled\nforged${' '.repeat(38)}  invalid.processQueryKey\n`);
    expect(stderr).toMatch(/^invalid\.processQueryKey: Copy the whole key/);
    expect((await huizhi(['recall', key, '--json'])).stdout).toBe(`{"processQueryKey":"${key}","recalled":true}\n`);
    expect((await w.receipt(key)).sendStatus).toBe('RECALLED');
  });
});

test('no text of a server controls the terminal', async () => {
  const hostile = '\u001b[2J\u202e';
  const api = createServer((request, answer) => {
    if (request.url?.startsWith('/v1.0/oauth2')) return void answer.end('{"accessToken":"any","expireIn":7200}');
    if (request.url?.endsWith('batchSend'))
      return void answer.end(JSON.stringify({ processQueryKey: `key${hostile}`, invalidStaffIdList: [hostile] }));
    if (request.url?.endsWith('batchRecall'))
      return void answer.end(JSON.stringify({ failedResult: { key: `code${hostile}` } }));
    return void answer.writeHead(400).end(JSON.stringify({ code: `code${hostile}`, message: hostile }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void api.close().closeAllConnections());
  await once(api, 'listening');
  const env = { ...credentials, HUIZHI_ENDPOINT: `http://127.0.0.1:${(api.address() as AddressInfo).port}` };
  const said = [
    await huizhi(['send', '--to', 'alice', '--text', 'x'], { env }),
    await huizhi(['status', 'key'], { env }),
    await huizhi(['recall', 'key'], { env }),
    await huizhi(['doctor', '--port', '0'], { env }),
  ];
  for (const steering of ['\u001b', '\u202e'])
    for (const { stdout, stderr } of said) expect(stdout + stderr).not.toContain(steering);
});
