/** `huizhi distribute`. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore } from '../../src/store/open.ts';
import { emptyFolder } from '../conformance/support/child.ts';
import { startServer, testServer } from '../conformance/support/harness.ts';
import { world } from '../conformance/support/world.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Creates a database with the schema; on Citus, nothing in it is distributed. */
async function database(): Promise<string> {
  const url = await postgres.create('empty');
  onTestFinished(() => postgres.drop(url));
  await (await openStore(url)).close();
  return url;
}

/** Runs a command of huizhi. */
function huizhi(command: string, ...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child: ChildProcess = execFile(
      process.execPath,
      [main, command, '--log-level', 'warn', ...args],
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const distribute = (...args: readonly string[]) => huizhi('distribute', ...args);

test('a server without Citus is refused with what to do, and nothing is changed', async ({ skip }) => {
  skip(postgres.isCitus, 'the server in HUIZHI_TEST_DATABASE has Citus');
  const url = await database();
  for (const args of [[], ['--json']]) {
    const { code, out, err } = await distribute('--database', url, ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^huizhi distribute failed: the server is PostgreSQL without Citus\. Only Citus can .*\.\n$/);
  }
});

describe('on Citus', () => {
  beforeEach(({ skip }) => skip(!postgres.isCitus, 'HUIZHI_TEST_DATABASE does not name a database with Citus'));
  const total = Object.keys(migrations.roles).length;

  test('a database that was in use is distributed, prints what was done, and is served', {
    timeout: 120_000,
  }, async () => {
    const url = await database();
    const before = await startServer({ database: url });
    const { sent, tokenOf } = world(before);
    const token = await tokenOf();
    const key = await sent({ userIds: ['alice', 'bob'] }, token);
    expect(await distribute('--database', url)).toMatchObject({
      code: 1,
      err: expect.stringContaining('the database is in use. Stop every huizhi on it first.'),
    });
    await before.stop();
    const { code, out, err } = await distribute('--database', url);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      new RegExp(`^Distributed ${total} tables of .*\\.\\n\\d+ tables are .*\\nNodes with shards: .*\\.\\n$`),
    );
    const server = await testServer({ database: url });
    const after = world(server);
    expect((await after.receipt(key, 'robot-one', token)).messageReadInfoList).toHaveLength(2);
    const fresh = await after.sent({ userIds: ['alice'] }, token);
    expect((await after.receipt(fresh, 'robot-one', token)).messageReadInfoList).toHaveLength(1);
    const again = await distribute('--database', url, '--json');
    expect([again.code, again.err]).toEqual([0, '']);
    const { tables } = JSON.parse(again.out) as { tables: readonly { done: boolean }[] };
    expect(tables.map(({ done }) => done)).toEqual(Array(total).fill(false));
  });

  test('a database into which a file was moved is distributed, and is served with all its data', {
    timeout: 120_000,
  }, async () => {
    const file = join(emptyFolder(), 'huizhi.db');
    const before = await startServer({ database: file });
    const { sent, tokenOf, signIn } = world(before);
    const [token, session] = [await tokenOf(), await signIn('alice')];
    const key = await sent({ userIds: ['alice', 'bob'] }, token);
    await before.stop();
    const url = await postgres.create('empty');
    onTestFinished(() => postgres.drop(url));
    expect(await huizhi('migrate', '--from', file, '--to', url)).toMatchObject({ code: 0, err: '' });
    expect(await distribute('--database', url)).toMatchObject({ code: 0, err: '' });
    const after = world(await testServer({ database: url }));
    const [message] = (await after.inboxOf(session)).messages;
    await after.markRead(session, String(message?.messageId));
    const { messageReadInfoList } = await after.receipt(key, 'robot-one', token);
    expect(messageReadInfoList.map(({ readStatus }) => readStatus)).toEqual(['READ', 'UNREAD']);
    await after.sent({ userIds: ['alice'] }, token);
    await expect.poll(async () => (await after.inboxOf(session)).messages, { timeout: 10_000 }).toHaveLength(2);
  });

  test('a database whose distribution was killed is completed by the next run', { timeout: 120_000 }, async () => {
    const url = await database();
    const dying = spawn(process.execPath, [main, 'distribute', '--database', url, '--log-level', 'debug'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const died = once(dying, 'exit');
    let lines = '';
    for await (const text of dying.stderr.setEncoding('utf8')) {
      lines += text;
      if ((lines.match(/"done":true/g) ?? []).length >= 10) break;
    }
    dying.kill('SIGKILL');
    expect((await died)[1]).toBe('SIGKILL');
    const { code, out } = await distribute('--database', url, '--json');
    expect(code).toBe(0);
    const done = (JSON.parse(out) as { tables: readonly { done: boolean }[] }).tables.filter((table) => table.done);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThanOrEqual(total - 10);
  });
});
