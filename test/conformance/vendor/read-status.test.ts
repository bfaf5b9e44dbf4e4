import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { crowd } from '../support/setup.ts';
import { ok, refusal, statusPath, suiteRobot, tokenHeader, world } from '../support/world.ts';

const {
  advance,
  call,
  emulate,
  freeze,
  inboxOf,
  lastCause,
  markRead,
  recall,
  receipt,
  send,
  sent,
  signIn,
  status,
  suiteToken,
  tokenOf,
} = world(await fileServer());

const robotCode = 'robot-one';
const refused = async (query: Record<string, string> | string, token?: string) => refusal(await status(query, token));
const template = (state: string, msgKey = 'sampleText') => emulate('PUT', 'templates', { robotCode, msgKey, state });

test('an unread message: SUCCESS, one item for each delivery in the order of the send, without a time', async () => {
  const key = await sent({ userIds: ['carol', 'alice', 'nobody', 'bob'] });
  const reply = await status({ robotCode, processQueryKey: key });
  expect(ok(reply)).toEqual({
    sendStatus: 'SUCCESS',
    messageReadInfoList: ['carol', 'alice', 'bob'].map((userId) => ({
      name: `Name of ${userId}`,
      userId,
      readStatus: 'UNREAD',
    })),
  });
  expect(
    reply.text.startsWith(
      '{"sendStatus":"SUCCESS","messageReadInfoList":[{"name":"Name of carol","userId":"carol","readStatus":"UNREAD"}',
    ),
  ).toBe(true);
});

test('a message that was read in the inbox: READ with the time in epoch seconds', async () => {
  const now = await freeze();
  const key = await sent({ userIds: ['alice', 'bob'] });
  await advance('61999ms');
  const session = await signIn('alice');
  const [message] = (await inboxOf(session)).messages;
  expect(await markRead(session, message?.messageId ?? '')).toBe(1);
  const [alice, bob] = (await receipt(key)).messageReadInfoList;
  expect(alice).toEqual({
    name: 'Name of alice',
    userId: 'alice',
    readStatus: 'READ',
    readTimestamp: Math.floor((now + 61_999) / 1000),
  });
  expect(bob).toEqual({ name: 'Name of bob', userId: 'bob', readStatus: 'UNREAD' });
});

test('the first read wins and never changes', async () => {
  const now = await freeze();
  const key = await sent({ userIds: ['alice'] });
  await emulate('POST', 'reads', { processQueryKey: key });
  await advance('1h');
  const session = await signIn('alice');
  const [message] = (await inboxOf(session)).messages;
  expect(await markRead(session, message?.messageId ?? '')).toBe(0);
  expect(await emulate('POST', 'reads', { processQueryKey: key })).toEqual({ read: 0 });
  expect((await receipt(key)).messageReadInfoList[0]?.readTimestamp).toBe(Math.floor(now / 1000));
});

test('every later readStatus has the read, also if the receipt was requested before', async () => {
  const key = await sent({ userIds: crowd.slice(0, 20) });
  for (const userId of crowd.slice(0, 20).toReversed()) {
    await receipt(key);
    await emulate('POST', 'reads', { processQueryKey: key, userIds: [userId] });
    const { messageReadInfoList } = await receipt(key);
    expect(messageReadInfoList.find((item) => item.userId === userId)?.readStatus).toBe('READ');
  }
});

test('a key that is polled gets the state at each request, not that of an earlier one', async () => {
  await freeze();
  const key = await sent({ userIds: ['alice', 'bob'] });
  const query = { robotCode, processQueryKey: key };
  const polled = async () => {
    for (let i = 0; i < 4; i++) ok(await status(query));
    return (await receipt(key)).messageReadInfoList.map(({ readStatus }) => readStatus);
  };
  expect(await polled()).toEqual(['UNREAD', 'UNREAD']);
  const session = await signIn('alice');
  await markRead(session, (await inboxOf(session)).messages[0]?.messageId ?? '');
  expect(await polled()).toEqual(['READ', 'UNREAD']);
  await template('stopped');
  expect(await refused(query)).toEqual([400, 'template.stopped']);
  await template('active');
  expect(await polled()).toEqual(['READ', 'UNREAD']);
  expect(await refused(query, await tokenOf('app-next'))).toEqual([400, 'invalidParameter.robotCode.invalid']);
  expect(await refused({ ...query, robotCode: 'robot-more' })).toEqual([400, 'invalid.processQueryKey']);
  await advance('24h');
  await polled();
  await advance('1ms');
  expect(await refused(query)).toEqual([400, 'processQueryKey.expireTime']);
});

