/** Describes changes of groups as events of the organization. Conversations of two have no such events. */
import type { Changes } from '../directory/change-writes.ts';
import type { ChangedMember, GroupChange } from '../directory/organization-changes.ts';
import { splitRows } from '../engine/rows.ts';
import { placeholders, queryRows, sqlList, type Work } from '../engine/sql.ts';

/** The fields that identify a group in its events. */
export type GroupName = {
  readonly openId: string;
  readonly chatId: string | null;
  readonly isGroup: boolean;
  readonly title: string;
};

/** The properties of a group whose changes are events. */
type GroupProperties = GroupName & { readonly ownerId: number | null };

/** How members have left: removed by somebody else, or by themselves. */
export type Leaving = 'chat_remove_member' | 'chat_quit';

const selectNamed = sqlList<[id: number, code: string, unionId: string | null]>(
  'select_changed_members',
  (count) => `select id, code, union_id from users where corp_id = $1 and id in (${placeholders(2, count)})`,
);

/** Reads how events name users, in the order of their numbers. */
function* readNamed(corpId: number, userIds: readonly number[]): Work<readonly ChangedMember[]> {
  const named = new Map<number, ChangedMember>();
  const sorted = userIds.toSorted((a, b) => a - b);
  for (const some of splitRows(sorted)) {
    for (const [id, userId, unionId] of yield* queryRows(selectNamed(some.length), corpId, ...some))
      named.set(id, { userId, unionId: unionId ?? '' });
  }
  return sorted.flatMap((id) => named.get(id) ?? []);
}

function nameGroup({ openId, chatId, title }: GroupName) {
  return { openConversationId: openId, chatId: chatId ?? '', title };
}

/** Adds the event of users who have become members of a group, or of members who have left it; none without users. */
export function* addMembersChange(
  corpId: number,
  group: GroupName,
  type: 'chat_add_member' | Leaving,
  userIds: readonly number[],
  changes: Changes,
): Work<void> {
  if (!group.isGroup || userIds.length === 0) return;
  const members = yield* readNamed(corpId, userIds);
  const [operator] = type === 'chat_quit' ? members : [];
  changes.add(corpId, { type, ...nameGroup(group), ...(operator && { operator }), members });
}

/** Adds the events of a new title and of a new owner, as far as they differ from those before. */
export function* addPropertyChanges(
  corpId: number,
  before: GroupProperties,
  after: GroupProperties,
  changes: Changes,
): Work<void> {
  if (!after.isGroup) return;
  const add = (change: Pick<GroupChange, 'type' | 'owner'>) => changes.add(corpId, { ...change, ...nameGroup(after) });
  if (before.title !== after.title) add({ type: 'chat_update_title' });
  if (before.ownerId === after.ownerId || after.ownerId === null) return;
  const [owner] = yield* readNamed(corpId, [after.ownerId]);
  if (owner) add({ type: 'chat_update_owner', owner });
}

/** Adds the event of a group that was disbanded. */
export function addDisbanded(corpId: number, group: GroupName, changes: Changes): void {
  if (group.isGroup) changes.add(corpId, { type: 'chat_disband', ...nameGroup(group) });
}
