import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, ConnectionError, createClient } from '../../src/client/index.ts';
import { fileServer, testServer } from '../conformance/support/harness.ts';
import { overseasEndpoint, rejection, setting, vendorEndpoint } from './setting.ts';

const server = await fileServer({ mayFail: true });
const w = setting(server);
const sendPath = '/v1.0/robot/oToMessages/batchSend';
const statusPath = '/v1.0/robot/oToMessages/readStatus';
const tokenPath = '/v1.0/oauth2/accessToken';

beforeEach(async () => {
  await w.emulate('POST', 'reset');
});

/** The URL of a server that is not huizhi. */
async function endpointOf(other: Server): Promise<string> {
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const strangers = (count: number) => Array.from({ length: count }, (_, i) => `stranger-${i}`);

/** A fetch that makes the call and then loses the first answer to a send. */
function losing() {
  let lost = 0;
  return async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    if (!url.endsWith(sendPath) || lost++ > 0) return response;
    throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
  };
}

describe('repeats', () => {
  test('a send whose answer was lost is repeated once, with the same idempotency key', async () => {
    const { client, requests } = await w.client({ fetch: losing() });
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    expect(keys).toHaveLength(1);
    const used = requests
      .filter(({ url }) => url.endsWith(sendPath))
      .map(({ headers }) => headers.get('idempotency-key'));
    expect([used.length, new Set(used).size]).toEqual([2, 1]);
    expect((await w.inboxOf(await w.signIn('alice'))).messages).toHaveLength(1);
  });

  test.each([vendorEndpoint, overseasEndpoint])(
    'no send is repeated at %s when it is unknown whether the first arrived',
    async (endpoint) => {
      const { client, paths, requests } = await w.client({ endpoint, fetch: losing() });
      const error = await rejection(client.send({ to: 'alice', text: 'hello' }));
      expect(error).toMatchObject({ code: 'connection', result: { failed: [{ outcome: 'unknown' }] } });
      expect(paths()).toEqual([tokenPath, sendPath]);
      expect(requests[1]?.headers.get('idempotency-key')).toBeNull();
    },
  );

  test('a send for which there is no token was not tried, and its other parts are not tried', async () => {
    const { client, paths } = await w.client({ retries: 1, concurrency: 1 });
    await w.faults({ path: tokenPath, drop: true });
    const error = await rejection(client.send({ to: strangers(41), text: 'hello' }));
    const outcome = 'notTried';
    expect(error).toMatchObject({ code: 'connection', result: { failed: [{ outcome }, { outcome }, { outcome }] } });
    expect(paths()).toEqual([tokenPath, tokenPath]);
  });

  test('a throttled send is repeated at the vendor, too, because it had no effect', async () => {
    const { client, paths, waits } = await w.client({ endpoint: vendorEndpoint });
    const error = 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi';
    await w.faults({ path: sendPath, times: 2, error });
    expect((await client.send({ to: 'alice', text: 'hello' })).keys).toHaveLength(1);
    expect(paths()).toEqual([tokenPath, sendPath, sendPath, sendPath]);
    expect(waits).toEqual([1000, 2000]);
  });

  test('the wait that a server requests is kept', async () => {
    const limited = await testServer({ qpsLimit: 1 });
    const { client, waits } = await setting(limited).client();
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    await client.readStatus(keys[0] ?? '');
    await client.readStatus(keys[0] ?? '');
    expect(waits).toEqual([1000]);
  });

  test('a read is repeated after a failure and after a broken connection, with growing waits', async () => {
    const { client, waits, events } = await w.client();
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    await w.faults({ path: statusPath, times: 1, error: 'system.error' }, { path: statusPath, times: 2, drop: true });
    expect((await client.readStatus(keys[0] ?? '')).status).toBe('SUCCESS');
    expect(waits).toEqual([500, 1000, 2000]);
    const retries = events.filter(({ type }) => type === 'retry');
    expect(retries).toMatchObject([{ error: { code: 'system.error' } }, { error: { code: 'connection' } }, {}]);
  });

  test('stop after a few attempts', async () => {
    const { client, paths } = await w.client({ retries: 2 });
    await w.faults({ path: statusPath, error: 'system.error' });
    expect(await rejection(client.readStatus('key'))).toMatchObject({ code: 'system.error', status: 500 });
    expect(paths().filter((path) => path === statusPath)).toHaveLength(3);
  });

  test('are not made after a refusal', async () => {
    const { client, waits } = await w.client();
    expect(await rejection(client.readStatus('forged'))).toMatchObject({ code: 'invalid.processQueryKey' });
    expect(waits).toEqual([]);
  });
});

