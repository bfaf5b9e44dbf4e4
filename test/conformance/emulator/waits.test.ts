import { beforeEach, expect, test } from 'vitest';
import type { Fields } from '../support/harness.ts';
import { fileServer } from '../support/harness.ts';
import { refusal, sendPath, statusPath, world } from '../support/world.ts';

const { call, emulate, send, sent, status } = world(await fileServer({ mayFail: true }));

const wait = (what: string, body: object) => emulate('POST', `waits/${what}`, body);
const data = (event: Fields) => event.data as Fields;

beforeEach(async () => {
  await emulate('POST', 'reset');
});

test('a wait for a message ends when it is sent, and each message is returned once', async () => {
  const waiting = wait('message', { userId: 'alice', text: 'hel', timeout: '20s' });
  const key = await sent({ userIds: ['alice', 'bob'] });
  const { message } = await waiting;
  expect(message).toMatchObject({ processQueryKey: key, robotCode: 'robot-one', msgParam: { content: 'hello' } });
  expect((await emulate('GET', 'messages')).messages).toEqual([message]);
  expect(await wait('message', { timeout: '0ms' })).toEqual({
    message: null,
    reason: 'no matching message was sent (1 other messages were) within 0 ms',
  });
});

test('a wait for a read ends when all of its people have read', async () => {
  const processQueryKey = await sent({ userIds: ['alice', 'bob'] });
  const waiting = wait('read', { processQueryKey, userIds: ['bob'] });
  await emulate('POST', 'reads', { processQueryKey, userIds: ['bob'] });
  const recipients = (await waiting).recipients as Fields[];
  expect(recipients.map(({ userId, readAt }) => [userId, readAt !== null])).toEqual([
    ['alice', false],
    ['bob', true],
  ]);
  expect(await wait('read', { processQueryKey, timeout: '1ms' })).toEqual({
    recipients: null,
    reason: 'not read by alice within 1 ms',
  });
});

test('a wait for a reply returns messages of robots to a person, in order', async () => {
  const { sequence } = await emulate('POST', 'messages', {
    corpId: 'corp-one',
    from: 'alice',
    robotCode: 'robot-one',
    msgtype: 'text',
    text: { content: 'hi' },
  });
  await sent();
  const { reply } = await wait('reply', { corpId: 'corp-one', userId: 'alice', after: sequence });
  expect(reply).toMatchObject({ robotCode: 'robot-one', msgKey: 'sampleText', msgParam: { content: 'hello' } });
  const { reply: none, reason } = await wait('reply', { userId: 'alice', timeout: '1ms' });
  expect([none, reason]).toEqual([null, 'no matching reply to alice has arrived within 1 ms']);
});

test('a wait for an event returns each event once', async () => {
  const waiting = wait('event', { type: 'user.added', userId: 'zoe' });
  await emulate('PUT', 'users', { corpId: 'corp-one', users: [{ userId: 'zoe', name: 'Zoe' }] });
  const { event } = await waiting;
  expect(data(event as Fields)).toMatchObject({ corpId: 'corp-one', userId: 'zoe', name: 'Zoe' });
  const again = await wait('event', { type: 'user.added', userId: 'zoe', timeout: '1ms' });
  expect(again.event).toBeNull();
});

test('a wait that cannot end well, or for too long, is refused', async () => {
  const refused = async (what: string, body: object) =>
    refusal(await call('POST', `/emulator/v1/waits/${what}`, { body }));
  expect(await refused('read', { processQueryKey: 'nothing' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('reply', { userId: 'nobody' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('message', { timeout: '21s' })).toEqual([400, 'huizhi.badRequest']);
  expect(await refused('message', { sender: 'alice' })).toEqual([400, 'huizhi.badRequest']);
});

test('faults that are added come after the others, whose counts continue', async () => {
  const processQueryKey = await sent();
  const query = { robotCode: 'robot-one', processQueryKey };
  await emulate('PUT', 'faults', { rules: [{ path: statusPath, times: 1, error: 'system.error' }] });
  expect(refusal(await status(query))).toEqual([500, 'system.error']);
  const { rules } = await emulate('POST', 'faults', { rules: [{ path: sendPath, error: 'system.error' }] });
  expect((rules as Fields[]).map(({ path }) => path)).toEqual([statusPath, sendPath]);
  expect((await status(query)).status).toBe(200);
  expect(refusal(await send())).toEqual([500, 'system.error']);
  const many = Array.from({ length: 999 }, () => ({ latency: '1ms' }));
  const reply = await call('POST', '/emulator/v1/faults', { body: { rules: many } });
  expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
});
