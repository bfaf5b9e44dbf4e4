import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import type { Push } from '../../../src/core/stream/hub.ts';
import { startEmulator } from '../../../src/emulator/index.ts';
import { isLong } from '../../support/long.ts';
import { startChild } from '../support/child.ts';
import { startServer } from '../support/harness.ts';
import { type Inside, insideServer } from '../support/inside.ts';
import {
  type Answering,
  acknowledge,
  cardTopic,
  connectClient,
  connectTo,
  everything,
  type Frame,
  requestTicket,
  robotTopic,
  type StreamClient,
} from '../support/stream-client.ts';
import { talkWorld } from '../support/talk.ts';
import { world } from '../support/world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const soon = { deadlineMs: 20_000 };
const message: Push = { type: 'CALLBACK', topic: robotTopic, data: '{"msgId":"m1","text":{"content":"你好"}}' };

function appOf({ context }: Inside, appKey = 'app-one') {
  const app = context.directory.now.app(appKey);
  if (!app) throw new Error(`there is no app ${appKey}`);
  return app;
}

const echoOf = ({ headers: { messageId }, data }: Frame) => ({ headers: { messageId }, data });

/** How each SDK answers a push, and what the server makes of it. */
const answers: readonly (readonly [sdk: string, answer: Answering, seen: object])[] = [
  ['Node', (frame) => ({ code: 200, headers: frame.headers, message: 'OK', data: '{"response":{}}' }), { code: 200 }],
  ['Python', (frame) => ({ code: 200, message: 'OK', ...echoOf(frame) }), { code: 200, data: message.data }],
  ['Python without a handler', (frame) => ({ ...echoOf(frame), code: 404, message: 'not implement' }), { code: 404 }],
  ['Go', (frame) => ({ ...echoOf(frame), code: 200, message: 'ok', data: '' }), { code: 200, message: 'ok', data: '' }],
  [
    'Go with LATER',
    (frame) => ({ ...echoOf(frame), code: 500, message: 'ok', data: '{"status":"LATER","message":"later"}' }),
    { code: 500, data: '{"status":"LATER","message":"later"}' },
  ],
  [
    'Java',
    ({ headers: { messageId, time } }) => ({
      code: 200,
      data: '{}',
      headers: { contentType: 'application/json', messageId, time },
      message: 'OK',
    }),
    { code: 200, data: '{}' },
  ],
  ['.NET', (frame) => ({ ...echoOf(frame), code: 200, message: 'OK', data: '{"status":"SUCESS"}' }), { code: 200 }],
];

test.each(answers)('takes the answer of the SDK for %s', async (_, answer, seen) => {
  const server = await insideServer();
  await connectClient(server, { answer });
  expect(await server.context.hub.push(appOf(server), message, soon)).toMatchObject({ outcome: 'answered', ...seen });
});

