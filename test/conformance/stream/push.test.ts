import { expect, test } from 'vitest';
import { decryptPush } from '../../../src/core/callbacks/encrypted.ts';
import { testServer } from '../support/harness.ts';
import { aesKey, answerPush, bothTypes, pushWorld, startPushReceiver, token } from '../support/push.ts';
import type { Reaction } from '../support/receiver.ts';
import { bearer, ok, refusal, suiteRobot, tokenHeader } from '../support/world.ts';

/** A server whose app-one gets pushes of corp-one. */
async function scene(types: readonly string[] = bothTypes) {
  const there = pushWorld(await testServer());
  const receiver = await startPushReceiver();
  ok(await there.ask('PUT', '', { url: receiver.url, types, token, aesKey }));
  expect(await receiver.nextEvent()).toEqual({ EventType: 'check_url' });
  return { ...there, receiver };
}

const arrived = (receiver: { events(): readonly unknown[] }, count: number) =>
  expect.poll(() => receiver.events().length, { timeout: 10_000 }).toBe(count);

test('a read arrives encrypted and signed, with the names of the vendor in their order', async () => {
  const { receiver, read, freeze } = await scene();
  const now = await freeze();
  const processQueryKey = await read();
  const push = await receiver.next();
  const query = new URL(push.path, receiver.url).searchParams;
  expect([...query.keys()]).toEqual(['msg_signature', 'signature', 'timestamp', 'nonce']);
  expect(query.get('timestamp')).toBe(String(now));
  expect(query.get('nonce')).toMatch(/^[A-Za-z\d]{8}$/);
  const { encrypt } = JSON.parse(push.body) as { encrypt: string };
  expect(Object.keys(JSON.parse(push.body))).toEqual(['encrypt']);
  const event = JSON.parse(decryptPush(receiver.keys, encrypt) ?? '') as Record<string, unknown>;
  expect(Object.entries(event)).toEqual([
    ['EventType', 'robot_msg_read'],
    ['EventTime', now],
    ['CorpId', 'corp-one'],
    ['BizId', event.eventId],
    ['eventId', expect.stringMatching(/^[\da-f]{32}$/)],
    ['UserId', 'alice'],
    ['OperatTime', String(now)],
    ['UnionId', expect.stringMatching(/^\w{26}$/)],
    ['ProcessQueryKey', processQueryKey],
    ['RobotCode', 'robot-one'],
  ]);
});

test('recalls, and changes of groups, users and departments arrive with their names', async () => {
  const { receiver, sent, recall, server, freeze } = await scene([...bothTypes, 'user_add_org', 'org_dept_create']);
  const now = await freeze();
  const processQueryKey = await sent();
  ok(await recall({ processQueryKeys: [processQueryKey] }));
  expect(await receiver.nextEvent()).toMatchObject({
    ...{ EventType: 'robot_msg_recall', OperatTime: now, UnionId: '', ProcessQueryKey: processQueryKey },
  });
  const headers = bearer(server.adminToken);
  const user = { corpId: 'corp-one', userId: 'dora', name: 'Dora' };
  ok(await server.call('POST', '/console/v1/users', { headers, body: user }));
  expect(await receiver.nextEvent()).toEqual({
    ...{ EventType: 'user_add_org', EventTime: now, CorpId: 'corp-one', BizId: expect.any(String) },
    ...{ eventId: expect.any(String), TimeStamp: now, UserId: ['dora'] },
  });
  const department = { corpId: 'corp-one', deptId: 100, name: 'Sales', parentId: 1 };
  ok(await server.call('POST', '/console/v1/departments', { headers, body: department }));
  expect(await receiver.nextEvent()).toMatchObject({ EventType: 'org_dept_create', TimeStamp: now, DeptId: [100] });
});

test('an app gets the chosen types, of messages of its own robots and of its organization alone', async () => {
  const { receiver, read, sent, recall, tokenOf, suiteToken } = await scene(['robot_msg_recall']);
  await read();
  await read({ robotCode: 'robot-next' }, await tokenOf('app-next'));
  await read({ robotCode: suiteRobot }, await suiteToken('corp-one'));
  const other = await sent({ robotCode: 'robot-two', userIds: ['mallory'] }, await tokenOf('app-two'));
  ok(await recall({ robotCode: 'robot-two', processQueryKeys: [other] }, await tokenOf('app-two')));
  const recalled = await sent();
  ok(await recall({ processQueryKeys: [recalled] }));
  expect(await receiver.nextEvent()).toMatchObject({ ProcessQueryKey: recalled });
  expect(receiver.events()).toHaveLength(1);
});

