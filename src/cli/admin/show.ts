/** How objects of the console's API are printed: lists as tables, single ones as a line for each member. */
import { escapeFormula, renderCsvRow } from '../../wire/csv.ts';
import { isOutputClosed, print, printJson } from '../output.ts';
import { formatTime, renderTable } from '../table.ts';
import type { Session } from './session.ts';

/** The columns of a list: members of its items. The text of the first ones is what people look for. */
type Columns<T> = readonly (keyof T & string)[];

type PageQuery = { readonly limit: number; readonly cursor?: string };
type Page = { readonly cursor: string | null };

/** Number of items that one call reads. */
const pageSize = 100;

type Pages<T, P extends Page> = {
  load(query: PageQuery): Promise<P>;
  items(page: P): readonly T[];
};

type List<T, P extends Page> = Pages<T, P> & { readonly columns: Columns<T> };

/** Prints a list, as a table, as CSV, or as JSON, until its reader has enough. Returns 0. */
export async function printList<T extends object, P extends Page>(
  { json, csv, given }: Session,
  list: List<T, P>,
): Promise<number> {
  const { columns } = list;
  const format = csv ? formatField : formatMember;
  const toCells = (item: T) => columns.map((name) => format(name, item[name]));
  const rows: (readonly string[])[] = [];
  if (csv) print([columns.join(',')]);
  for await (const items of readPages(list, given.number('most'))) {
    if (json) printJson(items);
    else if (csv) print(items.map((item) => renderCsvRow(toCells(item).map(escapeFormula))));
    else rows.push(...items.map(toCells));
    if (isOutputClosed()) return 0;
  }
  if (!json && !csv && rows.length > 0) print(renderTable([columns, ...rows]));
  return 0;
}

/** Reads the pages of a list, up to a number of items. Requests full pages: `items` may drop most of one. */
export async function* readPages<T, P extends Page>(
  { load, items }: Pages<T, P>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let left = most;
  for (let cursor: string | null | undefined; cursor !== null && left > 0; ) {
    const page: P = await load({ limit: pageSize, ...(cursor !== undefined && { cursor }) });
    const found = items(page).slice(0, left);
    yield found;
    left -= found.length;
    cursor = page.cursor;
  }
}

/** Prints one object: a line for each member, or JSON. */
export function printObject({ json }: Pick<Session, 'json'>, object: object): void {
  if (json) printJson([object]);
  else print(renderTable(Object.entries(object).map(([name, value]) => [name, formatMember(name, value)])));
}

/** Renders a member of an object as one text. */
export function formatMember(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (isTime(name, value)) return formatTime(value);
  if (Array.isArray(value)) return value.map((item) => formatItem(item)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Renders a member for CSV, where a time is in UTC. */
function formatField(name: string, value: unknown): string {
  return isTime(name, value) ? new Date(value).toISOString() : formatMember(name, value);
}

const isTime = (name: string, value: unknown): value is number => typeof value === 'number' && /(?:^at|At)$/.test(name);

/** An item of a list: a code, or an object such as a membership, whose true members are named. */
function formatItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const parts = Object.entries(item).flatMap(([name, value]) => {
    if (name === 'order' || value === false) return [];
    return value === true ? `(${name})` : String(value);
  });
  return parts.join(' ');
}