test('a callback has the headers of the vendor, in its order, each of them a text', async () => {
  const server = await insideServer();
  const client = await connectClient(server);
  await server.context.hub.push(appOf(server), message, soon);
  const [text = ''] = client.texts.slice(-1);
  const { uuid } = appOf(server);
  const headers = JSON.parse(text) as Frame;
  expect(Object.keys(headers)).toEqual(['specVersion', 'type', 'headers', 'data']);
  expect(Object.entries(headers.headers)).toEqual([
    ['appId', uuid],
    ['connectionId', client.ticket],
    ['contentType', 'application/json'],
    ['messageId', expect.stringMatching(/^[0-9a-f]+_[0-9a-f]+_[0-9a-f]+_[0-9a-f]+$/)],
    ['time', expect.stringMatching(/^\d{13}$/)],
    ['topic', robotTopic],
  ]);
  expect(headers.data).toBe(message.data);
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('an event has the headers of its cause, and names the app in one of its own', async () => {
  const server = await insideServer();
  const client = await connectClient(server);
  const headers = { eventId: randomUUID(), eventType: 'chat_disband', eventBornTime: '1', eventCorpId: 'corp-one' };
  const push: Push = { type: 'EVENT', topic: '*', headers, data: '{}' };
  await server.context.hub.push(appOf(server), push, soon);
  expect(Object.keys(client.pushes()[0]?.headers ?? {})).toEqual([
    'contentType',
    'eventBornTime',
    'eventCorpId',
    'eventId',
    'eventType',
    'eventUnifiedAppId',
    'messageId',
    'time',
    'topic',
  ]);
  expect(client.pushes()[0]?.headers).toMatchObject({ ...headers, topic: '*' });
});

test('a ping comes at once, and its connectionId is the ticket', async () => {
  const server = await insideServer();
  const client = await connectClient(server);
  const [ping] = client.frames();
  expect(ping?.headers).toMatchObject({ topic: 'ping', connectionId: client.ticket, appId: appOf(server).uuid });
  expect(JSON.parse(ping?.data ?? '')).toEqual({ opaque: expect.stringMatching(/^[0-9a-f-]{36}$/) });
});

test('frames that are no answers are ignored: text that is not JSON, other JSON, bytes, answers to nothing', async () => {
  const server = await insideServer();
  const client = await connectClient(server, { answer: () => undefined });
  const waiting = server.context.hub.push(appOf(server), message, soon);
  await expect.poll(() => client.pushes().length).toBe(1);
  const { messageId } = client.pushes()[0]?.headers ?? {};
  const frames = [
    '{',
    '',
    'null',
    '[]',
    '7',
    '"x"',
    '{}',
    '{"headers":null}',
    '{"code":200,"headers":{"messageId":"other"}}',
    `{"headers":{"messageId":"${messageId}"}}`,
    `{"code":"x","headers":{"messageId":"${messageId}"}}`,
    `${'['.repeat(100_000)}`,
  ];
  for (const frame of frames) client.socket.send(frame);
  client.socket.send(Buffer.from([0, 255]));
  client.socket.send(JSON.stringify(acknowledge(client.pushes()[0] as Frame)));
  expect(await waiting).toMatchObject({ outcome: 'answered', code: 200 });
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});

test('a frame of 1 MiB is accepted, and a longer one ends the connection with 1009', async () => {
  const server = await insideServer();
  const data = 'x'.repeat(1024 * 1024 - 1000);
  const client = await connectClient(server, { answer: (frame) => ({ code: 200, headers: frame.headers, data }) });
  const answer = await server.context.hub.push(appOf(server), message, soon);
  expect(answer).toEqual({ outcome: 'answered', code: 200, message: '', data });
  client.socket.send('x'.repeat(1024 * 1024 + 1));
  expect(await client.ended).toBe(1009);
  await expect.poll(() => server.context.hub.size()).toBe(0);
});

test('compression that a client offers is not used', async () => {
  const server = await insideServer();
  const client = await connectTo(await requestTicket(server), undefined, { perMessageDeflate: true });
  expect(client.socket.extensions).toBe('');
});

test('a ping of the client is answered with its payload', async () => {
  const server = await insideServer();
  const { socket } = await connectClient(server);
  const payload = randomUUID();
  const pong = new Promise((resolve) => socket.once('pong', (data: Buffer) => resolve(data.toString())));
  socket.ping(payload);
  expect(await pong).toBe(payload);
});

test('a silent client gets pings, and is cut off after two without an answer', async () => {
  const server = await insideServer({}, { stream: { ping: 40 } });
  const alive = await connectClient(server);
  const socket = new WebSocket(await requestTicket(server));
  onTestFinished(() => socket.terminate());
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  const code = await new Promise((resolve) => socket.on('close', resolve));
  expect(code).toBe(1006);
  expect(frames.map((text) => (JSON.parse(text) as Frame).headers.topic)).toEqual(['ping', 'ping']);
  const pings = alive.frames().length;
  await expect.poll(() => alive.frames().length).toBeGreaterThan(pings + 3);
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
});

test('a client that does not read is cut off when 1 MiB is unsent', async () => {
  const server = await insideServer();
  const client = await connectClient(server, { answer: () => undefined });
  client.socket.pause();
  const { hub } = server.context;
  const push: Push = { type: 'CALLBACK', topic: cardTopic, data: JSON.stringify('x'.repeat(100_000)) };
  let outcome = '';
  for (let i = 0; i < 200 && outcome !== 'no-connection'; i++)
    ({ outcome } = await hub.push(appOf(server), push, { deadlineMs: 5 }));
  expect(outcome).toBe('no-connection');
  expect(hub.size()).toBe(0);
});

test('a client that sends pings and does not read the pongs is cut off, too', async () => {
  const server = await insideServer();
  const { socket, ended } = await connectClient(server);
  socket.pause();
  const payload = Buffer.alloc(125);
  const flood = () => {
    if (socket.readyState !== socket.OPEN) return;
    for (let i = 0; i < 1000; i++) socket.ping(payload);
    setImmediate(flood);
  };
  flood();
  await expect.poll(() => server.context.hub.size(), { timeout: 15_000 }).toBe(0);
  socket.resume();
  expect(await ended).toBe(1006);
});

test('a message in fragments without an end is as long as one frame at most', async () => {
  const server = await insideServer();
  const { socket, ended } = await connectClient(server);
  for (let i = 0; i < 11; i++) socket.send('x'.repeat(100_000), { fin: false });
  expect(await ended).toBe(1009);
});

test('a client that answers nothing gets further pushes, and they cost at most the memory of those to be repeated', async () => {
  const server = await insideServer({ command: 'serve' });
  const socket = new WebSocket(await requestTicket(server));
  onTestFinished(() => socket.terminate());
  let count = 0;
  socket.on('message', () => count++);
  await expect.poll(() => count).toBe(1);
  const { hub } = server.context;
  const push = async (i: number) => {
    const data = JSON.stringify(`${i}${'x'.repeat(100_000)}`);
    return (await hub.push(appOf(server), { ...message, data }, { deadlineMs: 1 })).outcome;
  };
  await push(0);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 1; i <= 500; i++) expect(await push(i)).toBe('timeout');
  await expect.poll(() => count).toBe(502);
  collectGarbage();
  // 50 MB were pushed; 8 MiB of them wait for their repetition.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(25_000_000);
});

test('a client that answers no event gets further events', async () => {
  const server = await insideServer({ streamRepeat: 'off' });
  const client = await connectClient(server, { answer: () => undefined });
  const push: Push = { type: 'EVENT', topic: '*', data: '{}' };
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => server.context.hub.push(appOf(server), push, { deadlineMs: 5 })),
  );
  expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['timeout']));
  await expect.poll(() => client.pushes()).toHaveLength(50);
});

