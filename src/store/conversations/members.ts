/** The members of conversations, as intervals of change numbers. */
import type { Changes } from '../directory/change-writes.ts';
import { padKeys, splitRows } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, queryValue, sql, sqlList, type Work } from '../engine/sql.ts';
import type { Person } from '../model.ts';
import { findPeople } from '../people/users.ts';
import { addMembersChange, type GroupName, type Leaving } from './group-changes.ts';

type RaisedRow = [change: number, isGroup: number, openId: string, chatId: string | null, title: string];

const raiseChange = sql<RaisedRow>(
  'raise_conversation_change',
  `update conversations set change = change + 1 where corp_id = $1 and id = $2 and disbanded_at is null
   returning change, is_group, open_id, chat_id, title`,
);

/** Raises the change number of a conversation; returns undefined if it does not exist or is disbanded. */
function* raise(corpId: number, id: number): Work<{ readonly change: number; readonly group: GroupName } | undefined> {
  const row = yield* queryRow(raiseChange, corpId, id);
  if (!row) return undefined;
  const [change, isGroup, openId, chatId, title] = row;
  return { change, group: { isGroup: isGroup === 1, openId, chatId, title } };
}

// A member who is there already is skipped, and so is a user who has left the organization.
const insertMembers = sqlList<[userId: number]>(
  'insert_members',
  (count) =>
    `insert into members (corp_id, conversation_id, user_id, joined, is_admin)
     select u.corp_id, cast($2 as bigint), u.id, cast($3 as bigint), 0 from users u
     where u.corp_id = $1 and u.id in (${placeholders(4, count)}) and u.left_at is null and (
       select m.joined from members m
       where m.corp_id = u.corp_id and m.conversation_id = $2 and m.user_id = u.id and m.left_in is null) is null
     returning user_id`,
);

const endMembers = sqlList<[userId: number]>(
  'end_members',
  (count) =>
    `update members set left_in = $3, left_at = $4
     where corp_id = $1 and conversation_id = $2 and left_in is null and user_id in (${placeholders(5, count)})
     returning user_id`,
);

const updateAdmins = sqlList<[userId: number]>(
  'update_admins',
  (count) =>
    `update members set is_admin = $3
     where corp_id = $1 and conversation_id = $2 and left_in is null and user_id in (${placeholders(4, count)})
     returning user_id`,
);

/**
 * Adds users to a conversation. They get the messages that are sent from now on.
 *
 * @returns the number of new members; undefined if the conversation does not exist or is disbanded
 */
export function* addMembers(
  corpId: number,
  conversationId: number,
  userIds: readonly number[],
  changes: Changes,
): Work<number | undefined> {
  const raised = yield* raise(corpId, conversationId);
  if (raised === undefined) return undefined;
  const { change, group } = raised;
  return yield* insertAll({ corpId, conversationId, change, group }, userIds, changes);
}

/** Adds the first members of a conversation that the same transaction has created. */
export function* insertFirstMembers(
  corpId: number,
  conversationId: number,
  group: GroupName,
  userIds: readonly number[],
  changes: Changes,
): Work<number> {
  return yield* insertAll({ corpId, conversationId, change: 1, group }, userIds, changes);
}

/** A conversation at a change number. */
type Target = {
  readonly corpId: number;
  readonly conversationId: number;
  readonly change: number;
  readonly group: GroupName;
};

function* insertAll(target: Target, userIds: readonly number[], changes: Changes): Work<number> {
  const { corpId, conversationId, change, group } = target;
  const added: number[] = [];
  for (const some of splitRows([...new Set(userIds)])) {
    const rows = yield* queryRows(insertMembers(some.length), corpId, conversationId, change, ...some);
    for (const [userId] of rows) added.push(userId);
  }
  yield* addMembersChange(corpId, group, 'chat_add_member', added, changes);
  return added.length;
}

/** The reason for which members leave a conversation, at a time in epoch milliseconds. */
export type Removal = { readonly at: number; readonly leaving?: Leaving | undefined };

/**
 * Removes members from a conversation. They keep the messages that were sent before.
 *
 * @returns the number of members removed; undefined if the conversation does not exist or is disbanded
 */
