import { expect, test } from 'vitest';
import { type Ask, type Reply, type Server, testServer } from '../support/harness.ts';
import { listen, talkWorld } from '../support/talk.ts';
import { errorOf, textOf } from '../support/webhooks.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

/** Milliseconds that a call takes. */
async function took(ask: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await ask();
  return performance.now() - started;
}

/** Timers may fire a fraction of a millisecond early. */
const [first, second] = [49, 99];

const guess = (server: Server, appKey: string) => async () => {
  const body = { appKey, appSecret: 'guess' };
  expect(refusal(await server.call('POST', '/v1.0/oauth2/accessToken', { body }))).toEqual([
    400,
    'invalidClientIdOrSecret',
  ]);
};

async function fiveTimes(ask: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 5; i++) await ask();
}

test('five wrong pairs of one app are free, each further one takes twice as long', async () => {
  const server = await testServer();
  await fiveTimes(guess(server, 'app-one'));
  expect(await took(guess(server, 'app-one'))).toBeGreaterThanOrEqual(first);
  expect(await took(guess(server, 'app-one'))).toBeGreaterThanOrEqual(second);
});

test('guesses at many apps are slowed down by their address', async () => {
  const server = await testServer();
  for (const appKey of ['a', 'b', 'c', 'd', 'e']) await guess(server, appKey)();
  expect(await took(guess(server, 'f'))).toBeGreaterThanOrEqual(first);
});

test('the right pair is accepted after its wait, and ends the slow-down', async () => {
  const server = await testServer();
  const { tokenOf } = world(server);
  await fiveTimes(guess(server, 'app-one'));
  expect(await took(() => tokenOf())).toBeGreaterThanOrEqual(first);
  await fiveTimes(guess(server, 'app-one'));
  expect(await tokenOf()).toMatch(/^\w+$/);
});

test.each([
  [
    'corpAccessToken',
    '/v1.0/oauth2/corpAccessToken',
    { suiteKey: 'suite', suiteSecret: 'guess', authCorpId: 'corp-one', suiteTicket: 'x' },
  ],
  [
    'the unified call',
    '/v1.0/oauth2/corp-one/token',
    { client_id: 'app-one', client_secret: 'guess', grant_type: 'client_credentials' },
  ],
])('%s is slowed down, too', async (_, path, body) => {
  const server = await testServer();
  const ask = () => server.call('POST', path, { body });
  await fiveTimes(ask);
  expect(await took(ask)).toBeGreaterThanOrEqual(first);
});

test('the legacy call is slowed down, too', async () => {
  const server = await testServer();
  const ask = () => server.call('GET', '/gettoken', { query: { appkey: 'app-one', appsecret: 'guess' } });
  await fiveTimes(ask);
  expect(await took(ask)).toBeGreaterThanOrEqual(first);
});

test('guessed sign-in codes are slowed down', async () => {
  const server = await testServer();
  const ask = async () =>
    expect((await server.call('POST', '/inbox/v1/sessions', { body: { code: '1-guess' } })).status).toBe(401);
  await fiveTimes(ask);
  expect(await took(ask)).toBeGreaterThanOrEqual(first);
});

test('guessed admin tokens are slowed down; calls without a token are refused immediately', async () => {
  const server = await testServer();
  const ask = (headers: Record<string, string>) => async () =>
    expect((await server.call('POST', '/console/v1/signInCodes', { body: {}, headers })).status).toBe(401);
  for (let i = 0; i < 10; i++) await ask({})();
  await fiveTimes(ask(bearer('guess')));
  expect(await took(ask(bearer('guess')))).toBeGreaterThanOrEqual(first);
});

test('behind a trusted proxy, guesses of one client delay no other', async () => {
  const server = await testServer({ trustedProxies: ['127.0.0.1'] });
  const calls: readonly (readonly [path: string, ask: Ask])[] = [
    ['/console/v1/signInCodes', { headers: bearer('guess'), body: {} }],
    ['/console/v1/sessions', { body: { link: 'guess' } }],
    ['/inbox/v1/sessions', { body: { code: '1-guess' } }],
    ['/v1.0/oauth2/accessToken', { body: { appKey: 'nobody', appSecret: 'guess' } }],
  ];
  const check = async ([path, ask]: (typeof calls)[number]) => {
    const from = (address: string) =>
      server.call('POST', path, { ...ask, headers: { ...ask.headers, 'x-forwarded-for': address } });
    // After ten failures, the next attempt waits longer than the slowest machine takes to answer another call.
    for (let i = 0; i < 10; i++) await from('10.1.1.1');
    const slow = from('10.1.1.1');
    const first = await Promise.race([slow.then(() => 'the same client'), from('10.2.2.2').then(() => 'another')]);
    expect([path, first]).toEqual([path, 'another']);
    await slow;
  };
  await Promise.all(calls.map(check));
});

test('answers arrive although the clock is frozen', async () => {
  const server = await testServer();
  const { freeze, tokenOf } = world(server);
  await freeze();
  await fiveTimes(guess(server, 'app-one'));
  expect(await tokenOf()).toMatch(/^\w+$/);
});

test('a slowed attempt does not delay other calls', async () => {
  const server = await testServer();
  // After ten failures, the next attempt waits longer than the slowest machine takes to answer another call.
  for (let i = 0; i < 10; i++) await guess(server, 'app-one')();
  const slow = took(guess(server, 'app-one'));
  ok(await server.call('GET', '/healthz'));
  const answered = await Promise.race([slow, Promise.resolve('still waiting')]);
  expect(answered).toBe('still waiting');
  await slow;
});

