import { expect, test } from 'vitest';
import type { DeliveriesAnswer } from '../../../src/wire/own/endpoints.ts';
import type { StreamEventsAnswer } from '../../../src/wire/own/stream.ts';
import { groupWorld, privatePath } from '../support/groups.ts';
import { testServer } from '../support/harness.ts';
import type { AppKey } from '../support/setup.ts';
import { type Answering, connectClient, everything, type Frame } from '../support/stream-client.ts';
import { bearer, ok, refusal, suiteRobot } from '../support/world.ts';

const both = ['robot_msg_read', 'robot_msg_recall'] as const;

/** A server whose app-one gets events of corp-one. */
async function scene(types: readonly string[] = both) {
  const server = await testServer();
  const there = groupWorld(server);
  const headers = bearer(server.adminToken);
  const ask = (method: string, path = 'app-one/events/corp-one', body?: object, query = {}) =>
    server.call(method, `/console/v1/apps/${path}`, { headers, body, query });
  const choose = async (chosen: readonly string[] = both, appKey: AppKey = 'app-one', corpId = 'corp-one') =>
    ok(await ask('PUT', `${appKey}/events/${corpId}`, { types: chosen })) as StreamEventsAnswer;
  await choose(types);
  return {
    ...there,
    ask,
    choose,
    connect: (answer: Answering = success, appKey: AppKey = 'app-one') => connectClient(server, { answer, appKey }),
    /** Sends a message that its recipients read. */
    read: async (body: object = {}, token?: string) => {
      const processQueryKey = await there.sent(body, token);
      await there.emulate('POST', 'reads', { processQueryKey });
      return processQueryKey;
    },
    state: async () => ok(await ask('GET')) as StreamEventsAnswer,
    deliveries: async (state?: string) =>
      (
        ok(
          await ask('GET', 'app-one/events/corp-one/deliveries', undefined, state ? { state } : {}),
        ) as DeliveriesAnswer
      ).deliveries,
    audit: async () =>
      ok(await server.call('GET', '/console/v1/audit', { headers })).entries as readonly { action: string }[],
  };
}

const answerWith =
  (code: number, data: string): Answering =>
  ({ headers: { messageId } }) => ({
    code,
    headers: { contentType: 'application/json', messageId },
    message: 'OK',
    data,
  });
const success = answerWith(200, '{"status":"SUCCESS","message":"success"}');
const later = answerWith(200, '{"status":"LATER"}');

const dataOf = (frame: Frame | undefined) => JSON.parse(frame?.data ?? '{}') as Record<string, unknown>;
const arrived = (client: { pushes(): readonly Frame[] }, count: number) =>
  expect.poll(() => client.pushes().length, { timeout: 10_000 }).toBe(count);

test('a read arrives as robot_msg_read, with the headers and the data of the vendor', async () => {
  const { connect, read, freeze } = await scene();
  const now = await freeze();
  const client = await connect();
  const processQueryKey = await read();
  await arrived(client, 1);
  const [frame] = client.pushes();
  expect(frame).toEqual({
    specVersion: '1.0',
    type: 'EVENT',
    headers: {
      contentType: 'application/json',
      eventBornTime: String(now),
      eventCorpId: 'corp-one',
      eventId: expect.stringMatching(/^[\da-f]{32}$/),
      eventType: 'robot_msg_read',
      eventUnifiedAppId: expect.stringMatching(/^[\da-f-]{36}$/),
      messageId: expect.any(String),
      time: String(now),
      topic: '*',
    },
    data: expect.any(String),
  });
  expect(Object.entries(dataOf(frame))).toEqual([
    ['unionId', expect.stringMatching(/^\w{26}$/)],
    ['operatTime', String(now)],
    ['robotCode', 'robot-one'],
    ['userId', 'alice'],
    ['processQueryKey', processQueryKey],
  ]);
});

test('reads of messages to groups and to two people arrive with the conversation', async () => {
  const { connect, group, sentTo, readBy } = await scene();
  const client = await connect();
  const { openConversationId } = await group();
  await readBy(await sentTo(openConversationId), 'bob', 'carol');
  await arrived(client, 2);
  const pair = await group({ kind: 'private', userIds: ['alice', 'bob'] });
  const processQueryKey = await sentTo(pair.openConversationId, {}, `${privatePath}/send`);
  await readBy(processQueryKey, 'bob');
  await arrived(client, 3);
  const [first, second, third] = client.pushes().map(dataOf);
  expect([first, second].map((data) => data?.userId).sort()).toEqual(['bob', 'carol']);
  expect(Object.keys(first ?? {})).toEqual([
    ...['unionId', 'operatTime', 'robotCode', 'openConversationId', 'userId', 'processQueryKey'],
  ]);
  expect(first).toMatchObject({ openConversationId });
  expect(third).toMatchObject({ openConversationId: pair.openConversationId, userId: 'bob', processQueryKey });
});