test('a robot message without an answer comes again after a minute of the clock, unless that is switched off', async () => {
  for (const [streamRepeat, count] of [
    ['on', 2],
    ['off', 1],
  ] as const) {
    const server = await insideServer({ streamRepeat });
    const { freeze, advance } = world(server);
    await freeze();
    const client = await connectClient(server, { answer: () => undefined });
    await server.context.hub.push(appOf(server), message, { deadlineMs: 5 });
    await advance('1m');
    await server.context.hub.push(appOf(server), { type: 'EVENT', topic: '*', data: '{}' }, { deadlineMs: 5 });
    await expect.poll(() => client.pushes().at(-1)?.type).toBe('EVENT');
    await expect.poll(() => client.pushes()).toHaveLength(count + 1);
  }
});

test('at the end of its lifetime a connection gets disconnect, and no close frame', async () => {
  const server = await insideServer({ streamLifetime: 3_600_000 });
  const { freeze, advance } = world(server);
  await freeze();
  const client = await connectClient(server);
  await advance('1h');
  expect(await client.ended).toBe(1006);
  expect(client.frames().at(-1)).toMatchObject({
    headers: { topic: 'disconnect' },
    data: '{"reason":"persistent connection is timeout"}',
  });
});

test('a connection that is leaving gets no push, and its late answers still count', async () => {
  const server = await insideServer({ streamLifetime: 3_600_000 }, { stream: { leave: 60_000 } });
  const { freeze, advance } = world(server);
  await freeze();
  const client = await connectClient(server, { answer: () => undefined });
  // A robot message would be repeated within that hour.
  const event: Push = { type: 'EVENT', topic: '*', data: '{}' };
  const waiting = server.context.hub.push(appOf(server), event, soon);
  await expect.poll(() => client.pushes().length).toBe(1);
  await advance('1h');
  await expect.poll(() => client.frames().at(-1)?.headers.topic).toBe('disconnect');
  expect(await server.context.hub.push(appOf(server), message, soon)).toEqual({ outcome: 'no-connection' });
  client.socket.send(JSON.stringify(acknowledge(client.pushes()[0] as Frame)));
  expect(await waiting).toMatchObject({ outcome: 'answered' });
});

