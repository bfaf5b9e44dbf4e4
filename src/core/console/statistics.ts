import { readTimeSteps } from '../../store/console/statistics.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { robotFilter } from '../robots.ts';
import { requireOrganization } from './message-list.ts';

const hour = 3_600_000;
const day = 24 * hour;
const mostBuckets = 1000;

/** The range of a query: times in epoch milliseconds; `dayStart` is the hour (UTC) at which days start. */
export type StatisticsRange = {
  readonly corpId: string;
  readonly robotCode?: string;
  readonly from?: number;
  readonly to?: number;
  readonly bucket?: 'hour' | 'day';
  readonly dayStart?: number;
};

type Sums = { start: number; sends: number; deliveries: number; reads: number };

/**
 * Returns sends, deliveries and reads by the send time of the message, so that the reads of a bucket are reads of its
 * deliveries. The store counts per hour when events happen; this function adds up the hours. Throws
 * `huizhi.badRequest`, `huizhi.notFound`.
 */
export async function getStatistics(context: Context, range: StatisticsRange) {
  const { corpId } = requireOrganization(context, range.corpId);
  const robotId = robotFilter(context, corpId, range.robotCode);
  const bucket = range.bucket ?? 'hour';
  const width = bucket === 'day' ? day : hour;
  const to = range.to ?? context.clock.now() + 1;
  const dayStart = range.dayStart ?? 0;
  // The current bucket is included: seven days are today and the six days before.
  const wanted = range.from ?? Math.max(0, floorTo(to - 1, width, dayStart) - 7 * day + width);
  if (wanted >= to) throw huizhiError('huizhi.badRequest', 'to is not after from');
  const from = floorTo(wanted, width, dayStart);
  const buckets = emptyBuckets(from, to, width);
  const hours = await context.store.operator.statistics(corpId, robotId, from, from + buckets.length * width);
  const bucketAt = (start: number) => buckets[Math.floor((start - from) / width)];
  const times = [...readTimeSteps, null].map((under) => ({ under, reads: 0 }));
  for (const { start, sends, deliveries, reads } of hours) {
    add(bucketAt(start), { sends, deliveries, reads: reads.reduce((sum, count) => sum + count, 0) });
    for (const [step, time] of times.entries()) time.reads += reads[step] ?? 0;
  }
  return { from, to, bucket, totals: totalOf(buckets), buckets, timeToRead: times };
}

function floorTo(at: number, width: number, dayStart: number): number {
  const shift = width === day ? dayStart * hour : 0;
  return Math.max(0, Math.floor((at - shift) / width) * width + shift);
}

function emptyBuckets(from: number, to: number, width: number): Sums[] {
  const count = Math.ceil((to - from) / width);
  if (count > mostBuckets)
    throw huizhiError('huizhi.badRequest', `there would be ${count} buckets, and at most ${mostBuckets} are allowed`);
  return Array.from({ length: count }, (_, i) => ({ start: from + i * width, sends: 0, deliveries: 0, reads: 0 }));
}

function add(sums: Sums | undefined, { sends = 0, deliveries = 0, reads = 0 }: Partial<Sums>): void {
  if (!sums) return;
  sums.sends += sends;
  sums.deliveries += deliveries;
  sums.reads += reads;
}

function totalOf(buckets: readonly Sums[]) {
  const total = { start: 0, sends: 0, deliveries: 0, reads: 0 };
  for (const each of buckets) add(total, each);
  const { sends, deliveries, reads } = total;
  return { sends, deliveries, reads };
}
