import type { InboxConversation, InboxDing, InboxMessage } from '../../../src/client/answers.ts';
import type { Outgoing } from './outbox.ts';

/**
 * A conversation with a robot, in a group, or of two people. `messages` are its newest messages without a gap, oldest
 * first.
 */
export type Conversation = InboxConversation & {
  readonly messages: readonly InboxMessage[];
  /** The number of older messages loaded since the start, from which the messages get stable chunk numbers. */
  readonly older: number;
  /** The cursor of the next older page: '' for the newest page, null if all messages are loaded. */
  readonly cursor: string | null;
};

export type State = {
  readonly phase: 'loading' | 'ready';
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly isConnected: boolean;
  /** The ids of messages recalled since the page was opened, including messages that are not loaded. */
  readonly recalled: ReadonlySet<string>;
  /** The latest announcements for screen readers; several, because more may arrive while one is read out. */
  readonly announcements: readonly Announcement[];
  /** The DINGs on top of the inbox, newest first. */
  readonly dings: readonly InboxDing[];
  /** The last DING that arrived on this page, to announce it. */
  readonly newestDing: InboxDing | undefined;
  /** The messages of the user that are on their way to the server, oldest first. */
  readonly outbox: readonly Outgoing[];
  /** By conversation: the names of robots that did not get the last message, because no program listens for them. */
  readonly unheard: ReadonlyMap<string, readonly string[]>;
};

/** An announcement: a new message, or the recall of one if `message` is absent. */
export type Announcement = { readonly messageId: string; readonly message?: InboxMessage };

const mostAnnouncements = 5;

export const emptyState: State = {
  phase: 'loading',
  conversations: new Map(),
  isConnected: true,
  recalled: new Set(),
  announcements: [],
  dings: [],
  newestDing: undefined,
  outbox: [],
  unheard: new Map(),
};

/** What a browser keeps of an inbox. */
export type KeptState = { readonly conversations: readonly Conversation[]; readonly dings: readonly InboxDing[] };

/** The state of a page that is opened without a connection. */
export function restored({ conversations, dings }: KeptState): State {
  const byId = new Map(conversations.map((one) => [one.conversationId, one]));
  return { ...emptyState, phase: 'ready', isConnected: false, conversations: byId, dings };
}

const keptMessages = 100;

/** What is kept of a state: the newest messages of each conversation. */
export function toKept({ conversations, dings }: State): KeptState {
  const trim = (one: Conversation) => ({ ...one, messages: one.messages.slice(-keptMessages) });
  return { conversations: [...conversations.values()].map(trim), dings };
}

type Conversations = State['conversations'];

/** A conversation that the server does not list, as far as one of its messages describes it. */
function describeConversation({ conversationId, conversation, robotCode, robotName }: InboxMessage): InboxConversation {
  const unlisted = { conversationId, state: 'left', muted: false, unreadCount: 0, lastMessage: null } as const;
  if (conversation) {
    const kind = conversationId.startsWith('private:') ? 'private' : 'group';
    return { ...unlisted, kind, ...conversation, robot: null };
  }
  if (conversationId.startsWith('notice:')) {
    return { ...unlisted, kind: 'notice', state: 'open', title: robotName, openConversationId: null, robot: null };
  }
  const robot = {
    ...{ robotCode, installed: false, blocked: false, unblockable: false, wasMute: false },
    ...{ brief: null, description: null, quickEntries: [] },
  };
  return { ...unlisted, kind: 'robot', title: robotName, openConversationId: null, robot };
}

/** Creates the conversations from the server's list and the newest page of the inbox. */
export function createConversations(
  listed: readonly InboxConversation[],
  page: { readonly messages: readonly InboxMessage[]; readonly cursor: string | null },
): Conversations {
  const all = new Map<string, Conversation>();
  const begun = { messages: [], older: 0, cursor: page.cursor };
  for (const one of listed) all.set(one.conversationId, { ...one, ...begun });
  for (const message of page.messages) {
    const known = all.get(message.conversationId) ?? { ...describeConversation(message), ...begun };
    all.set(message.conversationId, { ...known, messages: [message, ...known.messages] });
  }
  return all;
}

function unlist(one: Conversation): Conversation {
  const robot = one.robot && { ...one.robot, installed: false };
  return { ...one, state: one.kind === 'notice' ? 'open' : 'left', unreadCount: 0, robot };
}

/** A conversation of which nothing is loaded yet. */
const unloaded = { messages: [], older: 0, cursor: '' } as const;

/** Adds an empty conversation if there is none: a search may find messages of conversations that are not listed. */
export function addConversation(all: Conversations, message: InboxMessage): Conversations {
  if (all.has(message.conversationId)) return all;
  return setConversation(all, { ...describeConversation(message), ...unloaded });
}

/**
 * Applies a list from the server, which may have new conversations. A conversation that is not listed has nothing unread,
 * and the user has left it.
 */
