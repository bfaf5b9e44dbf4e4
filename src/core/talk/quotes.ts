import type { TalkMessage } from '../../store/talk/messages.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { isReceived } from '../media/shown.ts';
import type { TalkPlace } from './places.ts';

/**
 * Finds the message that a message quotes. Throws `huizhi.notFound` unless the person has received it at the place where
 * they write, also for a recalled one.
 */
export async function findQuote(
  context: Context,
  { corpId, userId }: { readonly corpId: number; readonly userId: number },
  place: TalkPlace,
  messageText: string | undefined,
): Promise<TalkMessage | undefined> {
  if (messageText === undefined) return undefined;
  const pair = context.seal.openPair('message', messageText);
  const quoted = pair?.corpId === corpId ? await context.store.talk.message(corpId, pair.id) : undefined;
  if (quoted && isAt(place, quoted) && quoted.recalledAt === null && (await canSee(context, corpId, userId, quoted)))
    return quoted;
  throw huizhiError('huizhi.notFound', 'there is no message to quote with this quotedMessageId');
}

function isAt(place: TalkPlace, { conversationId, robotId }: TalkMessage): boolean {
  if (place.kind === 'conversation') return conversationId === place.conversation.id;
  return conversationId === null && robotId === place.robot.id;
}

/** Whether a user has a message in their inbox. Their own may still be on its way to the others. */
async function canSee(context: Context, corpId: number, userId: number, quoted: TalkMessage): Promise<boolean> {
  return quoted.personId === userId || isReceived(context, corpId, quoted.messageId, userId);
}
