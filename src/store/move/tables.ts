import {
  type Driver,
  placeholders,
  queryRows,
  type Row,
  type Statement,
  sql,
  sqlList,
  tuples,
  type Value,
} from '../engine/sql.ts';
import { tables } from './dump.ts';

/** A position in a table: the primary key of the last row of a page. */
export type Position = readonly Value[];

export type TableHash = { readonly rows: number; readonly sha256: string };

/** The statements with which a move copies a table, page by page in the order of the primary key. */
export type TableText = {
  readonly name: string;
  /** The number of columns of the primary key; they come first. */
  readonly key: number;
  /** A position before all rows. */
  readonly first: Position;
  readonly page: Statement;
  readonly count: Statement<[rows: number]>;
  readonly insert: (rows: number) => Statement;
};

/** The number of primary key columns, for tables that do not have two. */
const keyWidths: Readonly<Record<string, number>> = {
  organizations: 1,
  media_usage: 1,
  media_parts: 3,
  suite_tickets: 3,
  templates: 3,
  mutes: 3,
  blocks: 3,
  department_members: 3,
  app_scopes: 3,
  flow: 3,
  idempotency: 3,
  inbox: 3,
  hourly: 3,
  ding_deliveries: 3,
  members: 4,
  conversation_robots: 3,
  group_reads: 3,
  notice_receivers: 3,
  notice_misses: 3,
  notice_contents: 5,
  notice_counts: 3,
  notice_templates: 3,
  dingtalk_ids: 3,
  talk_rates: 3,
  emotions: 4,
  event_deliveries: 3,
  card_private: 3,
  card_deliveries: 3,
  card_callbacks: 3,
  card_templates: 3,
};

/** Primary key columns of type text. */
const textKeys = ['name', 'code', 'hash'];

/** Excludes the settings that describe the database itself and not its data. */
const ownSettings = `name not in ('move', 'touched', 'daily', 'origin')`;

/** Rows per page, well below the parameter limits of both engines. */
const pageRows = 1000;

/** Rows per page of tables with large rows: up to 4 MiB. */
const pageRowsOf: Readonly<Record<string, number>> = { media_parts: 16 };

/** All tables that a move copies, in order. */
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
      `select ${list} from ${name} where (${key.join(', ')}) > (${placeholders(1, width)}) and ${only}
       order by ${key.join(', ')} limit ${pageRowsOf[name] ?? pageRows}`,
    ),
    count: sql(`move_count_${name}`, `select count(*) from ${name} where ${only}`),
    insert: sqlList(
      `move_into_${name}`,
      (rows) => `insert into ${name} (${list}) values ${tuples(1, columns.length, rows)}`,
    ),
  };
});

/** Returns the page of rows after a position. */
export async function readPage(driver: Driver, { page }: TableText, after: Position): Promise<readonly Row[]> {
  return driver.read(() => queryRows(page, ...after));
}

export async function countRows(driver: Driver, { count }: TableText): Promise<number> {
  const [rows = 0] = (await driver.one(count)) ?? [];
  return rows;
}
