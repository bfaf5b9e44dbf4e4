import { expect, test } from 'vitest';
import type { DeliveriesAnswer } from '../../../src/wire/own/endpoints.ts';
import { fileServer } from '../support/harness.ts';
import { aesKey, bothTypes, pushWorld, startPushReceiver, token } from '../support/push.ts';
import { bearer, ok, refusal, suiteRobot, world } from '../support/world.ts';

const server = await fileServer();
const { call, emulate, inboxOf, markRead, receipt, recall, send, sent, signIn, status, suiteToken, tokenOf } =
  world(server);

/** The text that organization two sends to its alice; it must never be visible in organization one. */
const secret = 'words of organization two';

async function ofTwo() {
  const token = await tokenOf('app-two');
  const body = { robotCode: 'robot-two', userIds: ['alice', 'mallory'], msgParam: JSON.stringify({ content: secret }) };
  const key = await sent(body, token);
  const session = await signIn('alice', 'corp-two');
  const page = await inboxOf(session);
  return { token, key, session, messageId: page.messages[0]?.messageId ?? '', cursor: page.cursor };
}

test('users with the same userId in two organizations share nothing', async () => {
  await ofTwo();
  const one = await signIn('alice', 'corp-one');
  expect(JSON.stringify(await inboxOf(one))).not.toContain(secret);
  const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers: bearer(one) }));
  expect(JSON.stringify(robots)).not.toContain('robot-two');
});

test("another organization's key is no key, for receipts and for recalls", async () => {
  const { key, token } = await ofTwo();
  for (const robotCode of ['robot-one', 'robot-two']) {
    const reply = await status({ robotCode, processQueryKey: key });
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain('mallory');
  }
  expect((await recall({ processQueryKeys: [key] })).body.failedResult).toEqual({ [key]: 'invalid.processQueryKey' });
  expect((await receipt(key, 'robot-two', token)).sendStatus).toBe('SUCCESS');
});

test("another organization's messageId marks nothing, and says nothing", async () => {
  const { key, messageId, token } = await ofTwo();
  expect(await markRead(await signIn('alice', 'corp-one'), messageId)).toBe(0);
  expect(await markRead(await signIn('bob', 'corp-one'), messageId)).toBe(0);
  const { messageReadInfoList } = await receipt(key, 'robot-two', token);
  expect(messageReadInfoList.map(({ readStatus }) => readStatus)).toEqual(['UNREAD', 'UNREAD']);
});

test("a colleague's messageId marks nothing", async () => {
  const key = await sent({ userIds: ['bob'] });
  const [message] = (await inboxOf(await signIn('bob'))).messages;
  expect(await markRead(await signIn('carol'), message?.messageId ?? '')).toBe(0);
  expect((await receipt(key)).messageReadInfoList[0]?.readStatus).toBe('UNREAD');
});

test('each recipient has the same messageId for a message, and reads it independently', async () => {
  const key = await sent({ userIds: ['bob', 'carol'] });
  const [message] = (await inboxOf(await signIn('bob'))).messages;
  expect(await markRead(await signIn('carol'), message?.messageId ?? '')).toBe(1);
  const { messageReadInfoList } = await receipt(key);
  expect(messageReadInfoList.map(({ userId, readStatus }) => [userId, readStatus])).toEqual([
    ['bob', 'UNREAD'],
    ['carol', 'READ'],
  ]);
});

test("another organization's cursor and event number lead nowhere", async () => {
  for (let i = 0; i < 3; i++) await ofTwo();
  const { cursor } = await inboxOf(await signIn('alice', 'corp-two'), { limit: '1' });
  const page = await inboxOf(await signIn('carol', 'corp-one'), { cursor: String(cursor), limit: '100' });
  expect(JSON.stringify(page)).not.toContain(secret);
});

test("another organization's robot code, as filter and to mute, is an unknown one", async () => {
  await ofTwo();
  const session = await signIn('alice', 'corp-one');
  expect((await inboxOf(session, { robotCode: 'robot-two' })).messages).toEqual([]);
  const reply = await call('PUT', '/inbox/v1/robots/robot-two', { body: { blocked: true }, headers: bearer(session) });
  expect(refusal(reply)).toEqual([404, 'huizhi.notFound']);
});

