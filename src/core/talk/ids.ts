import type { RobotChat } from '../../store/talk/chats.ts';
import type { Talker } from '../../store/talk/ids.ts';
import { sessionWebhookWindow } from '../../wire/limits.ts';
import type { Context } from '../context.ts';

/** Bytes of an id of a robot or user, and of the openConversationId of a conversation of two. */
const idBytes = 16;
const chatBytes = 32;

/** Returns the id of a robot or user that messages to robots contain. It is random, and never changes. */
export function ensureDingtalkId({ store, randomBytes }: Context, corpId: number, talker: Talker): Promise<string> {
  const fresh = `$:LWCP_v1:$${Buffer.from(randomBytes(idBytes)).toString('base64')}`;
  return store.talk.ensureId(corpId, talker, fresh);
}

/** Where a robot gets a message: in a conversation, or from a user alone; the other number is 0. */
export type ChatPlace = Pick<RobotChat, 'corpId' | 'robotId' | 'conversationId' | 'userId'>;

/**
 * Extends the sessionWebhook of a robot at a place for 90 minutes. Creates the chat, and the openConversationId of a
 * conversation with a user, if there is none yet.
 */
export async function extendChat(context: Context, place: ChatPlace): Promise<RobotChat> {
  const { store, clock, randomBytes } = context;
  const expiresAt = clock.now() + sessionWebhookWindow;
  const known = await store.talk.chatAt(place);
  if (known) return store.talk.extendChat({ ...known, expiresAt });
  const openId = place.conversationId === 0 ? `cid${Buffer.from(randomBytes(chatBytes)).toString('base64')}` : null;
  return store.talk.extendChat({ ...place, id: await store.number('chat'), openId, expiresAt });
}

/** Returns the path and query of a sessionWebhook. */
export function renderSessionPath({ seal }: Context, { corpId, id }: RobotChat): string {
  return `/robot/sendBySession?session=${seal.sealPair('chat', corpId, id)}`;
}
