import type { Card } from '../../store/cards/cards.ts';
import type { App } from '../../store/model.ts';
import { huizhiError, WireError } from '../../wire/errors.ts';
import { cardDeadline, maxCardClicks } from '../../wire/limits.ts';
import type { CardActionAnswer } from '../../wire/own/cards.ts';
import { isActing } from '../access/acting.ts';
import { isSuccess, postCallback } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import { tooManyInMinute } from '../talk/minute.ts';
import { signCardCallback } from './callbacks.ts';
import { type Fields, parseObject, parseParamMap } from './fields.ts';
import type { CardButton } from './parts.ts';
import { findReceivedCard, type ReceivedCard, readCard, type Viewer } from './read.ts';
import { findSpace } from './spaces.ts';
import { announceChange, type CardUpdate, editOf, parseOptions } from './update.ts';

/** A click. `params` are sent in addition to those of the button, and replace none of them: a person could forge them. */
export type Click = { readonly actionId: string; readonly params?: Fields | undefined };

/** The topic of clicks in Stream mode. */
const topic = '/v1.0/card/instances/callback';

/**
 * Clicks a button of a card as a person: sends the click to the program of the card, which has 2 seconds to answer, and
 * applies its answer to the card.
 * https://open.dingtalk.com/document/development/event-callback-card
 *
 * @param isAnyAction allows actionIds that the card does not show: the buttons of a template are not known here
 * @throws WireError `huizhi.notFound` for a card or button that the person does not have, `huizhi.conflict` for a button
 *   that is disabled or opens an address, and `huizhi.tooManyRequests` beyond 60 clicks a minute
 */
export async function clickCard(
  context: Context,
  viewer: Viewer,
  cardId: string,
  click: Click,
  isAnyAction = false,
): Promise<CardActionAnswer> {
  const received = await findReceivedCard(context, viewer, cardId);
  const button = findButton(received, click.actionId, isAnyAction);
  await countClick(context, viewer);
  const app = context.directory.now.appOf(received.card.appId);
  const content = { actionIds: [click.actionId], params: { ...click.params, ...button?.params } };
  const body = await renderClick(context, viewer, received, content);
  const isHeard = app !== undefined && isActing(context, app, viewer.corpId);
  const answer = isHeard ? await sendClick(context, app, received.card, body) : undefined;
  if (answer !== undefined) await applyAnswer(context, viewer, received.card, answer);
  context.meters.count('huizhi_card_clicks_total', { outcome: answer === undefined ? 'unanswered' : 'answered' });
  return { delivered: answer !== undefined, card: await readCard(context, viewer, cardId) };
}

function findButton({ content }: ReceivedCard, actionId: string, isAnyAction: boolean): CardButton | undefined {
  const button = content.buttons.find((one) => one.actionId === actionId);
  if (!button && !isAnyAction) throw huizhiError('huizhi.notFound', 'the card has no such button');
  if (button?.url !== null && button?.url !== undefined)
    throw huizhiError('huizhi.conflict', 'the button opens an address');
  if (button?.disabled) throw huizhiError('huizhi.conflict', 'the button is disabled');
  return button;
}

async function countClick({ store, clock }: Context, { corpId, userId }: Viewer): Promise<void> {
  const now = clock.now();
  if (!(await store.talk.count(corpId, 'click', userId, now, maxCardClicks)))
    throw tooManyInMinute(`${maxCardClicks} clicks`, now);
}

/** Renders the body that the program gets. */
async function renderClick(
  { store, directory }: Context,
  { corpId, userId }: Viewer,
  { card, delivery }: ReceivedCard,
  cardPrivateData: object,
): Promise<string> {
  const user = await store.userOf(corpId, userId);
  const id =
    card.userIdType === 2 && user ? (await store.contacts.find(corpId, 'code', user.code))?.unionId : user?.code;
  const content = JSON.stringify({ cardPrivateData });
  const space = await findSpace(store, corpId, delivery);
  return JSON.stringify({
    type: 'actionCallback',
    outTrackId: card.outTrackId,
    corpId: directory.now.organizationOf(corpId)?.code ?? '',
    userId: id ?? '',
    userIdType: card.userIdType,
    ...{ spaceType: space.type, spaceId: space.openId ?? user?.code ?? '' },
    extension: '{}',
    content,
    value: content,
  });
}

/** Sends a click to the program of a card. Resolves with its answer; undefined if it has not accepted the click. */
async function sendClick(context: Context, app: App, card: Card, body: string): Promise<string | undefined> {
  if (card.callback === 'stream') return push(context, app, body);
  return card.callback === 'http' ? post(context, app, card, body) : undefined;
}

async function push({ hub, hearings }: Context, app: App, data: string): Promise<string | undefined> {
  const { signal } = hearings;
  const answer = await hub.push(app, { type: 'CALLBACK', topic, data }, { deadlineMs: cardDeadline, signal });
  return answer.outcome === 'answered' && answer.code === 200 ? answer.data : undefined;
}

async function post(context: Context, app: App, card: Card, body: string): Promise<string | undefined> {
  const { store, clock, hearings, log } = context;
  const routeKey = card.routeKey ?? '';
  const callback = await store.cards.callback({ corpId: app.corpId, appId: app.id, routeKey });
  if (!callback) return undefined;
  const answer = await postCallback(context, {
    url: callback.url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...signCardCallback(context, callback.secret, clock.now()),
    },
    body,
    deadlineMs: cardDeadline,
    signal: hearings.signal,
  });
  if (answer.outcome === 'answered' && isSuccess(answer.status)) return answer.body;
  const reason = answer.outcome === 'answered' ? `status ${answer.status}` : answer.reason;
  log.warn({ appKey: app.code, routeKey, reason }, 'a click on a card was not accepted');
  return undefined;
}

/** Changes a card as the answer to a click says. An answer that is not valid is only logged. */
async function applyAnswer(context: Context, { userId }: Viewer, card: Card, answer: string): Promise<void> {
  const update = parseAnswer(context, userId, answer);
  if (!update) return;
  const changed = await context.store.cards.change(card, [userId], context.clock.now(), editOf(update));
  if (!changed || changed === 'tooLarge') return;
  await announceChange(context, changed, update.privates);
}

function parseAnswer({ log }: Context, userId: number, answer: string): CardUpdate | undefined {
  try {
    const all = parseObject(answer.trim() === '' ? {} : JSON.parse(answer), 'answer') ?? {};
    // Some clients wrap the answer, and others do not.
    const { cardData, userPrivateData, cardUpdateOptions } = parseObject(all.response, 'response') ?? all;
    const data = parseParamMap(cardData, 'cardData');
    const own = parseParamMap(userPrivateData, 'userPrivateData');
    if (!data && !own) return undefined;
    return { data, privates: new Map(own ? [[userId, own]] : []), ...parseOptions(cardUpdateOptions) };
  } catch (error) {
    const reason = error instanceof WireError ? error.why : 'it is not JSON';
    log.warn({ reason }, 'the answer to a click on a card is not valid');
    return undefined;
  }
}
