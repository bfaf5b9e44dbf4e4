import { queryRows, sql, type Work } from '../engine/sql.ts';
import type { Subscription } from './subscriptions.ts';

/** A subscription whose failed events are read. */
export type FailedKey = Pick<Subscription, 'corpId' | 'id'>;

/** Which failed events are listed. Times are epoch milliseconds. */
export type FailedRange = {
  /** The times of the events, from `begin` up to `end`. */
  readonly begin: number;
  readonly end: number;
  /** The times of the last attempts, after `triedAfter` and up to `triedTo`. */
  readonly triedAfter: number;
  readonly triedTo: number;
};

/** An event whose last attempt has failed; `offset` is its place in the stream of the organization. */
export type FailedDelivery = { readonly offset: number; readonly eventAt: number };

const selectFailed = sql<[seq: number, eventAt: number]>(
  'select_failed_deliveries',
  `select seq, event_at from event_deliveries
   where corp_id = $1 and subscription_id = $2 and state = 2 and taken_at is null and event_at >= $3 and event_at <= $4
     and tried_at > $5 and tried_at <= $6 order by event_at, seq limit $7`,
);

/** Lists failed events of a subscription that were not taken, oldest first. */
export function* readFailed(key: FailedKey, range: FailedRange, limit: number): Work<readonly FailedDelivery[]> {
  const { begin, end, triedAfter, triedTo } = range;
  const rows = yield* queryRows(selectFailed, key.corpId, key.id, begin, end, triedAfter, triedTo, limit);
  return rows.map(([offset, eventAt]) => ({ offset, eventAt }));
}

// Another transaction may have taken the row since it was read: the condition makes sure that only one of them gets it.
const takeOne = sql<[seq: number]>(
  'take_failed_delivery',
  `update event_deliveries set taken_at = $4
   where corp_id = $1 and subscription_id = $2 and seq = $3 and state = 2 and taken_at is null returning seq`,
);

/** Takes up to `limit` failed events of subscriptions off their lists, in the order of the subscriptions. */
export function* takeFailed(
  keys: readonly FailedKey[],
  range: FailedRange,
  limit: number,
  at: number,
): Work<{ readonly taken: readonly (FailedDelivery & FailedKey)[]; readonly hasMore: boolean }> {
  const taken: (FailedDelivery & FailedKey)[] = [];
  let left = limit;
  for (const { corpId, id } of keys) {
    const found = yield* readFailed({ corpId, id }, range, left + 1);
    for (const one of found.slice(0, left)) {
      const rows = yield* queryRows(takeOne, corpId, id, one.offset, at);
      if (rows.length > 0) taken.push({ ...one, corpId, id });
    }
    if (found.length > left) return { taken, hasMore: true };
    left -= found.length;
  }
  return { taken, hasMore: false };
}
