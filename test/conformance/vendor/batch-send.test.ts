import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { crowd } from '../support/setup.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const { call, emulate, freeze, advance, inboxOf, receipt, send, sent, signIn, suiteToken, tokenOf } = world(
  await fileServer(),
);

const [minute, day] = [60_000, 86_400_000];
const robot = (over: object) => emulate('PUT', 'robots', { robotCode: 'robot-one', ...over });
const calm = () => robot({ disabled: false, perUserPerMinute: 0, perUserPerDay: 0, blockedBy: [] });
const people = async (key: string) => (await receipt(key)).messageReadInfoList.map(({ userId }) => userId);
const block = async (userId: string, blocked: boolean, robotCode = 'robot-one') => {
  const headers = bearer(await signIn(userId));
  ok(await call('PUT', `/inbox/v1/robots/${robotCode}`, { body: { blocked }, headers }));
};

/** Freezes the clock some time after the next day begins. */
async function freezeAt(later = 0): Promise<void> {
  const { now } = await emulate('GET', 'clock');
  await freeze((Math.floor(Number(now) / day) + 1) * day + later);
}

/** Counts equal bytes of two keys; two random ones agree in an eighth of a byte on average. */
function likeness(one: string, other: string): number {
  const bytes = Buffer.from(other, 'base64');
  return Buffer.from(one, 'base64').filter((byte, i) => byte === bytes[i]).length;
}

test('the answer has three lists and a key, in the order of the real service', async () => {
  const body = ok(await send());
  expect(Object.keys(body)).toEqual([
    'flowControlledStaffIdList',
    'invalidStaffIdList',
    'filteredStaffIdList',
    'processQueryKey',
  ]);
  expect(body).toMatchObject({ flowControlledStaffIdList: [], invalidStaffIdList: [], filteredStaffIdList: [] });
});

test('a processQueryKey is 44 characters of standard base64, with +, / and = among them', async () => {
  const keys = await Promise.all(Array.from({ length: 60 }, () => sent()));
  for (const key of keys) {
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
  }
  expect(keys.join('')).toContain('+');
  expect(keys.join('')).toContain('/');
});

test('keys of identical sends have nothing in common', async () => {
  await freeze();
  const keys: string[] = [];
  for (let i = 0; i < 20; i++) keys.push(await sent());
  for (const [i, one] of keys.entries())
    for (const other of keys.slice(i + 1)) expect(likeness(one, other)).toBeLessThan(6);
});

test('userIds given twice count once', async () => {
  const key = await sent({ userIds: ['bob', 'alice', 'bob', 'alice', 'bob'] });
  expect(await people(key)).toEqual(['bob', 'alice']);
  const body = ok(await send({ userIds: ['nobody', 'alice', 'nobody'] }));
  expect(body.invalidStaffIdList).toEqual(['nobody']);
});

test('20 users get the message in the order of the send, 21 are refused', async () => {
  const twenty = crowd.slice(0, 20).toReversed();
  expect(await people(await sent({ userIds: twenty }))).toEqual(twenty);
  expect(refusal(await send({ userIds: crowd.slice(0, 21) }))).toEqual([400, 'invalidParameter.userIds.overMax']);
});

test('unknown users are in invalidStaffIdList and get no delivery', async () => {
  const body = ok(await send({ userIds: ['x1', 'alice', 'mallory', '', ' alice', 'ALICE', 'x2'] }));
  expect(body.invalidStaffIdList).toEqual(['x1', 'mallory', '', ' alice', 'ALICE', 'x2']);
  expect(await people(String(body.processQueryKey))).toEqual(['alice']);
});

test('a send without any valid user is staffId.notExisted and stores nothing', async () => {
  await sent();
  const before = await emulate('GET', 'snapshot');
  for (const userIds of [['nobody'], ['nobody', 'mallory'], ['']]) {
    expect(refusal(await send({ userIds }))).toEqual([400, 'staffId.notExisted']);
  }
  expect(await emulate('GET', 'snapshot')).toEqual(before);
});

