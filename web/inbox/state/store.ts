import type {
  InboxConversationSettings,
  InboxMembersAnswer,
  InboxMessage,
  InboxRobot,
  InboxSayAnswer,
} from '../../../src/client/answers.ts';
import { call, isSignedOut } from '../../shared/call.ts';
import type { KeptInbox } from '../offline/kept.ts';
import type { Manner } from '../thread/viewing.ts';
import { type Cards, createCards } from './cards.ts';
import { createCounts } from './counts.ts';
import { createDings, type Dings } from './dings.ts';
import { fetchPage, followInbox, type Loading } from './following.ts';
import { createOutbox, type Draft, type Outbox } from './outbox.ts';
import { createReads, messageReads } from './reads.ts';
import {
  type Announcement,
  addConversation,
  addMessage,
  type Conversation,
  changeMessage,
  emptyState,
  lastOf,
  restored,
  type State,
  setConversation,
  withAnnouncement,
  withListed,
  withOlder,
} from './state.ts';

const previews = 20;

/** The state of the signed-in user's inbox, kept in sync with the server. */
export type Store = {
  state(): State;
  subscribe(listener: () => void): () => void;
  /** Loads a page of older messages of a conversation. Resolves to whether it had any messages. */
  loadOlder(conversationId: string): Promise<boolean>;
  /** Adds a conversation that is no longer listed, to show a message that a search has found. */
  reveal(message: InboxMessage): void;
  /**
   * Loads the list of conversations again: there is no event when a user joins or leaves a group, or when it gets
   * another title or ends.
   */
  refresh(): void;
  /** Mutes or unmutes a conversation, or blocks or unblocks its robot. */
  choose(conversation: Conversation, change: Choice): Promise<void>;
  /** Loads a page of the members of a conversation, from a cursor on. */
  loadMembers(conversationId: string, cursor: string | undefined): Promise<InboxMembersAnswer>;
  /** Dismisses the notice that mutes have become blocks. */
  dismissNotices(): Promise<void>;
  /** Reports a read to the server. */
  markRead(messageId: string, manner: Manner): void;
  /** Sends what the user has written: it appears at once, and is sent as soon as the server can be reached. */
  send(draft: Draft): void;
  readonly retry: Outbox['retry'];
  readonly discard: Outbox['discard'];
  readonly dings: Pick<Dings, 'markRead' | 'dismiss'>;
  readonly cards: Cards;
  close(): void;
};

/** How an inbox starts. */
export type Start = {
  /** The sequence number of the newest event when the page was opened; later messages are announced. */
  readonly since: number;
  /** The user, whose own messages are not announced. */
  readonly userId: string;
  /** Resolves when the server has confirmed that this is the session of the user. Until then only `kept` shows. */
  readonly confirmed: Promise<void>;
  /** What this browser keeps of the inbox. */
  readonly kept: KeptInbox;
};

/**
 * Loads the inbox and follows its events until the store is closed.
 *
 * @param onSignedOut called when the session has ended
 */
