import type { ReadManner } from '../store/model.ts';
import type { Context } from './context.ts';

/**
 * A person has seen messages: the one path by which a receipt becomes READ, whether an inbox, a test or a reader of the emulator
 * walks it. The first time and the first manner stay; what is recalled, not delivered or not the person's is passed over.
 *
 * @returns the numbers of the messages that were unread until now
 */
export async function markRead(
  context: Context,
  person: { readonly corpId: number; readonly userId: number },
  messageIds: readonly number[],
  manner: ReadManner,
): Promise<readonly number[]> {
  const { store, clock, events } = context;
  const fresh = await store.read(person.corpId, person.userId, messageIds, clock.now(), manner);
  if (fresh.length > 0) events.touch([person]);
  return fresh;
}
