import { expect, test } from 'vitest';
import { normalizeMobile, splitMobile } from './mobile.ts';

test.each([
  ['13800000000', '13800000000'],
  ['+86-13800000000', '13800000000'],
  ['+8613800000000', '13800000000'],
  ['86-13800000000', '13800000000'],
  ['8613800000000', '13800000000'],
  ['+86-4001', '4001'],
  ['8610000', '8610000'],
  ['+852-51234567', '+852-51234567'],
  ['+8690-13800000000', '+8690-13800000000'],
])('%s is stored as %s', (mobile, stored) => {
  expect(normalizeMobile(mobile)).toBe(stored);
});

test('a stored number has the country code 86 unless it names another', () => {
  expect(splitMobile('13800000000')).toEqual({ stateCode: '86', number: '13800000000' });
  expect(splitMobile('+852-51234567')).toEqual({ stateCode: '852', number: '51234567' });
  expect(splitMobile('')).toEqual({ stateCode: '86', number: '' });
});
