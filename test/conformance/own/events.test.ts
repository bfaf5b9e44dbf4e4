import { expect, test } from 'vitest';
import { fileServer, testServer } from '../support/harness.ts';
import { follow, type Stream, type StreamEvent } from '../support/stream.ts';
import { bearer, refusal, world } from '../support/world.ts';

const server = await fileServer();
const { call, emulate, freeze, inboxOf, markRead, recall, sent, signIn } = world(server);

async function takeEvents(stream: Stream, count: number): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  while (events.length < count) {
    const event = await stream.next();
    if (!event) throw new Error(`the stream ended after ${events.length} events`);
    events.push(event);
  }
  return events;
}

const content = ({ data }: StreamEvent) => (JSON.parse(String(data.msgParam)) as { content: string }).content;
const say = (userId: string, text: string) => sent({ userIds: [userId], msgParam: JSON.stringify({ content: text }) });

test('a message is pushed in the form in which the inbox lists it', async () => {
  const session = await signIn('u01');
  const stream = await follow(server, session);
  await say('u01', 'live');
  const [event] = await takeEvents(stream, 1);
  expect(event).toMatchObject({ id: 1, event: 'message' });
  expect(event?.data).toEqual((await inboxOf(session)).messages[0]);
});

test('a stream is server-sent events that are never cached', async () => {
  const { status, headers } = await follow(server, await signIn('u01'));
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/event-stream/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-acs-request-id']).toMatch(/^[0-9A-F-]{36}$/);
});

test('a read and a recall are pushed, too', async () => {
  const now = await freeze();
  const session = await signIn('u02');
  const stream = await follow(server, session);
  const key = await say('u02', 'x');
  const [message] = await takeEvents(stream, 1);
  const messageId = String(message?.data.messageId);
  await markRead(session, messageId);
  await recall({ processQueryKeys: [key] });
  expect(await takeEvents(stream, 2)).toEqual([
    { id: 2, event: 'read', data: { messageId, readAt: now } },
    { id: 3, event: 'recall', data: { messageId } },
  ]);
});

test('repeated reads and recalls cause no events', async () => {
  const session = await signIn('u03');
  const stream = await follow(server, session);
  const key = await say('u03', 'x');
  const [message] = await takeEvents(stream, 1);
  for (let i = 0; i < 2; i++) await markRead(session, String(message?.data.messageId));
  for (let i = 0; i < 2; i++) await recall({ processQueryKeys: [key] });
  await say('u03', 'last');
  expect((await takeEvents(stream, 3)).map(({ id, event }) => [id, event])).toEqual([
    [2, 'read'],
    [3, 'recall'],
    [4, 'message'],
  ]);
});

test('a stream without a number starts with the next event', async () => {
  await say('u04', 'old');
  const stream = await follow(server, await signIn('u04'));
  await say('u04', 'new');
  expect((await takeEvents(stream, 1)).map(content)).toEqual(['new']);
});

test('since=0 starts with the first event, and continues with new ones', async () => {
  for (const text of ['1', '2', '3']) await say('u05', text);
  const stream = await follow(server, await signIn('u05'), '?since=0');
  expect((await takeEvents(stream, 3)).map(content)).toEqual(['1', '2', '3']);
  await say('u05', '4');
  expect((await takeEvents(stream, 1)).map(({ id }) => id)).toEqual([4]);
});

test('Last-Event-ID resumes the stream without a gap or a duplicate', async () => {
  const session = await signIn('u06');
  const first = await follow(server, session);
  for (const text of ['1', '2', '3']) await say('u06', text);
  expect((await takeEvents(first, 2)).map(({ id }) => id)).toEqual([1, 2]);
  first.close();
  await say('u06', '4');
  const second = await follow(server, session, '', { 'last-event-id': '2' });
  expect((await takeEvents(second, 2)).map(content)).toEqual(['3', '4']);
  await say('u06', '5');
  expect((await takeEvents(second, 1)).map(content)).toEqual(['5']);
});

test('Last-Event-ID takes precedence over since', async () => {
  for (const text of ['1', '2', '3']) await say('u07', text);
  const stream = await follow(server, await signIn('u07'), '?since=0', { 'last-event-id': '2' });
  expect((await takeEvents(stream, 1)).map(({ id }) => id)).toEqual([3]);
});

