import { describe, expect, test } from 'vitest';
import { barRange, countSteps, createNamer, labelRoom, labelsAt, timeSteps } from './axis.ts';

const start = Date.UTC(2026, 0, 1, 10) / 1000;
const curve = { at: [start * 1000, start * 1000 + 700] };

test('no two labels of a curve are the same, however far they are apart', () => {
  const nameOf = createNamer(curve, 'en-GB');
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
  expect(createNamer({ at: [0, day] }, 'en-GB')(start)).toBe('1 Jan');
  expect(createNamer({ at: [0, 1], names: ['< 10 s', 'longer'] }, 'en-GB')(1)).toBe('longer');
});

describe('labels below bars', () => {
  const positions = Array.from({ length: 30 }, (_, index) => index);

  test('are all there when there is room, and every nth otherwise, the first among them', () => {
    expect(labelsAt(positions, 64 + 30 * labelRoom.name, labelRoom.name)).toEqual(positions);
    expect(labelsAt(positions, 64 + 10 * labelRoom.name, labelRoom.name)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
  });

  test.each([0, 1, 64, 375, 768, 1440, 10_000])('never overlap in a plot of %i pixels', (width) => {
    const labels = labelsAt(positions, width, labelRoom.time);
    const most = Math.max(2, Math.floor((width - 64) / labelRoom.time));
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.length).toBeLessThanOrEqual(most);
  });

  test('are none without bars', () => {
    expect(labelsAt([], 1000, labelRoom.time)).toEqual([]);
  });
});

describe('the range of an axis of bars', () => {
  test('has half a step on both sides', () => {
    expect(barRange([10_000, 20_000, 30_000])).toEqual([5, 35]);
  });

  test.each([[[]], [[86_400_000]]])('is not empty for the bars %j', (at) => {
    const [least, most] = barRange(at);
    expect(most).toBeGreaterThan(least);
  });
});
