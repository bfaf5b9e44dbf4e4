/** `huizhi send`, `status` and `recall` with `--group`: the built program against a server on a socket. */
import { beforeEach, expect, test, vi } from 'vitest';
import { groupWorld } from '../conformance/support/groups.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { type Around, command, credentialsFor, jsonLines } from '../support/command.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const w = groupWorld(server);
const credentials = credentialsFor(server.url);
const huizhi = (args: readonly string[], around: Around = {}) => command(args, { env: credentials, ...around });

let group = '';
beforeEach(async () => {
  await w.emulate('POST', 'reset');
  group = (await w.group()).openConversationId;
});

test('a message to a group is sent, its readers are listed in the order of reading, and it is recalled', async () => {
  const { code, stdout, stderr } = await huizhi(['send', '--group', group, '--text', 'hello']);
  expect([code, stderr]).toEqual([0, 'Sent to the group.\n']);
  const key = stdout.trim();
  await w.readBy(key, 'carol', 'alice');
  expect((await huizhi(['status', '--group', group, key])).stdout).toBe(`${key}  read by 2\n  carol\n  alice\n`);
  const csv = await huizhi(['status', '--group', group, '-', '--csv'], { input: stdout });
  expect(csv.stdout).toBe(`processQueryKey,userId\n${key},carol\n${key},alice\n`);
  const recalled = await huizhi(['recall', '--group', group, key, '--json']);
  expect([recalled.code, jsonLines(recalled.stdout)]).toEqual([0, [{ processQueryKey: key, recalled: true }]]);
});

test('--json prints keys and readers as lines that the next command reads', async () => {
  const sent = await huizhi(['send', '--group', group, '--markdown', '# 标题', '--json']);
  const [line] = jsonLines(sent.stdout);
  expect(line).toEqual({ processQueryKey: expect.any(String), openConversationId: group });
  const { stdout } = await huizhi(['status', '--group', group, '-', '--json'], { input: sent.stdout });
  expect(jsonLines(stdout)).toEqual([{ ...(line as object), readers: [] }]);
});

test('the same idempotency key sends to the group once', async () => {
  const args = ['send', '--group', group, '--text', 'hello', '--idempotency-key', 'nightly-1'];
  const [first, second] = [await huizhi(args), await huizhi(args)];
  expect(second).toEqual(first);
});

test('an unknown group and an unknown key are reported, with exit code 1', async () => {
  const sent = await huizhi(['send', '--group', 'cidAAAA', '--text', 'hello']);
  expect([sent.code, sent.stdout]).toEqual([1, '']);
  expect(sent.stderr).toContain('invalid.openConversationId');
  const { code, stdout, stderr } = await huizhi(['status', '--group', group, 'bad', '--json']);
  expect([code, jsonLines(stdout)]).toMatchObject([1, [{ error: { code: 'invalid.processQueryKey' } }]]);
  expect(stderr).toContain('bad: invalid.processQueryKey');
});

test.each([
  [['send', '--text', 'x'], 'or --group <openConversationId>'],
  [['send', '--text', 'x', '--group', 'g', '--to', 'alice'], '--group and --to exclude each other'],
  [['send', '--text', 'x', '--group', 'g', '--to-file', '-'], '--group and --to exclude each other'],
  [['status', '--group', 'g', '--watch', 'key'], '--watch is for messages to users'],
  [['recall', '--group', 'g'], 'Name the messages'],
])('huizhi %j is wrong usage', async (args, advice) => {
  const { code, stdout, stderr } = await huizhi(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(advice);
});
