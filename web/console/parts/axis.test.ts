import { expect, test } from 'vitest';
import { countSteps, namer, timeSteps } from './axis.ts';

const start = Date.UTC(2026, 0, 1, 10) / 1000;
const curve = { at: [start * 1000, start * 1000 + 700] };

test('no two labels of a curve are the same, however far they are apart', () => {
  const nameOf = namer(curve, 'en-GB');
  for (const step of timeSteps) {
    const names = Array.from({ length: 8 }, (_, index) => nameOf(start + index * step, step));
    expect([step, new Set(names).size]).toEqual([step, 8]);
  }
});

test('counts are labelled with whole numbers alone', () => {
  expect(countSteps.every(Number.isInteger)).toBe(true);
  expect(countSteps.slice(0, 6)).toEqual([1, 2, 5, 10, 20, 50]);
});

test('bars of days are named by day, and named positions by their names', () => {
  const day = 86_400_000;
  expect(namer({ at: [0, day] }, 'en-GB')(start)).toBe('1 Jan');
  expect(namer({ at: [0, 1], names: ['< 10 s', 'longer'] }, 'en-GB')(1)).toBe('longer');
});
