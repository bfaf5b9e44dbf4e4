import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['25h', 90_000_000],
  ['90s', 90_000],
  ['250ms', 250],
  ['5m', 300_000],
  ['90d', 7_776_000_000],
  ['1.5s', 1500],
  ['1.5h', 5_400_000],
  ['0s', 0],
  ['36525d', 3_155_760_000_000],
])('%s is %d milliseconds', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

test.each([
  '',
  '5',
  's',
  '-5s',
  '+5s',
  '5 s',
  ' 5s',
  '5s ',
  '5S',
  '5w',
  'h',
  'Infinityd',
  '1h30m',
  '.5s',
  '5.s',
  '1e3s',
  'NaNs',
  '٣s',
  '5s\n',
  '36526d',
  '999999999999999d',
])('%j is not a duration', (text) => expect(parseDuration(text)).toBeUndefined());

test.each([
  [0, '0s'],
  [250, '250ms'],
  [1500, '1500ms'],
  [90_000, '90s'],
  [3_600_000, '1h'],
  [90_000_000, '25h'],
  [7_776_000_000, '90d'],
])('%d milliseconds are formatted as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

test('a formatted duration parses to the same value', () => {
  fc.assert(
    fc.property(fc.nat(2_000_000_000), (milliseconds) => parseDuration(formatDuration(milliseconds)) === milliseconds),
  );
});

test('a caller sets another limit than a hundred years', () => {
  expect(parseDuration('36526d', Number.POSITIVE_INFINITY)).toBe(36_526 * 86_400_000);
  expect(parseDuration('2s', 1999)).toBeUndefined();
});