const failures: readonly (readonly [what: string, reaction: Reaction])[] = [
  ['status 500', { ...answerPush({ token, aesKey, ownerKey: 'app-one' }), status: 500 }],
  ['success in clear', { body: 'success' }],
  ['another text', answerPush({ token, aesKey, ownerKey: 'app-one' }, 'failure')],
  ['the owner of another app', answerPush({ token, aesKey, ownerKey: 'app-two' })],
];

test('a push whose answer does not decrypt to success is repeated after 10 and 30 seconds, then the event has failed', async () => {
  const { receiver, read, freeze, advance, deliveries, state, ask, audit } = await scene();
  const start = await freeze();
  receiver.react(failures[0]?.[1] ?? {});
  await read();
  await arrived(receiver, 1);
  await expect.poll(() => deliveries('waiting')).toMatchObject([{ number: 3, tries: 1, dueAt: start + 10_000 }]);
  await advance('9999ms');
  expect(receiver.events()).toHaveLength(1);
  receiver.react(failures[1]?.[1] ?? {});
  await advance('1ms');
  await arrived(receiver, 2);
  await expect.poll(() => deliveries('waiting')).toMatchObject([{ tries: 2, dueAt: start + 40_000, status: 200 }]);
  receiver.react(failures[2]?.[1] ?? {});
  await advance('30s');
  await arrived(receiver, 3);
  await expect.poll(() => deliveries('failed')).toMatchObject([{ tries: 3, dueAt: null }]);
  expect(await state()).toMatchObject({ waiting: 0, failed: 1 });
  expect(new Set(receiver.events().map(({ eventId }) => eventId)).size).toBe(1);
  await advance('1h');
  expect(receiver.received).toHaveLength(4);
  receiver.react(answerPush(receiver.keys));
  ok(await ask('POST', '/deliveries/3/again'));
  await arrived(receiver, 4);
  await expect.poll(() => deliveries('failed')).toEqual([]);
  expect(refusal(await ask('POST', '/deliveries/99/again'))).toEqual([404, 'huizhi.notFound']);
  expect((await audit()).map(({ action }) => action)).toContain('app.pushEventAgain');
});

test('an address is not saved with a wrong status, another text, plain text or another owner', async () => {
  const { ask, state, receiver } = await scene();
  const before = await state();
  for (const [what, reaction] of failures) {
    receiver.react(reaction);
    const reply = await ask('PUT', '', { url: `${receiver.url}/other`, types: bothTypes });
    expect(refusal(reply), what).toEqual([400, 'huizhi.badRequest']);
    expect(reply.body.message).toContain('it does not answer check_url with the encrypted text success');
  }
  expect(await state()).toEqual(before);
});

test('the lists of failed events get an event 3 minutes after its last try, and the old call empties its list', async () => {
  const { receiver, read, freeze, advance, call, tokenOf, old, deliveries } = await scene();
  const start = await freeze();
  const failedNow = async (query = {}) =>
    ok(
      await call('GET', '/v1.0/event/callbacks/failedResults', { query, headers: { [tokenHeader]: await tokenOf() } }),
    );
  receiver.react({ status: 500 });
  const processQueryKey = await read();
  for (const [count, wait] of [
    [1, '10s'],
    [2, '30s'],
    [3, '179999ms'],
  ] as const) {
    await arrived(receiver, count);
    await expect.poll(async () => (await deliveries())[0]?.tries).toBe(count);
    await advance(wait);
  }
  expect(await failedNow()).toEqual({ failedList: [], hasMore: false });
  expect(ok(await old('GET', 'get_call_back_failed_result'))).toMatchObject({ failed_list: [], has_more: false });
  await advance('1ms');
  const data = { UserId: 'alice', OperatTime: String(start), UnionId: expect.any(String) };
  const fields = { ...data, ProcessQueryKey: processQueryKey, RobotCode: 'robot-one' };
  const entry = { callBackData: fields, callBackTag: 'robot_msg_read', corpId: 'corp-one', eventTime: start };
  expect(await failedNow()).toEqual({ failedList: [entry], hasMore: false });
  expect(await failedNow({ beginTime: start, endTime: start })).toMatchObject({ failedList: [entry] });
  expect(await failedNow({ beginTime: start + 1 })).toMatchObject({ failedList: [] });
  expect(await failedNow({ endTime: start - 1 })).toMatchObject({ failedList: [] });
  const next = await tokenOf('app-next');
  expect(ok(await old('GET', 'get_call_back_failed_result', undefined, next))).toMatchObject({ failed_list: [] });
  expect(ok(await old('GET', 'get_call_back_failed_result'))).toEqual({
    errcode: 0,
    errmsg: 'ok',
    failed_list: [
      {
        call_back_tag: 'robot_msg_read',
        event_time: start,
        robot_msg_read: { callbackData: fields, corpid: 'corp-one' },
      },
    ],
    has_more: false,
    request_id: expect.any(String),
  });
  expect(ok(await old('GET', 'get_call_back_failed_result'))).toMatchObject({ failed_list: [], has_more: false });
  expect(await failedNow()).toEqual({ failedList: [], hasMore: false });
  expect(await deliveries('failed')).toHaveLength(1);
});

