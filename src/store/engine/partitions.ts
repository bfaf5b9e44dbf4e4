import { padKeys } from './rows.ts';
import { type Driver, queryRows, type Row, type Statement, sql, sqlList, type Work } from './sql.ts';

/**
 * Message numbers and stream offsets that encode a day. If an engine partitions its large tables by day (PostgreSQL), a
 * message's number is `day * perDay + n`. A stream offset has the same form; its n continues across days without gaps.
 * Without partitions (SQLite) the day is always 0, so the number is n. Rows from before the tables were partitioned
 * have day 0 as well. The functions here work for both cases.
 */
export const perDay = 2 ** 34;

const dayMs = 86_400_000;

/** The start of day 0, which includes all earlier times. UTC, so that all processes agree. */
const firstDay = Date.UTC(2025, 0, 1);

/** The last day, which has no end: so numbers stay within 48 bits whatever a test's clock says. It begins in 2069. */
export const lastDay = 2 ** 14 - 1;

/** Returns the day of a time in epoch milliseconds. */
export function dayOf(at: number): number {
  return Math.min(lastDay, Math.max(0, Math.floor((at - firstDay) / dayMs)));
}

/** Returns the start of a day in epoch milliseconds. */
export function startTimeOf(day: number): number {
  return firstDay + day * dayMs;
}

/** Returns the first number of the day that a number contains. */
export function startOfDay(number: number): number {
  return number - (number % perDay);
}

/** Returns a number without its day. */
export function withoutDay(number: number): number {
  return number % perDay;
}

/** Returns a message's number with the day of a time in epoch milliseconds. */
export function addDay(n: number, at: number): number {
  return dayOf(at) * perDay + (n % perDay);
}

/**
 * Two variants of a statement about several numbers of one organization: `one` reads the partition of a single day,
 * `all` the whole table.
 */
type OfDays<S> = { readonly one: S; readonly all: S };
type ByNumber<R extends Row> = OfDays<(count: number) => Statement<R>>;
/** A statement whose numbers are one list parameter. */
type Among<R extends Row> = OfDays<Statement<R>>;

/**
 * Declares a statement with one parameter for each number.
 *
 * @param text has the organization as `$1`, the numbers from `$2`, and `{day $2}` after the names of tables
 */
export function sqlByNumber<R extends Row>(name: string, text: (count: number) => string): ByNumber<R> {
  return {
    one: sqlList<R>(name, text),
    all: sqlList<R>(`${name}_of_days`, (count) => text(count).replaceAll('{day $2}', '')),
  };
}

/** Up to this many days are queried one by one. For more days, one query of the whole table is cheaper. */
const fewDays = 2;

/** Maximum number of message numbers in one statement. */
const maxNumbers = 128;

/** Returns the rows with these numbers, in no particular order. */
export function* queryByNumber<R extends Row>(
  statements: ByNumber<R>,
  corpId: number,
  numbers: readonly number[],
): Work<readonly R[]> {
  const { parts, statement } = groupByQuery(statements, numbers);
  const rows: R[] = [];
  for (const part of parts) {
    for (let at = 0; at < part.length; at += maxNumbers) {
      const keys = padKeys(part.slice(at, at + maxNumbers));
      const found = yield* queryRows(statement(keys.length), corpId, ...keys);
      rows.push(...found);
    }
  }
  return rows;
}

/**
 * Declares a statement with one list parameter for all numbers.
 *
 * @param text has the organization as `$1`, the numbers as `{among $2}`, and `{day $2}` after the names of tables
 */
export function sqlAmong<R extends Row>(name: string, text: string): Among<R> {
  return { one: sql<R>(name, text), all: sql<R>(`${name}_of_days`, text.replaceAll('{day $2}', '')) };
}

/** Returns the rows with these numbers, in no particular order, read outside any transaction. */
export async function queryAmong<R extends Row>(
  driver: Driver,
  statements: Among<R>,
  corpId: number,
  numbers: readonly number[],
): Promise<readonly R[]> {
  const { parts, statement } = groupByQuery(statements, numbers);
  const found = await Promise.all(parts.map((part) => driver.rows(statement, corpId, part.join(','))));
  return found.length === 1 && found[0] ? found[0] : found.flat();
}

/** Groups the numbers by query, and chooses the variant of the statement. */
function groupByQuery<S>({ one, all }: OfDays<S>, numbers: readonly number[]) {
  const day = startOfDay(numbers[0] ?? 0);
  // The usual case.
  if (numbers.every((number) => startOfDay(number) === day)) return { parts: [numbers], statement: one };
  const days = Map.groupBy(numbers, startOfDay);
  return days.size <= fewDays ? { parts: [...days.values()], statement: one } : { parts: [numbers], statement: all };
}

/** How the offset of a number is found in a stream. */
export type OffsetSearch = {
  /** Returns the one of some offsets that the stream contains. */
  readonly find: (offsets: readonly number[]) => Work<number | undefined>;
  /** Returns the last offset of the stream whose number is not greater than the given one. */
  readonly findUpTo: (number: number) => Work<number | undefined>;
};

/** Days searched by one query for a number of a stream: first the newest two, then many at a time. */
const nearDays = 2;
const manyDays = 128;

/**
 * Converts a number without a day, as clients know it, to the offset of that entry in a stream. An offset is returned
 * unchanged. The day never falls as the numbers of a stream rise, so each number has one offset. A stream has a gap where
 * its database was restored: a number in it is converted to the offset before the gap.
 *
 * @param after a number or an offset
 * @param last the stream's last offset
 * @returns 0 if the stream no longer contains the number
 */
export function* resolveOffset(after: number, last: number, { find, findUpTo }: OffsetSearch): Work<number> {
  if (after === 0 || after >= perDay || last < perDay) return after;
  if (after >= withoutDay(last)) return last;
  let day = startOfDay(last) / perDay;
  for (let count = nearDays; day >= 0; day -= count, count = manyDays) {
    const top = day;
    const found = yield* find(Array.from({ length: count }, (_, i) => (top - i) * perDay + after));
    if (found !== undefined) return found;
  }
  return (yield* findUpTo(after)) ?? 0;
}
