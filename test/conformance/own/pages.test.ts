import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { refusal } from '../support/world.ts';

const { call } = await fileServer();

const loadedBy = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));

test.each(['/', '/?code=1-abc', '/console', '/console/messages/12'])(
  '%s is a page that runs nothing inline',
  async (path) => {
    const { status, headers, text } = await call('GET', path);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy.split('; ')).toContain(part);
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
  },
);

test('assets come from the same server, with their type, and can be cached forever', async () => {
  for (const page of ['/', '/console']) {
    const paths = loadedBy((await call('GET', page)).text);
    // What makes the inbox an app has names that stay.
    const assets = paths.filter((path) => !/^\/app(?:\/icon-192\.png|\.webmanifest)$/.test(path));
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) {
      const { status, headers } = await call('GET', path);
      expect([status, path]).toEqual([200, expect.stringMatching(/^\/assets\/[\w-]+-[\w-]{8}\.(js|css|svg)$/)]);
      const type = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
      expect(headers['content-type']).toBe(type[path.split('.')[1] as keyof typeof type]);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  }
});

test('an unchanged page is not sent again, compressed or not', async () => {
  for (const encoding of ['identity', 'gzip, br']) {
    const ask = { 'accept-encoding': encoding };
    const { headers, status } = await call('GET', '/', { headers: ask });
    expect([status, headers['content-encoding'], headers.vary]).toEqual([
      200,
      encoding === 'identity' ? undefined : 'gzip',
      'accept-encoding',
    ]);
    const again = await call('GET', '/', { headers: { ...ask, 'if-none-match': String(headers.etag) } });
    expect([again.status, again.text]).toEqual([304, '']);
  }
});

test('only built files are served', async () => {
  for (const path of [
    '/assets/nope.js',
    '/assets/..%2finbox%2findex.html',
    '/assets/..%2f..%2fcli%2fmain.js',
    '/assets/%00',
  ])
    expect(refusal(await call('GET', path))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await call('POST', '/'))).toEqual([405, 'huizhi.methodNotAllowed']);
  expect(refusal(await call('POST', '/console/messages'))).toEqual([405, 'huizhi.methodNotAllowed']);
});

test('a missing file is not cached, and a page is always revalidated', async () => {
  const { status, headers } = await call('GET', '/assets/gone-12345678.js');
  expect([status, headers['cache-control']]).toEqual([404, 'no-store']);
  expect((await call('GET', '/')).headers['cache-control']).toBe('no-cache');
  expect((await call('GET', '/console/messages')).headers['cache-control']).toBe('no-store');
});

test('unknown calls of the console are not answered with a page', async () => {
  const { headers } = await call('GET', '/console/v1/nothing');
  expect(headers['content-type']).toMatch(/^application\/json/);
});

test('the console allows styles with a nonce that differs in every response', async () => {
  const nonces = [await call('GET', '/console'), await call('GET', '/console')].map(({ headers, text }) => {
    const [, nonce = ''] =
      /style-src 'self' 'nonce-([\w-]{22})';/.exec(String(headers['content-security-policy'])) ?? [];
    expect([text.includes(`content="${nonce}"`), headers['cache-control']]).toEqual([true, 'no-store']);
    return nonce;
  });
  expect(new Set(nonces).size).toBe(2);
});