test('250 events of messages, reads and recalls have numbers without a gap, in order', async () => {
  const session = await signIn('u08');
  const stream = await follow(server, session);
  const keys = await Promise.all(Array.from({ length: 125 }, (_, i) => say('u08', String(i))));
  const page = await inboxOf(session, { limit: '100' });
  await markRead(session, ...page.messages.map(({ messageId }) => messageId));
  for (let i = 0; i < 25; i++) await recall({ processQueryKeys: [keys[i]] });
  const events = await takeEvents(stream, 250);
  expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
  expect(events.map(({ event }) => event)).toEqual([
    ...Array(125).fill('message'),
    ...Array(100).fill('read'),
    ...Array(25).fill('recall'),
  ]);
  const replay = await follow(server, session, '?since=0');
  expect((await takeEvents(replay, 250)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
});

test('several followers of one person get the same events', async () => {
  const session = await signIn('u09');
  const streams = [
    await follow(server, session),
    await follow(server, await signIn('u09')),
    await follow(server, session),
  ];
  await say('u09', 'x');
  const seen = await Promise.all(streams.map((stream) => takeEvents(stream, 1)));
  expect(new Set(seen.map((events) => JSON.stringify(events))).size).toBe(1);
});

test('no person gets the events of others, of colleagues or of another organization', async () => {
  const stream = await follow(server, await signIn('alice', 'corp-two'));
  const colleague = await follow(server, await signIn('u10'));
  await sent({ userIds: ['alice', 'u11'] });
  await sent(
    { userIds: ['alice', 'mallory'], robotCode: 'robot-two', msgParam: '{"content":"mine"}' },
    await world(server).tokenOf('app-two'),
  );
  await say('u10', 'own');
  expect((await takeEvents(stream, 1)).map((event) => [event.id, content(event)])).toEqual([[1, 'mine']]);
  expect((await takeEvents(colleague, 1)).map((event) => [event.id, content(event)])).toEqual([[1, 'own']]);
});

test('a held message is pushed when it is released', async () => {
  const stream = await follow(server, await signIn('u12'));
  await emulate('PUT', 'delivery', { mode: 'hold' });
  await say('u12', 'held');
  await emulate('POST', 'delivery/release');
  expect((await takeEvents(stream, 1)).map(content)).toEqual(['held']);
});

test('a recalled message is replayed without its content', async () => {
  const key = await say('u13', 'unsaid');
  await recall({ processQueryKeys: [key] });
  const stream = await follow(server, await signIn('u13'), '?since=0');
  const [message, gone] = await takeEvents(stream, 2);
  expect(message?.data).toMatchObject({ msgParam: null, recalled: true });
  expect(gone?.event).toBe('recall');
});

test('a reset closes the streams, and an earlier number starts from the first event', async () => {
  const session = await signIn('u14');
  const stream = await follow(server, session);
  await say('u14', '1');
  await takeEvents(stream, 1);
  await emulate('POST', 'reset');
  expect(await stream.next()).toBeUndefined();
  const again = await follow(server, await signIn('u14'), '', { 'last-event-id': '57' });
  await say('u14', 'first');
  expect((await takeEvents(again, 1)).map(({ id }) => id)).toEqual([1]);
});

test('stopping the server closes the streams', async () => {
  const other = await testServer();
  const there = world(other);
  const stream = await follow(other, await there.signIn('alice'));
  await there.sent();
  await takeEvents(stream, 1);
  await other.stop();
  expect(await stream.next()).toBeUndefined();
});

test.each(['since=-1', 'since=x', 'since=', 'since=1&since=2', 'since=17179869184', 'since=99999999999999999999'])(
  '%s is a bad request',
  async (query) => {
    const reply = await call('GET', '/inbox/v1/events', { query, headers: bearer(await signIn('alice')) });
    expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  },
);

test('a Last-Event-ID that is not a number of the stream is a bad request', async () => {
  for (const id of ['x', '-1', '1.5', '17179869184', '9'.repeat(16)]) {
    const headers = { ...bearer(await signIn('alice')), 'last-event-id': id };
    expect(refusal(await call('GET', '/inbox/v1/events', { headers }))).toEqual([400, 'huizhi.badRequest']);
  }
});

test('a stream needs a session', async () => {
  expect(refusal(await call('GET', '/inbox/v1/events'))).toEqual([401, 'huizhi.unauthorized']);
});

test('open streams are counted, and closed ones are not', async () => {
  const session = await signIn('u15');
  const count = async () => Number(/^huizhi_streams (\d+)$/m.exec((await call('GET', '/metrics')).text)?.[1]);
  const becomes = (wanted: number) => expect.poll(count, { interval: 1, timeout: 10_000 }).toBe(wanted);
  // Those of earlier tests were closed at their ends.
  await becomes(0);
  const stream = await follow(server, session);
  expect(await count()).toBe(1);
  stream.close();
  await becomes(0);
});