test('a server that stops sends disconnect', async () => {
  const server = await startServer();
  const client = await connectClient(server);
  await server.stop();
  expect(await client.ended).toBe(1006);
  expect(client.frames().at(-1)?.headers.topic).toBe('disconnect');
});

test('serve stops when the clients have gone, and accepts no connection meanwhile', async () => {
  const server = await startServer({}, { stream: { leave: 60_000 } });
  const client = await connectClient(server);
  const stopped = server.stop();
  await expect.poll(() => client.frames().at(-1)?.headers.topic).toBe('disconnect');
  client.close();
  await stopped;
});

test('the embedded emulator ends its connections when it is closed', async () => {
  const emulator = await startEmulator();
  const { appKey, appSecret } = emulator.credentials;
  const body = { clientId: appKey, clientSecret: appSecret, subscriptions: everything };
  const headers = { 'content-type': 'application/json' };
  const opened = await fetch(`${emulator.url}/v1.0/gateway/connections/open`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const { endpoint, ticket } = (await opened.json()) as { endpoint: string; ticket: string };
  const client = await connectTo(`${endpoint}?ticket=${ticket}`);
  await emulator.close();
  expect(await client.ended).toBe(1006);
});

test('300 idle connections are served by one process', async () => {
  const server = await insideServer({ streamConnections: 300 });
  const clients = await Promise.all(Array.from({ length: 300 }, () => connectClient(server)));
  expect(server.context.hub.size()).toBe(300);
  const outcomes = await Promise.all(
    Array.from({ length: 300 }, () => server.context.hub.push(appOf(server), message, soon)),
  );
  expect(outcomes.every(({ outcome }) => outcome === 'answered')).toBe(true);
  for (const client of clients) client.close();
  await expect.poll(() => server.context.hub.size()).toBe(0);
});

test.runIf(isLong && process.platform === 'linux')(
  '10,000 idle connections are served by one process, with less than 50 kB each',
  { timeout: 300_000 },
  async () => {
    const server = await startChild('dev --config huizhi.yaml --stream-connections 10000 --max-connections 11000');
    const kilobytes = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]);
    const clients: StreamClient[] = [];
    const connect = async (count: number) =>
      void clients.push(...(await Promise.all(Array.from({ length: count }, () => connectClient(server)))));
    await connect(100);
    const before = kilobytes();
    for (let i = 0; i < 99; i++) await connect(100);
    const each = (kilobytes() - before) / 9900;
    console.log(`${each.toFixed(1)} kB for each of 10,000 idle connections`);
    expect(each).toBeLessThan(50);
    expect(clients.filter(({ socket }) => socket.readyState === socket.OPEN)).toHaveLength(10_000);
    const { robots } = await talkWorld(world(server)).say('hello');
    expect(robots).toMatchObject([{ reach: 'stream' }]);
  },
);