test('a read on a clock that was set back before the send gets the time of the send, in receipt and inbox', async () => {
  const now = await freeze();
  const key = await sent({ userIds: ['alice', 'bob'] });
  await emulate('POST', 'clock', { set: now + 5000 });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['alice'] });
  await emulate('POST', 'clock', { set: now - 60_000 });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  await emulate('POST', 'clock', { set: now + 10_000 });
  const times = (await receipt(key)).messageReadInfoList.map(({ readTimestamp }) => readTimestamp);
  expect(times).toEqual([Math.floor((now + 5000) / 1000), Math.floor(now / 1000)]);
  expect((await inboxOf(await signIn('bob'))).messages[0]?.readAt).toBe(now);
});

test('while PROCESSING the list is complete, and unread', async () => {
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const key = await sent({ userIds: ['bob', 'alice'] });
  const { sendStatus, messageReadInfoList } = await receipt(key);
  expect(sendStatus).toBe('PROCESSING');
  expect(messageReadInfoList.map(({ userId, readStatus }) => [userId, readStatus])).toEqual([
    ['bob', 'UNREAD'],
    ['alice', 'UNREAD'],
  ]);
  expect(await emulate('POST', 'reads', { processQueryKey: key })).toEqual({ read: 0 });
  await emulate('POST', 'delivery/release');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
});

test('after a recall the status is RECALLED and the list keeps what is known', async () => {
  const key = await sent({ userIds: ['alice', 'bob'] });
  await emulate('POST', 'reads', { processQueryKey: key, userIds: ['bob'] });
  const before = await receipt(key);
  ok(await recall({ processQueryKeys: [key] }));
  expect(await receipt(key)).toEqual({ ...before, sendStatus: 'RECALLED' });
});

test('a message of up to 20 recipients is returned completely', async () => {
  const twenty = crowd.slice(0, 20);
  expect((await receipt(await sent({ userIds: twenty }))).messageReadInfoList.map(({ userId }) => userId)).toEqual(
    twenty,
  );
});

test('the key of a third-party robot belongs to one organization', async () => {
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const key = await sent({ robotCode: suiteRobot, userIds: ['alice'] }, one);
  expect((await receipt(key, suiteRobot, one)).messageReadInfoList[0]?.name).toBe('Name of alice');
  expect(await refused({ robotCode: suiteRobot, processQueryKey: key }, two)).toEqual([400, 'invalid.processQueryKey']);
});

// --- the errors, in the order of the checks; each caused by a real state ---

test('invalidParameter.robotCode.missing: no robotCode parameter', async () => {
  expect(await refused('')).toEqual([400, 'invalidParameter.robotCode.missing']);
  expect(await refused({ processQueryKey: await sent() })).toEqual([400, 'invalidParameter.robotCode.missing']);
  expect(await refused({ robotcode: robotCode })).toEqual([400, 'invalidParameter.robotCode.missing']);
});

test('invalidParameter.robotCode.empty: empty or blank, before a missing key', async () => {
  for (const query of ['robotCode=', 'robotCode', 'robotCode=%20%09', 'robotCode=+']) {
    expect(await refused(query)).toEqual([400, 'invalidParameter.robotCode.empty']);
  }
});

test('invalidParameter.processQueryKey.missing: no such parameter, before an unknown robot', async () => {
  for (const code of [robotCode, 'nobody']) {
    expect(await refused({ robotCode: code })).toEqual([400, 'invalidParameter.processQueryKey.missing']);
  }
});

