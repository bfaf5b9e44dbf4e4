/** What operators watch of the data: bounded queries for the gauges of `/metrics`. */
import { withoutDay } from './engine/partitions.ts';
import { type Driver, queryRow, queryRows, queryValue, sql, type Work } from './engine/sql.ts';
import { type SubscriptionForm, subscriptionForms } from './subscriptions/subscriptions.ts';

/** Rows that a query counts, at most. */
const longestCount = 10_000;

const selectQueue = sql<[count: number, oldest: number | null]>(
  'watch_queue',
  `select count(*), min(sent_at) from (select sent_at from messages where state < 2 limit ${longestCount}) waiting`,
);
const selectOutbox = sql<[form: number, position: number, next: number]>(
  'watch_outbox',
  `select s.form, s.position, c.next from subscriptions s
   join counters c on c.corp_id = s.corp_id and c.name = 'events' where s.disabled = 0`,
);
const countRetries = sql<[count: number]>(
  'watch_retries',
  `select count(*) from (select 1 as one from event_deliveries where state = 0 limit ${longestCount}) waiting`,
);
const countProcesses = sql<[count: number]>('watch_processes', 'select count(*) from processes where corp_id = 0');

/** Undelivered messages, and when the oldest of them was sent (epoch milliseconds); undefined if there is none. */
export type QueueState = { readonly depth: number; readonly oldest: number | undefined };

function* readQueue(): Work<QueueState> {
  const [depth = 0, oldest] = (yield* queryRow(selectQueue)) ?? [];
  return { depth, oldest: oldest ?? undefined };
}

/** Events after the positions of the enabled subscriptions, by form. */
function* readOutbox(): Work<ReadonlyMap<SubscriptionForm, number>> {
  const depths = new Map<SubscriptionForm, number>(subscriptionForms.map((form) => [form, 0]));
  for (const [formNumber, position, next] of yield* queryRows(selectOutbox)) {
    const form = subscriptionForms[formNumber] ?? 'endpoint';
    const depth = Math.max(0, withoutDay(next - 1) - withoutDay(position));
    depths.set(form, (depths.get(form) ?? 0) + depth);
  }
  return depths;
}

function* readTotals() {
  const outbox = yield* readOutbox();
  const retries = (yield* queryValue(countRetries)) ?? 0;
  return { outbox, retries, processes: (yield* queryValue(countProcesses)) ?? 0 };
}

/** Creates the verbs that read what operators watch. */
export function createWatchVerbs(driver: Driver) {
  return {
    /** Reads the queue of deliveries, which is short as a rule. */
    queue: () => driver.read(readQueue),
    /** Reads the outbox, the events that wait for another attempt, and the number of registered processes. */
    totals: () => driver.read(readTotals),
  };
}
