import type { NewConversation } from '../../store/conversations/conversations.ts';
import type { Context } from '../context.ts';

/** A conversation to create. Users and robots are given by their numbers. */
export type Creation = {
  readonly corpId: number;
  readonly isGroup: boolean;
  readonly title: string;
  readonly ownerId?: number | undefined;
  readonly templateId?: string | undefined;
  readonly icon?: string | undefined;
  readonly options?: NewConversation['options'] | undefined;
  readonly userIds: readonly number[];
  readonly robotIds: readonly number[];
};

/** Bytes of an openConversationId: the vendor's are 27 characters for groups and 47 for conversations of two. */
const groupBytes = 16;
const privateBytes = 32;

/** Bytes of a chatId, written as 32 hexadecimal digits. */
const chatBytes = 16;

/** Creates a conversation with its members and robots, and with ids that cannot be guessed. Resolves with it. */
export async function createConversation(
  { store, clock, randomBytes }: Context,
  creation: Creation,
): Promise<NewConversation> {
  const { corpId, isGroup, title, userIds, robotIds } = creation;
  const id = await store.number('conversation');
  const toText = (size: number, encoding: 'base64' | 'hex') => Buffer.from(randomBytes(size)).toString(encoding);
  const conversation: NewConversation = {
    corpId,
    id,
    openId: `cid${toText(isGroup ? groupBytes : privateBytes, 'base64')}`,
    chatId: isGroup ? `chat${toText(chatBytes, 'hex')}` : null,
    isGroup,
    title,
    ownerId: creation.ownerId ?? null,
    templateId: creation.templateId ?? null,
    icon: creation.icon ?? null,
    options: creation.options ?? {},
    createdAt: clock.now(),
  };
  await store.conversations.create({ conversation, userIds, robotIds });
  return conversation;
}
