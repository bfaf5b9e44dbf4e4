import { expect, test } from 'vitest';
import { trimCovered } from './screen.ts';

const whole = { top: 100, bottom: 700 };
/** The visible band if the screen is covered between two heights. */
const under = (from: number, to: number) => trimCovered(whole, (y) => y < from || y > to);

test('the whole band is in view when nothing lies on top of it', () => {
  expect(under(0, 0)).toEqual(whole);
});

test('what lies under a bar at the top or at the bottom is not in view', () => {
  const top = under(100, 150);
  expect([top?.top, top?.bottom]).toEqual([156, 700]);
  const bottom = under(640, 700);
  expect([bottom?.top, bottom?.bottom]).toEqual([100, 636]);
});

test('nothing is in view under something that covers all, or the middle', () => {
  expect(under(0, 1000)).toBe(undefined);
  expect(under(300, 500)).toBe(undefined);
});