test('robotCode, msgKey and userIds of another type are invalidParameter.param.invalid, msgParam as an object is not JSON', async () => {
  for (const over of [
    { robotCode: 7 },
    { robotCode: ['robot-one'] },
    { msgKey: {} },
    { userIds: {} },
    { userIds: [null] },
    { userIds: [['alice']] },
  ]) {
    expect(refusal(await send(over))).toEqual([400, 'invalidParameter.param.invalid']);
  }
  expect(refusal(await send({ msgParam: { content: 'x' } }))).toEqual([400, 'invalidParameter.msgParam.invalid']);
});

test('a disabled robot cannot send, and can again when it is enabled', async () => {
  await robot({ disabled: true });
  expect(refusal(await send())).toEqual([400, 'chatbotId.notAllow.sendOTO']);
  await calm();
  expect((await send()).status).toBe(200);
});

test('a stopped or removed template refuses only its msgKey, until it is active again', async () => {
  for (const [state, code] of [
    ['stopped', 'template.stopped'],
    ['removed', 'template.not.existed'],
  ]) {
    await emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleText', state });
    expect(refusal(await send())).toEqual([400, code]);
    ok(await send({ msgKey: 'sampleImageMsg', msgParam: '{"photoURL":"https://example.com/a.png"}' }));
    await emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleText', state: 'active' });
    ok(await send());
  }
});

test('robots that cannot be used: unknown, installed nowhere, of another app, of another organization', async () => {
  const refused = async (robotCode: string) => refusal(await send({ robotCode }));
  expect(await refused('nobody')).toEqual([400, 'invalidParameter.robotCode.notExsit']);
  expect(await refused('ROBOT-ONE')).toEqual([400, 'invalidParameter.robotCode.notExsit']);
  expect(await refused('robot-away')).toEqual([400, 'invalidParameter.robotCode.invalid']);
  expect(await refused('robot-next')).toEqual([400, 'invalidParameter.robotCode.invalid']);
  expect(await refused('robot-suite')).toEqual([400, 'invalidParameter.robotCode.invalid']);
  expect(await refused('robot-two')).toEqual([400, 'invalidParameter.robotCode.invalid']);
  expect(refusal(await send({ robotCode: 'robot-two' }, await suiteToken('corp-two')))).toEqual([
    400,
    'invalidParameter.robotCode.invalid',
  ]);
});

test('without a flow limit a robot may send any number of messages', async () => {
  await calm();
  for (let i = 0; i < 30; i++) expect(ok(await send()).flowControlledStaffIdList).toEqual([]);
});

test('users over the limit of a minute get no delivery, until the next minute begins', async () => {
  await freezeAt(minute / 2);
  await robot({ perUserPerMinute: 2 });
  for (let i = 0; i < 2; i++) expect(ok(await send({ userIds: ['alice'] })).flowControlledStaffIdList).toEqual([]);
  const { flowControlledStaffIdList, processQueryKey } = ok(await send({ userIds: ['alice', 'bob'] }));
  expect(flowControlledStaffIdList).toEqual(['alice']);
  expect(await people(String(processQueryKey))).toEqual(['bob']);
  await advance('29999ms');
  expect(ok(await send()).flowControlledStaffIdList).toEqual(['alice']);
  await advance('1ms');
  for (let i = 0; i < 2; i++) expect(ok(await send()).flowControlledStaffIdList).toEqual([]);
  expect(ok(await send()).flowControlledStaffIdList).toEqual(['alice']);
  await calm();
});

test('users over the limit of a day get no delivery, until the next day begins; refused sends do not count', async () => {
  await freezeAt(day - 60 * minute);
  await robot({ perUserPerDay: 3 });
  for (let i = 0; i < 3; i++) expect(ok(await send()).flowControlledStaffIdList).toEqual([]);
  for (let i = 0; i < 5; i++) expect(ok(await send()).flowControlledStaffIdList).toEqual(['alice']);
  await advance('1h');
  for (let i = 0; i < 3; i++) expect(ok(await send()).flowControlledStaffIdList).toEqual([]);
  expect(ok(await send()).flowControlledStaffIdList).toEqual(['alice']);
  await calm();
});

test('a flow limit applies to one robot', async () => {
  await freezeAt();
  await robot({ perUserPerMinute: 1 });
  await sent();
  expect(ok(await send()).flowControlledStaffIdList).toEqual(['alice']);
  expect(ok(await send({ robotCode: 'robot-more' })).flowControlledStaffIdList).toEqual([]);
  await calm();
});

