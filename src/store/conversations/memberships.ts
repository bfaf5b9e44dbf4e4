/** The memberships of a conversation, current and ended ones. */
import { queryRows, sql, type Work } from '../engine/sql.ts';
import { findPeople } from '../people/users.ts';
import type { Member } from './members.ts';

/** When a user was a member: from the change `joined` until the change `leftIn`, null for a current member. */
export type GroupMembership = Member & {
  readonly joined: number;
  readonly leftIn: number | null;
  /** Epoch milliseconds. */
  readonly leftAt: number | null;
  /** Whether the user has left the organization, and gets no messages. */
  readonly isGone: boolean;
};

/** A position in a list of memberships: a user's number and the change that the membership began with. */
export type MembershipPosition = readonly [userId: number, joined: number];

const selectMemberships = sql<
  [userId: number, joined: number, isAdmin: number, leftIn: number | null, leftAt: number | null]
>(
  'select_conversation_memberships',
  `select user_id, joined, is_admin, left_in, left_at from members
   where corp_id = $1 and conversation_id = $2 and (user_id, joined) > ($3, $4)
   order by user_id, joined limit $5`,
);

/**
 * Reads a page of all memberships of a conversation that retention has not removed, in the order of the users' numbers
 * and then of time.
 */
export function* readMemberships(
  corpId: number,
  conversationId: number,
  after: MembershipPosition,
  limit: number,
): Work<readonly GroupMembership[]> {
  const rows = yield* queryRows(selectMemberships, corpId, conversationId, ...after, limit);
  const found = yield* findPeople(corpId, [...new Set(rows.map(([userId]) => userId))]);
  const people = new Map(found.map((person) => [person.id, person]));
  return rows.flatMap(([id, joined, isAdmin, leftIn, leftAt]): readonly GroupMembership[] => {
    const person = people.get(id);
    if (!person) return [];
    const { code, name, leftAt: goneAt } = person;
    const isGone = goneAt !== null;
    return [{ id, code, name, isAdmin: isAdmin === 1, joined, leftIn, leftAt: leftAt ?? goneAt, isGone }];
  });
}