describe('the token', () => {
  test('is requested once for many calls that wait for it', async () => {
    const { client, paths } = await w.client();
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    await Promise.all(Array.from({ length: 10 }, () => client.readStatus(keys[0] ?? '')));
    expect(paths().filter((path) => path === tokenPath)).toHaveLength(1);
  });

  test('is renewed before it expires', async () => {
    const { client, events, moved } = await w.client();
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    await moved('1h');
    await client.readStatus(keys[0] ?? '');
    await moved('56m');
    await Promise.all([client.readStatus(keys[0] ?? ''), client.readStatus(keys[0] ?? '')]);
    const reasons = events.flatMap((event) => (event.type === 'token' ? [event.reason] : []));
    expect(reasons).toEqual(['first', 'expiring']);
  });

  test('is renewed once for all calls that were refused with it', async () => {
    const { client, events } = await w.client();
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    // The server's clock advances without the client's.
    await w.advance('3h');
    await Promise.all(Array.from({ length: 5 }, () => client.readStatus(keys[0] ?? '')));
    const reasons = events.flatMap((event) => (event.type === 'token' ? [event.reason] : []));
    expect(reasons).toEqual(['first', 'refused']);
  });

  test('that was passed in is not renewed, and a function is called again for a new one', async () => {
    const given = await w.client({ token: 'made-up' });
    expect(await rejection(given.client.readStatus('key'))).toMatchObject({ code: 'InvalidAuthentication' });
    const tokens = ['made-up', await w.tokenOf()];
    const { client } = await w.client({ token: async () => tokens.shift() ?? '' });
    expect((await client.send({ to: 'alice', text: 'hello' })).keys).toHaveLength(1);
  });
});

describe('the vendor', () => {
  test('is called at most twenty times in a second', async () => {
    const { client, waits } = await w.client({ endpoint: vendorEndpoint });
    const { keys } = await client.send({ to: 'alice', text: 'hello' });
    for (let i = 0; i < 41; i++) await client.readStatus(keys[0] ?? '');
    expect(waits).toEqual([1050, 1050]);
  });
});

describe('a call ends', () => {
  test('when it takes too long', async () => {
    const silent = createServer(() => {});
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const endpoint = await endpointOf(silent);
    const error = await rejection(
      createClient({ endpoint, token: 'any', robotCode: 'r', timeout: 20, retries: 0 }).readStatus('k'),
    );
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'timeout' });
  });

  test('when its signal aborts, with the reason of the signal', async () => {
    const { client } = await w.client();
    const stop = new AbortController();
    await w.faults({ path: statusPath, latency: '1h' });
    const status = client.readStatus('key', { signal: stop.signal });
    stop.abort(new Error('enough'));
    expect(await rejection(status)).toMatchObject({ message: 'enough' });
    await w.faults();
  });

  test('when no server listens', async () => {
    const closed = createServer();
    const endpoint = await endpointOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    const error = await rejection(createClient({ endpoint, token: 'any', robotCode: 'r', retries: 0 }).readStatus('k'));
    expect(error).toMatchObject({ code: 'connection', message: expect.stringContaining('ECONNREFUSED') });
  });

  test('when it is redirected, and the token is not sent on', async () => {
    const elsewhere = createServer((request) => expect.fail(`asked for ${request.url}`));
    const target = await endpointOf(elsewhere);
    const redirecting = createServer((_, answer) => answer.writeHead(307, { location: target }).end());
    const endpoint = await endpointOf(redirecting);
    onTestFinished(() => [elsewhere, redirecting].forEach((one) => void one.close().closeAllConnections()));
    const error = await rejection(createClient({ endpoint, token: 'any', robotCode: 'r', retries: 0 }).readStatus('k'));
    expect(error).toMatchObject({ code: 'connection', message: expect.stringContaining('redirect') });
  });

  test('when the server is not an API', async () => {
    const { client } = await w.client({ token: 'any', retries: 0, fetch: async () => new Response('<html>') });
    expect(await rejection(client.readStatus('key'))).toMatchObject({ code: 'invalidAnswer' });
  });
});