test('users who blocked the robot are in filteredStaffIdList and get no delivery, until they end the block', async () => {
  await block('carol', true);
  const body = ok(await send({ userIds: ['carol', 'alice'] }));
  expect(body.filteredStaffIdList).toEqual(['carol']);
  expect(await people(String(body.processQueryKey))).toEqual(['alice']);
  expect(ok(await send({ robotCode: 'robot-more', userIds: ['carol'] })).filteredStaffIdList).toEqual([]);
  await block('carol', false);
  expect(ok(await send({ userIds: ['carol', 'alice'] })).filteredStaffIdList).toEqual([]);
});

test('users in one of the three lists get no delivery, and a message without recipients is stored', async () => {
  await freezeAt();
  await robot({ perUserPerMinute: 1, blockedBy: ['u01'] });
  await sent({ userIds: ['u02'] });
  const before = await Promise.all(['u01', 'u02'].map(async (userId) => inboxOf(await signIn(userId))));
  const body = ok(await send({ userIds: ['nobody', 'u02', 'u01'] }));
  expect(body).toMatchObject({
    flowControlledStaffIdList: ['u02'],
    invalidStaffIdList: ['nobody'],
    filteredStaffIdList: ['u01'],
  });
  expect(await receipt(String(body.processQueryKey))).toEqual({ sendStatus: 'SUCCESS', messageReadInfoList: [] });
  expect(await Promise.all(['u01', 'u02'].map(async (userId) => inboxOf(await signIn(userId))))).toEqual(before);
  await calm();
});

test('a user who has blocked the robot is filtered and not counted by its flow limit', async () => {
  await freezeAt();
  await robot({ perUserPerMinute: 1, blockedBy: ['alice'] });
  for (let i = 0; i < 3; i++) {
    expect(ok(await send())).toMatchObject({ filteredStaffIdList: ['alice'], flowControlledStaffIdList: [] });
  }
  await robot({ blockedBy: [] });
  expect(ok(await send())).toMatchObject({ filteredStaffIdList: [], flowControlledStaffIdList: [] });
  await calm();
});

test('the answer does not wait for the delivery: the status is PROCESSING first, then SUCCESS', async () => {
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const key = await sent({ userIds: ['u23'] });
  const session = await signIn('u23');
  expect((await receipt(key)).sendStatus).toBe('PROCESSING');
  expect((await inboxOf(session)).messages).toEqual([]);
  await emulate('POST', 'delivery/release');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  expect((await inboxOf(session)).messages).toHaveLength(1);
});

test.each([
  ['ASCII', 'x', 1],
  ['Chinese', '回', 3],
  ['characters beyond the first plane', '😀', 4],
])('a msgParam of exactly 15,000 bytes is accepted, one more is not: %s', async (_, character, bytes) => {
  const frame = Buffer.byteLength('{"content":""}');
  const room = 15_000 - frame;
  const content = character.repeat(Math.floor(room / bytes)) + 'y'.repeat(room % bytes);
  const msgParam = JSON.stringify({ content });
  expect(Buffer.byteLength(msgParam)).toBe(15_000);
  ok(await send({ msgParam }));
  expect(refusal(await send({ msgParam: `${msgParam} ` }))).toEqual([400, 'invalidParameter.msgParam.tooLong']);
});

test('a message text arrives unchanged, byte for byte', async () => {
  const msgParam = '{ "content" : "\\u56de 回\\n\\t\\"<b>&amp;😀" , "extra" : [1, {"a":null}] }';
  await sent({ msgParam, userIds: ['u24'] });
  expect((await inboxOf(await signIn('u24'))).messages[0]?.msgParam).toBe(msgParam);
});

test('fifty concurrent sends create fifty messages', async () => {
  const keys = await Promise.all(Array.from({ length: 50 }, () => sent({ userIds: ['u25'] })));
  expect(new Set(keys).size).toBe(50);
  expect((await inboxOf(await signIn('u25'), { limit: '100' })).messages).toHaveLength(50);
});

test('a token of another app of the organization cannot send by the robot', async () => {
  expect(refusal(await send({}, await tokenOf('app-next')))).toEqual([400, 'invalidParameter.robotCode.invalid']);
});
