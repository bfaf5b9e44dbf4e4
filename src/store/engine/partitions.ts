import { padded } from '../memory/batch-reads.ts';
import { ask, type Driver, type Row, type Statement, sql, sqlList, type Work } from './sql.ts';

/**
 * Where an engine keeps its large tables by day, numbers tell the day: a message's number is `day * perDay + n`, and so is an entry's
 * place in its stream, where n counts on without a gap whatever the day. Elsewhere every number is of day 0, and n is all of it. Day 0 is
 * also whatever was before days were kept. Verbs need not know which of the two it is.
 */
export const perDay = 2 ** 34;

const dayMs = 86_400_000;

/** Day 0 and whatever was before it; UTC, so that all processes agree. */
const firstDay = Date.UTC(2025, 0, 1);

/** The day that lasts for ever: numbers stay within 48 bits, and a test's clock may go where it likes. It begins in 2069. */
export const lastDay = 2 ** 14 - 1;

/** The day of a time in epoch milliseconds. */
export function dayOf(at: number): number {
  return Math.min(lastDay, Math.max(0, Math.floor((at - firstDay) / dayMs)));
}

/** When a day begins, in epoch milliseconds. */
export function beginOf(day: number): number {
  return firstDay + day * dayMs;
}

/** The first number of the day that a number is of. */
export function startOfDay(number: number): number {
  return number - (number % perDay);
}

/** What a number is without its day. */
export function numberOf(number: number): number {
  return number % perDay;
}

/** A message's number on the day of its time. */
export function dailyNumber(n: number, at: number): number {
  return dayOf(at) * perDay + (n % perDay);
}

/** A statement about some numbers of one organization: in the table of their one day, or in all of a table at once. */
type OfDays<S> = { readonly one: S; readonly all: S };
type ByNumber<R extends Row> = OfDays<(count: number) => Statement<R>>;
/** It takes its numbers as one list. */
type Among<R extends Row> = OfDays<Statement<R>>;

/** @param text has the organization as `$1`, numbers from `$2`, and `{day $2}` after the names of tables */
export function byNumber<R extends Row>(name: string, text: (count: number) => string): ByNumber<R> {
  return {
    one: sqlList<R>(name, text),
    all: sqlList<R>(`${name}_of_days`, (count) => text(count).replaceAll('{day $2}', '')),
  };
}

/** Days that are asked for one by one; beyond, one question about all of them is cheaper. */
const fewDays = 2;

/** The most numbers of one statement. */
const together = 128;

/** The rows of these numbers, in no order. */
export function* askByNumber<R extends Row>(
  statements: ByNumber<R>,
  corpId: number,
  numbers: readonly number[],
): Work<readonly R[]> {
  const { parts, statement } = partsOf(statements, numbers);
  const rows: R[] = [];
  for (const part of parts) {
    for (let at = 0; at < part.length; at += together) {
      const keys = padded(part.slice(at, at + together));
      const found = yield* ask(statement(keys.length), corpId, ...keys);
      rows.push(...found);
    }
  }
  return rows;
}

/** @param text has the organization as `$1`, numbers as `{among $2}`, and `{day $2}` after the names of tables */
export function among<R extends Row>(name: string, text: string): Among<R> {
  return { one: sql<R>(name, text), all: sql<R>(`${name}_of_days`, text.replaceAll('{day $2}', '')) };
}

/** The rows of these numbers, in no order, read outside any transaction. */
export async function rowsAmong<R extends Row>(
  driver: Driver,
  statements: Among<R>,
  corpId: number,
  numbers: readonly number[],
): Promise<readonly R[]> {
  const { parts, statement } = partsOf(statements, numbers);
  const found = await Promise.all(parts.map((part) => driver.rows(statement, corpId, part.join(','))));
  return found.length === 1 && found[0] ? found[0] : found.flat();
}

/** The numbers as they are asked for together, and the statement for that. */
function partsOf<S>({ one, all }: OfDays<S>, numbers: readonly number[]) {
  const day = startOfDay(numbers[0] ?? 0);
  // As it is nearly always.
  if (numbers.every((number) => startOfDay(number) === day)) return { parts: [numbers], statement: one };
  const days = Map.groupBy(numbers, startOfDay);
  return days.size <= fewDays ? { parts: [...days.values()], statement: one } : { parts: [numbers], statement: all };
}

/** Days that are looked through at once for a number of a stream: the newest first, then many. */
const nearDays = 2;
const manyDays = 128;

/**
 * The place after which a stream goes on for somebody who knows a number of it, or a place. Within a stream the day never falls as the
 * numbers rise, so each number has one place.
 *
 * @param last the stream's last place
 * @param find tells which of some places there is
 * @returns 0 when the stream does not go back to the number
 */
export function* placeAfter(
  after: number,
  last: number,
  find: (places: readonly number[]) => Work<number | undefined>,
): Work<number> {
  if (after === 0 || after >= perDay || last < perDay) return after;
  if (after >= numberOf(last)) return last;
  let day = startOfDay(last) / perDay;
  for (let count = nearDays; day >= 0; day -= count, count = manyDays) {
    const top = day;
    const found = yield* find(Array.from({ length: count }, (_, i) => (top - i) * perDay + after));
    if (found !== undefined) return found;
  }
  return 0;
}
