import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { queryRows, sql } from '../../src/store/engine/sql.ts';
import { openDriver, openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { emptyFolder } from '../conformance/support/child.ts';
import { groupWorld } from '../conformance/support/groups.ts';
import { type Server, startServer, testServer } from '../conformance/support/harness.ts';
import { setup } from '../conformance/support/setup.ts';
import { errorOf, sign, textOf, webhookWorld } from '../conformance/support/webhooks.ts';
import { ok, world } from '../conformance/support/world.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** A database without data; on Citus, with tables that are distributed. */
async function emptyDatabase(): Promise<string> {
  const url = await postgres.create(postgres.isCitus ? 'migrated' : 'empty');
  onTestFinished(() => postgres.drop(url));
  return url;
}

/** Runs `huizhi …`. */
function huizhi(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child: ChildProcess = execFile(process.execPath, [main, ...args], (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const moveTo = (from: string, to: string) =>
  huizhi('migrate', '--from', from, '--to', to, '--log-level', 'warn', '--json');

/** A database of a used server: a key, a token, an open session, and many more messages. */
async function usedDatabase(messages: number) {
  const file = join(emptyFolder(), 'huizhi.db');
  const server = await startServer({ database: file });
  const { tokenOf, sent, signIn, inboxOf, markRead } = world(server);
  const token = await tokenOf();
  const key = await sent({ userIds: ['alice', 'bob'] }, token);
  const session = await signIn('alice');
  const [message] = (await inboxOf(session)).messages;
  await markRead(session, String(message?.messageId));
  const group = await groupMessage(server);
  const webhook = await webhookMessage(server);
  await server.stop();
  await fill(file, messages);
  return { file, token, key, session, group, webhook, rows: await rowsOf(file) };
}

/** A message to a group that bob has read. */
async function groupMessage(server: Server) {
  const { group, sentTo, readBy } = groupWorld(server);
  const { openConversationId } = await group();
  const key = await sentTo(openConversationId);
  await readBy(key, 'bob');
  return { openConversationId, key };
}

/** A custom robot with a signature, which has sent once. */
async function webhookMessage(server: Server) {
  const { hook, post } = webhookWorld(world(server));
  const made = await hook({ sign: true });
  expect(errorOf(await post(made, textOf('x', { msgUuid: 'u' }), { query: sign(made.secret, Date.now()) }))[0]).toBe(0);
  return made;
}

/** Expects that a message to a group has its reader after a move, and that later readers come after bob. */
async function expectReaders(server: Server, { openConversationId, key }: Awaited<ReturnType<typeof groupMessage>>) {
  const { readBy, readers, sentTo } = groupWorld(server);
  const page = await readers(openConversationId, key, { maxResults: 1 });
  expect(page.readUserIds).toEqual(['bob']);
  await readBy(key, 'carol', 'alice');
  expect((await readers(openConversationId, key)).readUserIds).toEqual(['bob', 'carol', 'alice']);
  const fresh = await sentTo(openConversationId);
  await readBy(fresh, 'alice');
  expect((await readers(openConversationId, fresh)).readUserIds).toEqual(['alice']);
}

/** Accepts, delivers and reads many messages through the store. */
async function fill(file: string, messages: number): Promise<void> {
  const store = await openStore(file);
  const directory = await store.directory();
  const robot = directory.robot('robot-one');
  if (!robot) throw new Error('no robot-one');
  const userCodes = setup.organizations[0]?.users.slice(0, 20).map(({ userId }) => userId) ?? [];
  const one = async (i: number) => {
    const send = {
      corpId: robot.corpId,
      robot,
      appId: robot.appId,
      kind: 1,
      param: `{"content":"汉字 ${i}"}`,
      userCodes,
    };
    const accepted = await store.accept({ ...send, sentAt: Date.now() });
    if (!accepted) throw new Error('not accepted');
    const touched = await store.settle(robot.corpId, accepted.messageId, Date.now());
    if (touched[0]) await store.markRead(robot.corpId, touched[0].userId, [accepted.messageId], Date.now());
  };
  await Promise.all(Array.from({ length: messages }, (_, i) => one(i)));
  await placeUsers(store, robot.corpId, robot.appId);
  await store.close();
}

/** Puts alice into a department that only one app may see. */
async function placeUsers(store: Store, corpId: number, appId: number): Promise<void> {
  await store.departments.put([{ corpId, id: 7, parentId: 1, name: '部门', position: 1 }]);
  const memberships = [{ departmentId: 7, leader: true, position: 3 }];
  await store.contacts.change(corpId, [{ corpId, code: 'alice', fields: { mobile: '13800000001' }, memberships }]);
  await store.departments.replaceScope(corpId, appId, [7]);
}

/** Every row of a database in a fixed order, without the tables about the database itself. */
async function rowsOf(database: string): Promise<string> {
  const store = await openStore(database);
  const { tables } = await store.dump();
  await store.close();
  const own = ([, name]: readonly unknown[]) => ['touched', 'move', 'origin'].includes(String(name));
  return JSON.stringify(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows
        .filter((row) => name !== 'settings' || !own(row))
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );
}

/** How far a move into a database has come, as stored there. */
async function placeOf(database: string): Promise<string> {
  const driver = await openDriver(database, { poolSize: 2 });
  try {
    const move = sql<[value: string]>('kept_move', `select value from settings where corp_id = 0 and name = 'move'`);
    return (await driver.read(() => queryRows(move)))[0]?.[0] ?? '';
  } catch {
    return '';
  } finally {
    await driver.close();
  }
}

describe('huizhi migrate --from a file --to PostgreSQL', () => {
  test('copies everything, continues after it was killed, and keeps keys, tokens and sessions valid', {
    timeout: 120_000,
  }, async () => {
    const { file, token, key, session, group, webhook, rows } = await usedDatabase(3000);
    const url = await emptyDatabase();
    const dying = spawn(process.execPath, [main, 'migrate', '--from', file, '--to', url], { stdio: 'ignore' });
    const died = once(dying, 'exit');
    while (!/"table":"(messages|contents|streams|inbox)"/.test(await placeOf(url))) {
      if (dying.exitCode !== null) throw new Error('it came to its end before it could be killed');
    }
    dying.kill('SIGKILL');
    await died;
    const refused = await huizhi('serve', '--port', '0', '--database', url);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('is not complete')]);

    const { code, out, err } = await moveTo(file, url);
    expect([code, err]).toEqual([0, '']);
    const { tables } = JSON.parse(out) as { tables: { table: string; rows: number; sha256: string }[] };
    expect(tables.find(({ table }) => table === 'messages')).toMatchObject({ rows: 3003, sha256: /^/ });
    expect(await rowsOf(url)).toBe(rows);
    expect(await rowsOf(file)).toBe(rows);

    const server = await testServer({ database: url });
    const { receipt, inboxOf, sent, recall } = world(server);
    await expectReaders(server, group);
    const query = sign(webhook.secret, Date.now());
    expect(errorOf(await webhookWorld(world(server)).post(webhook, textOf('y'), { query }))[0]).toBe(0);
    const { sendStatus, messageReadInfoList } = await receipt(key, 'robot-one', token);
    expect([sendStatus, ...messageReadInfoList.map(({ readStatus }) => readStatus)]).toEqual([
      'SUCCESS',
      'READ',
      'UNREAD',
    ]);
    const fresh = await sent({ userIds: ['alice'] }, token);
    ok(await recall({ processQueryKeys: [key] }, token));
    expect((await receipt(fresh, 'robot-one', token)).messageReadInfoList).toHaveLength(1);
    expect((await inboxOf(session, { limit: '100' })).messages.length).toBe(100);
  });

  test('reports what prevents it: a missing file, a target with other data, a source in use', {
    timeout: 120_000,
  }, async () => {
    const { file } = await usedDatabase(2);
    const url = await emptyDatabase();
    const nowhere = join(emptyFolder(), 'none.db');
    expect(await moveTo(nowhere, url)).toMatchObject({ code: 1, err: expect.stringContaining('there is no database') });
    await (await testServer({ database: url })).stop();
    expect(await moveTo(file, url)).toMatchObject({ code: 1, err: expect.stringContaining('holds other data') });
    await testServer({ database: file });
    expect(await moveTo(file, await emptyDatabase())).toMatchObject({
      code: 1,
      err: expect.stringContaining('in use by another process'),
    });
  });

  test('refuses to continue when the source has been used since', async () => {
    const { file } = await usedDatabase(2);
    const url = await emptyDatabase();
    expect((await moveTo(file, url)).code).toBe(0);
    const kept = JSON.stringify({ source: 'another', table: 'settings', after: [-1, ''] });
    const driver = await openDriver(url, { poolSize: 2 });
    const put = sql('put_move', `insert into settings (corp_id, name, value) values (0, 'move', $1)`);
    await driver.write(() => queryRows(put, kept));
    await driver.close();
    expect(await moveTo(file, url)).toMatchObject({ code: 1, err: expect.stringContaining('empty the target') });
  });
});

test('huizhi migrate also copies from PostgreSQL to a file, unless the database is in use', {
  timeout: 120_000,
}, async () => {
  const url = await emptyDatabase();
  const server = await startServer({ database: url });
  const { sent, receipt, tokenOf } = world(server);
  const token = await tokenOf();
  const key = await sent({}, token);
  await receipt(key, 'robot-one', token);
  const group = await groupMessage(server);
  const file = join(emptyFolder(), 'moved.db');
  expect(await moveTo(url, file)).toMatchObject({ code: 1, err: expect.stringContaining('the source is in use') });
  await server.stop();
  expect(await moveTo(url, file)).toMatchObject({ code: 0, err: '' });
  const target = await testServer({ database: file });
  const moved = world(target);
  await expectReaders(target, group);
  expect((await moved.receipt(key, 'robot-one', token)).messageReadInfoList).toHaveLength(1);
  // The numbers of the moved messages contain the day, and so do those of new messages.
  const fresh = await moved.sent({}, token);
  expect((await moved.receipt(fresh, 'robot-one', token)).messageReadInfoList).toHaveLength(1);
  const inbox = (await moved.inboxOf(await moved.signIn('alice'))).messages;
  expect(inbox.map(({ messageId }) => String(messageId).length)).toEqual([34, 34, 34, 34]);
});
