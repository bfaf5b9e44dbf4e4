import { accept, acceptAll, type NumberedSend } from '../accept.ts';
import type { Driver } from '../engine/sql.ts';
import { hasLimits } from '../flow-limits.ts';
import { type Arrival, settle, settleAll } from '../messages.ts';
import type { Accepted, Touched } from '../model.ts';
import { createWriteTogether } from './batch-writes.ts';

/** The writes that there are most of; `owner` returns the number of the process that delivers what is accepted. */
export type MessageWrites = {
  accept(one: NumberedSend): Promise<Accepted | undefined>;
  settle(corpId: number, arrival: Arrival): Promise<readonly Touched[]>;
};

/** One transaction for each message: the engine lets all that wait share a commit. */
export function createOwnWrites(driver: Driver, owner: () => number): MessageWrites {
  return {
    accept: ({ send, messageId }) => driver.write(() => accept(send, messageId, owner())),
    settle: (corpId, { messageId, at }) => driver.write(() => settle(corpId, messageId, at)),
  };
}

/** One transaction for all messages of an organization that wait at the same time, where each would have a commit of its own otherwise. */
export function createSharedWrites(driver: Driver, owner: () => number): MessageWrites {
  const alone = createOwnWrites(driver, owner);
  const acceptMany = createWriteTogether<NumberedSend, Accepted | undefined>({
    together: (corpId, sends) => driver.write(() => acceptAll(corpId, sends, owner())),
    alone: (_, one) => alone.accept(one),
    nameOf: ({ send, messageId }) => (send.idempotency ? `${send.appId} ${send.idempotency.code}` : messageId),
  });
  const settleMany = createWriteTogether<Arrival, readonly Touched[]>({
    together: (corpId, arrivals) => driver.write(() => settleAll(corpId, arrivals)),
    alone: alone.settle,
    nameOf: ({ messageId }) => messageId,
  });
  return {
    // A robot with limits counts its users one send after the other.
    accept: (one) => (hasLimits(one.send.robot) ? alone.accept(one) : acceptMany(one.send.corpId, one)),
    settle: settleMany,
  };
}