test('invalidParameter.param.invalid: an empty or blank key, a repeated or malformed parameter, before an unknown robot', async () => {
  for (const query of [
    'robotCode=nobody&processQueryKey=',
    'robotCode=nobody&processQueryKey=%20',
    'robotCode=nobody&processQueryKey=a&processQueryKey=b',
    'robotCode=nobody&robotCode=nobody&processQueryKey=a',
    'robotCode=nobody&processQueryKey=%zz',
    'robotCode=%E4%A&processQueryKey=a',
  ]) {
    expect([query, ...(await refused(query))]).toEqual([query, 400, 'invalidParameter.param.invalid']);
  }
});

test('invalidParameter.robotCode.notExsit: no such robot anywhere, before a malformed key', async () => {
  expect(await refused({ robotCode: 'nobody', processQueryKey: 'x' })).toEqual([
    400,
    'invalidParameter.robotCode.notExsit',
  ]);
});

test("invalidParameter.robotCode.invalid: not installed here, or another app's, before a malformed key", async () => {
  for (const code of ['robot-away', 'robot-two', 'robot-next', suiteRobot]) {
    expect(await refused({ robotCode: code, processQueryKey: 'x' })).toEqual([
      400,
      'invalidParameter.robotCode.invalid',
    ]);
  }
});

test('invalid.processQueryKey: malformed or forged', async () => {
  const key = await sent();
  const flipped = (i: number) => key.slice(0, i) + (key[i] === 'A' ? 'B' : 'A') + key.slice(i + 1);
  const forged = Array.from({ length: 43 }, (_, i) => flipped(i));
  for (const processQueryKey of [
    'x',
    `${key}=`,
    key.slice(0, -1),
    ` ${key}`,
    `${key} `,
    key.toLowerCase(),
    key.replace('=', ''),
    'A'.repeat(44),
    'x'.repeat(10_000),
    ...forged,
  ]) {
    expect(await refused({ robotCode, processQueryKey })).toEqual([400, 'invalid.processQueryKey']);
  }
});

test('invalid.processQueryKey: of another robot or organization, and the error does not say which', async () => {
  const ofRobot = await sent({ robotCode: 'robot-more' });
  const ofApp = await sent({ robotCode: 'robot-next' }, await tokenOf('app-next'));
  const ofOrganization = await sent({ robotCode: 'robot-two' }, await tokenOf('app-two'));
  const messages = new Set<unknown>();
  for (const processQueryKey of [ofRobot, ofApp, ofOrganization, 'forged']) {
    const reply = await status({ robotCode, processQueryKey });
    expect(refusal(reply)).toEqual([400, 'invalid.processQueryKey']);
    messages.add(reply.body.message);
  }
  expect([...messages]).toEqual(['无效的processQueryKey']);
});

test('a raw + in the query arrives as a space: the key is refused, and the message says that it looks un-encoded', async () => {
  let key = await sent();
  while (!key.includes('+')) key = await sent();
  const reply = await call('GET', `${statusPath}?robotCode=${robotCode}&processQueryKey=${key}`, {
    headers: { [tokenHeader]: await tokenOf() },
  });
  expect(refusal(reply)).toEqual([400, 'invalid.processQueryKey']);
  expect(reply.body.message).toBe('无效的processQueryKey，疑似未做URL编码（加号变成了空格）');
  expect((await lastCause())?.why).toContain('encode the key');
});

test('processQueryKey.expireTime: exact to the millisecond after 24 hours', async () => {
  await freeze();
  const key = await sent();
  await advance('86400000ms');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  await advance('1ms');
  const reply = await status({ robotCode, processQueryKey: key });
  expect(refusal(reply)).toEqual([400, 'processQueryKey.expireTime']);
  expect(reply.body.message).toBe('processQueryKey还未生成消息查询数据或已过期');
  expect((await lastCause())?.why).toBe('the key expired 1 ms ago');
});

