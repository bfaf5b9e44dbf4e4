import type { InboxMessagesAnswer, InboxRobot, InboxRobotsAnswer } from '../../../src/client/answers.ts';
import { call, isSignedOut } from '../../shared/call.ts';
import type { Manner } from '../thread/viewing.ts';
import { createCounts, fetchRobots } from './counts.ts';
import { createDings, type Dings } from './dings.ts';
import { createReads } from './reads.ts';
import {
  type Announcement,
  addConversation,
  addMessage,
  changeMessage,
  createConversations,
  emptyState,
  type State,
  setConversation,
  withAnnouncement,
  withOlder,
  withRobots,
} from './state.ts';
import { type Following, follow, type Listener } from './stream.ts';

const pageSize = 100;
const previews = 20;

/** The state of the signed-in user's inbox, kept in sync with the server. */
export type Store = {
  state(): State;
  subscribe(listener: () => void): () => void;
  /** Loads a page of older messages of a robot. Resolves to whether it had any messages. */
  loadOlder(robotCode: string): Promise<boolean>;
  /** Adds a conversation with a robot that is no longer listed, to show messages that a search has found. */
  reveal(robotCode: string, robotName: string): void;
  /** Mutes, unmutes, blocks or unblocks a robot. */
  choose(robotCode: string, change: Choice): Promise<void>;
  /** Dismisses the notice that mutes have become blocks. */
  dismissNotices(): Promise<void>;
  /** Reports a read to the server. */
  markRead(messageId: string, manner: Manner): void;
  readonly dings: Pick<Dings, 'markRead' | 'dismiss'>;
  close(): void;
};

/**
 * Loads the inbox and follows its events until the store is closed.
 *
 * @param since the sequence number of the newest event when the page was opened; later messages are announced
 * @param onSignedOut called when the session has ended
 */
export function createStore(since: number, onSignedOut: () => void): Store {
  const cell = createCell(emptyState);
  const dings = createDings(cell, onSignedOut);
  const live = createListener(cell, dings);
  /** Calls `onSignedOut` if a request fails because the session has ended. */
  const watchSession = <T>(made: Promise<T>): Promise<T> =>
    made.catch((error: unknown) => {
      if (isSignedOut(error)) onSignedOut();
      throw error;
    });
  const older = createOlderLoader(cell, live.update);
  const loadOlder = (robotCode: string) => watchSession(older(robotCode));
  const reads = createReads(onSignedOut);
  const stop = followInbox(cell, {
    since,
    onSignedOut,
    listener: live.listener,
    dings,
    begin: live.counts.begin,
    async onLoaded() {
      const all = [...cell.state().conversations.values()];
      const quiet = all.filter((one) => one.messages.length === 0 && one.cursor !== null);
      await Promise.all(quiet.slice(0, previews).map(({ robotCode }) => loadOlder(robotCode)));
    },
  });
  return {
    state: cell.state,
    subscribe: cell.subscribe,
    loadOlder,
    reveal: (robotCode, robotName) => live.update(addConversation(cell.state().conversations, robotCode, robotName)),
    async choose(robotCode, change) {
      const path = `/inbox/v1/robots/${encodeURIComponent(robotCode)}`;
      const { muted, blocked, wasMute } = await live.counts.change(
        watchSession(call<InboxRobot>('PUT', path, { body: change })),
      );
      const known = cell.state().conversations.get(robotCode);
      if (known) live.update(setConversation(cell.state().conversations, { ...known, muted, blocked, wasMute }));
    },
    async dismissNotices() {
      await live.counts.change(watchSession(call('DELETE', '/inbox/v1/notices')));
      const all = [...cell.state().conversations].map(([code, one]) => [code, { ...one, wasMute: false }] as const);
      live.update(new Map(all));
    },
    markRead: reads.add,
    dings,
    close() {
      stop();
      dings.close();
      live.counts.close();
      reads.close();
    },
  };
}

/** A change of a user's settings for a robot. */
export type Choice = { readonly muted?: boolean; readonly blocked?: boolean };

type Cell = ReturnType<typeof createCell<State>>;
type Loading = {
  readonly since: number;
  readonly listener: Omit<Listener, 'connected' | 'refused'>;
  readonly dings: Dings;
  /** Called when the inbox has loaded, with the robots and the sequence number up to which events have been handled. */
  begin(counted: InboxRobotsAnswer, sequence: number): void;
  onLoaded(): Promise<void>;
  onSignedOut(): void;
};

