import { ask, askOne, sql, tell, type Work } from '../engine/sql.ts';

const hourMs = 3_600_000;
const second = 1000;
const minute = 60_000;

/** Upper bounds of the steps in which times from send to read are counted, in milliseconds; the last step is all beyond. */
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

/** Stands for all robots together. */
const allRobots = 0;

// Counted for the robot and for all of them at once; what all share comes first, so that two who count never wait for each other.
const addSend = sql(
  'add_send',
  `insert into hourly (corp_id, robot_id, hour, sends, deliveries) values ($1, ${allRobots}, $3, $4, $5), ($1, $2, $3, $4, $5)
   on conflict (corp_id, robot_id, hour) do update set
     sends = hourly.sends + excluded.sends, deliveries = hourly.deliveries + excluded.deliveries`,
);
const addRead = stepColumns.map((column) =>
  sql(
    `add_read_${column}`,
    `insert into hourly (corp_id, robot_id, hour, ${column}) values ($1, ${allRobots}, $3, 1), ($1, $2, $3, 1)
     on conflict (corp_id, robot_id, hour) do update set ${column} = hourly.${column} + 1`,
  ),
);

/** Counts a send, in the transaction that accepts it. */
export function* countSend(corpId: number, robotId: number, sentAt: number, deliveries: number): Work<void> {
  yield* tell(addSend, corpId, robotId, hourOf(sentAt), 1, deliveries);
}

/** The same for several sends, with one write for each robot and hour. */
export function* countSends(
  corpId: number,
  sends: readonly { readonly robotId: number; readonly sentAt: number; readonly deliveries: number }[],
): Work<void> {
  const sums = new Map<string, { robotId: number; hour: number; sends: number; deliveries: number }>();
  for (const { robotId, sentAt, deliveries } of sends) {
    const hour = hourOf(sentAt);
    const sum = sums.get(`${hour} ${robotId}`) ?? { robotId, hour, sends: 0, deliveries: 0 };
    sums.set(`${hour} ${robotId}`, { ...sum, sends: sum.sends + 1, deliveries: sum.deliveries + deliveries });
  }
  // In one order, so that two groups do not wait for each other.
  const sorted = [...sums.values()].sort((a, b) => a.hour - b.hour || a.robotId - b.robotId);
  for (const sum of sorted) yield* tell(addSend, corpId, sum.robotId, sum.hour, sum.sends, sum.deliveries);
}

/** Counts a first read, in its transaction, under the hour of the send. */
export function* countRead(corpId: number, robotId: number, sentAt: number, readAt: number): Work<void> {
  const step = readTimeSteps.findIndex((bound) => readAt - sentAt < bound);
  // None found is -1, which is the last.
  const add = addRead.at(step);
  if (add) yield* tell(add, corpId, robotId, hourOf(sentAt));
}

const hourOf = (at: number) => Math.floor(at / hourMs);

/** Sums of one hour; `reads` by the time that they took. */
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

/** Sums by hour of the messages sent from `from` until `to`, of one robot or (0) of all; hours that are touched count whole. */
export function* statistics(corpId: number, robotId: number, from: number, to: number): Work<readonly HourlySums[]> {
  const rows = yield* ask(selectHours, corpId, robotId, hourOf(from), Math.ceil(to / hourMs));
  return rows.map(([hour, sends, deliveries, ...reads]) => ({ start: hour * hourMs, sends, deliveries, reads }));
}

const selectOldestHour = sql<[hour: number]>(
  'select_oldest_hour',
  `select hour from hourly where corp_id = $1 order by hour limit 1`,
);
const deleteHour = sql('delete_hour', `delete from hourly where corp_id = $1 and hour = $2`);

/** Removes the oldest hour of an organization if it was over before a time; answers whether there may be more. */
export function* pruneHour(corpId: number, before: number): Work<boolean> {
  const row = yield* askOne(selectOldestHour, corpId);
  if (!row || (row[0] + 1) * hourMs > before) return false;
  yield* ask(deleteHour, corpId, row[0]);
  return true;
}