export function createStore({ since, userId, confirmed, kept }: Start, onSignedOut: () => void): Store {
  const cell = createCell(kept.first ? restored(kept.first) : emptyState);
  const dings = createDings(cell, onSignedOut, kept.readsOf('dings', confirmed));
  const cards = createCards(onSignedOut);
  const live = createListener(cell, { dings, cards, userId });
  /** Calls `onSignedOut` if a request fails because the session has ended. */
  const watchSession = <T>(made: Promise<T>): Promise<T> =>
    made.catch((error: unknown) => {
      if (isSignedOut(error)) onSignedOut();
      throw error;
    });
  const older = createOlderLoader(cell, live.update);
  const loadOlder = (conversationId: string) => watchSession(older(conversationId));
  const reads = createReads(onSignedOut, messageReads, kept.readsOf('messages', confirmed));
  const outbox = createStoreOutbox(cell, live.update, onSignedOut);
  const ignoreReturn = watchReturn(live.counts.ask);
  const stopKeeping = kept.follow(cell);
  const stop = followInbox(cell, {
    since,
    confirmed,
    onSignedOut,
    listener: live.listener,
    dings,
    begin: live.counts.begin,
    async onLoaded() {
      await Promise.all(quietOf(cell.state()).map(({ conversationId }) => loadOlder(conversationId)));
    },
  });
  return {
    state: cell.state,
    subscribe: cell.subscribe,
    loadOlder,
    reveal: (message) => live.update(addConversation(cell.state().conversations, message)),
    refresh: live.counts.ask,
    async choose(conversation, change) {
      const chosen = await live.counts.change(watchSession(putChoice(conversation, change)));
      const known = cell.state().conversations.get(conversation.conversationId);
      if (known) live.update(setConversation(cell.state().conversations, { ...known, ...chosen }));
    },
    loadMembers: (conversationId, cursor) => watchSession(fetchMembers(conversationId, cursor)),
    async dismissNotices() {
      await live.counts.change(watchSession(call('DELETE', '/inbox/v1/notices')));
      live.update(withoutNotices(cell.state().conversations));
    },
    markRead: reads.add,
    send: (draft) => outbox.send(draft, cell.state().conversations.get(draft.conversationId)?.messages ?? []),
    retry: outbox.retry,
    discard: outbox.discard,
    ...{ dings, cards },
    close() {
      stop();
      stopKeeping();
      ignoreReturn();
      dings.close();
      live.counts.close();
      reads.close();
      outbox.close();
    },
  };
}

/** Conversations without a message in the newest page, of which one is loaded for the list. */
function quietOf({ conversations }: State): readonly Conversation[] {
  const quiet = [...conversations.values()].filter((one) => lastOf(one) === undefined && one.cursor !== null);
  return quiet.slice(0, previews);
}

function withoutNotices(all: State['conversations']): State['conversations'] {
  const seen = ({ robot, ...one }: Conversation) => ({ ...one, robot: robot && { ...robot, wasMute: false } });
  return new Map([...all].map(([id, one]) => [id, seen(one)] as const));
}

/** A change of a user's settings for a conversation; only a robot can be blocked. */
export type Choice = { readonly muted?: boolean; readonly blocked?: boolean };

async function putChoice({ conversationId, robot }: Conversation, change: Choice): Promise<Partial<Conversation>> {
  if (!robot) {
    const path = `/inbox/v1/conversations/${encodeURIComponent(conversationId)}`;
    const { muted } = await call<InboxConversationSettings>('PUT', path, { body: { muted: change.muted } });
    return { muted };
  }
  const path = `/inbox/v1/robots/${encodeURIComponent(robot.robotCode)}`;
  const { muted, blocked, wasMute } = await call<InboxRobot>('PUT', path, { body: change });
  return { muted, robot: { ...robot, blocked, wasMute } };
}

const membersAtOnce = 100;

function fetchMembers(conversationId: string, cursor: string | undefined): Promise<InboxMembersAnswer> {
  const query = new URLSearchParams({ limit: String(membersAtOnce), ...(cursor === undefined ? {} : { cursor }) });
  return call('GET', `/inbox/v1/conversations/${encodeURIComponent(conversationId)}/members?${query}`);
}

type Cell = ReturnType<typeof createCell<State>>;

type Listening = { readonly dings: Dings; readonly cards: Cards; readonly userId: string };

