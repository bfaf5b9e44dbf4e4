import { beforeEach, expect, test } from 'vitest';
import type { RequestRecord } from '../../../src/wire/own/emulator.ts';
import { fileServer } from '../support/harness.ts';
import { hello, ok, refusal, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const { advance, call, emulate, freeze, send, sent, status, suiteToken, tokenOf } = world(await fileServer());

const requests = async (query = 'limit=1000') =>
  (await emulate('GET', `requests?${query}`)).requests as readonly RequestRecord[];

beforeEach(async () => {
  await emulate('POST', 'reset');
});

test('a call is listed with its request, its answer and its time', async () => {
  const now = await freeze();
  const token = await tokenOf();
  const reply = await send({}, token, { 'x-own': 'value' });
  const [, record] = await requests();
  expect(record).toEqual({
    sequence: 2,
    at: now,
    method: 'POST',
    path: sendPath,
    query: {},
    headers: record?.headers,
    body: hello,
    status: 200,
    answer: reply.body,
    requestId: reply.headers['x-acs-request-id'],
    durationMs: record?.durationMs,
  });
  expect(record?.headers).toMatchObject({ [tokenHeader]: token, 'x-own': 'value' });
});

test('query parameters are listed decoded, repeated ones as a list', async () => {
  await call('GET', `${statusPath}?robotCode=a%20b&processQueryKey=x&processQueryKey=y+z`);
  expect((await requests())[0]?.query).toEqual({ robotCode: 'a b', processQueryKey: ['x', 'y z'] });
  await call('GET', `${statusPath}?constructor=c&__proto__=p&__proto__=q`);
  expect(Object.entries((await requests())[1]?.query ?? {})).toEqual([
    ['constructor', 'c'],
    ['__proto__', ['p', 'q']],
  ]);
});

test('a body is listed parsed if it is JSON, else as text, and null if there was none', async () => {
  await call('POST', sendPath, { body: { a: 1 } });
  await call('POST', sendPath, { body: '{broken' });
  await call('POST', sendPath);
  await call('GET', statusPath);
  expect((await requests()).map(({ body }) => body)).toEqual([{ a: 1 }, '{broken', null, null]);
});

test('unknown paths, wrong methods and legacy calls are listed, own paths are not', async () => {
  await call('GET', '/v1.0/nothing');
  await call('DELETE', sendPath);
  await call('GET', '/gettoken');
  await call('GET', '/healthz');
  await call('GET', '/inbox/v1/messages');
  expect((await requests()).map(({ method, path, status: code }) => [method, path, code])).toEqual([
    ['GET', '/v1.0/nothing', 404],
    ['DELETE', sendPath, 404],
    ['GET', '/gettoken', 200],
  ]);
});

test('since and limit page through the list, oldest first', async () => {
  for (let i = 0; i < 130; i++) await call('GET', `/v1.0/${i}`);
  expect(await requests('')).toHaveLength(100);
  expect((await requests('')).map(({ path }) => path).slice(0, 2)).toEqual(['/v1.0/0', '/v1.0/1']);
  expect((await requests('since=128')).map(({ sequence }) => sequence)).toEqual([129, 130]);
  expect((await requests('since=5&limit=2')).map(({ sequence }) => sequence)).toEqual([6, 7]);
  expect(await requests('since=130')).toEqual([]);
  expect(await requests('since=9007199254740991')).toEqual([]);
});

test('the newest thousand are kept, with their numbers', async () => {
  await Promise.all(Array.from({ length: 1010 }, () => call('GET', '/v1.0/x')));
  const kept = await requests();
  expect([kept.length, kept[0]?.sequence, kept.at(-1)?.sequence]).toEqual([1000, 11, 1010]);
});

test.each(['limit=0', 'limit=1001', 'limit=-1', 'since=-1', 'since=x', 'since=1&since=1'])(
  '%s is a bad request',
  async (query) => {
    expect(refusal(await call('GET', '/emulator/v1/requests', { query }))).toEqual([400, 'huizhi.badRequest']);
  },
);

const cause = async () => (await requests()).at(-1)?.error;

test('a success has no cause', async () => {
  await sent();
  expect(await cause()).toBeUndefined();
});

test.each([
  [
    'a bearer token',
    { headers: { authorization: 'Bearer x' } },
    'the token is in Authorization, and the call reads it from x-acs-dingtalk-access-token',
  ],
  [
    'access_token',
    { query: 'access_token=x' },
    'the token is in access_token, and the call reads it from x-acs-dingtalk-access-token',
  ],
  ['no token', {}, 'no header x-acs-dingtalk-access-token'],
])('the cause says where the call reads its token, and where it was instead: %s', async (_, ask, why) => {
  await call('POST', sendPath, { body: hello, ...ask });
  expect(await cause()).toEqual({ code: 'AuthenticationFailed.MissingParameter', why });
});

test('the cause says why a token is not valid: unknown, or expired for how long', async () => {
  await freeze();
  const token = await tokenOf();
  await send({}, 'x');
  expect((await cause())?.why).toBe('the token was not issued here');
  await advance('7201s');
  await send({}, token);
  expect((await cause())?.why).toBe('the token expired 1000 ms ago');
});

test('the cause says which app the robot belongs to', async () => {
  await send({ robotCode: 'robot-next' });
  expect((await cause())?.why).toBe('robot robot-next belongs to app app-next, and the token to app app-one');
});

test('the cause says what is wrong with a key: another robot, another organization, expired, forged', async () => {
  await freeze();
  const ask = async (processQueryKey: string, robotCode = 'robot-one', token?: string) => {
    await status({ robotCode, processQueryKey }, token);
    return (await cause())?.why;
  };
  const other = await sent({ robotCode: 'robot-more' });
  expect(await ask(other)).toBe('the key belongs to another robot than robot-one');
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  expect(await ask(await sent({ robotCode: 'robot-suite' }, one), 'robot-suite', two)).toBe(
    'the key belongs to another organization than corp-two',
  );
  expect(await ask('x')).toBe('the key was not issued here');
  const key = await sent();
  await advance('24h');
  await advance('3s');
  expect(await ask(key)).toBe('the key expired 3000 ms ago');
});

test('the cause says which pair of a token call is wrong', async () => {
  const ask = async (appKey: string, appSecret: string) => {
    await call('POST', '/v1.0/oauth2/accessToken', { body: { appKey, appSecret } });
    return (await cause())?.why;
  };
  expect(await ask('nobody', 'x')).toBe('there is no app nobody');
  expect(await ask('app-one', 'x')).toBe('the secret of app app-one is wrong');
  expect(await ask('suite', 'secret-of-suite')).toBe('app suite is thirdParty, and this call is for internal apps');
  ok(await send());
});

test('a failed call is listed with the fault as its cause, and a dropped call with status 0', async () => {
  await emulate('PUT', 'faults', {
    rules: [
      { path: sendPath, error: 'template.stopped' },
      { path: statusPath, drop: true },
    ],
  });
  await call('POST', sendPath, { body: {} });
  await call('GET', statusPath).catch(() => undefined);
  const [error, drop] = await requests();
  expect(error?.error).toEqual({ code: 'template.stopped', why: 'a fault rule of the emulator' });
  expect(drop).toMatchObject({ status: 0, answer: null });
});
