import type { GroupStep, Pending, Touched } from '../store/model.ts';
import type { Store } from '../store/store.ts';
import { createFairQueue, type FairQueue } from './access/fair-queue.ts';
import type { Clock } from './clock.ts';
import type { Events } from './events.ts';
import { waitForRequests } from './pace.ts';

type Parts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly onArrived: (message: Pending, touched: readonly Touched[]) => void;
  readonly onDelivered: (message: Pending, lag: number) => void;
};

/** How a delivery in steps reports its progress. */
export type Progress = {
  /** Called before the delivery waits for its turn, however long that takes. */
  readonly onWait: () => void;
  /** Called when a step begins. */
  readonly onStep: () => void;
  readonly isClosed: () => boolean;
};

/** Delivers a message to the members of its conversation, or takes it back from them after a recall. */
export type StepDeliverer = (message: Pending, progress: Progress) => Promise<void>;

/**
 * First steps that run at the same time. Most messages need only one step. SQLite shares a commit among those that wait;
 * on PostgreSQL each needs a connection, and messages to the same members wait for each other.
 */
const firstSteps = { own: 64, shared: 3 };

/**
 * Creates the function that delivers step by step. Each step wakes the subscribers of the inboxes that it has changed.
 * The later steps of all messages run one after the other, in turns of the organizations, so that many long deliveries
 * take no more time from requests than one. If the process closes, the next one continues.
 */
export function createStepDeliverer(parts: Parts): StepDeliverer {
  const { store, clock } = parts;
  const first = createFairQueue(store.driver.exclusive ? firstSteps.own : firstSteps.shared);
  const later = createFairQueue(1);
  const runStep = async (message: Pending, { onStep }: Progress): Promise<boolean> => {
    const started = performance.now();
    onStep();
    const step = await store.deliverStep(message.corpId, message.messageId, clock.now());
    recordStep(parts, message, step);
    if (!step.isDone) await waitForRequests(performance.now() - started);
    return step.isDone;
  };
  return async (message, progress) => {
    let queue: FairQueue = first;
    while (!progress.isClosed()) {
      progress.onWait();
      if (await queue.run(`${message.corpId}`, () => runStep(message, progress))) return;
      queue = later;
    }
  };
}

function recordStep({ clock, events, onArrived, onDelivered }: Parts, message: Pending, step: GroupStep): void {
  if (step.touched.length > 0 && !step.isRecall) onArrived(message, step.touched);
  if (step.isDelivered) onDelivered(message, Math.max(0, clock.now() - message.sentAt));
  events.publish(step.touched);
}
