import type { Delivery } from '../../store/model.ts';
import type { MessageKey } from '../access/seal.ts';
import type { Context } from '../context.ts';

/** Number of reads of a message to a conversation that one query returns. */
const pageSize = 1000;

/**
 * Returns the deliveries of a message: in the order of the send or, for a message to a conversation, those to its members
 * at the send. Undefined if it does not exist.
 */
export async function listDeliveries(
  { store }: Context,
  { corpId, messageId }: MessageKey,
): Promise<readonly Delivery[] | undefined> {
  const receipt = await store.receipt(corpId, messageId);
  if (!receipt || receipt.conversationId === null) return receipt?.deliveries;
  const readAt = new Map<number, number>();
  for (let after = 0; ; ) {
    const page = await store.conversations.readers(corpId, messageId, after, pageSize);
    for (const read of page) readAt.set(read.userId, read.readAt);
    after = page.at(-1)?.seq ?? after;
    if (page.length < pageSize) break;
  }
  const people = await store.recipients(corpId, messageId);
  return people.map((user) => ({ user, readAt: readAt.get(user.id) ?? null }));
}
