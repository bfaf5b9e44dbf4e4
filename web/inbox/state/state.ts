import type { InboxMessage, InboxRobot } from '../../../src/client/answers.ts';

/** What one robot has written; `messages` are the newest without a gap, oldest first. */
export type Conversation = {
  readonly robotCode: string;
  readonly robotName: string;
  /** Whether the person may mute and block the robot. */
  readonly installed: boolean;
  readonly muted: boolean;
  readonly blocked: boolean;
  readonly unblockable: boolean;
  /** The block was made of a mute, and the person has not been told yet. */
  readonly wasMute: boolean;
  readonly unreadCount: number;
  readonly messages: readonly InboxMessage[];
  /** How many were put in front since the start, so that a message keeps its place in the numbering. */
  readonly older: number;
  /** Asks for what is older: '' for the newest page, null when all is here. */
  readonly cursor: string | null;
};

export type State = {
  readonly phase: 'loading' | 'ready';
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly isConnected: boolean;
  /** Messages that were recalled since the page was opened, among them some that are not loaded. */
  readonly recalled: ReadonlySet<string>;
  /** What is said to screen readers: the last few, since several may come before one has been read out. */
  readonly said: readonly Said[];
};

/** A message that has arrived, or that one was recalled. */
export type Said = { readonly messageId: string; readonly message?: InboxMessage };

const mostSaid = 5;

export const emptyState: State = {
  phase: 'loading',
  conversations: new Map(),
  isConnected: true,
  recalled: new Set(),
  said: [],
};

type Conversations = State['conversations'];

/** A robot that is not among those of the organization. */
const unknownRobot = {
  installed: false,
  muted: false,
  blocked: false,
  unblockable: false,
  wasMute: false,
  unreadCount: 0,
} as const;

/** The conversations by the robots there are and the newest page of the inbox. */
export function opened(
  robots: readonly InboxRobot[],
  page: { readonly messages: readonly InboxMessage[]; readonly cursor: string | null },
): Conversations {
  const all = new Map<string, Conversation>();
  const begun = { messages: [], older: 0, cursor: page.cursor };
  for (const robot of robots) all.set(robot.robotCode, { ...robot, ...begun });
  for (const message of page.messages) {
    const { robotCode, robotName } = message;
    const known = all.get(robotCode) ?? { robotCode, robotName, ...unknownRobot, ...begun };
    all.set(robotCode, { ...known, messages: [message, ...known.messages] });
  }
  return all;
}

/** With a conversation of a robot, so far empty, unless there is one: a search finds messages of robots that are no longer listed. */
export function revealed(all: Conversations, robotCode: string, robotName: string): Conversations {
  if (all.has(robotCode)) return all;
  return changed(all, { robotCode, robotName, ...unknownRobot, messages: [], older: 0, cursor: '' });
}

/** With what the server says about each robot; one that it does not name has nothing unread. */
export function withRobots(all: Conversations, robots: readonly InboxRobot[]): Conversations {
  const said = new Map(robots.map((robot) => [robot.robotCode, robot]));
  return new Map([...all].map(([code, one]) => [code, { ...one, unreadCount: 0, ...said.get(code) }]));
}

/** With a page of older messages, newest first, before those that are there. */
export function withOlder(
  all: Conversations,
  robotCode: string,
  page: { readonly messages: readonly InboxMessage[]; readonly cursor: string | null },
): Conversations {
  const known = all.get(robotCode);
  if (!known) return all;
  const have = new Set(known.messages.map(({ messageId }) => messageId));
  const fresh = page.messages.filter(({ messageId }) => !have.has(messageId)).toReversed();
  return changed(all, {
    ...known,
    messages: [...fresh, ...known.messages],
    older: known.older + fresh.length,
    cursor: page.cursor,
  });
}

/** With something more to say; what a recalled message said goes. */
export function withSaid(said: State['said'], more: Said): State['said'] {
  return [...said.filter(({ messageId }) => messageId !== more.messageId), more].slice(-mostSaid);
}

/** After a message has arrived; undefined when it was there already, or belongs to older pages. */
export function arrived(all: Conversations, message: InboxMessage): Conversations | undefined {
  const { robotCode, robotName } = message;
  const known = all.get(robotCode);
  if (known?.messages.some(({ messageId }) => messageId === message.messageId)) return undefined;
  const oldest = known?.messages[0];
  if (oldest && known.cursor !== null && message.sentAt < oldest.sentAt) return undefined;
  const base = known ?? {
    robotCode,
    robotName,
    ...unknownRobot,
    messages: [],
    older: 0,
    cursor: null,
  };
  const unreadCount = base.unreadCount + (isUnread(message) ? 1 : 0);
  return changed(all, { ...base, unreadCount, messages: [...base.messages, message] });
}

/** After something has become of a message; undefined when it is not among those that are here, or this is known of it. */
export function became(
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
    return changed(all, { ...conversation, messages, unreadCount: Math.max(0, unreadCount) });
  }
  return undefined;
}

export function changed(all: Conversations, conversation: Conversation): Conversations {
  return new Map(all).set(conversation.robotCode, conversation);
}

export function isUnread({ readAt, recalled }: InboxMessage): boolean {
  return readAt === null && !recalled;
}

/** The conversation that had the last word first; those without a word last, by name. */
export function inOrder(all: Conversations): readonly Conversation[] {
  const last = ({ messages }: Conversation) => messages.at(-1)?.sentAt ?? 0;
  return [...all.values()].toSorted((a, b) => last(b) - last(a) || a.robotName.localeCompare(b.robotName));
}

/** How many messages are unread in all: the number of the title and of the app's badge, and the sum of the rows. */
export function unreadIn({ conversations }: State): number {
  return [...conversations.values()].reduce((sum, { unreadCount }) => sum + unreadCount, 0);
}

/**
 * The first unread message of a conversation, or null when nothing is unread. Undefined while older pages that are not loaded may hold an earlier
 * one: the server counts more unread messages than there are here.
 */
export function firstUnreadOf({ messages, unreadCount, cursor }: Conversation): string | null | undefined {
  const unread = messages.filter(isUnread);
  if (cursor !== null && unread.length < unreadCount) return undefined;
  return unread[0]?.messageId ?? null;
}
