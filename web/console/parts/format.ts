import { localeOf } from '../../shared/preferences.ts';
import { usePreferences } from '../preferences.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

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
  return {
    locale,
    time: (at: number) => time.format(at),
    exact: (at: number) => exact.format(at),
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
