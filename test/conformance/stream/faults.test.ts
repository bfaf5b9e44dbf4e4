import { expect, test } from 'vitest';
import type { Push } from '../../../src/core/stream/hub.ts';
import { type Inside, insideServer } from '../support/inside.ts';
import { attemptHandshake, connectClient, connectTo, requestTicket, robotTopic } from '../support/stream-client.ts';
import { refusal, world } from '../support/world.ts';

const message: Push = { type: 'CALLBACK', topic: robotTopic, data: '{"msgId":"m1"}' };
const soon = { deadlineMs: 20_000 };

async function start(rules: readonly object[]) {
  const server = await insideServer();
  const there = world(server);
  await there.emulate('PUT', 'faults', { rules });
  const push = (deadlineMs = soon.deadlineMs) => {
    const app = server.context.directory.now.app('app-one');
    return server.context.hub.push(app ?? { corpId: 0, id: 0 }, message, { deadlineMs });
  };
  return { ...there, server, push };
}

/** The records of pushes and handshakes. */
async function recorded({ emulate }: Awaited<ReturnType<typeof start>>, path: string) {
  const { requests } = (await emulate('GET', 'requests?limit=1000')) as { requests: { path: string }[] };
  return requests.filter((one) => one.path === path);
}

const push = (effect: object) => ({ method: 'PUSH', path: robotTopic, ...effect });

test('a rule can drop the connection instead of a push', async () => {
  const there = await start([push({ drop: true, times: 1 })]);
  const client = await connectClient(there.server);
  expect(await there.push()).toEqual({ outcome: 'timeout' });
  expect(await client.ended).toBe(1006);
  expect(client.pushes()).toEqual([]);
  await connectClient(there.server);
  expect(await there.push()).toMatchObject({ outcome: 'answered' });
});

test('a rule can delay a push', async () => {
  const there = await start([push({ latency: '40ms' })]);
  const client = await connectClient(there.server);
  expect(await there.push(1)).toEqual({ outcome: 'timeout' });
  await expect.poll(() => client.pushes().length).toBe(1);
  expect(await there.push()).toMatchObject({ outcome: 'answered' });
});

test('a rule can repeat a push, with another messageId', async () => {
  const there = await start([push({ repeat: true, nth: 2 })]);
  const client = await connectClient(there.server);
  expect(await there.push()).toMatchObject({ outcome: 'answered' });
  await expect.poll(() => client.pushes()).toHaveLength(1);
  expect(await there.push()).toMatchObject({ outcome: 'answered' });
  await expect.poll(() => client.pushes().length).toBe(3);
  expect(new Set(client.pushes().map(({ headers }) => headers.messageId)).size).toBe(3);
  expect(new Set(client.pushes().map(({ data }) => data)).size).toBe(1);
});

test.each([
  ['authFailed', 403],
  ['system.error', 500],
  ['Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 403],
])('a rule can refuse a ticket with %s', async (error, status) => {
  const there = await start([{ path: '/connect', error, times: 1 }]);
  const url = await requestTicket(there.server);
  const reply = await attemptHandshake(url);
  expect([reply.status, reply.body.code]).toEqual([status, error]);
  await connectClient(there.server);
});

test('a rule can drop a handshake', async () => {
  const there = await start([{ path: '/connect', drop: true }]);
  await expect(connectClient(there.server)).rejects.toThrow(/socket hang up|ECONNRESET/);
});

test('rules for all calls do not concern Stream mode', async () => {
  const there = await start([]);
  const url = await requestTicket(there.server);
  await there.emulate('PUT', 'faults', { rules: [{ error: 'system.error' }, { drop: true, method: 'GET' }] });
  const client = await connectTo(url);
  expect(await there.push()).toMatchObject({ outcome: 'answered' });
  await expect.poll(() => client.pushes()).toHaveLength(1);
});

test.each([{ method: 'PUSH', error: 'system.error' }, { method: 'GET', repeat: true }, { repeat: true }])(
  'the rule %j is refused',
  async (rule) => {
    const there = await start([]);
    expect(refusal(await there.call('PUT', '/emulator/v1/faults', { body: { rules: [rule] } }))).toEqual([
      400,
      'huizhi.badRequest',
    ]);
  },
);

test('the list of requests has handshakes, and pushes with what the client has answered', async () => {
  const there = await start([]);
  const client = await connectClient(there.server);
  await there.push();
  expect(await recorded(there, '/connect')).toMatchObject([
    { method: 'GET', status: 101, query: { ticket: client.ticket } },
  ]);
  expect(await recorded(there, robotTopic)).toMatchObject([
    {
      method: 'PUSH',
      status: 200,
      headers: { topic: robotTopic, connectionId: client.ticket },
      body: { msgId: 'm1' },
      answer: { response: null },
    },
  ]);
});

test('a seed makes tickets and messageIds repeatable', async () => {
  const run = async () => {
    const server: Inside = await insideServer({ streamRepeat: 'off' }, {}, { seed: 'stream' });
    const client = await connectClient(server);
    const app = server.context.directory.now.app('app-one');
    await server.context.hub.push(app ?? { corpId: 0, id: 0 }, message, soon);
    return [client.ticket, app?.uuid, client.pushes()[0]?.headers.messageId];
  };
  expect(await run()).toEqual(await run());
});
