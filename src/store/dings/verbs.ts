import { dayOf, perDay } from '../engine/partitions.ts';
import type { Driver } from '../engine/sql.ts';
import type { ReadManner } from '../model.ts';
import { readOpenDings } from './events.ts';
import { type OutboxQuery, putQuota, readOutbox, readQuotas } from './outbox.ts';
import { pruneDings } from './prune.ts';
import { type DingKey, markDingsRead, readReceivers, recallDing } from './receipts.ts';
import { type NewDing, sendDing } from './send.ts';

/** Creates the verbs for DINGs. Times are epoch milliseconds. */
export function createDingVerbs(driver: Driver) {
  const todayOf = (at: number) => (driver.daily ? dayOf(at) * perDay : 0);
  return {
    /** Sends a DING; see `sendDing`. */
    send: (ding: NewDing) => driver.write(() => sendDing(ding, todayOf(ding.sentAt))),
    /** Recalls a DING; see `recallDing`. */
    recall: (key: DingKey, at: number) => driver.write(() => recallDing(key, at, todayOf(at))),
    /** Reads the receivers of a DING; see `readReceivers`. */
    receivers: (key: DingKey) => driver.snapshot(() => readReceivers(key)),
    /** Reads a page of the DINGs that a user has not read; see `readOpenDings`. */
    open: (corpId: number, userId: number, before: number, limit: number) =>
      driver.read(() => readOpenDings(corpId, userId, before, limit)),
    /** Marks DINGs read; see `markDingsRead`. */
    markRead: (corpId: number, userId: number, dingIds: readonly number[], at: number, manner: ReadManner) =>
      driver.write(() => markDingsRead(corpId, userId, dingIds, at, manner, todayOf(at))),
    /** Reads a page of deliveries, newest first. */
    outbox: (query: OutboxQuery) => driver.snapshot(() => readOutbox(query)),
    quotas: (corpId: number) => driver.read(() => readQuotas(corpId)),
    putQuota: (corpId: number, channel: 2 | 3, quota: number | null) =>
      driver.write(() => putQuota(corpId, channel, quota)),
    /** Removes up to `limit` DINGs sent before a time, and resolves with how many were removed. */
    prune: (corpId: number, before: number, limit: number) =>
      driver.write(() => pruneDings(corpId, before, limit, !driver.daily)),
  };
}

export type DingVerbs = ReturnType<typeof createDingVerbs>;