/** Counts the answers by status and code. */
function countAnswers(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of replies) {
    const key = `${status} ${body.code ?? body.errcode}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const many = <T>(count: number, one: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => one(i)));

const tokenCall = '/v1.0/oauth2/accessToken';
const wrongSecret = (server: Server) => (i: number) =>
  server.call('POST', tokenCall, { body: { appKey: 'app-one', appSecret: `guess ${i}` } });

test('of many concurrent wrong secrets few are checked, and another app gets its token meanwhile', async () => {
  const server = await testServer();
  const { tokenOf } = world(server);
  const guesses = many(300, wrongSecret(server));
  expect(await Promise.race([tokenOf('app-two'), guesses.then(() => 'after all guesses')])).toMatch(/^\w{32}$/);
  const replies = await guesses;
  const refused = replies.find(({ status }) => status === 403);
  expect(refused?.headers['retry-after']).toMatch(/^[1-9]$/);
  const { '400 invalidClientIdOrSecret': checked = 0, ...others } = countAnswers(replies);
  expect(checked).toBeLessThan(20);
  expect(others).toEqual({ '403 Forbidden.AccessDenied.QpsLimitForAppkeyAndApi': 300 - checked });
});

test('any number of concurrent right secrets is accepted', async () => {
  const server = await testServer();
  const tokens = await many(100, () => world(server).tokenOf('app-one'));
  expect(new Set(tokens).size).toBe(1);
});

test('the legacy call answers too many wrong secrets with 90018 and Retry-After', async () => {
  const server = await testServer();
  const replies = await many(20, (i) =>
    server.call('GET', '/gettoken', { query: { appkey: 'app-one', appsecret: `guess ${i}` } }),
  );
  const refused = replies.find(({ body }) => body.errcode === 90018);
  expect([refused?.headers['retry-after'], refused?.body.errmsg]).toEqual([
    expect.stringMatching(/^[1-9]$/),
    '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
  ]);
  expect(countAnswers(replies)['200 90018']).toBeGreaterThan(0);
});

test.each([
  ['corpid and corpsecret', { corpid: 'corp-one', corpsecret: 'guess ' }, '200 40089'],
  ['unknown apps', { appkey: 'nobody ', appsecret: 'guess' }, '200 40096'],
])('the number of concurrent wrong %s is bounded', async (_, query, wrong) => {
  const server = await testServer();
  const replies = await many(200, (i) => {
    const numbered = Object.entries(query).map(([name, value]) => [name, value.replace(/ $/, ` ${i}`)] as const);
    return server.call('GET', '/gettoken', { query: Object.fromEntries(numbered) });
  });
  const counts = countAnswers(replies);
  expect(counts[wrong]).toBeLessThan(20);
  expect((counts[wrong] ?? 0) + (counts['200 90018'] ?? 0)).toBe(200);
});

test.each([
  ['admin tokens', 'POST', '/console/v1/sessions', (i: number) => ({ adminToken: `guess ${i}` })],
  ['sign-in codes', 'POST', '/inbox/v1/sessions', (i: number) => ({ code: `1-guess${i}` })],
])('most of many concurrent wrong %s are refused immediately with 429', async (_, method, path, body) => {
  const server = await testServer();
  const replies = await many(200, (i) => server.call(method, path, { body: body(i) }));
  const counts = countAnswers(replies);
  expect(counts['401 huizhi.unauthorized']).toBeLessThan(20);
  expect(counts['429 huizhi.tooManyRequests']).toBeGreaterThan(180);
  const refused = replies.find(({ status }) => status === 429);
  expect(refused?.headers['retry-after']).toMatch(/^[1-9]$/);
});

test('wrong admin tokens and sign-in codes do not keep out those with the right ones', async () => {
  const server = await testServer();
  const admin = bearer(server.adminToken);
  const body = { corpId: 'corp-one', userId: 'alice' };
  const { code } = (await server.call('POST', '/console/v1/signInCodes', { body, headers: admin })).body;
  const signIn = (given: unknown) => server.call('POST', '/inbox/v1/sessions', { body: { code: given } });
  const openConsole = (adminToken: string) => server.call('POST', '/console/v1/sessions', { body: { adminToken } });
  // Both queues are full, with attempts that wait for seconds.
  let refused = 0;
  const guesses = Array.from({ length: 40 }, (_, i) => [signIn(`1-guess${i}`), openConsole(`guess ${i}`)]).flat();
  const answered = guesses.map(async (guess) => {
    if ((await guess).status === 429) refused++;
  });
  await expect.poll(() => refused).toBeGreaterThan(0);
  expect((await signIn(code)).status).toBe(200);
  expect((await openConsole(server.adminToken)).status).toBe(200);
  expect((await server.call('GET', '/console/v1/status', { headers: admin })).status).toBe(200);
  expect((await signIn(code)).status).not.toBe(200);
  await Promise.all(answered);
});

test('guesses of the session of a sessionWebhook are slowed down, and a right one is not', async () => {
  const server = await testServer();
  const { reply, say } = talkWorld(world(server));
  const robot = await listen(server);
  await say('hello');
  const heard = await robot.next();
  const forged = { sessionWebhook: `http://x/?session=${'0'.repeat(32)}` };
  const guess = async () => expect(errorOf(await reply(forged, textOf('forged')))[0]).toBe(300001);
  await fiveTimes(guess);
  expect(await took(guess)).toBeGreaterThanOrEqual(first);
  await guess();
  // Later guesses wait for 200 ms and more.
  let answered = 0;
  const guesses = Array.from({ length: 3 }, async () => {
    await guess();
    answered++;
  });
  expect(errorOf(await reply(heard, textOf('right')))[0]).toBe(0);
  expect(answered).toBeLessThan(3);
  await Promise.all(guesses);
});