test('events hold neither secrets nor tokens nor messages', async () => {
  const { client, events } = await w.client();
  const { keys } = await client.send({ to: 'alice', text: 'of nobody else' });
  await client.readStatus(keys[0] ?? '');
  expect(events).toMatchObject([
    { type: 'token', reason: 'first' },
    { type: 'request', method: 'POST', path: tokenPath, attempt: 1 },
    { type: 'answer', status: 200, requestId: expect.any(String) },
    { type: 'request', path: sendPath },
    { type: 'answer', path: sendPath, status: 200 },
    { type: 'request', path: statusPath },
    { type: 'answer', path: statusPath, status: 200 },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/secret-of|of nobody else/);
  expect(JSON.stringify(events)).not.toContain(await w.tokenOf());
});

test('an undefined option counts as absent', async () => {
  const nothing = { timeout: undefined, retries: undefined, on: undefined, now: undefined, wait: undefined };
  const { endpoint, ...rest } = { endpoint: server.url, appKey: 'app-one', appSecret: 'secret-of-app-one' };
  // Programs without exactOptionalPropertyTypes write this.
  const client = createClient({ endpoint, ...rest, robotCode: 'robot-one', ...nothing } as unknown as ClientOptions);
  expect((await client.send({ to: 'alice', text: 'hello' })).keys).toHaveLength(1);
});

test.each([
  ['concurrency must be a whole number of at least 1', { concurrency: 0 }],
  ['concurrency must be', { concurrency: Number.NaN }],
  ['retries must be a whole number of at least 0', { retries: -1 }],
  ['timeout must be a whole number from 1 to 2147483647', { timeout: 2 ** 40 }],
  ['timeout must be', { timeout: 0 }],
  ['callsPerSecond must be', { callsPerSecond: 1.5 }],
  ['createClient: give appKey and appSecret, or a token', { token: undefined }],
  ['createClient: give appKey and appSecret, or a token', { token: '' }],
  ['createClient: give appKey and appSecret, or a token', { token: undefined, appKey: 'app-one' }],
])('%s, or it is a TypeError: %j', (sentence, options) => {
  const all = { endpoint: server.url, token: 'any', ...options } as ClientOptions;
  expect(() => createClient(all)).toThrow(new RegExp(`^${sentence}`));
  expect(() => createClient(all)).toThrow(TypeError);
});

test('with an undefined token, appKey and appSecret are used', async () => {
  const { client } = await w.client({ token: undefined } as unknown as ClientOptions);
  expect((await client.send({ to: 'alice', text: 'hello' })).keys).toHaveLength(1);
});

test('a function that fails to return a token costs a send its other parts and not its result', async () => {
  const tokens = [await w.tokenOf()];
  const token = async () => tokens.shift() ?? Promise.reject(new Error('the vault is closed'));
  const { client, events } = await w.client({ token, concurrency: 1 });
  await w.faults({ path: sendPath, nth: 2, error: 'InvalidAuthentication' });
  const { keys, failed } = await client.send({ to: ['alice', ...strangers(40)], text: 'hello' });
  expect([keys.length, failed.map(({ outcome, error }) => [outcome, error.code])]).toEqual([
    1,
    [
      ['notTried', 'token'],
      ['notTried', 'token'],
    ],
  ]);
  expect(failed[0]?.error.cause).toMatchObject({ message: 'the vault is closed' });
  expect(events.filter(({ type }) => type === 'token')).toHaveLength(2);
});

test('any text can be an idempotency key, and different keys stay different', async () => {
  const { client, requests } = await w.client();
  const named = async (idempotencyKey: string) => (await client.send({ to: 'alice', text: 'x', idempotencyKey })).keys;
  const [night, again, space, percent] = [
    await named('夜间'),
    await named('夜间'),
    await named('a b'),
    await named('a%20b'),
  ];
  expect(again).toEqual(night);
  expect(percent).not.toEqual(space);
  const sent = requests.flatMap(({ headers }) => headers.get('idempotency-key') ?? []);
  expect(sent).toEqual(['%E5%A4%9C%E9%97%B4.0', '%E5%A4%9C%E9%97%B4.0', 'a%20b.0', 'a%2520b.0']);
});

test('a token that a header cannot contain is not a connection error', async () => {
  const { client, paths } = await w.client({ token: '夜' });
  expect(await rejection(client.readStatus('key'))).toMatchObject({ code: 'token' });
  expect(paths()).toEqual([]);
});

test('an endpoint that is not a URL and a call without a robot are TypeErrors', async () => {
  expect(() => createClient({ endpoint: 'ftp://example.com', token: 'any' })).toThrow(TypeError);
  const client = createClient({ endpoint: server.url, token: 'any' });
  expect(await rejection(client.readStatus('key'))).toBeInstanceOf(TypeError);
  expect(await rejection(client.send({ to: [], text: 'hello', robotCode: 'r' }))).toBeInstanceOf(TypeError);
});