test('a recall arrives as robot_msg_recall, with a number as its time', async () => {
  const { connect, sent, recall, freeze } = await scene();
  const now = await freeze();
  const client = await connect();
  const processQueryKey = await sent();
  ok(await recall({ processQueryKeys: [processQueryKey] }));
  await arrived(client, 1);
  const [frame] = client.pushes();
  expect(frame?.headers).toMatchObject({ eventType: 'robot_msg_recall', eventBornTime: String(now) });
  expect(dataOf(frame)).toEqual({ unionId: '', operatTime: now, robotCode: 'robot-one', processQueryKey });
});

test('an app gets the chosen types, of messages of its own robots and of its organization alone', async () => {
  const { connect, read, choose, sent, recall, tokenOf, suiteToken, emulate } = await scene(['robot_msg_recall']);
  await choose(both, 'suite', 'corp-two');
  const [mine, suites] = [await connect(), await connect(success, 'suite')];
  await read();
  await read({ robotCode: 'robot-next' }, await tokenOf('app-next'));
  await read({ robotCode: suiteRobot }, await suiteToken('corp-one'));
  const key = await read({ robotCode: suiteRobot, userIds: ['mallory'] }, await suiteToken('corp-two'));
  const recalled = await sent();
  ok(await recall({ processQueryKeys: [recalled] }));
  await arrived(mine, 1);
  await arrived(suites, 1);
  await emulate('POST', 'clock', { advance: '1m' });
  expect(mine.pushes().map((frame) => dataOf(frame).processQueryKey)).toEqual([recalled]);
  expect(suites.pushes().map((frame) => [frame.headers.eventCorpId, dataOf(frame).processQueryKey])).toEqual([
    ['corp-two', key],
  ]);
});