test('failedResults refuses times that are no numbers, and third-party apps', async () => {
  const { call, tokenOf, suiteToken } = pushWorld(await testServer());
  const failedWith = async (query: string, token?: string) => {
    const headers = { [tokenHeader]: token ?? (await tokenOf()) };
    return refusal(await call('GET', '/v1.0/event/callbacks/failedResults', { query, headers }));
  };
  for (const query of ['beginTime=x', 'endTime=-1', 'beginTime=1&beginTime=2', 'beginTime=%'])
    expect(await failedWith(query)).toEqual([400, 'invalidParameter.param.invalid']);
  expect(await failedWith('', await suiteToken('corp-one'))).toEqual([
    403,
    'Forbidden.AccessDenied.AccessTokenPermissionDenied',
  ]);
});

test('new keys replace the old ones, which answers may be encrypted with for a day', async () => {
  const { receiver, ask, read, freeze, advance, state, deliveries } = await scene();
  const now = await freeze();
  const next = { token: 'another-token', aesKey: aesKey.toUpperCase(), ownerKey: 'app-one' };
  receiver.react(answerPush(next));
  const changed = { url: receiver.url, types: bothTypes, token: next.token, aesKey: next.aesKey };
  expect(ok(await ask('PUT', '', changed))).toMatchObject({ oldKeysUntil: now + 86_400_000 });
  receiver.react(answerPush(receiver.keys));
  await read();
  await expect.poll(() => deliveries()).toMatchObject([{ number: 3, state: 'delivered' }]);
  await advance('24h');
  expect((await state()).oldKeysUntil).toBeNull();
  await read();
  await expect.poll(async () => (await deliveries())[0]).toMatchObject({ number: 6, state: 'waiting' });
});

test('the console shows no keys, refuses wrong input, and removes an address', async () => {
  const { receiver, ask, state, audit, read } = await scene();
  const { url } = receiver;
  const full = { url, types: bothTypes, token, aesKey };
  const text = JSON.stringify([await state(), await audit()]);
  expect(text).not.toContain(token);
  expect(text).not.toContain(aesKey);
  for (const [wrong, app] of [
    [{ ...full, aesKey: undefined }],
    [{ ...full, token: undefined }],
    [{ ...full, aesKey: `${aesKey}x` }],
    [{ ...full, token: 'short' }],
    [{ ...full, types: [] }],
    [{ ...full, types: ['other'] }],
    [{ ...full, url: 'ftp://example.com/' }],
    [{ ...full, url: 'http://169.254.169.254/' }],
    [{ url, types: bothTypes }, 'app-next'],
  ] as const)
    expect(refusal(await ask('PUT', '', wrong, {}, app))).toEqual([400, 'huizhi.badRequest']);
  expect(refusal(await ask('PUT', '', full, {}, 'suite'))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await ask('GET', '/deliveries', undefined, {}, 'app-next'))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await ask('DELETE', '', undefined, {}, 'app-next'))).toEqual([404, 'huizhi.notFound']);
  ok(await ask('DELETE'));
  await read();
  expect(await state()).toMatchObject({ url: null, types: [], failed: null });
  expect(receiver.events()).toEqual([]);
  expect((await audit()).filter(({ action }) => action === 'app.push')).toMatchObject([
    { target: 'app-one', actor: 'token', before: { url }, after: null },
    { target: 'app-one', actor: 'token', before: null, after: { url, types: bothTypes } },
  ]);
});

test('tries are counted by form and outcome', async () => {
  const { receiver, read, server, deliveries } = await scene();
  await read();
  await expect.poll(() => deliveries()).toMatchObject([{ state: 'delivered' }]);
  receiver.react({ status: 500 });
  await read();
  await expect.poll(() => deliveries('waiting')).toHaveLength(1);
  const { text } = await server.call('GET', '/metrics');
  expect(text).toContain('huizhi_event_tries_total{form="push",outcome="delivered"} 1');
  expect(text).toContain('huizhi_event_tries_total{form="push",outcome="failed"} 1');
});
