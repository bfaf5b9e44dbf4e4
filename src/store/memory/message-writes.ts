import {
  deliverStep,
  ownBounds,
  type StepArrival,
  type StepBounds,
  sharedBounds,
} from '../conversations/group-delivery.ts';
import type { Driver } from '../engine/sql.ts';
import { accept, acceptAll, type NumberedSend } from '../messages/accept.ts';
import { hasLimits } from '../messages/flow-limits.ts';
import { type FreshRead, markRead, markReadAll, type Reading } from '../messages/mark-read.ts';
import { type Arrival, settle, settleAll } from '../messages/messages.ts';
import type { Accepted, GroupStep, Touched } from '../model.ts';
import { createBatchWriter } from './batch-writes.ts';

/** The most frequent writes. */
export type MessageWrites = {
  accept(one: NumberedSend): Promise<Accepted | undefined>;
  settle(corpId: number, arrival: Arrival): Promise<readonly Touched[]>;
  /** Runs one step of the delivery of a message to a conversation; see `deliverStep`. */
  deliverStep(corpId: number, arrival: StepArrival): Promise<GroupStep>;
  /** Resolves with the reads of messages that were unread. */
  markRead(corpId: number, reading: Reading): Promise<readonly FreshRead[]>;
};

/**
 * Creates the writes for a database that only this process writes. Each message has a transaction of its own; SQLite's
 * group commit lets transactions that wait at the same time share one fsync.
 *
 * @param owner returns the number of this process, which delivers the accepted messages
 */
export function createOwnWrites(driver: Driver, owner: () => number, bounds: StepBounds = ownBounds): MessageWrites {
  return {
    accept: ({ send, messageId }) => driver.write(() => accept(send, messageId, owner())),
    settle: (corpId, { messageId, at }) => driver.write(() => settle(corpId, messageId, at)),
    deliverStep: (corpId, arrival) => driver.write(() => deliverStep(corpId, arrival, bounds)),
    markRead: (corpId, reading) => driver.write(() => markRead(corpId, reading)),
  };
}

/**
 * Creates the writes for a shared database. Messages of an organization that wait at the same time share one
 * transaction, and so one commit.
 *
 * @param owner returns the number of this process, which delivers the accepted messages
 */
export function createSharedWrites(driver: Driver, owner: () => number): MessageWrites {
  const alone = createOwnWrites(driver, owner, sharedBounds);
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
  const markMany = createBatchWriter<Reading, readonly FreshRead[]>({
    writeBatch: (corpId, readings) => driver.write(() => markReadAll(corpId, readings)),
    writeOne: alone.markRead,
    nameOf: (reading) => reading,
  });
  return {
    // Sends of a robot with limits are not batched, because each send has to see the counts of the previous one.
    // Limits do not count messages to conversations.
    accept: (one) =>
      one.send.conversationId === undefined && hasLimits(one.send.robot)
        ? alone.accept(one)
        : acceptMany(one.send.corpId, one),
    settle: settleMany,
    // A step is a transaction of its own, since it locks the streams of many users.
    deliverStep: alone.deliverStep,
    markRead: markMany,
  };
}
