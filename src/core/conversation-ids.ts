import type { ConversationName } from '../store/model.ts';
import type { Context } from './context.ts';

/** Where an inbox shows a message: with its robot, or in the conversation it was sent to. */
type Shown = { readonly robotId: number; readonly conversation: ConversationName | null };

/**
 * Formats the id of a conversation in an inbox: its kind, and the robotCode or openConversationId. A robot's messages to
 * the user alone are one conversation.
 */
export function formatConversationId({ directory }: Context, { robotId, conversation }: Shown): string {
  if (!conversation) return `robot:${directory.now.robotOf(robotId)?.code ?? ''}`;
  return `${conversation.isGroup ? 'group' : 'private'}:${conversation.openId}`;
}

/** The numbers by which the store finds the messages of a conversation in an inbox. One of them is 0. */
export type Place = { readonly robotId: number; readonly conversationId: number };

/** Finds the conversation of an organization with an id; undefined for an unknown id. */
export async function findPlace(
  { directory, store }: Context,
  corpId: number,
  conversationId: string,
): Promise<Place | undefined> {
  const [, kind, code = ''] = /^(\w+):(.*)$/s.exec(conversationId) ?? [];
  if (kind === 'robot') {
    const robot = directory.now.robot(code);
    return robot && { robotId: robot.id, conversationId: 0 };
  }
  const found = (await store.conversations.byOpenId(code)).find((one) => one.corpId === corpId);
  return found && kind === (found.isGroup ? 'group' : 'private') ? { robotId: 0, conversationId: found.id } : undefined;
}
