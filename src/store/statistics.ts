import { ask, sql, tell, type Work } from './sql.ts';

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

const addSend = sql(
  'add_send',
  `insert into statistics (corp_id, hour, robot_id, sends, deliveries) values ($1, $2, $3, 1, $4)
   on conflict (corp_id, hour, robot_id) do update set
     sends = statistics.sends + 1, deliveries = statistics.deliveries + excluded.deliveries`,
);
const addRead = sql(
  'add_read',
  `insert into read_times (corp_id, hour, robot_id, step, reads) values ($1, $2, $3, $4, 1)
   on conflict (corp_id, hour, robot_id, step) do update set reads = read_times.reads + 1`,
);

/** Counts a send, in the transaction that accepts it. */
export function* countSend(corpId: number, robotId: number, sentAt: number, deliveries: number): Work<void> {
  yield* tell(addSend, corpId, hourOf(sentAt), robotId, deliveries);
}

/** Counts a first read, in its transaction, under the hour of the send. */
export function* countRead(corpId: number, robotId: number, sentAt: number, readAt: number): Work<void> {
  const step = readTimeSteps.findIndex((bound) => readAt - sentAt < bound);
  yield* tell(addRead, corpId, hourOf(sentAt), robotId, step === -1 ? readTimeSteps.length : step);
}

const hourOf = (at: number) => Math.floor(at / hourMs);

/** Sums of one hour; `steps` are reads by the time that they took. */
export type HourOfSends = { readonly start: number; readonly sends: number; readonly deliveries: number };
export type HourOfReads = { readonly start: number; readonly step: number; readonly reads: number };

const range = `corp_id = $1 and hour >= $2 and hour < $3 and ($4 = 0 or robot_id = $4)`;
const selectSends = sql<[hour: number, sends: number, deliveries: number]>(
  'select_sends',
  `select hour, cast(sum(sends) as bigint), cast(sum(deliveries) as bigint) from statistics where ${range}
   group by hour order by hour`,
);
const selectReads = sql<[hour: number, step: number, reads: number]>(
  'select_read_times',
  `select hour, step, cast(sum(reads) as bigint) from read_times where ${range} group by hour, step order by hour, step`,
);

/** Sums by hour of the messages sent from `from` until `to`, of one robot or (0) of all; hours that are touched count whole. */
export function* statistics(corpId: number, robotId: number, from: number, to: number) {
  const bounds = [hourOf(from), Math.ceil(to / hourMs)] as const;
  const sends = yield* ask(selectSends, corpId, ...bounds, robotId);
  const reads = yield* ask(selectReads, corpId, ...bounds, robotId);
  return {
    sends: sends.map(([hour, count, deliveries]) => ({ start: hour * hourMs, sends: count, deliveries })),
    reads: reads.map(([hour, step, count]) => ({ start: hour * hourMs, step, reads: count })),
  } satisfies { sends: readonly HourOfSends[]; reads: readonly HourOfReads[] };
}
