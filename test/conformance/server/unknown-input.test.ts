import { expect, test } from 'vitest';
import { type Fields, type Server, testServer } from '../support/harness.ts';
import { documentOf } from '../support/openapi.ts';
import { exchange, requestText } from '../support/raw.ts';
import { bearer, refusal, world } from '../support/world.ts';

type Call = { readonly method: string; readonly path: string; readonly hasBody: boolean };

/** Every documented call of our own, with a value in place of each variable. The provider calls the callback. */
async function listOwnCalls({ url }: Server): Promise<readonly Call[]> {
  const { paths } = await documentOf(url);
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: fillPath(path),
      hasBody: 'requestBody' in operation,
    })),
  );
  return all.filter(({ path }) => /^\/(?:inbox|console|emulator)\/v1\//.test(path) && !path.endsWith('/callback'));
}

const values: Fields = { corpId: 'corp-one', userId: 'alice', appKey: 'app-one', robotCode: 'robot-one' };

const fillPath = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? 'x'));

const oidc = {
  issuer: 'http://127.0.0.1:1',
  clientId: 'huizhi',
  clientSecret: undefined,
  claim: 'sub',
  corpId: 'corp-one',
  corpClaim: undefined,
};

async function start() {
  const server = await testServer({ publicUrl: 'http://127.0.0.1:1', oidc });
  const { emulate, freeze, sent, signIn } = world(server);
  await freeze();
  await sent();
  const session = await signIn('alice');
  const tokenFor = (path: string) => (path.startsWith('/inbox') ? session : server.adminToken);
  const state = async () => [
    await emulate('GET', 'snapshot'),
    (await server.call('GET', '/console/v1/apps', { headers: bearer(server.adminToken) })).body,
  ];
  return { server, tokenFor, state };
}

test('every call of our own refuses an unknown query parameter, and changes nothing', async () => {
  const { server, tokenFor, state } = await start();
  const before = await state();
  const calls = await listOwnCalls(server);
  expect(calls.length).toBeGreaterThan(60);
  for (const { method, path, hasBody } of calls) {
    const body = hasBody ? { body: {} } : {};
    const reply = await server.call(method, path, { ...body, headers: bearer(tokenFor(path)), query: { unknwn: '1' } });
    const line = `${method} ${path}`;
    expect([line, ...refusal(reply)]).toEqual([line, 400, 'huizhi.badRequest']);
    expect([line, reply.body.message]).toEqual([line, expect.stringContaining('the query: there is no unknwn.')]);
  }
  expect(await state()).toEqual(before);
});

test('every call of our own without a body refuses one with members, and changes nothing', async () => {
  const { server, tokenFor, state } = await start();
  const before = await state();
  const calls = (await listOwnCalls(server)).filter(({ hasBody }) => !hasBody);
  expect(calls.length).toBeGreaterThan(30);
  for (const { method, path } of calls) {
    const headers = { ...bearer(tokenFor(path)), 'content-length': '7' };
    const reply = await server.call(method, path, { body: { x: 1 }, headers });
    const line = `${method} ${path}`;
    expect([line, ...refusal(reply)]).toEqual([line, 400, 'huizhi.badRequest']);
    expect([line, reply.body.message]).toEqual([line, expect.stringContaining('the body: there is no x.')]);
  }
  expect(await state()).toEqual(before);
});

test('a call without a body accepts an empty one and an empty object, and refuses what is not a JSON object', async () => {
  const { server } = await start();
  const path = '/emulator/v1/delivery/release';
  for (const body of [undefined, '', '{}', ' {} \n'])
    expect([body, (await server.call('POST', path, { body })).status]).toEqual([body, 200]);
  for (const body of ['[]', '7', '{', 'x=1', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`])
    expect([body, (await server.call('POST', path, { body })).status]).toEqual([body, 400]);
  const form = { body: '{}', headers: { 'content-type': 'text/plain' } };
  expect(refusal(await server.call('POST', path, form))).toEqual([400, 'huizhi.badRequest']);
});

test('a chunked body of a call without one is refused, and the next request on the connection is answered', async () => {
  const { server } = await start();
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const bad = `${requestText('GET /emulator/v1/clock', headers)}7\r\n{"x":1}\r\n0\r\n\r\n`;
  const good = requestText('GET /emulator/v1/clock', {});
  const { replies } = await exchange(server.port, bad + good, { count: 2 });
  expect(replies.map(({ status }) => status)).toEqual([400, 200]);
});

test('a HEAD with an unknown parameter is refused, as its GET is', async () => {
  const { server } = await start();
  expect((await server.call('HEAD', '/emulator/v1/clock', { query: { x: '1' } })).status).toBe(400);
});

test('without credentials the console answers 401, whatever else is wrong', async () => {
  const { server } = await start();
  expect(refusal(await server.call('GET', '/console/v1/status', { query: { x: '1' } }))).toEqual([
    401,
    'huizhi.unauthorized',
  ]);
});
