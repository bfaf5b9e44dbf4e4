import { expect, test } from 'vitest';
import { createSeededBytes } from '../access/random.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type HubParts, type NewConnection, openStreamHub, type Push, type Registered, type StreamHub } from './hub.ts';

const app = { corpId: 1, id: 7 };
const robotTopic = '/v1.0/im/bot/messages/get';
const cardTopic = '/v1.0/card/instances/callback';
const message: Push = { type: 'CALLBACK', topic: robotTopic, data: '{"msgId":"m1"}' };
const soon = { deadlineMs: 10_000 };
const atOnce = { deadlineMs: 1 };

type Frame = { readonly type: string; readonly headers: Record<string, string>; readonly data: string };
type Client = { readonly frames: string[]; readonly registered: Registered; readonly isEnded: () => boolean };

function openHub(
  clock: TestClock = createTestClock(),
  more: Partial<Pick<HubParts, 'repeat' | 'lifetime' | 'onPushed'>> = {},
): StreamHub {
  const { next: bytes } = createSeededBytes('hub');
  return openStreamHub({ clock, bytes, repeat: true, lifetime: 60_000, times: { leave: 0 }, onPushed() {}, ...more });
}

/** A client that answers each push by `reply`, or not at all. */
function connect(
  hub: StreamHub,
  subscriptions: NewConnection['subscriptions'] = [{ type: 'CALLBACK', topic: robotTopic }],
  reply?: (frame: Frame) => object,
  appId = app.id,
): Client {
  const frames: string[] = [];
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    registered.closed();
  };
  const registered = hub.register({
    id: hub.size() + 1,
    corpId: 1,
    appId,
    appKey: 'dingapp',
    appUuid: 'c5b8b1f0-0000-4000-8000-000000000007',
    era: 1,
    client: '',
    connectionId: `ticket${hub.size()}`,
    subscriptions,
    link: {
      send(text) {
        frames.push(text);
        const frame = JSON.parse(text) as Frame;
        if (frame.type !== 'SYSTEM' && reply)
          queueMicrotask(() => registered.heard(JSON.stringify({ code: 200, ...reply(frame) })));
      },
      unsent: () => 0,
      end,
      cut: end,
    },
  });
  return { frames, registered, isEnded: () => ended };
}

const echo = ({ headers, data }: Frame) => ({ headers: { messageId: headers.messageId }, message: 'OK', data });
const pushesOf = ({ frames }: Client) => frames.filter((text) => !text.includes('"SYSTEM"'));

