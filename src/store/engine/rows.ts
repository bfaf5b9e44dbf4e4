import { sqlList, tuples, type Value, type Work } from './sql.ts';

/** Up to this many rows, a statement has exactly as many rows as the list. */
export const maxExactRows = 32;

/**
 * Row counts of the statements for longer lists. Together with those of up to 32 rows, some thirty prepared statements
 * are enough.
 */
const sizes = [256, 64, maxExactRows];

/** Splits a list into chunks of these sizes, the largest first. The rest, up to 32 items, is the last chunk. */
export function splitRows<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length <= maxExactRows) return list.length === 0 ? [] : [list];
  const chunks: (readonly T[])[] = [];
  let at = 0;
  for (const size of sizes) for (; list.length - at >= size; at += size) chunks.push(list.slice(at, at + size));
  return at < list.length ? [...chunks, list.slice(at)] : chunks;
}

/** Returns the values of rows as one list. `Array.prototype.flat` takes four times as long. */
export function flatten(rows: readonly (readonly Value[])[]): readonly Value[] {
  const values: Value[] = [];
  for (const row of rows) for (const value of row) values.push(value);
  return values;
}

/**
 * Creates a function that inserts any number of rows into a table, with pipelined statements.
 *
 * @param name the name of the statement, without its number of rows
 * @param columns the names of the columns, separated by `, `
 */
export function createInsert(name: string, table: string, columns: string) {
  const width = columns.split(', ').length;
  const insert = sqlList(name, (count) => `insert into ${table} (${columns}) values ${tuples(1, width, count)}`);
  return function* (rows: readonly (readonly Value[])[]): Work<void> {
    for (const chunk of splitRows(rows)) {
      yield { statement: insert(chunk.length), params: flatten(chunk), one: false, pipelined: true };
    }
  };
}
