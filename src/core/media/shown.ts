import type { Media, Session } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { listMediaIds, mayNameMedia } from '../../wire/vendor/media.ts';
import { cardKind, findKindByNumber } from '../../wire/vendor/messages.ts';
import { listCardMedia } from '../cards/media.ts';
import type { Context } from '../context.ts';
import { noteFileUse } from './use.ts';

/**
 * Finds a file that a message shows to a user: one of those that the message names. Throws `huizhi.notFound`, also for a
 * message that the user has not received or that was recalled.
 */
export async function findShownMedia(
  context: Context,
  { corpId, userId }: Session,
  messageText: string,
  mediaId: string,
): Promise<Media> {
  const { seal, store } = context;
  const message = seal.openPair('message', messageText);
  const isNamed =
    message?.corpId === corpId &&
    (await isReceived(context, corpId, message.id, userId)) &&
    (await listNamedMedia(context, { corpId, userId }, message.id)).includes(mediaId);
  const media = isNamed ? await store.media.find(corpId, mediaId) : undefined;
  if (!media) throw huizhiError('huizhi.notFound', 'no message shows this file to you');
  return media;
}

/** Whether a message has been delivered to a user, and is not recalled. */
export async function isReceived(
  { store }: Context,
  corpId: number,
  messageId: number,
  userId: number,
): Promise<boolean> {
  const receipt = await store.receipt(corpId, messageId);
  if (receipt?.conversationId) return store.conversations.hasReceived(corpId, messageId, userId);
  if (receipt?.state !== 'delivered' || receipt.recalledAt !== null) return false;
  return receipt.deliveries.some(({ user }) => user.id === userId);
}

async function listNamedMedia(
  { store }: Context,
  { corpId, userId }: Pick<Session, 'corpId' | 'userId'>,
  messageId: number,
): Promise<readonly string[]> {
  const receipt = await store.receipt(corpId, messageId);
  if (receipt?.kind === cardKind.number) {
    const { cardId } = JSON.parse((await store.media.messageContent(corpId, messageId)) ?? '{}') as { cardId?: string };
    const card = await store.cards.byCode(corpId, cardId ?? '');
    return card ? listCardMedia(card, await store.cards.privateOf(card, userId)) : [];
  }
  const { msgKey } = findKindByNumber(receipt?.kind ?? 1);
  const param = mayNameMedia(msgKey) ? await store.media.messageContent(corpId, messageId) : undefined;
  return param === undefined ? [] : listMediaIds(msgKey, param);
}

/** Notes that a message uses the files that it names, so that retention keeps them. A failure is only logged. */
export async function noteMediaUse(context: Context, corpId: number, msgKey: string, param: string): Promise<void> {
  await noteFileUse(context, corpId, listMediaIds(msgKey, param));
}
