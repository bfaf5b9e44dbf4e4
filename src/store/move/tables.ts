import { ask, type Driver, holes, type Row, type Statement, sql, sqlList, tuples, type Value } from '../engine/sql.ts';
import { tables } from './dump.ts';

/** The primary key of the last row that was looked at. */
export type Place = readonly Value[];

export type Copied = { readonly rows: number; readonly sha256: string };

/** A table as a move sees it: it is walked by its primary key, in pages. */
export type TableText = {
  readonly name: string;
  /** How many columns, from the first, make the primary key. */
  readonly key: number;
  /** A place before every row. */
  readonly first: Place;
  readonly page: Statement;
  readonly count: Statement<[rows: number]>;
  readonly insert: (rows: number) => Statement;
};

/** Columns of primary keys where they are not two. */
const keyWidths: Readonly<Record<string, number>> = {
  organizations: 1,
  suite_tickets: 3,
  templates: 3,
  mutes: 3,
  blocks: 3,
  flow: 3,
  idempotency: 3,
  inbox: 3,
  hourly: 3,
};

/** Columns of primary keys that are text. */
const textKeys = ['name', 'code', 'hash'];

/** Settings that are about one database and not about what it holds. */
const ownSettings = `name not in ('move', 'touched', 'daily')`;

/** Rows of a page: as many as one statement of either engine takes, with room to spare. */
const pageRows = 1000;

/** Everything that a move copies, in its order. */
export const copiedTables: readonly TableText[] = Object.entries(tables).map(([name, list]) => {
  const columns = list.split(', ');
  const width = keyWidths[name] ?? 2;
  const key = columns.slice(0, width);
  const only = name === 'settings' ? ownSettings : '1 = 1';
  return {
    name,
    key: width,
    first: key.map((column) => (textKeys.includes(column) ? '' : -1)),
    page: sql(
      `move_page_${name}`,
      `select ${list} from ${name} where (${key.join(', ')}) > (${holes(1, width)}) and ${only}
       order by ${key.join(', ')} limit ${pageRows}`,
    ),
    count: sql(`move_count_${name}`, `select count(*) from ${name} where ${only}`),
    insert: sqlList(
      `move_into_${name}`,
      (rows) => `insert into ${name} (${list}) values ${tuples(1, columns.length, rows)}`,
    ),
  };
});

/** The rows that follow a place, by primary key. */
export async function pageAfter(driver: Driver, { page }: TableText, after: Place): Promise<readonly Row[]> {
  return driver.read(() => ask(page, ...after));
}

export async function rowCount(driver: Driver, { count }: TableText): Promise<number> {
  return (await driver.one(count))?.[0] ?? 0;
}
