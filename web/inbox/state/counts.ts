import type { InboxConversation, InboxConversationsAnswer } from '../../../src/client/answers.ts';
import { call } from '../../shared/call.ts';

/** Milliseconds to wait before a request, because events that change a count often arrive in bursts. */
const pause = 200;

/** Keeps the list of conversations with their unread counts, mutes and blocks consistent with the server. */
export type Counts = {
  /** Schedules a request for the list. */
  ask(): void;
  /** Starts with a response, when all events up to `sequence` have been handled. */
  begin(answer: InboxConversationsAnswer, sequence: number): void;
  /** Reports that all events up to `sequence` have been handled. */
  reached(sequence: number): void;
  /**
   * Runs a change of mutes or blocks. Responses to requests from before its end are discarded, because they may lack
   * the change.
   */
  change<T>(work: Promise<T>): Promise<T>;
  close(): void;
};

export const fetchConversations = () => call<InboxConversationsAnswer>('GET', '/inbox/v1/conversations');

/**
 * A response contains the sequence number of the newest event that it includes. It is applied exactly when that event
 * has been handled: a response ahead of the events waits for them, and one behind them is requested again. So no event
 * is counted twice or lost.
 */
export function createCounts(put: (listed: readonly InboxConversation[]) => void): Counts {
  let handled = 0;
  let pending: InboxConversationsAnswer | undefined;
  let changes = 0;
  let timer: number | undefined;
  const settle = () => {
    if (!pending || pending.sequence > handled) return;
    const { conversations, sequence } = pending;
    pending = undefined;
    if (sequence === handled) put(conversations);
    else ask();
  };
  const ask = () => {
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const before = changes;
      const answer = await fetchConversations().catch(() => undefined);
      if (!answer) return;
      if (changes !== before) return ask();
      pending = answer;
      settle();
    }, pause);
  };
  const invalidate = () => {
    changes += 1;
    if (pending) ask();
    pending = undefined;
  };
  return {
    ask,
    begin(answer, number) {
      handled = number;
      pending = answer;
      settle();
    },
    reached(sequence) {
      handled = sequence;
      settle();
    },
    change(work) {
      invalidate();
      return work.finally(invalidate);
    },
    close: () => clearTimeout(timer),
  };
}
