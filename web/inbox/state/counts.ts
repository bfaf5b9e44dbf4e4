import type { InboxRobot, InboxRobotsAnswer } from '../../../src/client/answers.ts';
import { call } from '../../shared/call.ts';

/** Milliseconds to wait before a request, because events that change a count often arrive in bursts. */
const pause = 200;

/** Keeps the unread counts, mutes and blocks of robots consistent with the server. */
export type Counts = {
  /** Schedules a request for the robots. */
  ask(): void;
  /** Starts with a response, when all events up to `sequence` have been handled. */
  begin(answer: InboxRobotsAnswer, sequence: number): void;
  /** Reports that all events up to `sequence` have been handled. */
  reached(sequence: number): void;
  /**
   * Runs a change of mutes or blocks. Responses to requests from before its end are discarded, because they may lack
   * the change.
   */
  change<T>(work: Promise<T>): Promise<T>;
  close(): void;
};

export const robotsNow = () => call<InboxRobotsAnswer>('GET', '/inbox/v1/robots');

/**
 * A response contains the sequence number of the newest event that it includes. It is applied exactly when that event
 * has been handled: a response ahead of the events waits for them, and one behind them is requested again. So no event
 * is counted twice or lost.
 */
export function createCounts(put: (robots: readonly InboxRobot[]) => void): Counts {
  let told = 0;
  let waiting: InboxRobotsAnswer | undefined;
  let changes = 0;
  let timer: number | undefined;
  const settle = () => {
    if (!waiting || waiting.sequence > told) return;
    const { robots, sequence } = waiting;
    waiting = undefined;
    if (sequence === told) put(robots);
    else ask();
  };
  const ask = () => {
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const before = changes;
      const answer = await robotsNow().catch(() => undefined);
      if (!answer) return;
      if (changes !== before) return ask();
      waiting = answer;
      settle();
    }, pause);
  };
  const changed = () => {
    changes += 1;
    if (waiting) ask();
    waiting = undefined;
  };
  return {
    ask,
    begin(answer, number) {
      told = number;
      waiting = answer;
      settle();
    },
    reached(sequence) {
      told = sequence;
      settle();
    },
    change(work) {
      changed();
      return work.finally(changed);
    },
    close: () => clearTimeout(timer),
  };
}
