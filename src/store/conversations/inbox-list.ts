/** What the list of conversations in a user's inbox shows. */
import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, sql, sqlList, type Work } from '../engine/sql.ts';
import { inboxEnd, readNewestOfEach, readUnreadCounts, type UnreadCount } from '../messages/inbox.ts';
import { readChoices, type StoredChoice } from '../messages/mutes-and-blocks.ts';
import type { InboxMessage } from '../model.ts';
import { findPeople } from '../people/users.ts';
import { type Conversation, findConversations } from './conversations.ts';

/** Maximum number of memberships in the list of a user: those in conversations that were created last. */
const mostListed = 1000;

/** The number of the newest messages among which the newest message of each conversation is searched. */
const scanned = 256;

/** A conversation in the list of a user. */
export type ListedConversation = Conversation & {
  readonly isMember: boolean;
  readonly muted: boolean;
  /** The names of the other members of a conversation of two; empty for a group. */
  readonly peers: readonly string[];
};

/** The conversations of a user. `sequence` is the number of the newest event of the stream that they include. */
export type InboxList = {
  /** The conversations that the user is in or has messages of, by number. */
  readonly conversations: ReadonlyMap<number, ListedConversation>;
  /** The user's choices by robot. */
  readonly choices: ReadonlyMap<number, StoredChoice>;
  readonly unread: readonly UnreadCount[];
  /** The newest message of each conversation that is among the newest messages of the inbox. */
  readonly newest: readonly InboxMessage[];
  readonly sequence: number;
};

const selectMemberships = sql<[conversationId: number, muted: number]>(
  'select_listed_memberships',
  `select conversation_id, muted from members
   where corp_id = $1 and user_id = $2 and left_in is null order by conversation_id desc limit $3`,
);
const selectMembershipsIn = sqlList<[conversationId: number, muted: number]>(
  'select_listed_memberships_in',
  (count) =>
    `select conversation_id, muted from members
     where corp_id = $1 and user_id = $2 and left_in is null and conversation_id in (${placeholders(3, count)})`,
);
const selectPeers = sqlList<[conversationId: number, userId: number]>(
  'select_peers',
  (count) =>
    `select conversation_id, user_id from members
     where corp_id = $1 and user_id <> $2 and left_in is null and conversation_id in (${placeholders(3, count)})`,
);

/** Maximum number of parameters in one statement. */
const atOnce = 128;

/**
 * Reads the list. It is consistent only if this runs in a snapshot. The members of groups are not read.
 *
 * @param most the most memberships that are listed without unread or recent messages
 */
export function* readInboxList(corpId: number, userId: number, most = mostListed): Work<InboxList> {
  const sequence = yield* inboxEnd(corpId, userId);
  const choices = yield* readChoices(corpId, userId);
  const unread = yield* readUnreadCounts(corpId, userId);
  const newest = yield* readNewestOfEach(corpId, userId, scanned);
  const seen = new Set([
    ...unread.flatMap(({ conversationId }) => conversationId ?? []),
    ...newest.flatMap(({ conversation }) => conversation?.id ?? []),
  ]);
  return { conversations: yield* readListed(corpId, userId, seen, most), choices, unread, newest, sequence };
}

function* readListed(
  corpId: number,
  userId: number,
  seen: ReadonlySet<number>,
  most: number,
): Work<ReadonlyMap<number, ListedConversation>> {
  const mutes = new Map(yield* queryRows(selectMemberships, corpId, userId, most));
  const others = [...seen].filter((id) => !mutes.has(id));
  // The user has left these, unless there are too many memberships for the first query.
  if (mutes.size === most) {
    for (const ids of chunksOf(others)) {
      for (const [id, muted] of yield* queryRows(selectMembershipsIn(ids.length), corpId, userId, ...ids))
        mutes.set(id, muted);
    }
  }
  const found: Conversation[] = [];
  for (const ids of chunksOf([...new Set([...mutes.keys(), ...seen])]))
    found.push(...(yield* findConversations(corpId, ids)).values());
  const pairs = found.filter(({ isGroup }) => !isGroup).map(({ id }) => id);
  const peers = yield* readPeers(corpId, userId, pairs);
  return new Map(
    found.map((one) => {
      const [isMember, muted] = [mutes.has(one.id), mutes.get(one.id) === 1];
      return [one.id, { ...one, isMember, muted, peers: peers.get(one.id) ?? [] }];
    }),
  );
}

/** Reads the names of the other members of conversations of two, by conversation. */
function* readPeers(
  corpId: number,
  userId: number,
  pairs: readonly number[],
): Work<ReadonlyMap<number, readonly string[]>> {
  const names = new Map<number, string[]>();
  for (const ids of chunksOf(pairs)) {
    const rows = yield* queryRows(selectPeers(ids.length), corpId, userId, ...ids);
    const people = yield* findPeople(corpId, [...new Set(rows.map(([, id]) => id))]);
    const nameOf = new Map(people.map(({ id, name }) => [id, name]));
    for (const [conversationId, id] of rows) {
      const known = nameOf.get(id);
      if (known !== undefined) names.set(conversationId, [...(names.get(conversationId) ?? []), known]);
    }
  }
  return names;
}

function chunksOf(ids: readonly number[]): readonly (readonly number[])[] {
  const chunks: (readonly number[])[] = [];
  for (let at = 0; at < ids.length; at += atOnce) chunks.push(padKeys(ids.slice(at, at + atOnce)));
  return chunks;
}