export function* removeMembers(
  corpId: number,
  conversationId: number,
  userIds: readonly number[],
  { at, leaving = 'chat_remove_member' }: Removal,
  changes: Changes,
): Work<number | undefined> {
  const raised = yield* raise(corpId, conversationId);
  if (raised === undefined) return undefined;
  const removed: number[] = [];
  for (const some of splitRows([...new Set(userIds)])) {
    const rows = yield* queryRows(endMembers(some.length), corpId, conversationId, raised.change, at, ...some);
    for (const [userId] of rows) removed.push(userId);
  }
  yield* addMembersChange(corpId, raised.group, leaving, removed, changes);
  return removed.length;
}

/** Makes members of a conversation its administrators, or ordinary members. Returns how many were members. */
export function* setAdmins(corpId: number, conversationId: number, userIds: readonly number[], isAdmin: boolean) {
  let changed = 0;
  for (const some of splitRows([...new Set(userIds)].map((id) => [id]))) {
    const rows = yield* queryRows(updateAdmins(some.length), corpId, conversationId, Number(isAdmin), ...some.flat());
    changed += rows.length;
  }
  return changed;
}

/** A member of a conversation: a user of the organization. `code` is the userId. */
export type Member = { readonly id: number; readonly code: string; readonly name: string; readonly isAdmin: boolean };

// A subquery, not a join: without statistics PostgreSQL may join all users of the organization with all members.
const isPresent = `(select u.left_at from users u where u.corp_id = m.corp_id and u.id = m.user_id) is null`;

const selectMembers = sql<[userId: number, isAdmin: number]>(
  'select_members',
  `select m.user_id, m.is_admin from members m
   where m.corp_id = $1 and m.conversation_id = $2 and m.user_id > $3 and m.left_in is null and ${isPresent}
   order by m.user_id limit $4`,
);
const countMembersOf = sql<[count: number]>(
  'count_members',
  `select count(*) from members m
   where m.corp_id = $1 and m.conversation_id = $2 and m.left_in is null and ${isPresent}`,
);
const selectMember = sql<[userId: number]>(
  'select_member',
  `select user_id from members where corp_id = $1 and conversation_id = $2 and user_id = $3 and left_in is null`,
);

/** Reads a page of the current members, in the order of their numbers, after the number `after`. */
export function* readMembers(
  corpId: number,
  conversationId: number,
  after: number,
  limit: number,
): Work<readonly Member[]> {
  const rows = yield* queryRows(selectMembers, corpId, conversationId, after, limit);
  const people = new Map<number, Person>();
  for (const some of splitRows(rows)) {
    const found = yield* findPeople(
      corpId,
      some.map(([userId]) => userId),
    );
    for (const person of found) people.set(person.id, person);
  }
  return rows.flatMap(([userId, isAdmin]): readonly Member[] => {
    const person = people.get(userId);
    return person ? [{ id: userId, code: person.code, name: person.name, isAdmin: isAdmin === 1 }] : [];
  });
}

/** Counts the current members. */
export function* countMembers(corpId: number, conversationId: number): Work<number> {
  return (yield* queryValue(countMembersOf, corpId, conversationId)) ?? 0;
}

/** Whether a user is a current member. */
export function* isMember(corpId: number, conversationId: number, userId: number): Work<boolean> {
  return (yield* queryRow(selectMember, corpId, conversationId, userId)) !== undefined;
}

const selectMembersAmong = sqlList<[userId: number]>(
  'select_members_among',
  (count) =>
    `select user_id from members
     where corp_id = $1 and conversation_id = $2 and left_in is null and user_id in (${placeholders(3, count)})`,
);

/** Returns which of some users, at most a few hundred, are current members. */
export function* findMembersAmong(
  corpId: number,
  conversationId: number,
  userIds: readonly number[],
): Work<ReadonlySet<number>> {
  if (userIds.length === 0) return new Set();
  const keys = padKeys([...new Set(userIds)]);
  const rows = yield* queryRows(selectMembersAmong(keys.length), corpId, conversationId, ...keys);
  return new Set(rows.map(([userId]) => userId));
}

/** The members at a change number of a conversation: the recipients of the messages that were sent at that number. */
const atChange = `m.corp_id = $1 and m.conversation_id = $2 and m.joined <= $3 and (m.left_in is null or m.left_in > $3)`;

