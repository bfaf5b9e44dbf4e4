import { sqlList, tell, tuples, type Value, type Work } from './sql.ts';

/** How many rows one statement writes: a few prepared ones serve any number. */
const sizes = [256, 64, 16, 4, 1];

/** Cuts a list into pieces of these sizes, the largest first. */
export function* pieces<T>(list: readonly T[]): Generator<readonly T[]> {
  let at = 0;
  for (const size of sizes) for (; list.length - at >= size; at += size) yield list.slice(at, at + size);
}

/** A verb that writes any number of rows into some columns of a table, and does not wait for it. */
export function inserts(name: string, table: string, columns: string) {
  const width = columns.split(', ').length;
  const insert = sqlList(name, (count) => `insert into ${table} (${columns}) values ${tuples(1, width, count)}`);
  return function* (rows: readonly (readonly Value[])[]): Work<void> {
    for (const piece of pieces(rows)) yield* tell(insert(piece.length), ...piece.flat());
  };
}
