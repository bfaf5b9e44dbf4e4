import { StoreError } from '../../store/engine/sql.ts';
import type { Audience, Pending, Touched } from '../../store/model.ts';
import { isNoticeSender } from '../../store/notices/senders.ts';
import type { Store } from '../../store/store.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { Log } from '../log.ts';
import { type Tracer, traced } from '../tracer.ts';
import { createStepDeliverer, type Progress, type StepDeliverer } from './deliver-steps.ts';
import type { Attempt, Upstream } from './upstream.ts';

/** Delivers accepted messages asynchronously: it moves them from PROCESSING to SUCCESS. */
export type Deliverer = {
  /** Delivers a message that was just accepted, or takes a message to a conversation back that was just recalled. */
  deliver(message: Pending): void;
  /**
   * Attempts to deliver all undelivered messages: at start, after a hold, after a failure. Rejects if the store cannot
   * be read.
   */
  resume(): Promise<void>;
  /**
   * Whether an attempt of this message is under way, scheduled or held. False for a message that this process does not
   * know, and for one whose attempt has not been recorded for seconds.
   */
  isHandling(messageId: number): boolean;
  /** Resolves when no attempt is running. */
  idle(): Promise<void>;
  /** Cancels all scheduled attempts; resolves when no attempt is running. */
  close(): Promise<void>;
};

type Parts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly upstream: Upstream;
  readonly log: Log;
  /** Called when a message has entered inboxes. A message to a conversation enters them in several steps. */
  readonly onArrived: (message: Pending, touched: readonly Touched[]) => void;
  /** Called for each delivered message, with the milliseconds since the send. */
  readonly onDelivered: (message: Pending, lag: number) => void;
  /** Called when an attempt has failed. */
  readonly onFailed?: () => void;
  /** Undefined if there are no traces. */
  readonly tracer?: Tracer | undefined;
};

/**
 * Milliseconds until the next attempt after one that failed or whose outcome is unknown: 5 s, doubling up to 10 min.
 */
const retryDelay = (tries: number) => Math.min(5_000 * 2 ** tries, 600_000);
/**
 * Milliseconds until the next attempt if the database is unavailable. Short, because once it is back all messages can
 * be delivered.
 */
const unavailableDelay = 1_000;
const isUnavailable = (error: unknown) => error instanceof StoreError && error.reason === 'unavailable';

/**
 * Milliseconds, by the machine's clock, after which a message whose attempt could not be recorded no longer counts as
 * handled.
 */
const recordTimeout = 2_000;

/** Milliseconds, by the machine's clock, after which a running attempt counts as stalled. Repeating it is harmless. */
const stallTimeout = 5_000;

const pageSize = 500;

/**
 * Creates the deliverer of one process. An attempt may be made more than once, but the store settles a message only
 * once, so it appears once. Messages whose attempts are running when the process dies are delivered by `resume` of the
 * next process.
 */
export function createDeliverer(parts: Parts): Deliverer {
  const { store, clock, upstream, log } = parts;
  const { run, idle } = createTracker();
  const schedule = createSchedule(clock);
  const deliverInSteps = createStepDeliverer(parts);
  // The time (`performance.now()`) until which each message counts as handled.
  const handled = new Map<number, number>();
  const unrecorded = new Set<number>();
  let closed = false;
  const scheduleNext = (message: Pending, time: number, tries: number) => {
    if (!closed) schedule.add(message, time, () => run(attempt(message, tries)));
  };
  const attempt = async (message: Pending, tries = 0): Promise<void> => {
    if (closed) return;
    const { messageId } = message;
    const onStep = () => void handled.set(messageId, performance.now() + stallTimeout);
    const onWait = () => void handled.set(messageId, Number.POSITIVE_INFINITY);
    onStep();
    try {
      // Removing a recalled message from a conversation concerns our own inboxes only.
      const isTakenBack = message.isRecalled && message.conversationId !== null;
      // A message that a person writes to a conversation also concerns our own inboxes only.
      const isOfPerson = message.robotId === 0;
      const outcome = isTakenBack || isOfPerson ? 'delivered' : await upstream.attempt(message);
      const progress = { onStep, onWait, isClosed: () => closed };
      const next = await record(parts, message, outcome, { tries, unrecorded, progress, deliverInSteps });
      if (next === undefined) schedule.remove(message);
      else scheduleNext(message, next, tries + 1);
      if (outcome === 'delivered') handled.delete(messageId);
      else handled.set(messageId, Number.POSITIVE_INFINITY);
    } catch (error) {
      const until = unrecorded.has(messageId) ? performance.now() + recordTimeout : Number.POSITIVE_INFINITY;
      handled.set(messageId, until);
      parts.onFailed?.();
      log.error({ err: error, messageId }, 'a delivery failed and will be tried again');
      scheduleNext(message, clock.now() + (isUnavailable(error) ? unavailableDelay : retryDelay(tries)), tries + 1);
    }
  };
  const resume = async () => {
    let after = { corpId: 0, messageId: 0 };
    for (;;) {
      const page = await store.pending(after, pageSize);
      await Promise.all(page.map((message) => attempt(message)));
      const last = page.at(-1);
      if (closed || !last || page.length < pageSize) return;
      after = last;
    }
  };
  return {
    deliver: (message) => void run(traced(parts, 'deliver', () => attempt(message))),
    resume: () => run(resume()),
    isHandling: (messageId) => (handled.get(messageId) ?? 0) > performance.now(),
    idle,
    async close() {
      closed = true;
      schedule.clear();
      await idle();
    },
  };
}

