import { describe, expect, test } from 'vitest';
import { isRead, look, nothingSeen, type Reading, type Sight, stretchWithin } from './reading.ts';

const view = { top: 100, bottom: 700 };
const tall = 3000;

type Given = Partial<Sight> & {
  /** The message's upper edge on the screen. */
  readonly top?: number;
};

/** Simulates a reader: measures a message every 50 ms. */
function reader(height = tall) {
  let reading: Reading = nothingSeen;
  let at = 1000;
  const see = (given: Given) => {
    const { top = view.top, ...rest } = given;
    const box = { top, height: rest.height ?? height };
    reading = look(reading, { at, width: 500, height, isWhole: true, seen: stretchWithin(box, view), ...rest });
  };
  const self = {
    /** Stays for some milliseconds with the same measurement, which `see` makes. */
    stay(milliseconds: number, given: Given = {}) {
      see(given);
      for (let passed = 0; passed < milliseconds; ) {
        const step = Math.min(50, milliseconds - passed);
        passed += step;
        at += step;
        see(given);
      }
      return self;
    },
    /** Scrolls from the top to the end in steps of some pixels, and stays at each step. */
    scroll(step: number, milliseconds: number, given: Given = {}) {
      for (let top = view.top; top + height > view.bottom; top -= step) self.stay(milliseconds, { ...given, top });
      return self;
    },
    atEnd: (milliseconds: number, given: Given = {}) =>
      self.stay(milliseconds, { ...given, top: view.bottom - height }),
    sleep(milliseconds: number) {
      at += milliseconds;
      return self;
    },
    isRead: () => isRead(reading),
    parts: () => reading.current.length,
  };
  return self;
}

describe('a message that fits the view', () => {
  test('is read after one second, and not before', () => {
    expect(reader(200).stay(999).isRead()).toBe(false);
    expect(reader(200).stay(1000).isRead()).toBe(true);
  });

  test('is read with eight pixels out of view, and not with nine', () => {
    expect(
      reader(200)
        .stay(5000, { top: view.top - 8 })
        .isRead(),
    ).toBe(true);
    expect(
      reader(200)
        .stay(5000, { top: view.top - 9 })
        .isRead(),
    ).toBe(false);
    expect(
      reader(200)
        .stay(5000, { top: view.bottom - 192 })
        .isRead(),
    ).toBe(true);
    expect(
      reader(200)
        .stay(5000, { top: view.bottom - 191 })
        .isRead(),
    ).toBe(false);
  });

  test('is not read by half seconds with breaks between them', () => {
    const one = reader(200);
    for (let i = 0; i < 10; i++) one.stay(600).stay(50, { seen: undefined });
    expect(one.isRead()).toBe(false);
  });
});

describe('a message that is higher than the view', () => {
  test('is not read however long its first screen is in view', () => {
    expect(reader().stay(600_000).isRead()).toBe(false);
  });

  test('is not read however long its last screen is in view', () => {
    expect(reader().atEnd(600_000).isRead()).toBe(false);
  });

  test('is read when every stretch was in view and the end for one second', () => {
    expect(reader().scroll(300, 250).atEnd(999).isRead()).toBe(false);
    expect(reader().scroll(300, 250).atEnd(1000).isRead()).toBe(true);
  });

  test('counts a stretch that leaves the view until it has left', () => {
    let reading = nothingSeen;
    const sight = (at: number, from: number) => {
      reading = look(reading, { at, width: 500, height: tall, isWhole: true, seen: { from, to: from + 600 } });
      return reading.covered;
    };
    sight(0, 0);
    expect(sight(200, 0)).toEqual([]);
    expect(sight(260, 900)).toEqual([{ from: 0, to: 600 }]);
    sight(460, 900);
    expect(sight(700, 2000)).toEqual([{ from: 0, to: 600 }]);
  });

  test('is read in whatever order: the end first, then upwards to its beginning', () => {
    const one = reader().atEnd(1000);
    for (let top = view.bottom - tall; top < view.top; top += 500) one.stay(300, { top });
    expect(one.isRead()).toBe(false);
    expect(one.stay(300).isRead()).toBe(true);
  });

  test('is not read when one stretch was left out', () => {
    const one = reader().stay(1000);
    one
      .stay(1000, { top: view.top - 1200 })
      .stay(1000, { top: view.top - 1800 })
      .atEnd(2000);
    expect(one.isRead()).toBe(false);
    expect(one.stay(250, { top: view.top - 600 }).isRead()).toBe(true);
  });

  test('is not read by scrolling through it fast', () => {
    expect(reader().scroll(300, 100).atEnd(5000).isRead()).toBe(false);
    expect(reader().stay(1000).atEnd(5000).isRead()).toBe(false);
  });

  test('is read by scrolling slowly without a stop, in a few parts', () => {
    const one = reader().stay(300);
    for (let top = view.top; top + tall > view.bottom; top -= 5) one.stay(16, { top });
    expect(one.parts()).toBeLessThan(30);
    expect(one.atEnd(1000).isRead()).toBe(true);
  });

  test('is not read by many gaps that are small each and not together', () => {
    const one = reader();
    for (let from = 0; from < tall; from += 604) one.stay(300, { seen: { from, to: Math.min(tall, from + 600) } });
    expect(one.atEnd(1000).isRead()).toBe(false);
  });
});

describe('what is not in view does not count', () => {
  test('while the tab is hidden or something covers all of it', () => {
    expect(
      reader(200)
        .stay(60_000, { seen: stretchWithin({ top: 100, height: 200 }, undefined) })
        .isRead(),
    ).toBe(false);
  });

  test('while its end lies under something that covers the bottom', () => {
    const covered = stretchWithin({ top: 300, height: 400 }, { top: 100, bottom: 640 });
    expect(reader(400).stay(60_000, { seen: covered }).isRead()).toBe(false);
  });

  test('when the window has no size, or the message no height', () => {
    expect(stretchWithin({ top: 0, height: 200 }, { top: 0, bottom: 0 })).toBe(undefined);
    expect(reader(0).stay(60_000).isRead()).toBe(false);
  });

  test('while the machine sleeps', () => {
    expect(reader(200).stay(100).sleep(3_600_000).stay(100).isRead()).toBe(false);
    expect(reader(200).stay(100).sleep(3_600_000).stay(1000).isRead()).toBe(true);
  });
});

describe('a change of the layout starts again', () => {
  test('when the message becomes higher or narrower', () => {
    for (const change of [{ height: tall + 400 }, { width: 320 }]) {
      const one = reader().scroll(300, 300).stay(100, change);
      expect(one.atEnd(5000, change).isRead()).toBe(false);
    }
  });

  test('and not when the view alone changes, as when the bars of a phone collapse', () => {
    const one = reader(1200).stay(300, { seen: { from: 0, to: 600 } });
    expect(one.stay(1000, { seen: { from: 560, to: 1200 } }).isRead()).toBe(true);
  });

  test('and fractions of a pixel are no change', () => {
    const one = reader().scroll(300, 250, { height: tall + 0.4 });
    expect(one.atEnd(1000).isRead()).toBe(true);
  });
});

test('nothing counts until the pictures have loaded or failed and nothing is folded', () => {
  const one = reader(400).stay(60_000, { isWhole: false });
  expect(one.isRead()).toBe(false);
  expect(one.stay(999).isRead()).toBe(false);
  expect(one.stay(1).isRead()).toBe(true);
});