test('a connection gets a ping at once, with the headers in alphabetical order', async () => {
  const hub = openHub(createTestClock({ time: 1_707_286_661_313, frozen: true }));
  const { frames } = connect(hub);
  expect(frames).toEqual([
    expect.stringMatching(
      /^\{"specVersion":"1\.0","type":"SYSTEM","headers":\{"appId":"c5b8b1f0-[^"]+","connectionId":"ticket0","contentType":"application\/json","messageId":"[0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{11}_[0-9a-f]{8}","time":"1707286661313","topic":"ping"\},"data":"\{\\"opaque\\":\\"[0-9a-f-]{36}\\"\}"\}$/,
    ),
  ]);
  await hub.close();
});

test('a push resolves with what the client has answered', async () => {
  const hub = openHub();
  connect(hub, undefined, echo);
  expect(await hub.push(app, message, soon)).toEqual({
    outcome: 'answered',
    code: 200,
    message: 'OK',
    data: '{"msgId":"m1"}',
  });
  await hub.close();
});

test('an answer may lack message and data, and may have an object as data', async () => {
  const hub = openHub();
  const answers: object[] = [{}, { data: { response: null } }];
  connect(hub, undefined, ({ headers }) => ({ headers: { messageId: headers.messageId }, ...answers.shift() }));
  expect(await hub.push(app, message, soon)).toEqual({ outcome: 'answered', code: 200, message: '', data: '' });
  expect(await hub.push(app, message, soon)).toMatchObject({ data: '{"response":null}' });
  await hub.close();
});

test.each([
  ['a code that has no number', '{"headers":{"messageId":"m"},"code":{"valueOf":1,"toString":1}}'],
  ['a list of codes', '{"headers":{"messageId":"m"},"code":[200]}'],
  [
    'data that are nested deeply',
    `{"headers":{"messageId":"m"},"code":200,"data":${'['.repeat(4000)}${']'.repeat(4000)}}`,
  ],
])('a frame with %s is ignored, also while a push waits', async (_, frame) => {
  const hub = openHub();
  const { frames, registered } = connect(hub);
  const outcome = hub.push(app, message, soon);
  const { headers } = JSON.parse(frames[1] ?? '{}') as Frame;
  registered.heard(frame.replace('"m"', JSON.stringify(headers.messageId)));
  registered.heard(JSON.stringify({ code: 200, headers, data: 'the answer' }));
  expect(await outcome).toMatchObject({ outcome: 'answered', data: 'the answer' });
  await hub.close();
});

test('only connections that have subscribed to the topic, of the same app, get a push', async () => {
  const hub = openHub();
  const clients = [
    connect(hub, [{ type: 'EVENT', topic: '*' }]),
    connect(hub, [{ type: 'CALLBACK', topic: cardTopic }]),
    connect(hub, undefined, undefined, 8),
  ];
  expect(await hub.push(app, message, soon)).toEqual({ outcome: 'no-connection' });
  expect(clients.flatMap(pushesOf)).toEqual([]);
  expect(await hub.isListening(app, 'CALLBACK', robotTopic)).toBe(false);
  expect(await hub.isListening(app, 'EVENT', '*')).toBe(true);
  await hub.close();
});

test('each push goes to one connection, and all connections get some', async () => {
  const hub = openHub();
  const clients = [1, 2, 3].map(() => connect(hub, undefined, echo));
  for (let i = 0; i < 30; i++) await hub.push(app, message, soon);
  const counts = clients.map((client) => pushesOf(client).length);
  expect(counts.reduce((sum, count) => sum + count)).toBe(30);
  expect(counts.every((count) => count > 0)).toBe(true);
  await hub.close();
});

test('a robot message without an answer is sent once more after a minute, with another messageId', async () => {
  const clock = createTestClock({ frozen: true });
  const hub = openHub(clock, { lifetime: 10 * 60_000 });
  const client = connect(hub);
  expect(await hub.push(app, message, atOnce)).toEqual({ outcome: 'timeout' });
  await clock.advance(59_999);
  expect(pushesOf(client)).toHaveLength(1);
  await clock.advance(1);
  await clock.advance(5 * 60_000);
  const [first, second, ...more] = pushesOf(client).map((text) => JSON.parse(text) as Frame);
  expect(more).toEqual([]);
  expect(second?.data).toBe(first?.data);
  expect(second?.headers.messageId).not.toBe(first?.headers.messageId);
  await hub.close();
});

test('a robot message that is answered late is not sent again', async () => {
  const clock = createTestClock({ frozen: true });
  const hub = openHub(clock, { lifetime: 10 * 60_000 });
  const client = connect(hub);
  await hub.push(app, message, atOnce);
  const [pushed = ''] = pushesOf(client);
  client.registered.heard(JSON.stringify({ code: 200, ...echo(JSON.parse(pushed) as Frame) }));
  await clock.advance(61_000);
  expect(pushesOf(client)).toHaveLength(1);
  await hub.close();
});

test('events and card callbacks are not sent again, nor are robot messages if that is switched off', async () => {
  const clock = createTestClock({ frozen: true });
  const all = [
    { type: 'CALLBACK', topic: robotTopic },
    { type: 'CALLBACK', topic: cardTopic },
    { type: 'EVENT', topic: '*' },
  ] as const;
  const hub = openHub(clock, { lifetime: 10 * 60_000 });
  const off = openHub(clock, { lifetime: 10 * 60_000, repeat: false });
  const clients = [connect(hub, all), connect(off, all)];
  await hub.push(app, { type: 'CALLBACK', topic: cardTopic, data: '{}' }, atOnce);
  await hub.push(app, { type: 'EVENT', topic: '*', data: '{}', headers: { eventType: 'x' } }, atOnce);
  await off.push(app, message, atOnce);
  await clock.advance(61_000);
  expect(clients.map((client) => pushesOf(client).length)).toEqual([2, 1]);
  await Promise.all([hub.close(), off.close()]);
});

test('a push whose connection ends, or whose signal aborts, waits no longer', async () => {
  const hub = openHub();
  const client = connect(hub);
  const waiting = hub.push(app, message, soon);
  client.registered.closed();
  expect(await waiting).toEqual({ outcome: 'timeout' });
  connect(hub);
  expect(await hub.push(app, message, { ...soon, signal: AbortSignal.abort() })).toEqual({ outcome: 'timeout' });
  await hub.close();
});

test('after its lifetime a connection gets a disconnect and ends', async () => {
  const clock = createTestClock({ time: 1_698_551_133_918, frozen: true });
  const hub = openHub(clock);
  const client = connect(hub);
  await clock.advance(59_999);
  expect(client.isEnded()).toBe(false);
  await clock.advance(1);
  expect(client.frames.at(-1)).toMatch(
    /^\{"specVersion":"1\.0","type":"SYSTEM","headers":\{"contentType":"application\/json","messageId":"[0-9a-f]{8}1698551193918\d{3}d\d+","time":"1698551193918","topic":"disconnect"\},"data":"\{\\"reason\\":\\"persistent connection is timeout\\"\}"\}$/,
  );
  expect(client.isEnded()).toBe(true);
  expect(hub.size()).toBe(0);
  await hub.close();
});
