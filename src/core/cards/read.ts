import type { Card } from '../../store/cards/cards.ts';
import type { CardDelivery } from '../../store/cards/deliveries.ts';
import type { Session } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { InboxCard } from '../../wire/own/cards.ts';
import type { Context } from '../context.ts';
import { isReceived } from '../media/shown.ts';
import { composeCard } from './compose.ts';
import type { ComposedCard } from './parts.ts';

/** A person who looks at cards. */
export type Viewer = Pick<Session, 'corpId' | 'userId'>;

/** A card that was delivered to a person, with the message that shows it and what they see. */
export type ReceivedCard = {
  readonly card: Card;
  readonly delivery: CardDelivery;
  readonly content: ComposedCard;
};

/** Returns a card as a person sees it. Throws `huizhi.notFound`, also if it was not delivered to them or was recalled. */
export async function readCard(context: Context, viewer: Viewer, cardId: string): Promise<InboxCard> {
  const { card, content } = await findReceivedCard(context, viewer, cardId);
  return showCard(card, content);
}

export function showCard({ code, revision, streaming, updatedAt }: Card, content: ComposedCard): InboxCard {
  const { title, markdown, pictures } = content;
  const buttons = content.buttons.map(({ actionId, text, url, disabled }) => ({ actionId, text, url, disabled }));
  return { cardId: code, revision, title, markdown, pictures, buttons, streaming, updatedAt };
}

/** Finds a card that was delivered to a person. Throws `huizhi.notFound`. */
export async function findReceivedCard(context: Context, viewer: Viewer, cardId: string): Promise<ReceivedCard> {
  const card = await context.store.cards.byCode(viewer.corpId, cardId);
  const delivery = card && (await findDelivery(context, viewer, card));
  if (!card || !delivery) throw huizhiError('huizhi.notFound', 'no such card was delivered to you');
  const own = await context.store.cards.privateOf(card, viewer.userId);
  return { card, delivery, content: composeCard(card, own) };
}

/** Finds the newest message that shows a card to a person and is not recalled. */
async function findDelivery(
  context: Context,
  { corpId, userId }: Viewer,
  card: Card,
): Promise<CardDelivery | undefined> {
  for (const delivery of (await context.store.cards.deliveriesTo(card, userId)).toReversed()) {
    if (await isReceived(context, corpId, delivery.messageId, userId)) return delivery;
  }
  return undefined;
}
