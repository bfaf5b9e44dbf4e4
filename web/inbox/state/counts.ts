import type { InboxRobot, InboxRobotsAnswer } from '../../../src/client/answers.ts';
import { call } from '../../shared/call.ts';

/** Several events that change a count come together often, in milliseconds. */
const pause = 200;

/** What is unread of each robot and which are muted, as the server says it. */
export type Counts = {
  /** Asks anew, soon. */
  ask(): void;
  /** The answer with which a page begins that has been told all up to a number. */
  begin(answer: InboxRobotsAnswer, told: number): void;
  /** All up to this number has been told. */
  reached(sequence: number): void;
  /** Makes a change of what is muted: what was asked before it is over does not know of it. */
  change<T>(work: Promise<T>): Promise<T>;
  close(): void;
};

export const robotsNow = () => call<InboxRobotsAnswer>('GET', '/inbox/v1/robots');

/**
 * An answer holds for the moment in which the event that it names was the newest. One that is ahead of the events waits for them, and one that
 * they have overtaken is asked for again; so no event counts twice, and none is lost.
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