/**
 * Loads the inbox and follows its event stream. Loads it again when the stream fails for good. Returns a function that
 * stops this.
 */
function followInbox(
  { state, set }: Cell,
  { since, listener, dings, begin, onLoaded, onSignedOut }: Loading,
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
      const [counted, page, open] = await Promise.all([fetchRobots(), fetchPage({}), dings.load()]);
      if (isClosed || number !== newest) return;
      failures = 0;
      // After the server was restored from a backup, its newest event may be older than ours.
      sequence = Math.min(sequence, counted.sequence);
      const conversations = createConversations(counted.robots, page);
      set({ ...state(), phase: 'ready', conversations, isConnected: !isOffline });
      dings.loaded(open);
      begin(counted, sequence);
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
  void load();
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

/** Creates the listener that updates the state on events. */
function createListener({ state, set }: Cell, dings: Dings) {
  const announce = (next: Announcement) =>
    set({ ...state(), announcements: withAnnouncement(state().announcements, next) });
  const counts = createCounts((robots) => {
    set({ ...state(), conversations: withRobots(state().conversations, robots) });
  });
  const update = (conversations: State['conversations'] | undefined) => {
    if (conversations) set({ ...state(), conversations });
    // The event was about a message that is not loaded or is up to date; the unread count of its robot may have changed
    // all the same.
    else counts.ask();
  };
  const listener: Loading['listener'] = {
    message(message) {
      const known = state().conversations.get(message.robotCode);
      // After a reconnect, a message may have been loaded with the page; it is still announced.
      if (!known?.muted) announce({ messageId: message.messageId, message });
      update(addMessage(state().conversations, message));
      // A message from a blocked robot means that an operator has removed the block, so refresh the counts.
      if (known?.blocked) counts.ask();
    },
    read: ({ messageId, readAt }) => update(changeMessage(state().conversations, messageId, { readAt })),
    recall({ messageId }) {
      announce({ messageId });
      set({ ...state(), recalled: new Set(state().recalled).add(messageId) });
      update(changeMessage(state().conversations, messageId, { recalled: true, msgParam: null }));
    },
    robot({ robotCode, muted, blocked }) {
      const known = state().conversations.get(robotCode);
      const wasMute = blocked && (known?.wasMute ?? false);
      if (known) update(setConversation(state().conversations, { ...known, muted, blocked, wasMute }));
    },
    ding: dings.arrived,
    dingRead: dings.read,
    dingRecall: dings.recalled,
    reached: counts.reached,
  };
  return { update, counts, listener };
}

/** Returns the function that loads older messages. Concurrent calls for the same robot share one request. */
function createOlderLoader({ state }: Cell, update: (conversations: State['conversations']) => void) {
  const loading = new Map<string, Promise<boolean>>();
  const cursorOf = (robotCode: string) => state().conversations.get(robotCode)?.cursor ?? null;
  const load = async (robotCode: string): Promise<boolean> => {
    const cursor = cursorOf(robotCode);
    if (cursor === null) return false;
    const page = await fetchPage({ robotCode, ...(cursor === '' ? {} : { cursor }) });
    // If the inbox was reloaded in the meantime, this page does not adjoin the loaded messages.
    if (cursorOf(robotCode) !== cursor) return load(robotCode);
    // The update may trigger the next request, which must not join this one.
    loading.delete(robotCode);
    update(withOlder(state().conversations, robotCode, page));
    return page.messages.length > 0;
  };
  return (robotCode: string): Promise<boolean> => {
    const running = loading.get(robotCode);
    if (running) return running;
    const started = load(robotCode).finally(() => loading.get(robotCode) === started && loading.delete(robotCode));
    loading.set(robotCode, started);
    return started;
  };
}

/** A page of the inbox, newest first. */
function fetchPage(query: Readonly<Record<string, string>>): Promise<InboxMessagesAnswer> {
  return call('GET', `/inbox/v1/messages?${new URLSearchParams({ limit: String(pageSize), ...query })}`);
}

function createCell<T>(first: T) {
  let now = first;
  const listeners = new Set<() => void>();
  return {
    state: () => now,
    set(next: T) {
      now = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
