import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sql } from '../../../src/store/engine/sql.ts';
import { startChild } from '../support/child.ts';
import { loud } from '../support/harness.ts';
import { type Inside, insideServer } from '../support/inside.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

/** Runs SQL on the database of a server, outside of its store. */
const tell = async ({ context }: Inside, text: string) => void (await context.store.driver.one(sql(text, text)));

const broken = [500, 'system.error'];

test('a store that cannot write: 500 system.error, nothing acknowledged, /readyz fails, until it can write again', async () => {
  const server = await insideServer();
  const { call, inboxOf, markRead, receipt, recall, send, sent, signIn, tokenOf } = world(server);
  const [token, key, session] = [await tokenOf(), await sent(), await signIn('alice')];
  const [message] = (await inboxOf(session)).messages;
  await tell(server, 'pragma query_only = 1');
  const headers = bearer(session);
  const read = { body: { messageIds: [message?.messageId] }, headers };
  for (const reply of [
    await call('GET', '/readyz'),
    await send({}, token),
    await recall({ processQueryKeys: [key] }, token),
    await call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'app-one', appSecret: 'secret-of-app-one' } }),
    await call('POST', '/inbox/v1/messages/read', read),
    await call('POST', '/inbox/v1/sessions', { body: { corpId: 'corp-one', userId: 'alice' } }),
    await call('PUT', '/inbox/v1/robots/robot-one', { body: { muted: true }, headers }),
  ]) {
    expect([...refusal(reply), reply.body.message]).toEqual([...broken, '未知的系统错误']);
  }
  const legacy = await call('GET', '/gettoken', { query: { appkey: 'app-one', appsecret: 'secret-of-app-one' } });
  expect([legacy.status, legacy.body]).toEqual([200, { errcode: -1, errmsg: '系统繁忙' }]);
  expect((await call('GET', '/healthz')).status).toBe(200);
  expect((await receipt(key, 'robot-one', token)).messageReadInfoList[0]?.readStatus).toBe('UNREAD');
  await tell(server, 'pragma query_only = 0');
  expect((await call('GET', '/readyz')).status).toBe(200);
  expect((await inboxOf(session)).messages).toHaveLength(1);
  expect(await markRead(session, message?.messageId ?? '')).toBe(1);
  expect((await receipt(await sent())).sendStatus).toBe('SUCCESS');
});

test('a store that cannot read: 500 system.error on every surface, until it can read again', async () => {
  const server = await insideServer();
  const { call, sent, signIn, receipt, status, tokenOf } = world(server);
  const [token, key, session] = [await tokenOf(), await sent(), await signIn('alice')];
  await tell(server, 'alter table messages rename to hidden');
  expect(refusal(await status({ robotCode: 'robot-one', processQueryKey: key }, token))).toEqual(broken);
  expect(refusal(await call('GET', '/inbox/v1/messages', { headers: bearer(session) }))).toEqual(broken);
  await tell(server, 'alter table hidden rename to messages');
  expect((await receipt(key, 'robot-one', token)).sendStatus).toBe('SUCCESS');
});

test('a failure is in the log once as an error, with the request id of the response', async () => {
  const server = await insideServer();
  const { send, tokenOf } = world(server);
  const token = await tokenOf();
  await tell(server, 'pragma query_only = 1');
  const { body } = await send({}, token);
  const lines = loud(server.log).filter((line) => line.includes(String(body.requestid)));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^error: .*readonly database/);
  await tell(server, 'pragma query_only = 0');
});

test('a failed delivery is repeated without help', async () => {
  const server = await insideServer();
  const { advance, emulate, freeze, receipt, sent } = world(server);
  await freeze();
  await emulate('PUT', 'delivery', { mode: 'delay', delay: '1s' });
  const key = await sent();
  await tell(server, 'pragma query_only = 1');
  await advance('1s');
  expect((await receiptOrFailure(() => receipt(key))) ?? 'failed').toBe('failed');
  await tell(server, 'pragma query_only = 0');
  expect((await receipt(key)).sendStatus).toBe('PROCESSING');
  await advance('1m');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
});

/** A receipt needs a token first, which needs a store that can write. */
async function receiptOrFailure<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch(() => undefined);
}

test('with a closed store every call fails, and the process stays alive', async () => {
  const server = await insideServer();
  await server.context.store.driver.close();
  expect(refusal(await server.call('GET', '/readyz'))).toEqual(broken);
  expect((await server.call('GET', '/healthz')).status).toBe(200);
});

const canLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

test.skipIf(!canLimit)(
  'on a full disk sends fail, none of them counts, and the process recovers without help',
  async () => {
    // As large as the files of the database may become: 2 MiB.
    const child = await startChild('serve', ['prlimit', '--fsize=2097152:unlimited'], {
      HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite',
    });
    const { call, receipt, send, tokenOf } = world(child);
    const token = await tokenOf();
    const msgParam = JSON.stringify({ content: 'x'.repeat(10_000) });
    const acknowledged: string[] = [];
    const refused: unknown[] = [];
    // A probe writes less than a send, and a checkpoint may make room in the log, until the file is as large as it may be.
    const fill = async () => {
      const reply = await send({ msgParam }, token);
      if (reply.status === 200) acknowledged.push(String(ok(reply).processQueryKey));
      else refused.push(refusal(reply));
      return [refusal(reply), refusal(await call('GET', '/readyz'))];
    };
    await expect.poll(fill, { interval: 1, timeout: 20_000 }).toEqual([broken, broken]);
    expect([acknowledged.length < 500, refused]).toEqual([true, refused.map(() => broken)]);
    expect((await call('GET', '/healthz')).status).toBe(200);
    execFileSync('prlimit', ['--pid', String(child.process.pid), '--fsize=unlimited']);
    await expect.poll(async () => (await call('GET', '/readyz')).status, { interval: 20, timeout: 10_000 }).toBe(200);
    expect((await send({ msgParam }, token)).status).toBe(200);
    for (const key of acknowledged)
      expect((await receipt(key, 'robot-one', token)).messageReadInfoList).toHaveLength(1);
  },
);
