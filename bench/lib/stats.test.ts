import { expect, test } from 'vitest';
import { median, medianInterval } from './stats.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test.each([
  [6, 1, 6, 0.969],
  [9, 2, 8, 0.961],
  [15, 4, 12, 0.965],
  [25, 8, 18, 0.957],
])('of %i numbers the interval of the median is the one in the tables of the sign test', (n, low, high, coverage) => {
  const interval = medianInterval(upTo(n).reverse());
  expect([interval.low, interval.high]).toEqual([low, high]);
  expect(interval.coverage).toBeCloseTo(coverage, 3);
});

test('too few numbers for 95 % give their whole range, with what it covers', () => {
  expect(medianInterval([3, 1, 2])).toEqual({ low: 1, high: 3, coverage: 0.75 });
  expect(medianInterval([5])).toEqual({ low: 5, high: 5, coverage: 0 });
});

test('the median of an even count is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
