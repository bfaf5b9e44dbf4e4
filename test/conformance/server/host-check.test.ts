import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { exchange, requestText } from '../support/raw.ts';

const server = await fileServer({ publicUrl: 'https://huizhi.example.com', trustedHosts: ['sidecar', 'fd00::1'] });

async function statusFor(path: string, host: string, port = server.port): Promise<number | undefined> {
  const { replies } = await exchange(port, requestText(`GET ${path}`, { host }), { count: 1 });
  return replies[0]?.status;
}

test.each([
  'localhost',
  'LOCALHOST:1',
  'localhost.',
  'app.localhost:8720',
  '127.0.0.1',
  '127.9.9.9:80',
  '[::1]:8720',
  'huizhi.example.com:443',
  'sidecar',
  '[fd00::1]:8720',
])('dev accepts the host %s', async (host) => {
  expect(await statusFor('/healthz', host)).toBe(200);
});

test.each([
  'evil.example',
  'evil.example:8720',
  'localhost.evil.example',
  'evil-localhost',
  '127.0.0.1.evil.example',
  '192.168.0.1',
  '0.0.0.0',
  'example.com',
])('dev refuses the host %s on every surface, also after it has accepted another one', async (host) => {
  expect(await statusFor('/healthz', 'localhost')).toBe(200);
  for (const path of [
    '/',
    '/console',
    '/emulator/v1/snapshot',
    '/inbox/v1/robots',
    '/v1.0/robot/nothing',
    '/openapi.json',
  ])
    expect([path, await statusFor(path, host)]).toEqual([path, 421]);
});

test('the refusal is a JSON error that says what to do', async () => {
  const { replies } = await exchange(server.port, requestText('GET /healthz', { host: 'evil.example' }), { count: 1 });
  expect(replies[0]?.body).toMatchObject({
    code: 'huizhi.unknownHost',
    message: 'Unknown host: this server is not known as evil.example; start it with --trusted-host if it is',
  });
});

test('a refused call with a body changes nothing', async () => {
  const bytes = requestText('PUT /emulator/v1/delivery', { host: 'evil.example' }, '{"mode":"hold"}');
  expect((await exchange(server.port, bytes, { count: 1 })).replies[0]?.status).toBe(421);
  expect((await server.call('GET', '/emulator/v1/delivery')).body).toEqual({ mode: 'instant' });
});

test('an HTTP/1.0 request without a host is served', async () => {
  const { replies } = await exchange(server.port, 'GET /healthz HTTP/1.0\r\n\r\n', { count: 1 });
  expect(replies[0]?.status).toBe(200);
});
