import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { ok, recallPath, refusal, suiteRobot, tokenHeader, world } from '../support/world.ts';

const { advance, call, emulate, freeze, inboxOf, lastCause, receipt, recall, sent, signIn, suiteToken, tokenOf } =
  world(await fileServer());

const outcome = async (processQueryKeys: unknown, token?: string, robotCode = 'robot-one') =>
  ok(await recall({ robotCode, processQueryKeys }, token));

test('a recalled message disappears from inboxes immediately, with its content; its receipt stays', async () => {
  const session = await signIn('u01');
  const key = await sent({ userIds: ['u01'] });
  await emulate('POST', 'reads', { processQueryKey: key });
  const before = await receipt(key);
  expect(await outcome([key])).toEqual({ successResult: [key], failedResult: {} });
  expect(await inboxOf(session)).toEqual({ messages: [], cursor: null, unreadCount: 0 });
  expect(JSON.stringify(await emulate('GET', 'snapshot'))).not.toContain('hello');
  expect(await receipt(key)).toEqual({ ...before, sendStatus: 'RECALLED' });
});

test('recalling twice succeeds twice', async () => {
  const key = await sent();
  for (let i = 0; i < 3; i++) expect(await outcome([key])).toEqual({ successResult: [key], failedResult: {} });
});

test('each key succeeds or fails independently, in the order of the call', async () => {
  const keys = [await sent(), await sent(), await sent()];
  const other = await sent({ robotCode: 'robot-more' });
  const body = await outcome([keys[2], 'forged', keys[0], other, keys[1]]);
  expect(body.successResult).toEqual([keys[2], keys[0], keys[1]]);
  expect(body.failedResult).toEqual({ forged: 'invalid.processQueryKey', [other]: 'not.allowed.robotCode' });
});

test('a key given twice counts once', async () => {
  const key = await sent();
  expect(await outcome([key, 'x', key, 'x'])).toEqual({
    successResult: [key],
    failedResult: { x: 'invalid.processQueryKey' },
  });
});

test('if no key could be recalled, the answer is still 200, with every key in failedResult', async () => {
  const other = await sent({ robotCode: 'robot-more' });
  const foreign = await sent({ robotCode: 'robot-two' }, await tokenOf('app-two'));
  expect(await outcome([other, foreign, 'forged', '', '__proto__'])).toEqual({
    successResult: [],
    failedResult: Object.fromEntries([
      [other, 'not.allowed.robotCode'],
      [foreign, 'invalid.processQueryKey'],
      ['forged', 'invalid.processQueryKey'],
      ['', 'invalid.processQueryKey'],
      ['__proto__', 'invalid.processQueryKey'],
    ]),
  });
  expect((await receipt(other, 'robot-more')).sendStatus).toBe('SUCCESS');
});

test('a recall works within 24 hours of the send, to the millisecond', async () => {
  await freeze();
  const [inTime, late] = [await sent(), await sent()];
  await advance('86400000ms');
  expect(await outcome([inTime])).toMatchObject({ successResult: [inTime] });
  await advance('1ms');
  expect(await outcome([late])).toEqual({
    successResult: [],
    failedResult: { [late]: 'robot.processQueryKey.expired' },
  });
  expect(await outcome([inTime])).toMatchObject({ failedResult: { [inTime]: 'robot.processQueryKey.expired' } });
});

test("another robot's old key is told as another robot's", async () => {
  await freeze();
  const key = await sent({ robotCode: 'robot-more' });
  await advance('25h');
  expect(await outcome([key])).toMatchObject({ failedResult: { [key]: 'not.allowed.robotCode' } });
});

test('20 keys are accepted, 21 are invalidParameter.processQueryKeys.overMax, and none is recalled', async () => {
  const keys = await Promise.all(Array.from({ length: 21 }, () => sent({ userIds: ['u02'] })));
  expect(refusal(await recall({ processQueryKeys: keys }))).toEqual([400, 'invalidParameter.processQueryKeys.overMax']);
  expect((await inboxOf(await signIn('u02'), { limit: '100' })).messages).toHaveLength(21);
  expect((await outcome(keys.slice(0, 20))).successResult).toEqual(keys.slice(0, 20));
});

test('an empty list of keys is invalidParameter.processQueryKey.missing', async () => {
  expect(refusal(await recall({ processQueryKeys: [] }))).toEqual([400, 'invalidParameter.processQueryKey.missing']);
});

test('keys that are not a list of strings are invalidParameter.param.invalid', async () => {
  for (const processQueryKeys of ['x', {}, 7, [7], [null], [['x']]]) {
    expect(refusal(await recall({ processQueryKeys }))).toEqual([400, 'invalidParameter.param.invalid']);
  }
});

test('too many keys are reported before keys that are not strings', async () => {
  expect(refusal(await recall({ processQueryKeys: Array(21).fill(7) }))).toEqual([
    400,
    'invalidParameter.processQueryKeys.overMax',
  ]);
});

test.each(['nobody', '', ' ', 'robot-away', 'robot-next', 'robot-two', suiteRobot, 7, ['robot-one'], { toString: 1 }])(
  'robotCode %j is invalidParameter.robotCode, before anything about the keys',
  async (robotCode) => {
    expect(refusal(await recall({ robotCode, processQueryKeys: [] }))).toEqual([400, 'invalidParameter.robotCode']);
    expect((await lastCause())?.why).toContain('is not a robot of app app-one in organization corp-one');
  },
);

test('a disabled robot can still recall', async () => {
  const key = await sent();
  await emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: true });
  expect(await outcome([key])).toMatchObject({ successResult: [key] });
  await emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: false });
});

test('a third-party app recalls in the organization of its token only', async () => {
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const key = await sent({ robotCode: suiteRobot }, one);
  expect(await outcome([key], two, suiteRobot)).toMatchObject({ failedResult: { [key]: 'invalid.processQueryKey' } });
  expect(await outcome([key], one, suiteRobot)).toMatchObject({ successResult: [key] });
});

test('a message recalled before it arrived is never shown in an inbox', async () => {
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const key = await sent({ userIds: ['u03'] });
  expect(await outcome([key])).toMatchObject({ successResult: [key] });
  expect((await receipt(key)).sendStatus).toBe('RECALLED');
  await emulate('POST', 'delivery/release');
  expect((await inboxOf(await signIn('u03'))).messages).toEqual([]);
  expect((await receipt(key)).sendStatus).toBe('RECALLED');
});

test('a recalled message can no longer be read', async () => {
  const key = await sent({ userIds: ['u04'] });
  await outcome([key]);
  expect(await emulate('POST', 'reads', { processQueryKey: key })).toEqual({ read: 0 });
  expect((await receipt(key)).messageReadInfoList[0]?.readStatus).toBe('UNREAD');
});

test('the path is otoMessages, and no other spelling', async () => {
  const headers = { [tokenHeader]: await tokenOf() };
  const body = { robotCode: 'robot-one', processQueryKeys: [await sent()] };
  expect((await call('POST', recallPath, { body, headers })).status).toBe(200);
  const other = await call('POST', '/v1.0/robot/oToMessages/batchRecall', { body, headers });
  expect(refusal(other)).toEqual([404, 'InvalidAction.NotFound']);
});
