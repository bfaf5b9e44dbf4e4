import { expect, test } from 'vitest';
import { createRoutes, parseHostPort, readHostPort } from './targets.ts';

const own = { host: '127.0.0.1', port: 8720 };
const allowed = ['example.com', '*.example.org', 'db.example.net:8443', '[::1]:9000'];

test.each([
  ['api.dingtalk.com:443', 'vendor'],
  ['OAPI.dingtalk.io.:80', 'vendor'],
  ['wss-open-connection-union.dingtalk.com:443', 'vendor'],
  ['api.dingtalk.com:8443', 'refused'],
  ['login.dingtalk.com:443', 'refused'],
  ['api.dingtalk.com.example.com:443', 'refused'],
  ['127.0.0.1:8720', 'direct'],
  ['127.0.0.1:8721', 'refused'],
  ['169.254.169.254:80', 'refused'],
  ['example.com:443', 'direct'],
  ['EXAMPLE.com:80', 'direct'],
  ['example.com:22', 'refused'],
  ['www.example.com:443', 'refused'],
  ['a.b.example.org:443', 'direct'],
  ['example.org:443', 'refused'],
  ['badexample.org:443', 'refused'],
  ['db.example.net:8443', 'direct'],
  ['db.example.net:443', 'refused'],
  ['[::1]:9000', 'direct'],
])('%s is %s', (text, route) => {
  const target = parseHostPort(text);
  expect(target && createRoutes(allowed, own)(target)).toBe(route);
});

test('* allows every host, but only on its web ports, and does not replace huizhi', () => {
  const find = createRoutes(['*'], own);
  expect([443, 80, 22].map((port) => find({ host: 'example.com', port }))).toEqual(['direct', 'direct', 'refused']);
  expect(find({ host: 'api.dingtalk.com', port: 443 })).toBe('vendor');
});

test.each(['', 'example.com', 'example.com:0', 'example.com:70000', 'a b:443', 'user@example.com:443', 'a/b:443'])(
  '%j is no host and port',
  (text) => {
    expect(parseHostPort(text)).toBeUndefined();
  },
);

test('a URL has the port of its scheme unless it names one', () => {
  const read = (url: string) => readHostPort(new URL(url));
  expect(read('https://example.com/a')).toEqual({ host: 'example.com', port: 443 });
  expect(read('ws://[::1]/')).toEqual({ host: '::1', port: 80 });
  expect(read('http://example.com:8080/')).toEqual({ host: 'example.com', port: 8080 });
  expect(read('ftp://example.com/')).toBeUndefined();
});
