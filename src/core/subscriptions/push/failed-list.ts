import type { Organization } from '../../../store/model.ts';
import type { FailedDelivery } from '../../../store/subscriptions/failed-events.ts';
import { eventDeliveryRetention, failedEventDelay, maxFailedEvents } from '../../../wire/limits.ts';
import type { Caller, Context } from '../../context.ts';
import { type PushEvent, renderPushEvents } from './events.ts';

/** Failed events of an app, oldest first. */
export type FailedEvents = { readonly events: readonly PushEvent[]; readonly hasMore: boolean };

/**
 * Takes up to 200 events off the list of the caller's failed events, and returns them: the oldest of its HTTP pushes, then
 * those of Stream mode.
 */
export async function takeFailedEvents(context: Context, caller: Caller): Promise<FailedEvents> {
  const { store, clock } = context;
  const keys = await findSubscriptions(context, caller);
  const { taken, hasMore } = await store.subscriptions.takeFailed(
    keys,
    createRange(context),
    maxFailedEvents,
    clock.now(),
  );
  return { events: await renderFailed(context, caller, taken), hasMore };
}

/** Lists up to 200 of the caller's failed events whose times are between two (epoch milliseconds, inclusive). */
export async function listFailedEvents(
  context: Context,
  caller: Caller,
  { begin, end }: { readonly begin: number; readonly end: number },
): Promise<FailedEvents> {
  const range = { ...createRange(context), begin, end };
  const lists = [];
  for (const key of await findSubscriptions(context, caller))
    lists.push(await context.store.subscriptions.failed(key, range, maxFailedEvents + 1));
  const found = lists.flat().toSorted((a, b) => a.eventAt - b.eventAt || a.offset - b.offset);
  const events = await renderFailed(context, caller, found.slice(0, maxFailedEvents));
  return { events, hasMore: found.length > maxFailedEvents };
}

/** All events that are in the list now: from 3 minutes to 7 days after the last attempt. */
function createRange({ clock }: Context) {
  const now = clock.now();
  const triedAfter = now - eventDeliveryRetention;
  return { begin: 0, end: Number.MAX_SAFE_INTEGER, triedAfter, triedTo: now - failedEventDelay };
}

async function findSubscriptions({ store }: Context, { app, organization: { corpId } }: Caller) {
  const found = await Promise.all([
    store.subscriptions.byCode(corpId, 'push', app.code),
    store.subscriptions.byCode(corpId, 'stream', app.code),
  ]);
  return found.flatMap((one) => one ?? []);
}

/** Renders events in their order; those that retention has removed are missing. */
async function renderFailed(
  context: Context,
  { app, organization }: { readonly app: Caller['app']; readonly organization: Organization },
  failed: readonly FailedDelivery[],
): Promise<readonly PushEvent[]> {
  const offsets = failed.map(({ offset }) => offset);
  const found = await context.store.subscriptions.eventsAt(organization.corpId, [...new Set(offsets)]);
  const kept = found.filter(({ event }) => event !== 'removed');
  const rendered = await renderPushEvents(context, organization, app.code, kept);
  const byOffset = new Map(kept.map(({ offset }, i) => [offset, rendered[i]]));
  return offsets.flatMap((offset) => byOffset.get(offset) ?? []);
}
