/** `huizhi ding`: the built program against a server on a socket. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { dingWorld } from '../conformance/support/dings.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { world } from '../conformance/support/world.ts';
import { type Around, command, credentialsFor, jsonLines } from '../support/command.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const w = dingWorld(world(server));
const credentials = credentialsFor(server.url);
const huizhi = (args: readonly string[], around: Around = {}) => command(args, { env: credentials, ...around });

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

const sentId = async (...more: string[]) =>
  (await huizhi(['ding', '--to', 'alice,bob', '--text', 'Disk full', ...more])).stdout.trim();

describe('huizhi ding', () => {
  test('prints the openDingId, and names on stderr who does not get the DING', async () => {
    const { code, stdout, stderr } = await huizhi(['ding', '--to', 'alice,nobody', '--text', 'Disk full']);
    expect([code, stderr]).toEqual([0, 'Sent to 1 user.\nNot to nobody: staffId.notExisted\n']);
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await w.open(await w.signIn('alice'))).dings[0]).toMatchObject({ content: 'Disk full' });
  });

  test('sends by SMS and by phone with a voice, and --json prints the receivers', async () => {
    const sms = await huizhi(['ding', '--to', 'alice', '--text', 'x', '--channel', 'sms', '--json']);
    expect(jsonLines(sms.stdout)).toEqual([{ openDingId: expect.any(String), userIds: ['alice'], failed: [] }]);
    const voice = 'Standard_Male_Voice';
    await huizhi(['ding', '--to', 'bob', '--text', 'y', '--channel', 'phone', '--voice', voice]);
    const { deliveries } = await w.outbox({});
    expect(deliveries).toMatchObject([{ channel: 'phone', callVoice: voice }, { channel: 'sms' }]);
  });

  test('--status prints who has read, also of DINGs from standard input', async () => {
    const openDingId = await sentId();
    await w.emulate('POST', 'dings/read', { openDingId, userIds: ['bob'] });
    const { code, stdout } = await huizhi(['ding', '--status', openDingId]);
    expect(code).toBe(0);
    expect(stdout).toBe(`${openDingId}  1 of 2 read\n  userId  status\n  alice   UNREAD\n  bob     READ\n`);
    const json = await huizhi(['ding', '--status', '--json', '-'], { input: `${openDingId}\n` });
    expect(jsonLines(json.stdout)).toEqual([
      {
        openDingId,
        receivers: [
          { userId: 'alice', read: false },
          { userId: 'bob', read: true },
        ],
      },
    ]);
  });

  test('--recall recalls, and exits with 1 and advice for a DING that does not exist', async () => {
    const openDingId = await sentId();
    const { code, stdout, stderr } = await huizhi(['ding', '--recall', openDingId, 'forged']);
    expect([code, stdout]).toEqual([1, `${openDingId}  recalled\n`]);
    expect(stderr).toContain('forged: recall.ding.exception');
    expect(stderr).toContain('Copy the whole openDingId');
    expect((await w.open(await w.signIn('alice'))).dings).toEqual([]);
  });

  test('a used up quota exits with 1 and says what to do', async () => {
    await w.emulate('PUT', 'dingQuotas', { corpId: 'corp-one', phone: 0 });
    const { code, stdout, stderr } = await huizhi(['ding', '--to', 'alice', '--text', 'x', '--channel', 'phone']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('raise it, or use --channel app');
  });

  test('the same idempotency key sends once', async () => {
    const first = await sentId('--idempotency-key', 'once');
    expect(await sentId('--idempotency-key', 'once')).toBe(first);
    expect((await w.open(await w.signIn('alice'))).dings).toHaveLength(1);
  });

  test.each([
    [['--to', 'alice'], 'Give the text of the DING: --text <text>.'],
    [['--text', 'x'], 'Name the recipients'],
    [['--to', 'alice', '--text', 'x', '--channel', 'fax'], '--channel'],
    [['--to', 'alice', '--text', 'x', '--voice', 'Standard_Male_Voice'], '--voice belongs to --channel phone.'],
    [['--to', 'alice', '--text', 'x', 'operand'], 'openDingIds go with --status or --recall'],
    [['--status'], 'Name the DINGs'],
    [['--status', '--recall', 'x'], 'exclude each other'],
    [['--recall', 'x', '--text', 'y'], '--text is for sending'],
    [['--status', ' '], 'There is no openDingId'],
  ])('%j is a wrong usage', async (args, reason) => {
    const { code, stdout, stderr } = await huizhi(['ding', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(reason);
  });
});
