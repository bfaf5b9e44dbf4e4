import { type AuditEntry, audit } from '../console/audit.ts';
import { withoutDay } from '../engine/partitions.ts';
import type { Driver } from '../engine/sql.ts';
import { eventsAt, eventsSince, readLastEventOffset, resolveEventOffset } from '../events.ts';
import * as deliveries from './deliveries.ts';
import * as failed from './failed-events.ts';
import * as subscriptions from './subscriptions.ts';

/** Creates the verbs for subscriptions to events. Times are epoch milliseconds. */
export function createSubscriptionVerbs(driver: Driver) {
  return {
    /**
     * Creates a subscription to the events from now on, with an audit entry if the console creates it.
     *
     * @throws StoreError `taken` if another one has the form and the code
     */
    create: (one: Omit<subscriptions.Subscription, 'position'>, entry?: AuditEntry) =>
      driver.write(function* () {
        const position = yield* readLastEventOffset(one.corpId);
        yield* subscriptions.insertSubscription({ ...one, position });
        if (entry) yield* audit(entry);
      }),
    byCode: (corpId: number, form: subscriptions.SubscriptionForm, code: string) =>
      driver.read(() => subscriptions.findSubscription(corpId, form, code)),
    /** Reads a page of an organization's endpoints, oldest first, after the number `after` (0 at first). */
    page: (corpId: number, after: number, limit: number) =>
      driver.read(() => subscriptions.readSubscriptions(corpId, after, limit)),
    /** Changes a subscription; resolves with undefined, without changes, if it does not exist. */
    change: (corpId: number, id: number, change: subscriptions.SubscriptionChange, entry?: AuditEntry) =>
      driver.write(function* () {
        const changed = yield* subscriptions.changeSubscription(corpId, id, change);
        if (changed && entry) yield* audit(entry);
        return changed;
      }),
    remove: (corpId: number, id: number, entry?: AuditEntry) =>
      driver.write(function* () {
        const existed = yield* subscriptions.deleteSubscription(corpId, id);
        if (existed && entry) yield* audit(entry);
        return existed;
      }),
    deliveries: (
      one: Pick<subscriptions.Subscription, 'corpId' | 'id'>,
      state: 'waiting' | 'failed' | undefined,
      before: number,
      limit: number,
    ) => driver.read(() => deliveries.readDeliveries(one, state, before, limit)),
    /** Finds events of an organization by offset; removed ones are missing. */
    eventsAt: (corpId: number, offsets: readonly number[]) => driver.snapshot(() => eventsAt(corpId, offsets)),
    /** Counts the deliveries that wait or have failed, each up to a limit. */
    counts: (corpId: number, id: number, limit: number) =>
      driver.read(() => deliveries.countDeliveries(corpId, id, limit)),
    /** Returns whether any organization has a subscription. */
    exist: () => driver.read(subscriptions.hasSubscriptions),
    ...createRepeatVerbs(driver),
    ...createFailedVerbs(driver),
    ...createDispatchVerbs(driver),
  };
}

/** The verbs with which an operator lets events be sent again. */
function createRepeatVerbs(driver: Driver) {
  return {
    /**
     * Moves the position of a subscription back to an event number, so that the events after it are sent again. Resolves
     * with undefined, without changes, if the subscription does not exist.
     */
    replay: (corpId: number, id: number, after: number, entry: AuditEntry) =>
      driver.write(function* () {
        const last = yield* readLastEventOffset(corpId);
        const offset = yield* resolveEventOffset(corpId, Math.min(after, last), last);
        const changed = yield* subscriptions.changeSubscription(corpId, id, { position: offset });
        if (!changed) return undefined;
        yield* deliveries.deleteDeliveriesAfter(corpId, id, offset);
        yield* audit(entry);
        return changed;
      }),
    /** Lets the event with a number be sent again. Resolves with false, without changes, if it has no delivery. */
    sendAgain: (corpId: number, id: number, number: number, at: number, entry: AuditEntry) =>
      driver.write(function* () {
        const last = yield* readLastEventOffset(corpId);
        const seq = yield* resolveEventOffset(corpId, number, last);
        if (withoutDay(seq) !== number || !(yield* deliveries.requestDelivery(corpId, id, seq, at))) return false;
        yield* subscriptions.changeSubscription(corpId, id, {});
        yield* audit(entry);
        return true;
      }),
  };
}

/** The verbs with which an app reads which of its events have failed. */
function createFailedVerbs(driver: Driver) {
  return {
    /** Lists failed events of a subscription, oldest first. */
    failed: (key: failed.FailedKey, range: failed.FailedRange, limit: number) =>
      driver.read(() => failed.readFailed(key, range, limit)),
    /** Takes up to `limit` events off the list of failed events; resolves with them, and whether there are more. */
    takeFailed: (keys: readonly failed.FailedKey[], range: failed.FailedRange, limit: number, at: number) =>
      driver.write(() => failed.takeFailed(keys, range, limit, at)),
  };
}

/** The verbs with which a process delivers the events of its subscriptions. */
function createDispatchVerbs(driver: Driver) {
  return {
    /**
     * Reads the enabled subscriptions that a process has to deliver, after it has taken over those of processes that are
     * no longer in the list; all enabled ones if it is the only process.
     */
    async owned(owner: number | undefined): Promise<readonly subscriptions.Subscription[]> {
      if (owner !== undefined && (await driver.read(() => subscriptions.hasOrphans(owner))))
        await driver.write(() => subscriptions.claimSubscriptions(owner));
      const enabled = await driver.read(subscriptions.readEnabled);
      return owner === undefined ? enabled : enabled.filter((one) => one.owner === owner);
    },
    /** Reads a page of the events after an offset. */
    events: (corpId: number, after: number, limit: number) => driver.snapshot(() => eventsSince(corpId, after, limit)),
    /** Reads the waiting deliveries that are tried next, in the order of their times. */
    waiting: (corpId: number, id: number, limit: number) =>
      driver.read(() => deliveries.readWaiting(corpId, id, limit)),
    waitingCount: (corpId: number, id: number) => driver.read(() => deliveries.countWaitingDeliveries(corpId, id)),
    /** Reads the offsets of the events after a position that were tried already. */
    triedBeyond: (corpId: number, id: number, position: number) =>
      driver.read(() => deliveries.readTriedBeyond(corpId, id, position)),
    /**
     * Records results of attempts; see `recordDeliveries`. Does not wait until they are durable, because after a crash
     * the events can simply be sent again.
     */
    record: (key: deliveries.SubscriptionKey, record: deliveries.DeliveryRecord) =>
      driver.writeLazily(() => deliveries.recordDeliveries(key, record)),
    /** Deletes up to `limit` deliveries that ended before a time, and resolves with how many. */
    prune: (corpId: number, before: number, limit: number) =>
      driver.write(() => deliveries.pruneDeliveries(corpId, before, limit)),
  };
}

export type SubscriptionVerbs = ReturnType<typeof createSubscriptionVerbs>;
