/** The encrypted HTTP pushes of an app, when the process that sends them is killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { DeliveriesAnswer } from '../../src/wire/own/endpoints.ts';
import { connected } from '../conformance/support/harness.ts';
import { aesKey, answerPush, startPushReceiver, token } from '../conformance/support/push.ts';
import { bearer, ok, sendPath, tokenHeader } from '../conformance/support/world.ts';
import { enter } from './passes.ts';
import { adminToken, app, configure, launch, robotCode, type Server } from './server.ts';

/** Messages that are read at once: more than one worker pushes at a time. */
const count = 25;

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Starts processes on one database, of which the first one exists. */
async function startProcesses(database: string) {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-push-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  configure(folder);
  const start = () => {
    const launched = launch(folder, database, { HUIZHI_CALLBACK_ALLOW: '127.0.0.1' });
    onTestFinished(launched.kill);
    return launched.ready;
  };
  return { start, first: await start() };
}

/** The calls of the operator, and of the person who reads. */
function callsOf({ url }: Server) {
  const { call } = connected(url.href.replace(/\/$/, ''));
  const push = `/console/v1/apps/${app.appKey}/push`;
  const headers = bearer(adminToken);
  return {
    register: async (address: string) => {
      const body = { url: address, types: ['robot_msg_read'], token, aesKey };
      ok(await call('PUT', push, { headers, body }));
    },
    deliveries: async () =>
      (ok(await call('GET', `${push}/deliveries`, { headers, query: { limit: '100' } })) as DeliveriesAnswer)
        .deliveries,
    /** Sends messages to one person, who then reads all of them with one call. Returns their keys. */
    readAtOnce: async () => {
      const passes = await enter({ url });
      const session = bearer(passes.sessions.get('u0') ?? '');
      const body = { robotCode, userIds: ['u0'], msgKey: 'sampleText', msgParam: '{"content":"x"}' };
      const send = () => call('POST', sendPath, { headers: { [tokenHeader]: passes.token }, body });
      const sent = await Promise.all(Array.from({ length: count }, send));
      const list = async () =>
        ok(await call('GET', '/inbox/v1/messages', { headers: session, query: { limit: '100' } }))
          .messages as readonly { messageId: string }[];
      await expect.poll(async () => (await list()).length, { timeout: 20_000 }).toBe(count);
      const messageIds = (await list()).map(({ messageId }) => messageId);
      ok(await call('POST', '/inbox/v1/messages/read', { headers: session, body: { messageIds } }));
      return sent.map((reply) => String(ok(reply).processQueryKey)).toSorted();
    },
  };
}

const cases = [
  ['SQLite, after a restart', async () => 'push.db', true],
  ['PostgreSQL, by another process', async () => postgres.create('migrated'), false],
] as const;

test.each(cases)(
  'reads before a kill are pushed at least once, with numbers without gaps: %s',
  {
    timeout: 60_000,
  },
  async (_, create, isRestarted) => {
    const database = await create();
    if (!isRestarted) onTestFinished(() => postgres.drop(database));
    const { start, first } = await startProcesses(database);
    const receiver = await startPushReceiver(app.appKey);
    await callsOf(first).register(receiver.url);
    const other = isRestarted ? undefined : await start();
    // No push is answered, so at most a part of them is sent before the kill.
    receiver.react({ never: true });
    const keys = await callsOf(first).readAtOnce();
    await expect.poll(() => receiver.events().length, { timeout: 20_000 }).toBeGreaterThan(0);
    await first.kill();
    expect(receiver.events().length).toBeLessThan(count);
    receiver.react(answerPush(receiver.keys));
    const { deliveries } = callsOf(other ?? (await start()));
    const delivered = async () => (await deliveries()).filter(({ state }) => state === 'delivered');
    await expect.poll(async () => (await delivered()).length, { timeout: 30_000 }).toBe(count);
    // An event has the same id in both processes, and in each attempt.
    const pairs = new Map(receiver.events().map(({ eventId, ProcessQueryKey: key }) => [`${eventId} ${key}`, key]));
    expect([...pairs.values()].map(String).toSorted()).toEqual(keys);
    const numbers = (await deliveries()).map(({ number }) => number).toReversed();
    expect(numbers).toEqual(Array.from({ length: count }, (_unused, i) => (numbers[0] ?? 0) + i));
  },
);
