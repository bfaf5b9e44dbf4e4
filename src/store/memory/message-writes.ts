import type { Driver } from '../engine/sql.ts';
import { accept, hasLimits, settle } from '../messages.ts';
import { type Arrival, acceptTogether, type NumberedSend, settleTogether } from '../messages-together.ts';
import type { Accepted, Touched } from '../model.ts';
import { createWriteTogether } from './batch-writes.ts';

/** The writes that there are most of, and that share a transaction where each has a commit of its own otherwise. */
export type MessageWrites = {
  accept(one: NumberedSend): Promise<Accepted | undefined>;
  settle(corpId: number, arrival: Arrival): Promise<readonly Touched[]>;
};

export function messageWrites(driver: Driver, owner: () => number): MessageWrites {
  const acceptOne = ({ send, messageId }: NumberedSend) => driver.write(() => accept(send, messageId, owner()));
  const acceptMany = createWriteTogether<NumberedSend, Accepted | undefined>({
    together: (corpId, sends) => driver.write(() => acceptTogether(corpId, sends, owner())),
    alone: (_, one) => acceptOne(one),
    nameOf: ({ send, messageId }) => (send.idempotency ? `${send.appId} ${send.idempotency.code}` : messageId),
  });
  const settleMany = createWriteTogether<Arrival, readonly Touched[]>({
    together: (corpId, arrivals) => driver.write(() => settleTogether(corpId, arrivals)),
    alone: (corpId, { messageId, at }) => driver.write(() => settle(corpId, messageId, at)),
    nameOf: ({ messageId }) => messageId,
  });
  return {
    // SQLite lets all writes share commits; a robot with limits counts its users one send after the other.
    accept: (one) =>
      driver.exclusive || hasLimits(one.send.robot) ? acceptOne(one) : acceptMany(one.send.corpId, one),
    settle: settleMany,
  };
}
