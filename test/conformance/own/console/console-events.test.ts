import { expect, test } from 'vitest';
import { type Server, testServer } from '../../support/harness.ts';
import { follow as followPath, type Stream } from '../../support/stream.ts';
import { bearer, ok, refusal, suiteRobot, world } from '../../support/world.ts';

const follow = (server: Server, query = '?corpId=corp-one', headers = {}) =>
  followPath(server, server.adminToken, query, headers, '/console/v1/events');

async function takeEvents(stream: Stream, count: number) {
  const taken: string[] = [];
  for (let i = 0; i < count; i++) {
    const event = await stream.next();
    const who = event?.data.userId === undefined ? '' : ` ${event.data.userId} ${event.data.manner}`;
    taken.push(`${event?.id} ${event?.event}${who}`);
  }
  return taken;
}

async function createScene() {
  const server = await testServer();
  const there = world(server);
  const ask = (method: string, path: string) =>
    server.call(method, `/console/v1/${path}`, { headers: bearer(server.adminToken) });
  return { ...there, ask };
}

test('the events of a message are pushed in order, with numbers without a gap', async () => {
  const { server, sent, emulate, recall } = await createScene();
  const stream = await follow(server);
  expect([stream.status, stream.headers['content-type'], stream.headers['cache-control']]).toEqual([
    200,
    'text/event-stream',
    'no-store',
  ]);
  const key = await sent({ userIds: ['alice', 'bob'] });
  expect(await takeEvents(stream, 2)).toEqual(['1 sent', '2 delivered']);
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  await emulate('POST', 'reads', { processQueryKey: key, manner: 'mark' });
  expect(await takeEvents(stream, 2)).toEqual(['3 read bob seen', '4 read alice mark']);
  ok(await recall({ processQueryKeys: [key] }));
  ok(await recall({ processQueryKeys: [key] }));
  await sent();
  expect(await takeEvents(stream, 3)).toEqual(['5 recalled', '6 sent', '7 delivered']);
});

test('a send and a recall while deliveries are held are pushed immediately', async () => {
  const { server, sent, emulate, recall } = await createScene();
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const stream = await follow(server);
  const key = await sent();
  expect(await takeEvents(stream, 1)).toEqual(['1 sent']);
  ok(await recall({ processQueryKeys: [key] }));
  expect(await takeEvents(stream, 1)).toEqual(['2 recalled']);
});

test('a follower that reconnects gets the events it missed, by header or by query', async () => {
  const { server, sent } = await createScene();
  for (let i = 0; i < 60; i++) await sent();
  const all = await takeEvents(await follow(server, '?corpId=corp-one&since=0'), 120);
  expect(all.map((each) => Number.parseInt(each, 10))).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  expect(await takeEvents(await follow(server, '?corpId=corp-one&since=5', { 'last-event-id': '117' }), 3)).toEqual(
    all.slice(117),
  );
});

test('the events of one message are sent without others, from exactly the state that its page showed', async () => {
  const { server, sent, emulate, ask } = await createScene();
  const key = await sent({ userIds: ['alice', 'bob'] });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['alice'] });
  const { messages } = ok(await ask('GET', 'messages?corpId=corp-one')) as { messages: { messageId: string }[] };
  const messageId = String(messages[0]?.messageId);
  const { sequence } = ok(await ask('GET', `messages/${messageId}`));
  await sent();
  const stream = await follow(server, `?corpId=corp-one&messageId=${messageId}&since=${sequence}`);
  await emulate('POST', 'reads', { processQueryKey: key });
  expect(await takeEvents(stream, 1)).toEqual(['6 read bob seen']);
  ok(await ask('POST', `messages/${messageId}/recall`));
  expect(await takeEvents(stream, 1)).toEqual(['7 recalled']);
});

test('the events of a message are found from the start of a long stream; a message of another organization has none', async () => {
  const { server, sent, ask } = await createScene();
  await sent();
  const { messages } = ok(await ask('GET', 'messages?corpId=corp-one')) as { messages: { messageId: string }[] };
  const messageId = String(messages[0]?.messageId);
  for (let i = 0; i < 150; i++) await sent();
  const stream = await follow(server, `?corpId=corp-one&messageId=${messageId}&since=0`);
  expect(await takeEvents(stream, 2)).toEqual(['1 sent', '2 delivered']);
  ok(await ask('POST', `messages/${messageId}/recall`));
  expect(await takeEvents(stream, 1)).toEqual(['303 recalled']);
  for (const query of [`corpId=corp-two&messageId=${messageId}`, 'corpId=corp-one&messageId=made-up']) {
    expect(refusal(await ask('GET', `events?${query}`))).toEqual([404, 'huizhi.notFound']);
  }
});

test('a HEAD request for a stream follows nothing', async () => {
  const { server, signIn } = await createScene();
  const session = await signIn('alice');
  for (const [path, token] of [
    ['/console/v1/events?corpId=corp-one', server.adminToken],
    ['/inbox/v1/events', session],
  ] as const) {
    const { status, headers } = await server.call('HEAD', path, { headers: bearer(token) });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
  }
  expect((await server.call('GET', '/metrics')).text).toMatch(/^huizhi_streams 0$/m);
});

test('an organization’s stream has no events of another', async () => {
  const { server, sent, suiteToken } = await createScene();
  const two = await follow(server, '?corpId=corp-two');
  await sent();
  await sent({ robotCode: suiteRobot }, await suiteToken('corp-two'));
  expect(await takeEvents(two, 2)).toEqual(['1 sent', '2 delivered']);
});

test('events past their retention leave the stream from its start, and the numbers continue', async () => {
  const { server, sent, freeze, advance, ask } = await createScene();
  await freeze();
  await sent();
  await advance('89d');
  await sent();
  await advance('2d');
  const stream = await follow(server, '?corpId=corp-one&since=0');
  expect(await takeEvents(stream, 2)).toEqual(['3 sent', '4 delivered']);
  await sent();
  expect(await takeEvents(stream, 2)).toEqual(['5 sent', '6 delivered']);
  expect(refusal(await ask('GET', 'events?corpId=nowhere'))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await ask('GET', 'events?corpId=corp-one&since=x'))).toEqual([400, 'huizhi.badRequest']);
});
