import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import type { Context } from '../context.ts';
import type { Try } from './attempt.ts';
import type { Form, Send } from './form.ts';
import { createBusyCheck } from './load.ts';
import { createProgress, type Progress } from './progress.ts';
import type { WakeSignal } from './wake-signal.ts';

/**
 * Maximum number of concurrent requests to one endpoint, or pushes to one app. Retries use at most half of them while
 * there are new events.
 */
export const maxInFlight = 10;
export const maxRepeats = 5;

/** Number of events that were sent and whose results are not recorded yet. */
const maxUnrecorded = 200;

/**
 * An endpoint counts as dead when so many of its events wait for another attempt, and so many attempts in a row have
 * failed. No new events are tried then, so that they stay in the outbox. One of those that wait is tried each minute;
 * once it is delivered, all are due.
 */
const maxWaiting = 100;
const maxFailures = 20;
const probeInterval = 60_000;

/**
 * An event to be tried, which happened at `at`. `tries` is the number of earlier attempts; `isFresh` means that it has
 * no delivery yet.
 */
export type Task = {
  readonly offset: number;
  readonly at: number | null;
  readonly send: Send;
  readonly tries: number;
  readonly isFresh: boolean;
};

/** Whether there may be events that were not read. */
export type News = { isPending: boolean };

export type Parts = {
  readonly context: Context;
  readonly subscription: Subscription;
  readonly form: Form;
  readonly signal: WakeSignal;
  readonly news: News;
  readonly closing: AbortSignal;
};

/** The state of a running worker. */
export type State = {
  readonly progress: Progress;
  /** Offsets of events after the position that were tried before this worker has started. */
  readonly tried: ReadonlySet<number>;
  /** New events that were read and not tried yet. */
  queue: Task[];
  /** Offsets of events that were sent and whose results are not recorded yet. */
  readonly inFlight: Set<number>;
  /** How many of them have no result yet. */
  unanswered: number;
  /** The results that are recorded while events are sent, and whether they are. See `recordResults`. */
  recording: Promise<boolean> | undefined;
  isRecorded: boolean;
  results: { readonly task: Task; readonly tried: Try }[];
  /** Waiting deliveries whose events were removed. */
  removed: number[];
  /** The position in the database. */
  recorded: number;
  /** How many deliveries wait for another attempt, and how many attempts in a row have failed. */
  waiting: number;
  failures: number;
  /** When the next of them has to be tried; 0 if it has to be looked up. */
  nextDue: number;
  lastTry: number;
  readonly canDie: boolean;
  /** Whether the last attempt has found no receiver, and when to look again, by `performance.now()`. */
  isUnreachable: boolean;
  lookAt: number;
  readonly isBusy: () => boolean;
  /** When new events may be tried again, by `performance.now()`. */
  restUntil: number;
};

export async function createState({ context, subscription, form }: Parts): Promise<State> {
  const { corpId, id, position } = subscription;
  const { subscriptions } = context.store;
  return {
    progress: createProgress(position, form.isWanted),
    tried: await subscriptions.triedBeyond(corpId, id, position),
    ...{
      queue: [],
      inFlight: new Set(),
      unanswered: 0,
      recording: undefined,
      isRecorded: true,
      results: [],
      removed: [],
      recorded: position,
      nextDue: 0,
      lastTry: 0,
      failures: 0,
    },
    ...{ isBusy: createBusyCheck(context.meters.requests), restUntil: 0 },
    ...{ canDie: form.canDie, isUnreachable: false, lookAt: 0 },
    waiting: await subscriptions.waitingCount(corpId, id),
  };
}

export const isDead = ({ canDie, waiting, failures }: State) =>
  canDie && waiting >= maxWaiting && failures >= maxFailures;

/** Whether new events stay in the outbox. */
export const isHeld = (state: State) => isDead(state) || state.isUnreachable;

/** Returns the milliseconds until the next look for a receiver, or until new events may be tried. */
export function findRest(state: State): number {
  if (state.isUnreachable) return Math.max(1, state.lookAt - performance.now());
  return state.queue.length > 0 && !isDead(state) ? state.restUntil - performance.now() : 0;
}

/** Returns when a waiting delivery has to be tried, in epoch milliseconds. */
export function findDue(state: State): number {
  if (state.waiting === 0 || state.isUnreachable) return Number.MAX_SAFE_INTEGER;
  return isDead(state) ? Math.min(state.nextDue, state.lastTry + probeInterval) : state.nextDue;
}

export const hasFreePlace = ({ unanswered, inFlight }: State) =>
  unanswered < maxInFlight && inFlight.size < maxUnrecorded;
