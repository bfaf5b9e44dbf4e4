import type { Conversation } from '../../store/conversations/conversations.ts';
import type { Member } from '../../store/conversations/members.ts';
import type { Context } from '../context.ts';

export type { Conversation } from '../../store/conversations/conversations.ts';

/**
 * The groups with an id: that of the organization, or else whether another organization has one. Only an installation
 * into which data was copied can have both.
 */
export type FoundGroup = { readonly group: Conversation | undefined; readonly isElsewhere: boolean };

/** Finds a group of an organization by openConversationId. */
export async function findGroup({ store }: Context, corpId: number, openId: string): Promise<FoundGroup> {
  return selectGroup(await store.conversations.byOpenId(openId), corpId);
}

/** Finds a group of an organization by chatId. */
export async function findGroupByChatId({ store }: Context, corpId: number, chatId: string): Promise<FoundGroup> {
  return selectGroup(await store.conversations.byChatId(chatId), corpId);
}

function selectGroup(found: readonly Conversation[], corpId: number): FoundGroup {
  const groups = found.filter(({ isGroup }) => isGroup);
  const group = groups.find((one) => one.corpId === corpId);
  return { group, isElsewhere: !group && groups.length > 0 };
}

/** Reads all members of a group, in the order of their numbers. */
export async function readAllMembers({ store }: Context, { corpId, id }: Conversation): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (let after = 0; ; ) {
    const some = await store.conversations.members(corpId, id, after, membersPage);
    members.push(...some);
    const last = some.at(-1);
    if (!last || some.length < membersPage) return members;
    after = last.id;
  }
}

/**
 * Returns how many members a group would have after a change, or an upper bound of it that does not exceed `most`, for
 * which the members need not be read.
 */
export async function countMembersAfter(
  context: Context,
  group: Conversation,
  { added, removed }: { readonly added: readonly number[]; readonly removed: readonly number[] },
  most: number,
): Promise<number> {
  const bound = (await context.store.conversations.memberCount(group.corpId, group.id)) + added.length;
  if (bound <= most) return bound;
  const ids = new Set((await readAllMembers(context, group)).map(({ id }) => id));
  for (const id of added) ids.add(id);
  for (const id of removed) ids.delete(id);
  return ids.size;
}

const membersPage = 1000;

/** Returns the code of a group's owner, also of one who has left; empty if the group has no owner. */
export async function readOwnerCode({ store }: Context, { corpId, ownerId }: Conversation): Promise<string> {
  return ownerId === null ? '' : ((await store.userOf(corpId, ownerId))?.code ?? '');
}