const selectRecipientsAfter = sql<[userId: number]>(
  'select_recipients_after',
  `select m.user_id from members m where ${atChange} and m.user_id > $4 and ${isPresent} order by m.user_id limit $5`,
);
const selectRecipientsUpTo = sql<[userId: number]>(
  'select_recipients_up_to',
  `select m.user_id from members m where ${atChange} and m.user_id <= $4 order by m.user_id desc limit $5`,
);
const selectMembersAfter = sql<[userId: number]>(
  'select_members_after',
  `select m.user_id from members m where ${atChange} and m.user_id > $4 order by m.user_id limit $5`,
);
const countRecipientsOf = sql<[count: number]>('count_recipients', `select count(*) from members m where ${atChange}`);

/** Who gets a message: a conversation, and its change number at the send. */
export type Audience = { readonly conversationId: number; readonly change: number };

const selectAudience = sql<[conversationId: number | null, sentIn: number | null]>(
  'select_audience',
  `select conversation_id, sent_in from messages{day $2} where corp_id = $1 and id = $2`,
);

/** Reads who gets a message; undefined if it was not sent to a conversation. */
export function* readAudience(corpId: number, messageId: number): Work<Audience | undefined> {
  const [conversationId = null, sentIn] = (yield* queryRow(selectAudience, corpId, messageId)) ?? [];
  return conversationId === null ? undefined : { conversationId, change: sentIn ?? 0 };
}

/** Reads the next users who get a message, in the order of their numbers, without users who have left. */
export function* readRecipientsAfter(
  corpId: number,
  { conversationId, change }: Audience,
  after: number,
  limit: number,
): Work<readonly number[]> {
  const rows = yield* queryRows(selectRecipientsAfter, corpId, conversationId, change, after, limit);
  return rows.map(([userId]) => userId);
}

/** Reads the members at the send, in the order of their numbers, also users who have left. */
export function* readMembersAfter(
  corpId: number,
  { conversationId, change }: Audience,
  after: number,
  limit: number,
): Work<readonly number[]> {
  const rows = yield* queryRows(selectMembersAfter, corpId, conversationId, change, after, limit);
  return rows.map(([userId]) => userId);
}

/** Reads users who got a message, from the number `upTo` downwards. */
export function* readRecipientsUpTo(
  corpId: number,
  { conversationId, change }: Audience,
  upTo: number,
  limit: number,
): Work<readonly number[]> {
  const rows = yield* queryRows(selectRecipientsUpTo, corpId, conversationId, change, upTo, limit);
  return rows.map(([userId]) => userId);
}

const selectReceived = sql<[userId: number]>(
  'select_received_by_member',
  `select m.user_id from messages{day $2} x join members m on m.corp_id = x.corp_id and m.conversation_id = x.conversation_id
     and m.user_id = $3 and m.joined <= x.sent_in and (m.left_in is null or m.left_in > x.sent_in)
   where x.corp_id = $1 and x.id = $2 and x.recalled_at is null
     and (x.state = 2 or x.delivered_to >= $3 or x.person_id = $3)`,
);

/** Whether a message to a conversation has been delivered to a user or was written by them, and is not recalled. */
export function* hasReceived(corpId: number, messageId: number, userId: number): Work<boolean> {
  return (yield* queryRow(selectReceived, corpId, messageId, userId)) !== undefined;
}

/** Counts the members at a change number, also users who have left since. */
export function* countRecipients(corpId: number, { conversationId, change }: Audience): Work<number> {
  return (yield* queryValue(countRecipientsOf, corpId, conversationId, change)) ?? 0;
}

const deleteEnded = sql<[userId: number]>(
  'delete_ended_members',
  `delete from members where (corp_id, conversation_id, user_id, joined) in (
     select corp_id, conversation_id, user_id, joined from members
     where corp_id = $1 and left_at < $2 order by left_at limit $3)
   returning user_id`,
);

/** Deletes up to `limit` intervals that ended before a time. Returns how many. */
export function* pruneMembers(corpId: number, before: number, limit: number): Work<number> {
  return (yield* queryRows(deleteEnded, corpId, before, limit)).length;
}
