import { expect, test } from 'vitest';
import { internalRanges, isAllowedAddress } from './addresses.ts';

const forbidden = [
  ...['0.0.0.0', '0.1.2.3', '169.254.169.254', '169.254.0.1', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ...['224.0.0.1', '239.255.255.255', '255.255.255.255', '::', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fd00:ec2::254'],
  ...['ff02::1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::169.254.169.254', '64:ff9b::6464:64c8'],
  ...['2002:a9fe:a9fe::1', '::ffff:0:169.254.169.254', '::169.254.169.254', 'not an address', ''],
];
const internal = [
  ...['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '::1'],
  ...['fc00::1', 'fd12:3456::1', 'fec0::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::10.0.0.1', '2002:7f00:1::'],
  ...['::127.0.0.1', '198.18.0.1', '203.0.113.7', '2001:db8::1', '64:ff9b:1::1'],
];
const open = [
  ...['1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.1', '223.255.255.255', '2606:4700::1111'],
  ...['::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2002:101:101::1'],
];

test.each(forbidden)('%j is refused whatever the options say', (address) => {
  expect(isAllowedAddress(address, internalRanges)).toBe(false);
  expect(isAllowedAddress(address, ['0.0.0.0/0', '::/0'])).toBe(false);
});

test.each(internal)('%j is refused unless an option allows it', (address) => {
  expect(isAllowedAddress(address, [])).toBe(false);
  expect(isAllowedAddress(address, internalRanges)).toBe(true);
});

test.each(open)('%j is allowed', (address) => {
  expect(isAllowedAddress(address, [])).toBe(true);
});

test('a range allows its addresses alone', () => {
  expect(isAllowedAddress('10.1.2.3', ['10.1.0.0/16'])).toBe(true);
  expect(isAllowedAddress('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBe(true);
  expect(isAllowedAddress('10.2.0.1', ['10.1.0.0/16'])).toBe(false);
  expect(isAllowedAddress('127.0.0.1', ['127.0.0.2'])).toBe(false);
  expect(isAllowedAddress('::1', ['::1'])).toBe(true);
});
