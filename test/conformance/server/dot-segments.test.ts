import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { exchange, requestText } from '../support/raw.ts';

const server = await fileServer();

const dots = ['.', '..', '%2e', '%2E', '%2e%2e', '.%2E', '%2e.', '%2E%2e'];
const separators = ['/', '\\', '%2f', '%2F', '%5c', '%5C'];

/** Every spelling of a path that leads from one surface to another. */
const crossing = [
  '/assets',
  '/inbox/v1',
  '/console',
  '/console/v1',
  '/docs',
  '/healthz',
  '/emulator/v1/clock',
  '/v1.0',
  '/x',
  '',
].flatMap((from) =>
  dots.flatMap((dot) =>
    separators.flatMap((before) =>
      separators.map((after) => `${from}${from === '' ? '/' : before}${dot}${after}metrics`),
    ),
  ),
);

const others = [
  '/v1.0/oauth2/../token',
  '/v1.0/oauth2/%2e%2e/token',
  '/v1.0/oauth2/a%2f..%2fb/token',
  '/v1.0/oauth2/./accessToken',
  '/console/..',
  '/console/%2e',
  '/..',
  '/.',
  '/metrics/.',
  '/metrics/%2e%2e/metrics?x=/',
  '/console/v1/users/%2e%2e',
  '/inbox/v1\\messages',
  'http://huizhi/assets/%2e%2e/metrics',
  'http://huizhi/assets/../metrics',
];

test('a path with dot segments is not found on every surface, however they are spelled', async () => {
  const paths = [...crossing, ...others];
  const served: unknown[] = [];
  // In portions, because a connection has a limit of concurrent requests.
  for (let i = 0; i < paths.length; i += 100) {
    const some = paths.slice(i, i + 100);
    const lines = some.map((path) => requestText(`GET ${path}`) + requestText(`POST ${path}`));
    const { replies } = await exchange(server.port, lines.join(''), { count: 2 * some.length });
    expect(replies.length).toBe(2 * some.length);
    replies.forEach(({ status, body }, j) => {
      const isDocumented = body.code === 'huizhi.notFound' || body.code === 'InvalidAction.NotFound';
      if (status !== 404 || !isDocumented) served.push([some[Math.floor(j / 2)], status, body.code]);
    });
  }
  expect(served).toEqual([]);
});

test('dots that are no segments, and dot segments in a query, have no effect', async () => {
  for (const [path, status] of [
    ['/gettoken?x=/../y', 200],
    ['/healthz?x=/%2e%2e/', 200],
    ['/metrics?x=\\', 200],
    ['/openapi.json', 200],
    ['/v1.0/oauth2/.../token', 404],
  ] as const)
    expect([path, (await exchange(server.port, requestText(`GET ${path}`), { count: 1 })).replies[0]?.status]).toEqual([
      path,
      status,
    ]);
});
