import type { Card } from '../../store/cards/cards.ts';
import type { User } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { CardActionAnswer, EmulatorCard } from '../../wire/own/cards.ts';
import { type Click, clickCard } from '../cards/click.ts';
import { composeCard } from '../cards/compose.ts';
import { readCard, showCard } from '../cards/read.ts';
import type { Context } from '../context.ts';

/** A card, by codes. `corpId` and `appKey` are needed if several organizations or apps have one with this outTrackId. */
export type NamedCard = {
  readonly corpId?: string | undefined;
  readonly appKey?: string | undefined;
  readonly outTrackId: string;
};

/** Returns a card as a person sees it or, without a userId, without private data. Throws `huizhi.notFound`. */
export async function readTestCard(
  context: Context,
  named: NamedCard,
  userId: string | undefined,
): Promise<EmulatorCard> {
  const card = await findNamed(context, named);
  const more = { outTrackId: card.outTrackId, cardParamMap: card.data };
  if (userId === undefined) return { ...showCard(card, composeCard(card)), ...more };
  const user = await findReceiver(context, card, userId);
  return { ...(await readCard(context, { corpId: card.corpId, userId: user.id }, card.code)), ...more };
}

/**
 * Clicks a card as a person, by the same path as the inbox. Any actionId is allowed, because the buttons of a template are
 * not known here. Throws like `clickCard`.
 */
export async function clickTestCard(
  context: Context,
  named: NamedCard,
  userId: string,
  click: Click,
): Promise<CardActionAnswer> {
  const card = await findNamed(context, named);
  const user = await findReceiver(context, card, userId);
  return clickCard(context, { corpId: card.corpId, userId: user.id }, card.code, click, true);
}

async function findNamed({ directory, store }: Context, { corpId, appKey, outTrackId }: NamedCard): Promise<Card> {
  const { now } = directory;
  const organizations = now.organizations().filter(({ code }) => corpId === undefined || code === corpId);
  const apps = now.apps().filter(({ code }) => appKey === undefined || code === appKey);
  const places = organizations.flatMap((organization) => apps.map((app) => [organization.corpId, app.id] as const));
  const found: Card[] = [];
  for (const [corp, app] of places) {
    const card = await store.cards.byOutTrackId(corp, app, outTrackId);
    if (card) found.push(card);
  }
  const [card] = found;
  if (!card) throw huizhiError('huizhi.notFound', `no card ${outTrackId}`);
  if (found.length === 1) return card;
  throw huizhiError('huizhi.badRequest', 'outTrackId: several apps have such a card; give corpId and appKey');
}

/** Finds a user, after deliveries that are running have ended: a test may use a card that it has just sent. */
async function findReceiver({ store, deliverer }: Context, { corpId }: Card, userId: string): Promise<User> {
  await deliverer.idle();
  const [user] = await store.findUsers(corpId, [userId]);
  if (user) return user;
  throw huizhiError('huizhi.notFound', `no user ${userId}`);
}
