import { withoutDay } from '../../store/engine/partitions.ts';
import type { Organization } from '../../store/model.ts';
import { findMessageNumber, selectVisible } from '../console/message-detail.ts';
import type { Context } from '../context.ts';
import { renderEvents } from './render.ts';

/** Number of events that one query searches for those of a message. */
const stride = 5000;

/**
 * Returns up to `limit` events of an organization, or of one message, after a number. `next` is the number to continue
 * after.
 */
export async function readEventsPage(
  context: Context,
  organization: Organization,
  messageId: string | undefined,
  after: number,
  limit: number,
) {
  const { corpId } = organization;
  const { operator } = context.store;
  if (messageId === undefined) {
    const events = await operator.eventsSince(corpId, after, limit);
    const next = events.at(-1)?.seq ?? withoutDay(after);
    const visible = await selectVisible(context, corpId, events);
    return { events: [...(await renderEvents(context, organization, visible))], next };
  }
  const only = await findMessageNumber(context, organization, messageId);
  const { events, to } = await operator.eventsOfMessage(corpId, only, after, stride);
  return { events: [...(await renderEvents(context, organization, events))], next: withoutDay(to) };
}
