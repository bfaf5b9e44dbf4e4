import { localeOf } from '../../shared/preferences.ts';
import { usePreferences } from '../preferences.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const sizes = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Formatters of numbers, times (epoch milliseconds) and durations (milliseconds) in the selected language. */
export function useFormat() {
  const locale = localeOf(usePreferences().language);
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hour12: false });
  const short = new Intl.DateTimeFormat(locale, {
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  const exact = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hour12: false,
    timeZoneName: 'short',
  });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const part = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(
      value,
    );
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  return {
    locale,
    time: (at: number) => time.format(at),
    exact: (at: number) => exact.format(at),
    day: (at: number) => day.format(at),
    /** A size, such as `1.5 MB`; a kilobyte is 1024 bytes. */
    bytes: (size: number) => {
      const at = Math.min(sizes.length - 1, Math.floor(Math.log2(Math.max(1, size)) / 10));
      const value = size / 1024 ** at;
      return `${new Intl.NumberFormat(locale, { maximumFractionDigits: at === 0 || value >= 100 ? 0 : 1 }).format(value)} ${sizes[at]}`;
    },
    short: (at: number) => short.format(at),
    number: (value: number) => number.format(value),
    percent: (value: number) => percent.format(value),
    /** The two largest units of a duration: `3 h 20 m`. */
    duration: (ms: number) => {
      const first = units.findIndex(([, size]) => ms >= size);
      if (first === -1) return part(Math.max(0, Math.round(ms)), 'millisecond');
      const [[unit, size], next] = [units[first] ?? units[3], units[first + 1]];
      const rest = next ? Math.floor((ms % size) / next[1]) : 0;
      const whole = part(Math.floor(ms / size), unit);
      return next && rest > 0 ? `${whole} ${part(rest, next[0])}` : whole;
    },
  };
}
