/** Prepared statements of a SQLite connection. */
import { type DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import type { Query, Row, Statement, Value } from '../sql.ts';

type Prepared = { readonly statement: StatementSync; readonly order: readonly number[] | undefined };

/** Returns the prepared statement of a statement. */
export type StatementCache = (statement: Statement) => Prepared;

/** The first releases of Node 22 return rows only as objects, whose keys are in the order of the select list. */
const returnsArrays = typeof StatementSync.prototype.setReturnArrays === 'function';

/** Runs a prepared statement: all of its rows, or at most one. */
export function selectRows(prepared: Prepared, { params, one }: Query): readonly Row[] {
  if (!one) return selectAll(prepared, params);
  const row = selectFirst(prepared, params);
  return row === undefined ? [] : [row];
}

/**
 * Prepares each statement once. `$n` becomes `?`; the order of the parameters is stored unless it is 1, 2, 3 and so on.
 */
export function createStatementCache(db: DatabaseSync): StatementCache {
  const cache = new Map<Statement, Prepared>();
  return (statement) => {
    const found = cache.get(statement);
    if (found) return found;
    const prepared = prepareOne(db, statement);
    cache.set(statement, prepared);
    return prepared;
  };
}

function prepareOne(db: DatabaseSync, { text }: Statement): Prepared {
  const order: number[] = [];
  // A transaction is the only one in the database, so `{locked}` and `{shared}` need no row lock.
  const listed = text.replaceAll(/\{among (\$\d+)\}/g, "in (select value from json_each('[' || $1 || ']'))");
  const plain = listed
    .replace(/ ?\{(?:locked|shared)\}|\{day \$\d+\}/g, '')
    .replace(/\$(\d+)/g, (_, digits: string) => {
      order.push(Number(digits) - 1);
      return '?';
    });
  const statement = db.prepare(plain);
  if (returnsArrays) statement.setReturnArrays(true);
  return { statement, order: order.every((n, i) => n === i) ? undefined : order };
}

function selectAll({ statement, order }: Prepared, params: readonly Value[]): readonly Row[] {
  const rows = statement.all(...bindParams(order, params)) as unknown as readonly Row[];
  return returnsArrays ? rows : rows.map(toArray);
}

function selectFirst({ statement, order }: Prepared, params: readonly Value[]): Row | undefined {
  const row = statement.get(...bindParams(order, params)) as unknown as Row | undefined;
  return returnsArrays || row === undefined ? row : toArray(row);
}

function bindParams(order: readonly number[] | undefined, params: readonly Value[]): SQLInputValue[] {
  return (order === undefined ? params : order.map((n) => params[n])) as SQLInputValue[];
}

const toArray = (row: object) => Object.values(row) as unknown as Row;
