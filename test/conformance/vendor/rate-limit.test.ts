import { expect, test } from 'vitest';
import { testServer } from '../support/harness.ts';
import { hello, refusal, sendPath, statusPath, suiteRobot, tokenHeader, world } from '../support/world.ts';

const internal = [403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi'];
const thirdParty = [403, 'Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi'];

async function startLimited(qpsLimit = 3) {
  const there = world(await testServer({ qpsLimit }));
  await there.freeze(Date.UTC(2027, 0, 1));
  const send = async (token: string, body: object = hello) =>
    refusal(await there.call('POST', sendPath, { body, headers: { [tokenHeader]: token } }));
  return { ...there, post: send };
}

test('without --qps-limit nothing is limited', async () => {
  const { post, tokenOf } = await startLimited(0);
  const token = await tokenOf();
  const replies = await Promise.all(Array.from({ length: 100 }, () => post(token)));
  expect(replies.filter(([status]) => status !== 200)).toEqual([]);
});

test('calls up to the limit are served, the next is refused, and the next second starts a new count', async () => {
  const { advance, post, tokenOf } = await startLimited();
  const token = await tokenOf();
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 3; i++) expect((await post(token))[0]).toBe(200);
    for (let i = 0; i < 3; i++) expect(await post(token)).toEqual(internal);
    await advance('1s');
  }
});

test('a throttled answer has the text of the vendor, and Retry-After', async () => {
  const { call, post, tokenOf } = await startLimited(1);
  const token = await tokenOf();
  await post(token);
  const reply = await call('POST', sendPath, { body: hello, headers: { [tokenHeader]: token } });
  expect(refusal(reply)).toEqual(internal);
  expect(reply.headers['retry-after']).toBe('1');
  expect(reply.body.message).toBe('您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了');
  expect(Object.keys(reply.body)).toEqual(['code', 'requestid', 'message']);
});

test('a third-party app has its own error code, and a count for each organization', async () => {
  const { call, post, suiteToken } = await startLimited(2);
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const body = { ...hello, robotCode: suiteRobot };
  for (const token of [one, two]) {
    for (let i = 0; i < 2; i++) expect((await post(token, body))[0]).toBe(200);
    expect(await post(token, body)).toEqual(thirdParty);
  }
  const reply = await call('POST', sendPath, { body, headers: { [tokenHeader]: await suiteToken('corp-one') } });
  expect(refusal(reply)).toEqual(thirdParty);
  expect(reply.body.message).toBe('您的ISV应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了');
});

test('one app and API have one count: others are not affected, and all tokens of an app count together', async () => {
  const { call, post, suiteToken, tokenOf } = await startLimited(1);
  const token = await tokenOf();
  expect((await post(token))[0]).toBe(200);
  expect(await post(token)).toEqual(internal);
  expect((await post(await tokenOf('app-next'), { ...hello, robotCode: 'robot-next' }))[0]).toBe(200);
  expect(refusal(await call('GET', statusPath, { headers: { [tokenHeader]: token } }))).toEqual([
    400,
    'invalidParameter.robotCode.missing',
  ]);
  const suite = { ...hello, robotCode: suiteRobot };
  expect((await post(await suiteToken('corp-one'), suite))[0]).toBe(200);
  expect(await post(await suiteToken('corp-one'), suite)).toEqual(thirdParty);
});

test('calls with invalid content count, too; token calls and own paths are not limited', async () => {
  const { call, post, tokenOf } = await startLimited(1);
  const token = await tokenOf();
  expect((await post(token, {}))[1]).toBe('MissingrobotCode');
  expect(await post(token)).toEqual(internal);
  for (let i = 0; i < 10; i++) await tokenOf();
  for (let i = 0; i < 10; i++) expect((await call('GET', '/healthz')).status).toBe(200);
});

test('a throttled send has no effect', async () => {
  const { emulate, post, tokenOf } = await startLimited(1);
  const token = await tokenOf();
  await post(token);
  const before = await emulate('GET', 'snapshot');
  await post(token);
  expect(await emulate('GET', 'snapshot')).toEqual(before);
});