test('a key is valid when the clock is set back before its send, and expires at the right time', async () => {
  const now = await freeze();
  const key = await sent();
  for (const set of [now - 1, now - 3_600_000, now - 40 * 86_400_000]) {
    await emulate('POST', 'clock', { set });
    expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  }
  await emulate('POST', 'clock', { set: now + 86_400_001 });
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'processQueryKey.expireTime']);
});

test('events before the time of the send, after the clock was set back, get the time of the send', async () => {
  const now = await freeze();
  const key = await sent();
  const session = await signIn('alice');
  await emulate('POST', 'clock', { set: now - 7_200_000 });
  await emulate('POST', 'reads', { processQueryKey: key });
  const [message] = (await inboxOf(session)).messages;
  expect([message?.sentAt, message?.readAt]).toEqual([now, now]);
  const [info] = (await receipt(key)).messageReadInfoList;
  expect(info).toMatchObject({ readStatus: 'READ', readTimestamp: Math.floor(now / 1000) });
  expect(ok(await recall({ processQueryKeys: [key] })).successResult).toEqual([key]);
  expect((await receipt(key)).sendStatus).toBe('RECALLED');
});

test('for an old key of another robot, invalid is reported before expired', async () => {
  await freeze();
  const key = await sent({ robotCode: 'robot-more' });
  await advance('25h');
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'invalid.processQueryKey']);
});

test("template.not.existed and template.stopped: the template of the message's msgKey has been removed or stopped since", async () => {
  const key = await sent();
  await template('removed');
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'template.not.existed']);
  await template('stopped');
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'template.stopped']);
  await template('active');
  await template('removed', 'sampleMarkdown');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  await template('active', 'sampleMarkdown');
});

test('an expired key is reported before the removed template', async () => {
  await freeze();
  const key = await sent();
  await template('removed');
  await advance('25h');
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'processQueryKey.expireTime']);
  await template('active');
});

test('unknown.send.result: delivery attempts end without an answer, until a retry has settled the message', async () => {
  await freeze();
  await emulate('PUT', 'delivery', { mode: 'timeout' });
  const key = await sent({ userIds: ['bob'] });
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'unknown.send.result']);
  await advance('30s');
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'unknown.send.result']);
  await emulate('POST', 'delivery/release');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
});

test('an unknown result is settled without help when attempts are answered again', async () => {
  await freeze();
  await emulate('PUT', 'delivery', { mode: 'timeout' });
  const key = await sent({ userIds: ['bob'] });
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'unknown.send.result']);
  await emulate('PUT', 'delivery', { mode: 'instant' });
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
});

test('a stopped template is reported before an unknown result', async () => {
  await emulate('PUT', 'delivery', { mode: 'timeout' });
  const key = await sent();
  await template('stopped');
  expect(await refused({ robotCode, processQueryKey: key })).toEqual([400, 'template.stopped']);
  await template('active');
  await emulate('POST', 'delivery/release');
});

test('a message with an unknown result can be recalled, and then is RECALLED', async () => {
  await emulate('PUT', 'delivery', { mode: 'timeout' });
  const key = await sent({ userIds: ['carol'] });
  ok(await recall({ processQueryKeys: [key] }));
  expect((await receipt(key)).sendStatus).toBe('RECALLED');
  await emulate('POST', 'delivery/release');
  expect((await receipt(key)).sendStatus).toBe('RECALLED');
});

test('a disabled robot can still request its receipts', async () => {
  const key = await sent();
  await emulate('PUT', 'robots', { robotCode, disabled: true });
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  await emulate('PUT', 'robots', { robotCode, disabled: false });
});

test('a message without recipients has an empty list', async () => {
  await emulate('PUT', 'robots', { robotCode, blockedBy: ['alice'] });
  const { processQueryKey } = ok(await send());
  expect((await receipt(String(processQueryKey))).messageReadInfoList).toEqual([]);
  await emulate('PUT', 'robots', { robotCode, blockedBy: [] });
});
