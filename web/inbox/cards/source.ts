import type { CardActionAnswer, InboxCard } from '../../../src/client/answers.ts';
import { CallError, call, isPassing, isSignedOut } from '../../shared/call.ts';
import type { Cards } from '../state/cards.ts';

/**
 * The outcome of the last click. `unanswered`: the program of the card did not answer. `refused`: the reader may not click.
 * `changed`: the button no longer exists. `lost`: the server did not answer, so the click may have arrived or not.
 */
export type Outcome = 'pending' | 'done' | 'unanswered' | 'refused' | 'changed' | 'tooMany' | 'lost';

export type Click = { readonly actionId: string; readonly is: Outcome };

export type CardState = {
  /** The newest content that was loaded; undefined before the first one. */
  readonly card: InboxCard | undefined;
  /** Why the newest content is not loaded: it is tried again, or the card is not there for this reader. */
  readonly failure: 'away' | 'gone' | undefined;
  readonly click: Click | undefined;
};

/** A card of the inbox. It is loaded, and follows its changes, while anybody is subscribed. */
export type CardSource = {
  state(): CardState;
  subscribe(listener: () => void): () => void;
  /** Clicks a button, unless another click has no outcome yet. */
  click(actionId: string): Promise<void>;
};

/**
 * Milliseconds after which a click without a response has failed. It is longer than the two seconds in which the
 * robot's program has to answer.
 */
const longestClick = 15_000;

export function createCardSource(cardId: string, cards: Cards): CardSource {
  const path = `/inbox/v1/cards/${encodeURIComponent(cardId)}`;
  const listeners = new Set<() => void>();
  let state: CardState = { card: undefined, failure: undefined, click: undefined };
  const set = (next: Partial<CardState>) => {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  };
  // Responses may overtake each other. Only after an interruption the revision may be lower: a backup was restored.
  const show = (card: InboxCard, isReset = false) => {
    if (isReset || card.revision >= (state.card?.revision ?? 0)) set({ card, failure: undefined });
  };
  const loader = createLoader(async (isReset) => {
    try {
      show(await call<InboxCard>('GET', path), isReset);
      return 'done';
    } catch (error) {
      if (isSignedOut(error)) cards.signedOut();
      const isTemporary = isPassing(error) || isSignedOut(error) || statusOf(error) === 429;
      set({ failure: isTemporary ? 'away' : 'gone' });
      return isTemporary && !isSignedOut(error) ? 'again' : 'done';
    }
  });
  let unfollow = () => {};
  const start = () => {
    unfollow = cards.follow(cardId, (revision) => {
      if (revision === undefined) loader.load(true);
      else if (revision > (state.card?.revision ?? 0)) loader.load(false);
    });
    loader.load(false);
  };
  return {
    state: () => state,
    subscribe(listener) {
      if (listeners.size === 0) start();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        unfollow();
        loader.stop();
      };
    },
    async click(actionId) {
      if (state.click?.is === 'pending') return;
      set({ click: { actionId, is: 'pending' } });
      try {
        const body = { actionId };
        const signal = AbortSignal.timeout(longestClick);
        const { delivered, card } = await call<CardActionAnswer>('POST', `${path}/actions`, { body, signal });
        show(card);
        set({ click: { actionId, is: delivered ? 'done' : 'unanswered' } });
      } catch (error) {
        if (isSignedOut(error)) cards.signedOut();
        set({ click: { actionId, is: describeFailure(error) } });
      }
    },
  };
}

const statusOf = (error: unknown): number => (error instanceof CallError ? error.status : 0);

function describeFailure(error: unknown): Outcome {
  const status = statusOf(error);
  if (status === 401 || status === 403) return 'refused';
  if (status === 429) return 'tooMany';
  return status === 0 || status >= 500 ? 'lost' : 'changed';
}

/**
 * Runs one load at a time. A load that is requested meanwhile runs once afterwards, and one that fails for a while is
 * repeated with an increasing delay.
 */
function createLoader(run: (isReset: boolean) => Promise<'done' | 'again'>) {
  let isBusy = false;
  let isWanted = false;
  let isReset = false;
  let isStopped = false;
  let failures = 0;
  let timer: number | undefined;
  const proceed = async () => {
    clearTimeout(timer);
    if (isBusy || isStopped) return;
    isBusy = true;
    while (isWanted) {
      const reset = isReset;
      isWanted = false;
      isReset = false;
      if ((await run(reset)) === 'done') {
        failures = 0;
        continue;
      }
      isReset ||= reset;
      if (!isWanted) timer = window.setTimeout(want, Math.min(15_000, 500 * 2 ** failures++));
    }
    isBusy = false;
  };
  const want = () => {
    isWanted = true;
    void proceed();
  };
  return {
    load(reset: boolean) {
      isStopped = false;
      isReset ||= reset;
      want();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
