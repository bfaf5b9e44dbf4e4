import type { InboxConversationsAnswer, InboxMessagesAnswer } from '../../../src/client/answers.ts';
import { call, isSignedOut } from '../../shared/call.ts';
import { fetchConversations } from './counts.ts';
import type { Dings } from './dings.ts';
import { createConversations, type State } from './state.ts';
import { type Following, follow, type Listener } from './stream.ts';

const pageSize = 100;

type Cell = { state(): State; set(next: State): void };
export type Loading = {
  readonly since: number;
  /** Resolves when the server has confirmed whose session this is; nothing is loaded before. */
  readonly confirmed: Promise<void>;
  readonly listener: Omit<Listener, 'connected' | 'refused'>;
  readonly dings: Dings;
  /** Called when the inbox has loaded, with the list and the sequence number up to which events have been handled. */
  begin(listed: InboxConversationsAnswer, sequence: number): void;
  onLoaded(): Promise<void>;
  onSignedOut(): void;
};

/**
 * Loads the inbox and follows its event stream. Loads it again when the stream fails for good. Returns a function that
 * stops this.
 */
export function followInbox(
  { state, set }: Cell,
  { since, confirmed, listener, dings, begin, onLoaded, onSignedOut }: Loading,
): () => void {
  let sequence = since;
  let following: Following | undefined;
  let failures = 0;
  let isClosed = false;
  let timer: number | undefined;
  // If two loads overlap, only the newer one is used.
  let newest = 0;
  const scheduleLoad = () => {
    following?.close();
    if (!isClosed) timer = window.setTimeout(load, Math.min(15_000, 500 * 2 ** failures++));
  };
  let isOffline = false;
  const setConnected = (isConnected: boolean) => set({ ...state(), isConnected: isConnected && !isOffline });
  const onReached = (number: number) => {
    sequence = number;
    listener.reached(number);
  };
  const load = async () => {
    if (isClosed) return;
    newest += 1;
    const number = newest;
    try {
      const [listed, page, open] = await Promise.all([fetchConversations(), fetchPage({}), dings.load()]);
      if (isClosed || number !== newest) return;
      failures = 0;
      // After the server was restored from a backup, its newest event may be older than ours.
      sequence = Math.min(sequence, listed.sequence);
      const conversations = createConversations(listed.conversations, page);
      set({ ...state(), phase: 'ready', conversations, isConnected: !isOffline });
      dings.loaded(open);
      begin(listed, sequence);
      // The stream starts at an event from before the page was loaded, so events in between arrive twice rather than
      // never.
      following = follow(sequence, { ...listener, reached: onReached, connected: setConnected, refused: scheduleLoad });
    } catch (error) {
      if (isClosed || number !== newest) return;
      if (isSignedOut(error)) return onSignedOut();
      setConnected(false);
      return scheduleLoad();
    }
    await onLoaded().catch(() => {});
  };
  const stopWatching = watchNetwork((isLost) => {
    isOffline = isLost;
    setConnected(!isLost && (following?.isOpen() ?? false));
  });
  void confirmed.then(load);
  return () => {
    isClosed = true;
    window.clearTimeout(timer);
    stopWatching();
    following?.close();
  };
}

/**
 * Calls `change` when the browser loses the network, and when it is back. A stream may look open for minutes after that,
 * and an answer that was sent before may arrive later. If the stream survived the interruption, it continues. Returns a
 * function that stops this.
 */
function watchNetwork(change: (isOffline: boolean) => void): () => void {
  const onOffline = () => change(true);
  const onOnline = () => change(false);
  window.addEventListener('offline', onOffline);
  window.addEventListener('online', onOnline);
  return () => {
    window.removeEventListener('offline', onOffline);
    window.removeEventListener('online', onOnline);
  };
}

/** A page of the inbox, newest first. */
export function fetchPage(query: Readonly<Record<string, string>>): Promise<InboxMessagesAnswer> {
  return call('GET', `/inbox/v1/messages?${new URLSearchParams({ limit: String(pageSize), ...query })}`);
}
