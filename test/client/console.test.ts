import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import { renderConsoleTypes } from '../../scripts/console-types.ts';
import { createConsoleClient } from '../../src/client/console/client.ts';
import { ApiError, ConnectionError } from '../../src/client/errors.ts';
import { fileServer } from '../conformance/support/harness.ts';

const server = await fileServer();
const consoleOf = (options = {}) =>
  createConsoleClient({ endpoint: `${server.url}/`, adminToken: server.adminToken, ...options });

test('the types of the calls are those of the OpenAPI document', async () => {
  const file = join(import.meta.dirname, '../../src/client/console/calls.ts');
  expect(readFileSync(file, 'utf8')).toBe(await renderConsoleTypes());
});

test('calls have the parameters, bodies and results of the document', async () => {
  const console = consoleOf();
  const { users } = await console.call('GET', '/console/v1/users', { query: { corpId: 'corp-one', text: 'alice' } });
  expectTypeOf(users[0]?.userId).toEqualTypeOf<string | undefined>();
  expect(users).toMatchObject([{ userId: 'alice', name: 'Name of alice' }]);
  const path = { robotCode: 'robot-more' };
  const robot = await console.call('PUT', '/console/v1/robots/{robotCode}', { path, body: { perUserPerDay: 7 } });
  expect(robot).toMatchObject({ ...path, perUserPerDay: 7 });
  const { apps } = await console.call('GET', '/console/v1/apps');
  expect(apps.length).toBeGreaterThan(3);
});

test('what does not fit a call is an error of the compiler, and of the server', async () => {
  const console = consoleOf();
  const path = { robotCode: 'robot-more' };
  // @ts-expect-error: the field is a number
  const wrong = console.call('PUT', '/console/v1/robots/{robotCode}', { path, body: { perUserPerDay: '7' } });
  // @ts-expect-error: the query is absent
  const absent = console.call('GET', '/console/v1/users');
  // @ts-expect-error: there is no such path
  const unknown = console.call('GET', '/console/v1/nothing');
  const results = await Promise.allSettled([wrong, absent, unknown]);
  expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual([
    'huizhi.badRequest',
    'huizhi.badRequest',
    'huizhi.notFound',
  ]);
});

test('segments of a path are encoded', async () => {
  const path = { robotCode: 'a/b?c#d' };
  const answer = consoleOf().call('GET', '/console/v1/robots/{robotCode}', { path });
  await expect(answer).rejects.toMatchObject({ code: 'huizhi.notFound', message: expect.stringContaining('a/b?c#d') });
});

test('an error of the API is an ApiError with its code, status and request id', async () => {
  const refused = await consoleOf({ adminToken: 'wrong' })
    .call('GET', '/console/v1/status')
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ code: 'huizhi.unauthorized', status: 401, requestId: expect.any(String) });
});

test('no response, a late one, and one that is not of the API are ConnectionErrors', async () => {
  const status = async (options: object) =>
    consoleOf(options)
      .call('GET', '/console/v1/status')
      .catch((error: unknown) => error);
  const late = (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const errors = [
    await status({ endpoint: 'http://127.0.0.1:1' }),
    await status({ timeout: 20, fetch: late }),
    await status({ fetch: async () => new Response('<html>', { status: 502 }) }),
  ];
  for (const error of errors) expect(error).toBeInstanceOf(ConnectionError);
  expect(errors).toMatchObject([{ code: 'connection' }, { code: 'timeout' }, { code: 'invalidAnswer', status: 502 }]);
});

test('a call ends with the reason of its signal', async () => {
  const reason = new Error('enough');
  const answer = consoleOf().call('GET', '/console/v1/status', { signal: AbortSignal.abort(reason) });
  await expect(answer).rejects.toBe(reason);
});
