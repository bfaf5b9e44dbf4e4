import { pipeline, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';

const hourMs = 3_600_000;
const second = 1000;
const minute = 60_000;

/** Upper bounds of the histogram of times from send to read, in milliseconds. A last step counts all longer times. */
export const readTimeSteps: readonly number[] = [
  10 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hourMs,
  2 * hourMs,
  4 * hourMs,
  8 * hourMs,
  24 * hourMs,
];

/** The columns of the steps. */
export const stepColumns = [...readTimeSteps.keys(), readTimeSteps.length].map((step) => `reads_${step}`);

/** The robot id of the rows that count all robots. */
const allRobots = 0;

// One statement counts for the robot and for all robots. The shared row comes first, so that concurrent transactions
// lock rows in the same order and cannot deadlock.
const addSend = sql(
  'add_send',
  `insert into hourly (corp_id, robot_id, hour, sends, deliveries) values ($1, ${allRobots}, $3, $4, $5), ($1, $2, $3, $4, $5)
   on conflict (corp_id, robot_id, hour) do update set
     sends = hourly.sends + excluded.sends, deliveries = hourly.deliveries + excluded.deliveries`,
);
const addRead = stepColumns.map((column) =>
  sql(
    `add_read_${column}`,
    `insert into hourly (corp_id, robot_id, hour, ${column}) values ($1, ${allRobots}, $3, $4), ($1, $2, $3, $4)
     on conflict (corp_id, robot_id, hour) do update set ${column} = hourly.${column} + excluded.${column}`,
  ),
);

/** Counts sends in the transaction that accepts the messages, with one write per robot and hour. */
export function* countSends(
  corpId: number,
  sends: readonly { readonly robotId: number; readonly sentAt: number; readonly deliveries: number }[],
): Work<void> {
  const sums = new Map<string, { robotId: number; hour: number; sends: number; deliveries: number }>();
  for (const { robotId, sentAt, deliveries } of sends) {
    const hour = hourOf(sentAt);
    const key = `${hour} ${robotId}`;
    const sum = sums.get(key);
    if (!sum) sums.set(key, { robotId, hour, sends: 1, deliveries });
    else {
      sum.sends++;
      sum.deliveries += deliveries;
    }
  }
  // Sorted, so that concurrent batches lock rows in the same order and cannot deadlock.
  const sorted = [...sums.values()].sort((a, b) => a.hour - b.hour || a.robotId - b.robotId);
  for (const sum of sorted) yield* pipeline(addSend, corpId, sum.robotId, sum.hour, sum.sends, sum.deliveries);
}

/** Counts deliveries of a message whose send is counted already, such as those of one step of a delivery. */
export function* countDeliveries(corpId: number, robotId: number, sentAt: number, count: number): Work<void> {
  yield* pipeline(addSend, corpId, robotId, hourOf(sentAt), 0, count);
}

/** The first read of a delivery; times are epoch milliseconds. */
export type CountedRead = { readonly robotId: number; readonly sentAt: number; readonly readAt: number };

/**
 * Counts the first reads of deliveries under the hours of the sends, in the transaction of the reads, with one write per
 * robot, hour and step.
 */
export function* countReads(corpId: number, reads: readonly CountedRead[]): Work<void> {
  const sums = Map.groupBy(reads, ({ robotId, sentAt, readAt }) => {
    const step = readTimeSteps.findIndex((bound) => readAt - sentAt < bound);
    return `${hourOf(sentAt)} ${robotId} ${step}`;
  });
  for (const [key, { length }] of sums) {
    const [hour = 0, robotId = 0, step = 0] = key.split(' ').map(Number);
    // -1 (not found) selects the last statement.
    const add = addRead.at(step);
    if (add) yield* pipeline(add, corpId, robotId, hour, length);
  }
}

const hourOf = (at: number) => Math.floor(at / hourMs);

/** The sums of one hour; `reads` by step of `readTimeSteps`. */
export type HourlySums = {
  readonly start: number;
  readonly sends: number;
  readonly deliveries: number;
  readonly reads: readonly number[];
};

const selectHours = sql<[hour: number, sends: number, deliveries: number, ...reads: number[]]>(
  'select_hours',
  `select hour, sends, deliveries, ${stepColumns.join(', ')} from hourly
   where corp_id = $1 and robot_id = $2 and hour >= $3 and hour < $4 order by hour`,
);

/**
 * Returns the hourly sums of messages sent from `from` until `to`, of one robot or (0) of all. Partly covered hours are
 * included.
 */
export function* statistics(corpId: number, robotId: number, from: number, to: number): Work<readonly HourlySums[]> {
  const rows = yield* queryRows(selectHours, corpId, robotId, hourOf(from), Math.ceil(to / hourMs));
  return rows.map(([hour, sends, deliveries, ...reads]) => ({ start: hour * hourMs, sends, deliveries, reads }));
}

const selectOldestHour = sql<[hour: number]>(
  'select_oldest_hour',
  `select hour from hourly where corp_id = $1 order by hour limit 1`,
);
const deleteHour = sql('delete_hour', `delete from hourly where corp_id = $1 and hour = $2`);

/** Deletes the oldest hour of an organization if it ended before a time. Returns whether there may be more. */
export function* pruneHour(corpId: number, before: number): Work<boolean> {
  const hour = yield* queryValue(selectOldestHour, corpId);
  if (hour === undefined || (hour + 1) * hourMs > before) return false;
  yield* queryRows(deleteHour, corpId, hour);
  return true;
}