test.each([
  ['LATER', later, { status: 200, answer: '{"status":"LATER"}' }],
  ['the code 500', answerWith(500, '{"status":"SUCCESS"}'), { status: 500 }],
  ['no answer', () => undefined, { status: null, answer: 'no answer within 3 seconds' }],
] as const)(
  'after %s an event is pushed again after 10 and 30 seconds, then it has failed',
  async (_, answer, last) => {
    const { connect, read, freeze, advance, deliveries, state } = await scene();
    const start = await freeze();
    const client = await connect(answer);
    await read();
    await arrived(client, 1);
    await expect.poll(() => deliveries(), { timeout: 10_000 }).toHaveLength(1);
    expect(await deliveries('waiting')).toMatchObject([{ number: 3, tries: 1, dueAt: start + 10_000, ...last }]);
    await advance('9999ms');
    await expect.poll(() => client.pushes()).toHaveLength(1);
    await advance('1ms');
    await arrived(client, 2);
    await expect
      .poll(() => deliveries('waiting'), { timeout: 10_000 })
      .toMatchObject([{ tries: 2, dueAt: start + 40_000 }]);
    await advance('30s');
    await arrived(client, 3);
    await expect
      .poll(() => deliveries('failed'), { timeout: 10_000 })
      .toMatchObject([{ tries: 3, dueAt: null, ...last }]);
    expect(await state()).toMatchObject({ waiting: 0, failed: 1 });
    await advance('1h');
    await expect.poll(() => client.pushes()).toHaveLength(3);
    const headers = client.pushes().map((frame) => frame.headers);
    expect(new Set(headers.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(headers.map(({ messageId }) => messageId)).size).toBe(3);
  },
);

test('a failed event can be sent again, and one that fails holds up no other', async () => {
  let answer: Answering = later;
  const { connect, read, ask, deliveries, audit } = await scene();
  const client = await connect((frame) => (dataOf(frame).userId === 'alice' ? answer(frame) : success(frame)));
  await read();
  await read({ userIds: ['bob'] });
  await arrived(client, 2);
  await expect.poll(() => deliveries('waiting')).toMatchObject([{ number: 3 }]);
  answer = success;
  ok(await ask('POST', 'app-one/events/corp-one/deliveries/3/again'));
  await arrived(client, 3);
  await expect.poll(() => deliveries('waiting')).toEqual([]);
  expect(refusal(await ask('POST', 'app-one/events/corp-one/deliveries/99/again'))).toEqual([404, 'huizhi.notFound']);
  expect((await audit()).map(({ action }) => action)).toEqual(
    expect.arrayContaining(['app.events', 'app.sendEventAgain']),
  );
});

test('answers of the SDKs without a status, or with a misspelt one, are success', async () => {
  const { connect, read, state, advance } = await scene();
  const answers = ['{"status":"SUCESS"}', '', 'ok', '{"unionId":"x"}', 'null'];
  let next = 0;
  const client = await connect((frame) => answerWith(200, answers[next++] ?? '')(frame));
  for (const _ of answers) await read();
  await arrived(client, answers.length);
  await advance('1ms');
  expect(await state()).toMatchObject({ waiting: 0, failed: 0, position: 15 });
});

test('without a connection that has subscribed to events they wait, and no try counts', async () => {
  const { connect, read, server, freeze, advance, state, deliveries } = await scene();
  await freeze();
  const deaf = await connectClient(server, { more: { subscriptions: everything.slice(1) } });
  const keys = [await read(), await read({ userIds: ['bob'] })];
  await advance('1h');
  expect(await state()).toMatchObject({ position: 0, waiting: 0, failed: 0 });
  const client = await connect();
  await arrived(client, 2);
  expect(client.pushes().map((frame) => dataOf(frame).processQueryKey)).toEqual(keys);
  await advance('1ms');
  expect((await deliveries()).map(({ tries, state }) => [tries, state])).toEqual([
    [1, 'delivered'],
    [1, 'delivered'],
  ]);
  expect(deaf.pushes()).toEqual([]);
});

test('a repetition without a connection waits as well', async () => {
  const { connect, read, freeze, advance, deliveries } = await scene();
  await freeze();
  const client = await connect(later);
  await read();
  await expect.poll(() => deliveries()).toHaveLength(1);
  client.close();
  await client.ended;
  await advance('1m');
  expect(await deliveries('waiting')).toMatchObject([{ tries: 1 }]);
  const next = await connect();
  await arrived(next, 1);
  await advance('1ms');
  expect(await deliveries()).toMatchObject([{ tries: 2, state: 'delivered' }]);
});

test('the console shows, changes and ends what an app gets, and refuses what does not exist', async () => {
  const { ask, choose, state, connect, read, audit } = await scene([]);
  const nothing = { types: [], position: null, waiting: null, failed: null, dropped: null };
  expect(await state()).toEqual(nothing);
  expect(refusal(await ask('GET', 'app-one/events/corp-one/deliveries'))).toEqual([404, 'huizhi.notFound']);
  const client = await connect();
  await read();
  expect(await choose(['robot_msg_recall', 'robot_msg_read'])).toEqual({
    ...{ types: ['robot_msg_read', 'robot_msg_recall'], position: 3, waiting: 0, failed: 0, dropped: 0 },
  });
  await choose(both);
  expect((await audit()).filter(({ action }) => action === 'app.events')).toMatchObject([
    { before: { types: [] }, after: { types: both } },
  ]);
  const key = await read();
  await arrived(client, 1);
  expect(dataOf(client.pushes()[0]).processQueryKey).toBe(key);
  expect(await choose([])).toEqual(nothing);
  await read();
  for (const path of [
    'app-one/events/corp-two',
    'nobody/events/corp-one',
    'app-one/events/nowhere',
    'suite-two/events/corp-one',
  ])
    expect(refusal(await ask('GET', path)), path).toEqual([404, 'huizhi.notFound']);
  for (const types of ['robot_msg_read', ['chat_left'], null, Array.from({ length: 15 }, () => both[0])])
    expect(refusal(await ask('PUT', 'app-one/events/corp-one', { types }))).toEqual([400, 'huizhi.badRequest']);
  const endpoints = await ask('GET', '../endpoints', undefined, { corpId: 'corp-one' });
  expect(ok(endpoints).endpoints).toEqual([]);
  await expect.poll(() => client.pushes()).toHaveLength(1);
});

test('events of an organization that ends its authorization are not sent', async () => {
  const { ask, choose, connect, read, suiteToken } = await scene([]);
  await choose(both, 'suite', 'corp-one');
  await choose(both, 'suite', 'corp-two');
  await read({ robotCode: suiteRobot }, await suiteToken('corp-one'));
  ok(await ask('PUT', 'suite/authorizations/corp-one', { authorized: false }));
  const client = await connect(success, 'suite');
  await read({ robotCode: suiteRobot, userIds: ['mallory'] }, await suiteToken('corp-two'));
  await arrived(client, 1);
  expect(client.pushes().map(({ headers }) => headers.eventCorpId)).toEqual(['corp-two']);
});
