import type { AuditEntry } from '../../store/console/audit.ts';
import type { Conversation, NewConversation } from '../../store/conversations/conversations.ts';
import { type GroupClaim, membersAtOnce } from '../../store/conversations/group-verbs.ts';
import { idempotencyWindow } from '../../wire/limits.ts';
import type { Context } from '../context.ts';
import { renderClaimCode } from '../idempotency.ts';

/** Bytes of an openConversationId: the vendor's are 27 characters for groups and 47 for conversations of two. */
const groupBytes = 16;
const privateBytes = 32;

/** A group to create. The owner becomes a member. */
export type GroupFields = {
  readonly corpId: number;
  readonly title: string;
  readonly ownerId: number;
  readonly userIds: readonly number[];
  readonly adminIds?: readonly number[];
  readonly robotIds?: readonly number[];
  readonly templateId?: string | undefined;
  readonly icon?: string | undefined;
  readonly options?: Conversation['options'];
  /** The name in a configuration file. */
  readonly setupName?: string;
  /** Its creation is not an event, because its organization is being set up. */
  readonly isQuiet?: boolean;
  /** Default: random. */
  readonly openConversationId?: string | undefined;
  readonly chatId?: string | undefined;
};

/** The ids of a group that callers see. */
export type GroupIds = { readonly openConversationId: string; readonly chatId: string };

/**
 * Creates a group with any number of members. With a claim, a later call with the same claim finds the same group.
 *
 * @param describe returns an audit entry, which is written with the group
 * @throws StoreError `taken` if the openConversationId or chatId is in use
 */
export async function createGroup(
  context: Context,
  fields: GroupFields,
  claim?: GroupClaim,
  describe?: (ids: GroupIds) => AuditEntry,
): Promise<GroupIds> {
  const { store } = context;
  const { corpId, ownerId, robotIds = [], adminIds = [], setupName, isQuiet } = fields;
  const conversation = await toConversation(context, fields);
  const userIds = [...new Set([ownerId, ...adminIds, ...fields.userIds])];
  const ids = { openConversationId: conversation.openId, chatId: conversation.chatId };
  const group = { conversation, userIds, robotIds, adminIds, setupName, isQuiet };
  const id = await store.groups.create(group, claim, describe?.(ids));
  if (id !== conversation.id) return findIds(context, corpId, id);
  const at = isQuiet ? undefined : conversation.createdAt;
  if (userIds.length > membersAtOnce)
    await store.conversations.addMembers(corpId, id, userIds.slice(membersAtOnce), at);
  return ids;
}

async function findIds({ store }: Context, corpId: number, id: number): Promise<GroupIds> {
  const found = await store.conversations.find(corpId, id);
  return { openConversationId: found?.openId ?? '', chatId: found?.chatId ?? '' };
}

async function toConversation(
  { store, clock, randomBytes }: Context,
  { corpId, title, ownerId, templateId, icon, options, openConversationId, chatId }: GroupFields,
): Promise<NewConversation & { readonly chatId: string }> {
  return {
    corpId,
    id: await store.number('conversation'),
    openId: openConversationId ?? `cid${Buffer.from(randomBytes(groupBytes)).toString('base64')}`,
    chatId: chatId ?? `chat${Buffer.from(randomBytes(groupBytes)).toString('hex')}`,
    isGroup: true,
    title,
    ownerId,
    templateId: templateId ?? null,
    icon: icon ?? null,
    options: options ?? {},
    createdAt: clock.now(),
  };
}

/** A conversation of two people to create, with robots. */
export type PrivateFields = Pick<GroupFields, 'corpId' | 'title' | 'userIds'> & {
  readonly robotIds: readonly number[];
};

/** Creates a conversation of two people. Resolves with its openConversationId. */
export async function createPrivateConversation(
  { store, clock, randomBytes }: Context,
  { corpId, title, userIds, robotIds }: PrivateFields,
): Promise<string> {
  const conversation: NewConversation = {
    corpId,
    id: await store.number('conversation'),
    openId: `cid${Buffer.from(randomBytes(privateBytes)).toString('base64')}`,
    chatId: null,
    isGroup: false,
    title,
    ownerId: null,
    templateId: null,
    icon: null,
    options: {},
    createdAt: clock.now(),
  };
  await store.conversations.create({ conversation, userIds, robotIds });
  return conversation.openId;
}

/** Creates the claim of a call with a `uuid`: for 24 hours, the same app and uuid create one group by one path. */
export function createClaim(appId: number, path: string, uuid: string | undefined): GroupClaim | undefined {
  return uuid === undefined || uuid === ''
    ? undefined
    : { appId, code: renderClaimCode(path, uuid), window: idempotencyWindow };
}
