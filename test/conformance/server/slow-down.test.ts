import { expect, test } from 'vitest';
import { type Server, testServer } from '../support/harness.ts';
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

test('five bad pairs of one app are free, each further one takes twice as long', async () => {
  const server = await testServer();
  await fiveTimes(guess(server, 'app-one'));
  expect(await took(guess(server, 'app-one'))).toBeGreaterThanOrEqual(first);
  expect(await took(guess(server, 'app-one'))).toBeGreaterThanOrEqual(second);
});

test('guessing at app after app is slowed down by the address that it comes from', async () => {
  const server = await testServer();
  for (const appKey of ['a', 'b', 'c', 'd', 'e']) await guess(server, appKey)();
  expect(await took(guess(server, 'f'))).toBeGreaterThanOrEqual(first);
});

test('the right pair is served after its wait, and ends the slowness', async () => {
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
])('%s is slowed down like any', async (_, path, body) => {
  const server = await testServer();
  const ask = () => server.call('POST', path, { body });
  await fiveTimes(ask);
  expect(await took(ask)).toBeGreaterThanOrEqual(first);
});

test('the legacy call is slowed down like any', async () => {
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

test('guessed admin tokens are slowed down; calls without any are refused at once', async () => {
  const server = await testServer();
  const ask = (headers: Record<string, string>) => async () =>
    expect((await server.call('POST', '/console/v1/signInCodes', { body: {}, headers })).status).toBe(401);
  for (let i = 0; i < 10; i++) await ask({})();
  await fiveTimes(ask(bearer('guess')));
  expect(await took(ask(bearer('guess')))).toBeGreaterThanOrEqual(first);
});

test('a frozen clock does not stop the answers', async () => {
  const server = await testServer();
  const { freeze, tokenOf } = world(server);
  await freeze();
  await fiveTimes(guess(server, 'app-one'));
  expect(await tokenOf()).toMatch(/^\w+$/);
});

test('who waits holds up nobody else', async () => {
  const server = await testServer();
  // So many that the next one waits longer than the busiest machine takes to answer another call.
  await Promise.all(Array.from({ length: 10 }, guess(server, 'app-one')));
  const slow = took(guess(server, 'app-one'));
  ok(await server.call('GET', '/healthz'));
  const answered = await Promise.race([slow, Promise.resolve('still waiting')]);
  expect(answered).toBe('still waiting');
  await slow;
});