export function withListed(all: Conversations, listed: readonly InboxConversation[]): Conversations {
  const known = [...all].map(([id, one]) => [id, unlist(one)] as const);
  const next = new Map<string, Conversation>(known);
  for (const one of listed) next.set(one.conversationId, { ...(next.get(one.conversationId) ?? unloaded), ...one });
  return next;
}

/** Prepends a page of older messages (newest first) to a conversation. */
export function withOlder(
  all: Conversations,
  conversationId: string,
  page: { readonly messages: readonly InboxMessage[]; readonly cursor: string | null },
): Conversations {
  const known = all.get(conversationId);
  if (!known) return all;
  const have = new Set(known.messages.map(({ messageId }) => messageId));
  const fresh = page.messages.filter(({ messageId }) => !have.has(messageId)).toReversed();
  return setConversation(all, {
    ...known,
    messages: [...fresh, ...known.messages],
    older: known.older + fresh.length,
    cursor: page.cursor,
  });
}

/** Adds an announcement. It replaces an earlier one of the same message, so a recalled message is not read out. */
export function withAnnouncement(announcements: State['announcements'], more: Announcement): State['announcements'] {
  return [...announcements.filter(({ messageId }) => messageId !== more.messageId), more].slice(-mostAnnouncements);
}

/**
 * The conversation of a new message, which may be unknown so far. A message to a group has its title, and shows that the
 * user is a member, so that not every member has to load the list again.
 */
function conversationOf(message: InboxMessage, known: Conversation | undefined): Conversation {
  const base = known ?? { ...describeConversation(message), ...unloaded };
  if (base.kind !== 'group' || !message.conversation) return base;
  return { ...base, title: message.conversation.title, state: base.state === 'left' ? 'open' : base.state };
}

/** Appends a new message. Returns undefined if it is loaded already or belongs to an older page. */
export function addMessage(all: Conversations, message: InboxMessage): Conversations | undefined {
  const known = all.get(message.conversationId);
  if (known?.messages.some(({ messageId }) => messageId === message.messageId)) return undefined;
  const oldest = known?.messages[0];
  if (oldest && known.cursor !== null && message.sentAt < oldest.sentAt) return undefined;
  const base = conversationOf(message, known);
  const unreadCount = base.unreadCount + (isUnread(message) ? 1 : 0);
  return setConversation(all, { ...base, unreadCount, messages: [...base.messages, message] });
}

/** Applies a change to a message. Returns undefined if the message is not loaded or has these values already. */
export function changeMessage(
  all: Conversations,
  messageId: string,
  change: Partial<InboxMessage>,
): Conversations | undefined {
  for (const conversation of all.values()) {
    const index = conversation.messages.findLastIndex((one) => one.messageId === messageId);
    const message = conversation.messages[index];
    if (!message) continue;
    if (Object.entries(change).every(([name, value]) => message[name as keyof InboxMessage] === value))
      return undefined;
    const next = { ...message, ...change };
    const unreadCount = conversation.unreadCount - (isUnread(message) && !isUnread(next) ? 1 : 0);
    const messages = conversation.messages.with(index, next);
    return setConversation(all, { ...conversation, messages, unreadCount: Math.max(0, unreadCount) });
  }
  return undefined;
}

export function setConversation(all: Conversations, conversation: Conversation): Conversations {
  return new Map(all).set(conversation.conversationId, conversation);
}

export function isUnread({ readAt, recalled }: InboxMessage): boolean {
  return readAt === null && !recalled;
}

/** The newest message of a conversation, which may not be loaded otherwise; undefined if none is known. */
export function lastOf({ messages, lastMessage }: Conversation): InboxMessage | undefined {
  return messages.at(-1) ?? lastMessage ?? undefined;
}

/** Sorts conversations by their newest message, newest first; those without messages come last, by title. */
export function sortConversations(all: Conversations): readonly Conversation[] {
  const last = (one: Conversation) => lastOf(one)?.sentAt ?? 0;
  return [...all.values()].toSorted((a, b) => last(b) - last(a) || a.title.localeCompare(b.title));
}

/** The total number of unread messages and DINGs, shown in the title and the app's badge. */
export function countUnread({ conversations, dings }: State): number {
  const unreadDings = dings.filter(({ readAt }) => readAt === null).length;
  return [...conversations.values()].reduce((sum, { unreadCount }) => sum + unreadCount, unreadDings);
}

/**
 * The id of the first unread message of a conversation, or null if none is unread. Undefined while it may be on an
 * older page: the server counts more unread messages than are loaded.
 */
export function firstUnreadOf({ messages, unreadCount, cursor }: Conversation): string | null | undefined {
  const unread = messages.filter(isUnread);
  if (cursor !== null && unread.length < unreadCount) return undefined;
  return unread[0]?.messageId ?? null;
}