test('tokens, session tokens and keys cannot replace each other', async () => {
  const { token, session, key, messageId } = await ofTwo();
  for (const wrong of [token, key, messageId]) {
    const reply = await call('GET', '/inbox/v1/messages', { headers: bearer(wrong) });
    expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
  }
  for (const wrong of [session, messageId]) {
    expect(refusal(await send({}, wrong))).toEqual([400, 'InvalidAuthentication']);
  }
  for (const wrong of [token, session]) {
    const reply = await call('POST', '/console/v1/signInCodes', {
      body: { corpId: 'corp-two', userId: 'alice' },
      headers: bearer(wrong),
    });
    expect(refusal(reply)).toEqual([401, 'huizhi.unauthorized']);
    const read = { body: { messageIds: [wrong] }, headers: bearer(session) };
    expect(refusal(await call('POST', '/inbox/v1/messages/read', read))).toEqual([400, 'huizhi.badRequest']);
  }
});

test('in each organization a third-party app sees only its messages there', async () => {
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const inOne = await sent({ robotCode: suiteRobot, userIds: ['alice'] }, one);
  const inTwo = await sent({ robotCode: suiteRobot, userIds: ['alice'] }, two);
  expect(refusal(await status({ robotCode: suiteRobot, processQueryKey: inOne }, two))).toEqual([
    400,
    'invalid.processQueryKey',
  ]);
  expect(refusal(await status({ robotCode: suiteRobot, processQueryKey: inTwo }, one))).toEqual([
    400,
    'invalid.processQueryKey',
  ]);
  await emulate('POST', 'reads', { processQueryKey: inOne });
  expect((await receipt(inTwo, suiteRobot, two)).messageReadInfoList[0]).toMatchObject({
    name: 'Other alice',
    readStatus: 'UNREAD',
  });
});

test('a robot that is blocked in one organization reaches people in the other', async () => {
  const headers = bearer(await signIn('alice', 'corp-one'));
  ok(await call('PUT', `/inbox/v1/robots/${suiteRobot}`, { body: { blocked: true }, headers }));
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  expect(ok(await send({ robotCode: suiteRobot }, one)).filteredStaffIdList).toEqual(['alice']);
  expect(ok(await send({ robotCode: suiteRobot }, two)).filteredStaffIdList).toEqual([]);
});

test('the flow limit of a robot counts each organization separately', async () => {
  await emulate('PUT', 'robots', { robotCode: suiteRobot, perUserPerDay: 1, corpId: 'corp-one', blockedBy: [] });
  const tokens = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  for (const token of tokens)
    expect(ok(await send({ robotCode: suiteRobot }, token)).flowControlledStaffIdList).toEqual([]);
  for (const token of tokens)
    expect(ok(await send({ robotCode: suiteRobot }, token)).flowControlledStaffIdList).toEqual(['alice']);
});

test("an app neither sees nor changes another organization's address of pushes, nor gets its events", async () => {
  const { ask, old, read } = pushWorld(server);
  const ofTwo = await tokenOf('app-two');
  const receivers = { one: await startPushReceiver('app-one'), two: await startPushReceiver('app-two') };
  const body = { url: receivers.one.url, types: bothTypes, token, aesKey };
  ok(await ask('PUT', '', body));
  const given = { call_back_tag: bothTypes, token, aes_key: aesKey, url: receivers.two.url };
  expect((await old('GET', 'get_call_back', undefined, ofTwo)).body).toMatchObject({ errcode: 71007 });
  expect((await old('POST', 'update_call_back', given, ofTwo)).body).toMatchObject({ errcode: 71007 });
  expect((await old('GET', 'delete_call_back', undefined, ofTwo)).body).toMatchObject({ errcode: 71007 });
  ok(await ask('PUT', '', { ...body, url: receivers.two.url }, {}, 'app-two'));
  const keys = [await read(), await read()];
  const key = await read({ robotCode: 'robot-two', userIds: ['mallory'] }, ofTwo);
  await expect.poll(() => [receivers.one.events().length, receivers.two.events().length]).toEqual([2, 1]);
  expect(new Set(receivers.one.events().map(({ ProcessQueryKey }) => ProcessQueryKey))).toEqual(new Set(keys));
  expect(receivers.two.events()).toMatchObject([{ CorpId: 'corp-two', UserId: 'mallory', ProcessQueryKey: key }]);
  const listed = async (appKey: 'app-one' | 'app-two') =>
    (ok(await ask('GET', '/deliveries', undefined, {}, appKey)) as DeliveriesAnswer).deliveries;
  await expect.poll(async () => [(await listed('app-one')).length, (await listed('app-two')).length]).toEqual([2, 1]);
  const [own] = await listed('app-two');
  const other = (await listed('app-one')).find(({ number }) => number !== own?.number);
  const again = await ask('POST', `/deliveries/${other?.number}/again`, undefined, {}, 'app-two');
  expect(refusal(again)).toEqual([404, 'huizhi.notFound']);
});
