import { sqlList, tuples, type Value, type Work } from './sql.ts';

/** Up to so many rows are one statement of exactly that many. */
export const smallest = 32;

/** Rows of the statements for longer lists. With those of up to `smallest` rows, some thirty statements serve any number. */
const sizes = [256, 64, smallest];

/** Cuts a list into the pieces of such statements, the largest first. */
export function pieces<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length <= smallest) return list.length === 0 ? [] : [list];
  const cut: (readonly T[])[] = [];
  let at = 0;
  for (const size of sizes) for (; list.length - at >= size; at += size) cut.push(list.slice(at, at + size));
  return at < list.length ? [...cut, list.slice(at)] : cut;
}

/** The values of rows, one after the other. `Array.prototype.flat` takes four times as long. */
export function flatten(rows: readonly (readonly Value[])[]): readonly Value[] {
  const values: Value[] = [];
  for (const row of rows) for (const value of row) values.push(value);
  return values;
}

/** A verb that writes any number of rows into some columns of a table, and does not wait for it. */
export function inserts(name: string, table: string, columns: string) {
  const width = columns.split(', ').length;
  const insert = sqlList(name, (count) => `insert into ${table} (${columns}) values ${tuples(1, width, count)}`);
  return function* (rows: readonly (readonly Value[])[]): Work<void> {
    for (const piece of pieces(rows)) {
      yield { statement: insert(piece.length), params: flatten(piece), one: false, told: true };
    }
  };
}