/** Creates the listener that updates the state on events. */
function createListener({ state, set }: Cell, { dings, cards, userId }: Listening) {
  const announce = (next: Announcement) =>
    set({ ...state(), announcements: withAnnouncement(state().announcements, next) });
  const counts = createCounts((listed) => {
    set({ ...state(), conversations: withListed(state().conversations, listed) });
  });
  const update = (conversations: State['conversations'] | undefined) => {
    if (conversations) set({ ...state(), conversations });
    // The event was about a message that is not loaded or is up to date; the unread count of its conversation may
    // nevertheless have changed.
    else counts.ask();
  };
  const listener: Loading['listener'] = {
    message(message) {
      const known = state().conversations.get(message.conversationId);
      // After a reconnect, a message may have been loaded with the page; it is still announced.
      const isOwn = message.sender.userId === userId;
      if (!known?.muted && !isOwn) announce({ messageId: message.messageId, message });
      update(addMessage(state().conversations, message));
      if (isOutdated(known, message)) counts.ask();
    },
    read: ({ messageId, readAt }) => update(changeMessage(state().conversations, messageId, { readAt })),
    recall({ messageId }) {
      announce({ messageId });
      set({ ...state(), recalled: new Set(state().recalled).add(messageId) });
      update(changeMessage(state().conversations, messageId, { recalled: true, msgParam: null }));
    },
    emotion: ({ messageId, emotions }) => update(changeMessage(state().conversations, messageId, { emotions })),
    robot({ robotCode, muted, blocked }) {
      const known = state().conversations.get(`robot:${robotCode}`);
      if (!known?.robot) return;
      const robot = { ...known.robot, blocked, wasMute: blocked && known.robot.wasMute };
      update(setConversation(state().conversations, { ...known, muted, robot }));
    },
    conversation({ conversationId, muted }) {
      const known = state().conversations.get(conversationId);
      if (known) update(setConversation(state().conversations, { ...known, muted }));
    },
    ding: dings.arrived,
    dingRead: dings.read,
    dingRecall: dings.recalled,
    card: cards.changed,
    opened: cards.missed,
    reached: counts.reached,
  };
  return { update, counts, listener };
}

/** Creates the outbox of the store, whose sent messages are added to their conversations. */
function createStoreOutbox(
  { state, set }: Cell,
  update: (all: State['conversations']) => void,
  onSignedOut: () => void,
) {
  const onSent = ({ message, robots }: InboxSayAnswer) => {
    const next = addMessage(state().conversations, message);
    if (next) update(next);
    const names = robots.filter(({ reach }) => reach === 'none').map(({ robotName }) => robotName);
    set({ ...state(), unheard: new Map(state().unheard).set(message.conversationId, names) });
  };
  const list = { list: () => state().outbox, set: (outbox: State['outbox']) => set({ ...state(), outbox }) };
  return createOutbox(list, onSent, onSignedOut);
}

/** Reports when the user returns to the tab. Returns a function that stops this. */
function watchReturn(report: () => void): () => void {
  const onChange = () => {
    if (document.visibilityState === 'visible') report();
  };
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/**
 * Whether a message shows that the list has changed, and does not show how: its conversation is new, its robot is
 * installed again, or an operator has removed a block. A message to a group and a notice show what has changed, and all
 * receivers would load the list at the same time.
 */
function isOutdated(known: Conversation | undefined, { conversationId }: InboxMessage): boolean {
  return !/^(group|notice):/.test(conversationId) && (known?.state !== 'open' || known.robot?.blocked === true);
}

/** Returns the function that loads older messages. Concurrent calls for the same conversation share one request. */
function createOlderLoader({ state }: Cell, update: (conversations: State['conversations']) => void) {
  const loading = new Map<string, Promise<boolean>>();
  const cursorOf = (conversationId: string) => state().conversations.get(conversationId)?.cursor ?? null;
  const load = async (conversationId: string): Promise<boolean> => {
    const cursor = cursorOf(conversationId);
    if (cursor === null) return false;
    const page = await fetchPage({ conversationId, ...(cursor === '' ? {} : { cursor }) });
    // If the inbox was reloaded in the meantime, this page does not adjoin the loaded messages.
    if (cursorOf(conversationId) !== cursor) return load(conversationId);
    // The update may trigger the next request, which must not join this one.
    loading.delete(conversationId);
    update(withOlder(state().conversations, conversationId, page));
    return page.messages.length > 0;
  };
  return (conversationId: string): Promise<boolean> => {
    const running = loading.get(conversationId);
    if (running) return running;
    const started = load(conversationId).finally(
      () => loading.get(conversationId) === started && loading.delete(conversationId),
    );
    loading.set(conversationId, started);
    return started;
  };
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
