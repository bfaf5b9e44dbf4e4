import { expect, test } from 'vitest';
import { isAddressRange } from './address-range.ts';

test.each(['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '192.168.1.1/32', '::1', '2001:db8::/32', '::ffff:10.0.0.1'])(
  '%s is an address or a range',
  (text) => {
    expect(isAddressRange(text)).toBe(true);
  },
);

test.each([
  ...['', '10.0.0', '256.1.1.1', '01.2.3.4', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::1/129'],
  ...['1:2', 'fe80::1%eth0', 'example.com', ' 10.0.0.1', '10.0.0.1-10.0.0.9'],
])('%j is neither an address nor a range', (text) => {
  expect(isAddressRange(text)).toBe(false);
});
