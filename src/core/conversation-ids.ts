import type { ConversationName } from '../store/model.ts';
import type { Context } from './context.ts';
import { describeSender, findNoticeSender } from './notices/sender.ts';

/** Where an inbox shows a message: with the robot or app that sent it, or in the conversation it was sent to. */
type Shown = { readonly robotId: number; readonly conversation: ConversationName | null };

/**
 * Formats the id of a conversation in an inbox: its kind, and the robotCode, agentId or openConversationId. A robot's
 * messages to the user alone are one conversation, and so are the work notices of an app.
 */
export function formatConversationId(context: Context, corpId: number, { robotId, conversation }: Shown): string {
  if (!conversation) {
    const { code } = describeSender(context, corpId, robotId);
    return context.directory.now.robotOf(robotId) || code === '' ? `robot:${code}` : code;
  }
  return `${conversation.isGroup ? 'group' : 'private'}:${conversation.openId}`;
}

/** The numbers by which the store finds the messages of a conversation in an inbox. One of them is 0. */
export type Place = { readonly robotId: number; readonly conversationId: number };

/** Finds the conversation of an organization with an id; undefined for an unknown id. */
export async function findPlace(context: Context, corpId: number, conversationId: string): Promise<Place | undefined> {
  const { directory, store } = context;
  const [, kind, code = ''] = /^(\w+):(.*)$/s.exec(conversationId) ?? [];
  if (kind === 'robot') {
    const robot = directory.now.robot(code);
    return robot && { robotId: robot.id, conversationId: 0 };
  }
  const sender = findNoticeSender(context, conversationId);
  if (sender !== undefined) return { robotId: sender, conversationId: 0 };
  const found = (await store.conversations.byOpenId(code)).find((one) => one.corpId === corpId);
  return found && kind === (found.isGroup ? 'group' : 'private') ? { robotId: 0, conversationId: found.id } : undefined;
}
