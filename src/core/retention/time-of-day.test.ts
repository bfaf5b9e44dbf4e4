import { afterEach, describe, expect, test, vi } from 'vitest';
import { findNextDaily } from './time-of-day.ts';

afterEach(() => vi.unstubAllEnvs());

/** The next times after one, in UTC, in a time zone. */
function nextTimes(zone: string, after: string, at: string, count: number, days = 1): readonly string[] {
  vi.stubEnv('TZ', zone);
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const times: string[] = [];
  let last = Date.parse(after);
  for (let i = 0; i < count; i++) {
    last = findNextDaily(last, { minutes: hours * 60 + minutes, days });
    times.push(new Date(last).toISOString().slice(0, 16));
  }
  return times;
}

describe('the next time of day', () => {
  test('is today or tomorrow in the zone of the machine', () => {
    expect(nextTimes('Asia/Shanghai', '2026-01-01T00:00:00Z', '09:30', 2)).toEqual([
      '2026-01-01T01:30',
      '2026-01-02T01:30',
    ]);
    expect(nextTimes('Asia/Shanghai', '2026-01-01T01:30:00Z', '09:30', 1)).toEqual(['2026-01-02T01:30']);
    expect(nextTimes('Asia/Shanghai', '2026-01-01T01:29:59.999Z', '09:30', 1)).toEqual(['2026-01-01T01:30']);
    expect(nextTimes('UTC', '2026-12-31T23:59:59Z', '00:00', 2)).toEqual(['2027-01-01T00:00', '2027-01-02T00:00']);
  });

  test('is later by what the clocks go forward, if that day skips it', () => {
    // New York goes from 02:00 to 03:00 on 8 March 2026: 02:30 is 03:30 in summer time then.
    expect(nextTimes('America/New_York', '2026-03-07T12:00:00Z', '02:30', 3)).toEqual([
      '2026-03-08T07:30',
      '2026-03-09T06:30',
      '2026-03-10T06:30',
    ]);
    // Santiago goes from 00:00 to 01:00 on 6 September 2026.
    expect(nextTimes('America/Santiago', '2026-09-05T12:00:00Z', '00:00', 2)).toEqual([
      '2026-09-06T04:00',
      '2026-09-07T03:00',
    ]);
  });

  test('is the first of two, if that day has it twice', () => {
    // Berlin goes from 03:00 back to 02:00 on 25 October 2026.
    expect(nextTimes('Europe/Berlin', '2026-10-24T12:00:00Z', '02:30', 3)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
      '2026-10-27T01:30',
    ]);
    // After a failure, the backup of that day was written in the second hour.
    expect(nextTimes('Europe/Berlin', '2026-10-25T01:40:00Z', '02:30', 1)).toEqual(['2026-10-26T01:30']);
  });

  test('comes once on each day of a year', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Shanghai']) {
      const times = nextTimes(zone, '2026-01-01T00:00:00Z', '02:15', 365);
      const days = times.map((time) => new Date(`${time}:00Z`).toLocaleDateString('en-CA'));
      expect(new Set(days).size, zone).toBe(365);
    }
  });

  test('is some days after the day of the last one', () => {
    expect(nextTimes('UTC', '2026-01-01T10:00:00Z', '03:30', 2, 7)).toEqual(['2026-01-08T03:30', '2026-01-15T03:30']);
    // The last one was made up for before the time of day.
    expect(nextTimes('UTC', '2026-01-01T01:00:00Z', '03:30', 1, 7)).toEqual(['2026-01-07T03:30']);
  });
});
