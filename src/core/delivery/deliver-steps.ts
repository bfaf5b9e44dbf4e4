import type { GroupStep, Pending, Touched } from '../../store/model.ts';
import type { Store } from '../../store/store.ts';
import { createFairQueue, type FairQueue } from '../access/fair-queue.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import { pause } from '../pause.ts';
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
  /** Called before the delivery waits for its turn, which can take any time. */
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

/** Milliseconds of the machine's clock between two looks at how far another process has delivered an earlier message. */
const lookEvery = 50;

/** Milliseconds of the machine's clock after which a message waits for earlier ones no longer. */
const longestWait = 10_000;

/**
 * Creates the function that delivers step by step. Each step wakes the subscribers of the inboxes that it has changed.
 * After the first step of a message, only one step runs at a time, and the organizations take turns, so that many long
 * deliveries take no more time from requests than one. If the process closes, the next one continues.
 *
 * The messages of one conversation are delivered one after the other, so that each member gets them in the order of the
 * sends; the store keeps this order among several processes. Neither messages of other conversations nor recalls wait
 * for them.
 */
export function createStepDeliverer(parts: Parts): StepDeliverer {
  const { store, clock } = parts;
  const first = createFairQueue(store.driver.exclusive ? firstSteps.own : firstSteps.shared);
  const later = createFairQueue(1);
  const line = createConversationLine();
  const runStep = async (message: Pending, { onStep }: Progress, isOverdue: boolean): Promise<GroupStep> => {
    const started = performance.now();
    onStep();
    const step = await store.deliverStep(message.corpId, message.messageId, clock.now(), isOverdue);
    recordStep(parts, message, step);
    if (!step.isDone && !step.isWaiting) await waitForRequests(started, step.took);
    return step;
  };
  /** Runs the steps from the next one, until there is nothing left to do. */
  const deliver = async (message: Pending, progress: Progress, firstQueue: FairQueue): Promise<void> => {
    let queue = firstQueue;
    let waitingSince: number | undefined;
    while (!progress.isClosed()) {
      progress.onWait();
      const isOverdue = waitingSince !== undefined && performance.now() - waitingSince > longestWait;
      const step = await queue.run(`${message.corpId}`, () => runStep(message, progress, isOverdue));
      if (step.isDone) return;
      queue = later;
      waitingSince = step.isWaiting ? (waitingSince ?? performance.now()) : undefined;
      if (step.isWaiting) await pause(lookEvery);
    }
  };
  return async (message, progress) => {
    progress.onWait();
    if (message.isRecalled) return deliver(message, progress, first);
    // One process runs first steps in the order in which they are requested, and they can share a commit.
    if (!store.driver.exclusive) return line.run(message, () => deliver(message, progress, first));
    const { isDone } = await first.run(`${message.corpId}`, () => runStep(message, progress, false));
    if (!isDone) await line.run(message, () => deliver(message, progress, later));
  };
}

/**
 * Runs jobs of messages: of each conversation one at a time, the one of the earliest message first. A message that is
 * earlier than the running one begins at once: its delivery is continued, and the other waits for it.
 */
function createConversationLine() {
  type Line = { running: Pending; readonly waiting: { readonly message: Pending; readonly begin: () => void }[] };
  const lines = new Map<string, Line>();
  const end = (key: string, line: Line) => {
    const [next, ...rest] = line.waiting.toSorted((a, b) => compareSends(a.message, b.message));
    if (!next) return void lines.delete(key);
    line.waiting.splice(0, line.waiting.length, ...rest);
    line.running = next.message;
    next.begin();
  };
  return {
    async run(message: Pending, job: () => Promise<void>): Promise<void> {
      const key = `${message.corpId} ${message.conversationId}`;
      const known = lines.get(key);
      if (known && compareSends(message, known.running) <= 0) return job();
      const line = known ?? { running: message, waiting: [] };
      if (known) await new Promise<void>((begin) => void line.waiting.push({ message, begin }));
      else lines.set(key, line);
      await job().finally(() => end(key, line));
    },
  };
}

/** Compares two messages by the times of their sends, and then by their numbers. */
function compareSends(a: Pending, b: Pending): number {
  return a.sentAt - b.sentAt || a.messageId - b.messageId;
}

function recordStep({ clock, events, onArrived, onDelivered }: Parts, message: Pending, step: GroupStep): void {
  if (step.touched.length > 0 && !step.isRecall) onArrived(message, step.touched);
  if (step.isDelivered) onDelivered(message, Math.max(0, clock.now() - message.sentAt));
  events.publish(step.touched);
}
