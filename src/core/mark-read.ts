import type { ReadManner } from '../store/model.ts';
import type { Context } from './context.ts';
import { traced } from './tracer.ts';

/**
 * Marks messages as read by a user. All receipts become READ here, whether by the inbox, a test or a reader of the
 * emulator. The first time and manner of reading are kept. Messages that are recalled, not delivered or not the user's
 * are skipped.
 *
 * @returns the ids of the messages that were unread before
 */
export function markRead(
  context: Context,
  person: { readonly corpId: number; readonly userId: number },
  messageIds: readonly number[],
  manner: ReadManner,
): Promise<readonly number[]> {
  return traced(context, 'markRead', async () => {
    const { store, clock, events, meters } = context;
    const fresh = await store.readFirst(person.corpId, person.userId, messageIds, clock.now(), manner);
    if (fresh.length > 0) events.publish([person]);
    for (const { to, sentAt, readAt } of fresh) {
      meters.count('huizhi_reads_total', { to });
      meters.observe('huizhi_time_to_read_seconds', { to }, (readAt - sentAt) / 1000);
    }
    return fresh.map(({ messageId }) => messageId);
  });
}
