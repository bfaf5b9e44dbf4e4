import { perDay, withoutDay } from '../engine/partitions.ts';
import type { Dump } from '../model.ts';
import { firstNoticeSender, lastApp } from '../notices/senders.ts';
import { columnsOf } from './dump.ts';

/** The column that a counter numbers, and the largest number that fits into keys and tokens. */
type Numbered = { readonly table: string; readonly column: string; readonly most: number };

const organizations = 2 ** 24 - 1;
/** Robots and apps share the numbers of the senders of messages. */
const robots = firstNoticeSender - 1;
const most = perDay - 1;

/** Counters of the whole installation, by name. */
export const counted: Readonly<Record<string, Numbered>> = {
  message: { table: 'messages', column: 'id', most },
  user: { table: 'users', column: 'id', most },
  organization: { table: 'organizations', column: 'corp_id', most: organizations },
  app: { table: 'apps', column: 'id', most: lastApp },
  robot: { table: 'robots', column: 'id', most: robots },
  conversation: { table: 'conversations', column: 'id', most },
  grant: { table: 'grants', column: 'id', most },
  session: { table: 'sessions', column: 'id', most },
  ticket: { table: 'suite_tickets', column: 'id', most },
  media: { table: 'media', column: 'id', most },
  chat: { table: 'robot_chats', column: 'id', most },
  audit: { table: 'audit', column: 'id', most },
  subscription: { table: 'subscriptions', column: 'id', most },
  card: { table: 'cards', column: 'id', most },
  operator: { table: 'operators', column: 'id', most },
};

/** The counters that number a second table as well. */
export const alsoCounted: Readonly<Record<string, string>> = { robot: 'custom_robots' };

/**
 * Checks that each counter of a dump is beyond the numbers in use: otherwise a new row would get the number of an
 * existing one, and every write would fail.
 *
 * @returns a description of the first problem, or undefined
 */
export function findNumberProblem({ tables }: Pick<Dump, 'tables'>): string | undefined {
  const next = new Map((tables.counters ?? []).map(([corpId, name, number]) => [`${corpId} ${name}`, Number(number)]));
  for (const [name, { table, column, most }] of Object.entries(counted)) {
    const also = alsoCounted[name];
    const largest = Math.max(
      largestOf(tables, table, column),
      also === undefined ? 0 : largestOf(tables, also, column),
    );
    const number = next.get(`0 ${name}`) ?? 1;
    if (withoutDay(number) <= largest) return `counters: ${name} is not beyond the numbers in ${table}`;
    if (number > most) return `counters: ${name} is too large`;
  }
  const lastEvent = ([corpId]: readonly unknown[]) => (next.get(`${corpId} events`) ?? 1) - 1;
  return (
    findStreamProblem(tables, 'events', 'seq', lastEvent) ??
    findStreamProblem(tables, 'subscriptions', 'position', lastEvent) ??
    findStreamProblem(tables, 'event_deliveries', 'seq', lastEvent) ??
    findInboxProblem(tables) ??
    findStreamProblem(tables, 'dings', 'id', ([corpId]) => (next.get(`${corpId} dings`) ?? 1) - 1)
  );
}

function findInboxProblem(tables: Dump['tables']): string | undefined {
  const last = new Map((tables.streams ?? []).map(([corpId, userId, place]) => [`${corpId} ${userId}`, Number(place)]));
  return findStreamProblem(tables, 'inbox', 'seq', ([corpId, userId]) => last.get(`${corpId} ${userId}`) ?? 0);
}

/** @param lastOf returns the last place that was taken in the stream of a row */
function findStreamProblem(
  tables: Dump['tables'],
  table: string,
  column: string,
  lastOf: (row: readonly unknown[]) => number,
): string | undefined {
  const at = columnsOf(table)?.indexOf(column) ?? 0;
  const wrong = (tables[table] ?? []).findIndex((row) => Number(row[at]) > lastOf(row));
  return wrong === -1 ? undefined : `${table}[${wrong}]: ${column} is beyond the end of its stream`;
}

function largestOf(tables: Dump['tables'], table: string, column: string): number {
  const at = columnsOf(table)?.indexOf(column) ?? 0;
  return (tables[table] ?? []).reduce((largest, row) => Math.max(largest, withoutDay(Number(row[at]))), 0);
}
