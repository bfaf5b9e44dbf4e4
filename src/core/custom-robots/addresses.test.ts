import { expect, test } from 'vitest';
import { findCallerAddress, isInRanges } from './addresses.ts';

test.each<[string, readonly string[], boolean]>([
  ['10.1.2.3', ['10.0.0.0/8'], true],
  ['11.1.2.3', ['10.0.0.0/8'], false],
  ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
  ['192.168.1.1', ['192.168.1.1'], true],
  ['192.168.1.2', ['192.168.1.1'], false],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db9::1', ['2001:db8::/32'], false],
  ['1.2.3.4', ['0.0.0.0/0'], true],
  ['1.2.3.4', [], false],
  ['', ['0.0.0.0/0', '::/0'], false],
])('whether %s is in %j is %s', (address, ranges, expected) => {
  expect(isInRanges(ranges, address)).toBe(expected);
});

test.each<[string, string | undefined, readonly string[], string]>([
  ['::ffff:1.2.3.4', '9.9.9.9', [], '1.2.3.4'],
  ['1.2.3.4', '9.9.9.9', ['127.0.0.1'], '1.2.3.4'],
  ['127.0.0.1', undefined, ['127.0.0.1'], '127.0.0.1'],
  ['127.0.0.1', '', ['127.0.0.1'], '127.0.0.1'],
  ['127.0.0.1', '9.9.9.9, 8.8.8.8', ['127.0.0.1'], '8.8.8.8'],
  ['127.0.0.1', '9.9.9.9, 8.8.8.8', ['127.0.0.1', '8.8.8.0/24'], '9.9.9.9'],
  ['127.0.0.1', '8.8.8.8', ['0.0.0.0/0'], '8.8.8.8'],
  ['127.0.0.1', '9.9.9.9, unknown', ['127.0.0.1'], '127.0.0.1'],
  ['::1', 'fe80::1', ['::1'], 'fe80::1'],
])('from %s with %j behind the proxies %j the caller is %s', (socket, forwarded, proxies, expected) => {
  expect(findCallerAddress(socket, forwarded, proxies)).toBe(expected);
});
