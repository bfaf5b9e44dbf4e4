import type { Card } from '../../store/cards/cards.ts';
import type { CardDelivery } from '../../store/cards/deliveries.ts';
import { huizhiError } from '../../wire/errors.ts';
import { composeCard } from '../cards/compose.ts';
import { showCard } from '../cards/read.ts';
import { findSpace } from '../cards/spaces.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { describeSender } from '../notices/sender.ts';
import { type Page, requireOrganization } from './message-list.ts';

/** Lists the cards of an organization, newest first. Throws `huizhi.notFound`, and `huizhi.badRequest` for a bad cursor. */
export async function listCards(context: Context, corpCode: string, { limit, cursor }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const found = await context.store.cards.page(corpId, parseNumberCursor(cursor), limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    cards: page.map((card) => describeCard(context, card)),
    cursor: last && found.length > limit ? formatCursor(last.id) : null,
  };
}

/** Returns a card with its variables and deliveries, without private data. Throws `huizhi.notFound`. */
export async function getCard(context: Context, corpCode: string, cardId: string) {
  const { corpId } = requireOrganization(context, corpCode);
  const card = await context.store.cards.byCode(corpId, cardId);
  if (!card) throw huizhiError('huizhi.notFound', `no card ${cardId}`);
  const { markdown, pictures, buttons } = showCard(card, composeCard(card));
  const deliveries = await context.store.cards.deliveries(card);
  const shown = await Promise.all(deliveries.map((delivery) => showDelivery(context, corpId, delivery)));
  const callbackType = { none: null, stream: 'STREAM', http: 'HTTP' } as const;
  return {
    ...describeCard(context, card),
    callbackType: callbackType[card.callback],
    cardParamMap: card.data,
    ...{ markdown, pictures, buttons },
    deliveries: shown.flat(),
  };
}

function describeCard({ directory }: Context, card: Card) {
  const { code, outTrackId, appId, templateId, title, revision, streaming, createdAt, updatedAt } = card;
  return {
    ...{ cardId: code, outTrackId, appKey: directory.now.appOf(appId)?.code ?? '', cardTemplateId: templateId },
    ...{ title: composeCard(card).title || title, revision, streaming, createdAt, updatedAt },
  };
}

/** Returns a delivery as the console shows it; nothing if its message was removed. */
async function showDelivery(context: Context, corpId: number, delivery: CardDelivery) {
  const { messageId, robotId } = delivery;
  const receipt = await context.store.receipt(corpId, messageId);
  if (!receipt) return [];
  const { type: spaceType } = await findSpace(context.store, corpId, delivery);
  const robotCode = describeSender(context, corpId, robotId).code;
  return [
    {
      messageId: context.seal.sealPair('message', corpId, messageId),
      spaceType,
      robotCode,
      sentAt: receipt.sentAt,
    },
  ];
}
