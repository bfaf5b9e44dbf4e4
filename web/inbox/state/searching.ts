import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { InboxFoundMessage, InboxSearchAnswer } from '../../../src/client/answers.ts';
import { call } from '../../shared/call.ts';

/**
 * The state of a search. `scannedTo` (epoch milliseconds) is null before the first response and when all messages have
 * been searched.
 */
export type Search = {
  readonly phase: 'searching' | 'paused' | 'failed' | 'done';
  readonly found: readonly InboxFoundMessage[];
  readonly cursor: string | null;
  readonly scannedTo: number | null;
};

type Action =
  | { readonly type: 'start' }
  | { readonly type: 'continue' }
  | { readonly type: 'fail' }
  | { readonly type: 'answer'; readonly answer: InboxSearchAnswer }
  | { readonly type: 'arrive'; readonly found: readonly InboxFoundMessage[] };

export const emptySearch: Search = { phase: 'searching', found: [], cursor: null, scannedTo: null };

/** Returns the state of a search after an action. A failed request keeps the results and `scannedTo`. */
export function reduceSearch(search: Search, action: Action): Search {
  if (action.type === 'start') return emptySearch;
  if (action.type === 'continue') return { ...search, phase: 'searching' };
  if (action.type === 'fail') return { ...search, phase: 'failed' };
  if (action.type === 'arrive') return { ...search, found: mergeFound(search.found, action.found) };
  const { messages, cursor, scannedTo } = action.answer;
  return { phase: cursor === null ? 'done' : 'paused', found: mergeFound(search.found, messages), cursor, scannedTo };
}

function mergeFound(known: readonly InboxFoundMessage[], more: readonly InboxFoundMessage[]) {
  const have = new Set(known.map(({ messageId }) => messageId));
  return [...known, ...more.filter(({ messageId }) => !have.has(messageId))].toSorted((a, b) => b.sentAt - a.sentAt);
}

/** Milliseconds without typing before a search starts. */
const pause = 200;

/**
 * Searches the inbox on the server: the first step when the text changes, further steps on `proceed`, which also
 * repeats a failed step.
 *
 * @param newest id of the newest message of the inbox; when it changes, the newest messages are searched again
 */
export function useSearch(text: string, newest: string | undefined) {
  const [search, dispatch] = useReducer(reduceSearch, emptySearch);
  const abort = useRef<AbortController>(undefined);
  const step = useCallback(
    (cursor: string | null) => {
      abort.current?.abort();
      const own = new AbortController();
      abort.current = own;
      const { signal } = own;
      dispatch({ type: 'continue' });
      searchCall(text, cursor, signal)
        .then((answer) => dispatch({ type: 'answer', answer }))
        .catch(() => !signal.aborted && dispatch({ type: 'fail' }));
    },
    [text],
  );
  useEffect(() => {
    dispatch({ type: 'start' });
    const timer = window.setTimeout(() => step(null), pause);
    return () => {
      window.clearTimeout(timer);
      abort.current?.abort();
    };
  }, [step]);
  const known = useRef(newest);
  useEffect(() => {
    if (known.current === newest) return;
    known.current = newest;
    const own = new AbortController();
    searchCall(text, null, own.signal)
      .then(({ messages }) => dispatch({ type: 'arrive', found: messages }))
      .catch(() => {});
    return () => own.abort();
  }, [text, newest]);
  return { search, proceed: () => step(search.cursor) };
}

function searchCall(text: string, cursor: string | null, signal: AbortSignal): Promise<InboxSearchAnswer> {
  const query = new URLSearchParams({ text, limit: '50', ...(cursor === null ? {} : { cursor }) });
  return call('GET', `/inbox/v1/messages/search?${query}`, { signal });
}
