import { accept, acceptAll, type NumberedSend } from '../accept.ts';
import type { Driver } from '../engine/sql.ts';
import { hasLimits } from '../flow-limits.ts';
import { type Arrival, settle, settleAll } from '../messages.ts';
import type { Accepted, Touched } from '../model.ts';
import { createBatchWriter } from './batch-writes.ts';

/** The most frequent writes. */
export type MessageWrites = {
  accept(one: NumberedSend): Promise<Accepted | undefined>;
  settle(corpId: number, arrival: Arrival): Promise<readonly Touched[]>;
};

/**
 * Creates the writes for a database that only this process writes. Each message has a transaction of its own; SQLite's
 * group commit lets transactions that wait at the same time share one fsync.
 *
 * @param owner returns the number of this process, which delivers the accepted messages
 */
export function createOwnWrites(driver: Driver, owner: () => number): MessageWrites {
  return {
    accept: ({ send, messageId }) => driver.write(() => accept(send, messageId, owner())),
    settle: (corpId, { messageId, at }) => driver.write(() => settle(corpId, messageId, at)),
  };
}

/**
 * Creates the writes for a shared database. Messages of an organization that wait at the same time share one
 * transaction, and so one commit.
 *
 * @param owner returns the number of this process, which delivers the accepted messages
 */
export function createSharedWrites(driver: Driver, owner: () => number): MessageWrites {
  const alone = createOwnWrites(driver, owner);
  const acceptMany = createBatchWriter<NumberedSend, Accepted | undefined>({
    writeBatch: (corpId, sends) => driver.write(() => acceptAll(corpId, sends, owner())),
    writeOne: (_, one) => alone.accept(one),
    nameOf: ({ send, messageId }) => (send.idempotency ? `${send.appId} ${send.idempotency.code}` : messageId),
  });
  const settleMany = createBatchWriter<Arrival, readonly Touched[]>({
    writeBatch: (corpId, arrivals) => driver.write(() => settleAll(corpId, arrivals)),
    writeOne: alone.settle,
    nameOf: ({ messageId }) => messageId,
  });
  return {
    // Sends of a robot with limits are not batched, because each send has to see the counts of the previous one.
    accept: (one) => (hasLimits(one.send.robot) ? alone.accept(one) : acceptMany(one.send.corpId, one)),
    settle: settleMany,
  };
}
