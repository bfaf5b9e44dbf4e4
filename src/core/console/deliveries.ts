import { withoutDay } from '../../store/engine/partitions.ts';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { renderEvents } from '../subscriptions/render.ts';
import type { Organization, Page } from './message-list.ts';
import type { Operator } from './operators.ts';

/** Up to this many waiting and failed deliveries are counted. */
const countLimit = 1000;

/** Returns how far a subscription is, and how many of its deliveries wait or have failed. */
export async function showProgress({ store }: Context, { corpId, id, position, dropped }: Subscription) {
  const counts = await store.subscriptions.counts(corpId, id, countLimit);
  return { position: withoutDay(position), ...counts, dropped };
}

/** The filter of a list of deliveries; all if `state` is undefined. */
export type DeliveryFilter = { readonly state?: 'waiting' | 'failed' };

/** Lists the deliveries of a subscription, newest event first. */
export async function listDeliveries(
  context: Context,
  organization: Organization,
  subscription: Subscription,
  { state }: DeliveryFilter,
  { limit, cursor }: Page,
) {
  const found = await context.store.subscriptions.deliveries(subscription, state, parseNumberCursor(cursor), limit + 1);
  const page = found.slice(0, limit);
  const offsets = page.map(({ seq }) => seq);
  const events = await findEvents(context, organization, offsets);
  const last = page.at(-1);
  return {
    deliveries: page.map(({ seq, ...delivery }) => {
      return { number: withoutDay(seq), ...delivery, event: events.get(seq) ?? null };
    }),
    cursor: last && found.length > limit ? formatCursor(last.seq) : null,
  };
}

/** Finds events by offset; those that retention has removed are missing. */
async function findEvents(context: Context, organization: Organization, offsets: readonly number[]) {
  const found = await context.store.subscriptions.eventsAt(organization.corpId, offsets);
  const kept = found.filter(({ event }) => event !== 'removed');
  const rendered = await renderEvents(context, organization, kept);
  return new Map(kept.map(({ offset }, i) => [offset, rendered[i]]));
}

/**
 * Sends one event again, as if it were new. Throws `huizhi.notFound` if it was never sent.
 *
 * @param action the name in the audit log
 */
export async function sendEventAgain(
  context: Context,
  operator: Operator,
  { corpId, id, code }: Subscription,
  event: { readonly number: number; readonly eventId: string },
  action: string,
): Promise<void> {
  const at = context.clock.now();
  const entry = { corpId, at, actor: operator.actor, target: code, action, was: null, became: event };
  if (!(await context.store.subscriptions.sendAgain(corpId, id, event.number, at, entry)))
    throw huizhiError('huizhi.notFound', `no delivery of event ${event.number} to ${code}`);
  await context.dispatcher.check();
}