/** Returns what a message was sent to: users alone, a conversation, or the receivers of a work notice. */
export function findAudience({ conversationId, robotId }: Pending): Audience {
  if (conversationId === null) return 'users';
  return isNoticeSender(robotId) ? 'notice' : 'conversation';
}

/** Tracks running work. `idle` resolves when none is left. */
function createTracker() {
  const running = new Set<Promise<void>>();
  return {
    run(work: Promise<void>): Promise<void> {
      const ended = () => void running.delete(work);
      running.add(work);
      work.then(ended, ended);
      return work;
    },
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** Schedules the next attempts. Each message has at most one, however often it is added. */
function createSchedule(clock: Clock) {
  const scheduled = new Map<number, { readonly time: number; readonly cancel: () => void }>();
  const remove = ({ messageId }: Pending) => {
    scheduled.get(messageId)?.cancel();
    scheduled.delete(messageId);
  };
  return {
    /**
     * Schedules an attempt. If one is scheduled for the same time already, it is left alone and keeps its position
     * among those of that time.
     */
    add(message: Pending, time: number, run: () => Promise<void>) {
      if (scheduled.get(message.messageId)?.time === time) return;
      remove(message);
      const due = () => {
        scheduled.delete(message.messageId);
        return run();
      };
      scheduled.set(message.messageId, { time, cancel: clock.at(time, due) });
    },
    remove,
    clear() {
      for (const { cancel } of scheduled.values()) cancel();
      scheduled.clear();
    },
  };
}

type AttemptParts = {
  readonly tries: number;
  readonly unrecorded: Set<number>;
  readonly progress: Progress;
  readonly deliverInSteps: StepDeliverer;
};

/**
 * Records the outcome of an attempt; returns the time of the next attempt (epoch milliseconds) if there must be one.
 */
async function record(
  parts: Parts,
  message: Pending,
  outcome: Attempt,
  { tries, unrecorded, progress, deliverInSteps }: AttemptParts,
): Promise<number | undefined> {
  const { store, clock } = parts;
  const { corpId, messageId } = message;
  if (outcome === 'held') return undefined;
  if (outcome !== 'unknown' && outcome !== 'delivered') return outcome.until;
  try {
    if (outcome === 'unknown') await store.lose(corpId, messageId);
    else if (message.conversationId !== null) await deliverInSteps(message, progress);
    else await settle(parts, message, unrecorded.has(messageId));
    unrecorded.delete(messageId);
  } catch (error) {
    unrecorded.add(messageId);
    throw error;
  }
  return outcome === 'unknown' ? clock.now() + retryDelay(tries) : undefined;
}

/** Marks a message as delivered in the store, and wakes the subscribers of its inboxes. */
async function settle(parts: Parts, message: Pending, wasUnrecorded: boolean): Promise<void> {
  const { store, clock, events } = parts;
  const { corpId, messageId, sentAt } = message;
  const settled = await store.settle(corpId, messageId, clock.now());
  // If the message was settled before, for example when a send is repeated, no inbox is touched. But if this process
  // settled it earlier and the database's reply was lost, the subscribers of its inboxes still have to be woken.
  const touched = settled.length === 0 && wasUnrecorded ? await findInboxes(store, message) : settled;
  if (touched.length > 0) {
    parts.onArrived(message, touched);
    parts.onDelivered(message, Math.max(0, clock.now() - sentAt));
  }
  events.publish(touched);
}

async function findInboxes(store: Store, { corpId, messageId }: Pending): Promise<readonly Touched[]> {
  const people = await store.recipients(corpId, messageId);
  return people.map(({ id: userId }) => ({ corpId, userId }));
}
