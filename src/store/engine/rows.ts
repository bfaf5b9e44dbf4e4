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

/** The number of rows of a chunk, and their values. */
type Chunk = { readonly count: number; readonly values: readonly Value[] };

/** Like `splitRows`, for rows of `width` values that are one list already. */
export function splitValues(values: readonly Value[], width: number): readonly Chunk[] {
  const rows = values.length / width;
  if (rows <= maxExactRows) return rows === 0 ? [] : [{ count: rows, values }];
  const chunks: Chunk[] = [];
  let at = 0;
  const cut = (count: number) => {
    chunks.push({ count, values: values.slice(at * width, (at + count) * width) });
    at += count;
  };
  for (const size of sizes) while (rows - at >= size) cut(size);
  if (at < rows) cut(rows - at);
  return chunks;
}

/**
 * Creates a function that inserts any number of rows, given as one list of their values, into a table with pipelined
 * statements.
 *
 * @param name the name of the statement, without its number of rows
 * @param columns the names of the columns, separated by `, `
 */
export function createInsert(name: string, table: string, columns: string) {
  const width = columns.split(', ').length;
  const insert = sqlList(name, (count) => `insert into ${table} (${columns}) values ${tuples(1, width, count)}`);
  return function* (all: readonly Value[]): Work<void> {
    for (const { count, values } of splitValues(all, width)) {
      yield { statement: insert(count), params: values, one: false, pipelined: true };
    }
  };
}
