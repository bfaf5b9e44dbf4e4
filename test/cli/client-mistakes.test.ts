/** Credentials, and mistakes of the commands that call a server: the built program, as users start it. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fileServer } from '../conformance/support/harness.ts';
import { world } from '../conformance/support/world.ts';
import { type Around, command, credentialsFor, folder } from '../support/command.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const w = world(server);
const credentials = credentialsFor(server.url);
const huizhi = (args: readonly string[], around: Around = {}) => command(args, { env: credentials, ...around });

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

describe('credentials', () => {
  test('are read from a file, with a warning if others can read the file', async () => {
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
    expect(open.stderr).toContain(`Other users of this machine can read ${file}: run chmod 600 ${file}\n`);
  });

  test('a line of the file that is not an assignment is reported', async () => {
    const file = join(folder(), 'credentials');
    writeFileSync(file, 'HUIZHI_APP_KEY=app-one\n\nHUIZHI_APP_SECRET secret-of-app-one\n', { mode: 0o600 });
    const { code, stderr } = await huizhi(['status', 'key', '--credentials', file]);
    expect([code, stderr]).toEqual([2, `${file}:3: is not a line such as HUIZHI_APP_SECRET=…\n`]);
  });

  test('of a third-party app without an organization, or with a wrong one, lead to advice about --corp', async () => {
    const suite = { ...credentials, HUIZHI_APP_KEY: 'suite', HUIZHI_APP_SECRET: 'secret-of-suite' };
    const other = { ...credentials, HUIZHI_APP_KEY: 'suite-two', HUIZHI_APP_SECRET: 'secret-of-suite-two' };
    for (const env of [suite, { ...suite, HUIZHI_CORP: 'nowhere' }, { ...other, HUIZHI_CORP: 'corp-one' }])
      expect((await huizhi(['status', 'key'], { env })).stderr).toContain('--corp');
  });

  test('may be a token', async () => {
    const env = { HUIZHI_ENDPOINT: server.url, HUIZHI_ROBOT: 'robot-one', HUIZHI_TOKEN: await w.tokenOf() };
    expect((await huizhi(['send', '--to', 'alice', '--text', 'hello'], { env })).code).toBe(0);
  });

  test.each(['--app-secret', '--token'])('%s is refused as an argument', async (flag) => {
    const { code, stderr } = await huizhi(['send', flag, 'secret-value', '--to', 'alice', '--text', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${flag} cannot be given on the command line`);
    expect(stderr).not.toContain('secret-value');
  });
});

describe('mistakes', () => {
  const { HUIZHI_ROBOT: _, ...robotless } = credentials;

  test('a value that is too long is not repeated in full', async () => {
    const { code, stderr } = await huizhi(['send', '--to', 'alice', '--text', 'a'.repeat(20_000)]);
    expect([code, stderr]).toEqual([2, `--text "${'a'.repeat(60)}…" must be 1 to 15000 characters.\n`]);
  });

  test.each([
    [['send', '--text', 'x'], credentials, 'Name the recipients: --to <userId,…>'],
    [['send', '--to', 'alice'], credentials, 'Give exactly one content: --text'],
    [['send', '--to', 'alice', '--text', 'x', '--markdown', 'y'], credentials, 'Give exactly one content'],
    [['send', '--to', 'alice', '--msg-key', 'sampleText'], credentials, '--msg-key and --msg-param go together'],
    [['send', '--to', 'alice', '--text', 'x'], robotless, 'Name the robot with --robot'],
    [['send', '--to-file', 'nowhere', '--text', 'x'], credentials, '--to-file nowhere cannot be read (ENOENT)'],
    [['status'], credentials, 'Name the messages: huizhi status <processQueryKey>…'],
    [['status', '-'], credentials, 'Standard input contains no processQueryKey: huizhi send prints one for every 20'],
    [['recall', '-'], credentials, 'Standard input contains no processQueryKey'],
    [['status', ''], credentials, 'A processQueryKey is empty'],
    [['recall', 'key', '--', ' '], credentials, 'A processQueryKey is empty'],
    [['status', 'key', '-', '-'], credentials, '- is given twice'],
    [['status', 'key', '--csv', '--json'], credentials, '--csv and --json exclude each other'],
    [['status', 'key', '--endpoint', 'localhost:8720'], credentials, '--endpoint "localhost:8720" must be a URL'],
    [['status', 'key', '--credentials', 'nowhere'], credentials, '--credentials nowhere cannot be read (ENOENT)'],
    [['status', 'key', '--timeout', '2h'], credentials, '--timeout "2h" must be longer than 0 and at most 1h.'],
    [['status', 'key', '--interval', '9ms'], credentials, '--interval "9ms" must be at least 100ms and at most 1d.'],
    [['send', '--to', 'alice', '--text', 'x', '--title', 'y'], credentials, '--title belongs to a Markdown message'],
    [['recall', 'key', '--watch'], credentials, 'huizhi recall has no --watch; it is an option of huizhi status.'],
    [['status', 'key'], { HUIZHI_ROBOT: 'r' }, 'No credentials: set HUIZHI_APP_KEY and HUIZHI_APP_SECRET'],
    [['completion', 'tcsh'], {}, 'Name one shell: huizhi completion bash|zsh|fish'],
  ])('huizhi %j is wrong usage, and the message says what is right', async (args, env, sentence) => {
    const { code, stdout, stderr } = await huizhi(args, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    [{ HUIZHI_APP_SECRET: 'wrong' }, 'Check HUIZHI_APP_KEY and HUIZHI_APP_SECRET against the app'],
    [{ HUIZHI_ROBOT: 'nowhere' }, 'Check --robot: it must belong to this app'],
    [{ HUIZHI_APP_KEY: 'app-bare', HUIZHI_APP_SECRET: 'secret-of-app-bare' }, 'Grant the app the permission'],
  ])('%j fails with 1, and says what to do', async (env, advice) => {
    const { code, stdout, stderr } = await huizhi(['status', 'key'], { env: { ...credentials, ...env } });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(advice);
    expect(stderr).toMatch(/\(request [0-9A-F-]{36}\)/);
  });
});
