import type { Card } from '../../store/cards/cards.ts';
import type { Robot } from '../../store/model.ts';
import { wireError } from '../../wire/errors.ts';
import { maxCardDeliveries } from '../../wire/limits.ts';
import { cardKind } from '../../wire/vendor/messages.ts';
import type { Caller, Context } from '../context.ts';
import { isChatStopped } from '../robot-settings.ts';
import { acceptAndDeliver, type Sent } from '../send.ts';
import { type Fields, findUser, parseText, parseUserIdType, refuseEmpty } from './fields.ts';
import { noteCardMedia } from './media.ts';
import { parseNewCard, storeCard } from './new-card.ts';
import { parseSpaces, type Space } from './spaces.ts';

/** The result of the delivery to one place. `carrierId` is the processQueryKey of the message, or empty. */
export type DeliverResult = {
  readonly spaceType: string;
  readonly spaceId: string;
  readonly success: boolean;
  readonly carrierId: string;
  readonly errorMsg: string;
};

/** Creates a card and shows it nowhere. Resolves with its outTrackId. */
export async function createCard(context: Context, caller: Caller, body: Fields): Promise<string> {
  return (await storeCard(context, await parseNewCard(context, caller, body))).outTrackId;
}

/** Creates a card and delivers it. Failures of single places are in the result. */
export async function createAndDeliver(context: Context, caller: Caller, body: Fields) {
  const created = await parseNewCard(context, caller, body);
  const spaces = parseSpaces(body, 'param.openDeliverModelEmpty');
  const card = await storeCard(context, created);
  const deliverResults = await deliverAll(context, caller, card, spaces);
  return { outTrackId: card.outTrackId, deliverResults };
}

/**
 * Delivers a card, also another time. Failures of single places are in the result.
 * https://open.dingtalk.com/document/development/delivery-card-interface
 */
export async function deliverCard(context: Context, caller: Caller, body: Fields): Promise<readonly DeliverResult[]> {
  refuseEmpty(body);
  const outTrackId = parseText(body.outTrackId, 'param.outTrackIdEmpty', 'outTrackId');
  const spaces = parseSpaces(body, 'param.spaceDeliverModelEmpty');
  const card = await requireCard(context, caller, outTrackId);
  return deliverAll(context, caller, card, spaces, parseUserIdType(body.userIdType ?? card.userIdType));
}

/** Finds a card of the caller. Throws `param.cardNotExist`, or another code. */
export async function requireCard(
  { store }: Context,
  { app, organization }: Caller,
  outTrackId: string,
  code: 'param.cardNotExist' | 'param.stream.outTrackId' = 'param.cardNotExist',
): Promise<Card> {
  const card = await store.cards.byOutTrackId(organization.corpId, app.id, outTrackId);
  if (card) return card;
  throw wireError(code, { why: `app ${app.code} has no card with the outTrackId ${outTrackId}` });
}

/** Delivers a card to places, one after another. */
export async function deliverAll(
  context: Context,
  caller: Caller,
  card: Card,
  spaces: readonly Space[],
  userIdType = parseUserIdType(card.userIdType),
): Promise<readonly DeliverResult[]> {
  const results: DeliverResult[] = [];
  let left = maxCardDeliveries - (await context.store.cards.countDeliveries(card));
  for (const space of spaces) {
    const sent = left > 0 ? await deliverTo(context, caller, card, space, userIdType) : 'card has too many deliveries';
    if (typeof sent !== 'string') left--;
    const place = { spaceType: space.type, spaceId: space.id };
    if (typeof sent === 'string') results.push({ ...place, success: false, carrierId: '', errorMsg: sent });
    else results.push({ ...place, success: true, carrierId: sent.processQueryKey, errorMsg: '' });
  }
  return results;
}

/** The vendor's text for a place that does not exist. */
const noSpace = 'spaceId is illegal';

/** Delivers a card to one place. Resolves with why it is not delivered, as an `errorMsg`. */
async function deliverTo(
  context: Context,
  caller: Caller,
  card: Card,
  { type, id, robotCode }: Space,
  userIdType: 1 | 2,
): Promise<Sent | string> {
  if (type === 'ONE_BOX') return 'spaceType is not supported';
  const robot = findRobot(context, caller, robotCode);
  if (!robot) return 'robotCode is illegal';
  const { corpId } = caller.organization;
  if (robot.disabled || isChatStopped(context, corpId, robot)) return 'robot is disabled';
  if (type === 'IM_ROBOT') {
    const user = await findUser(context, corpId, userIdType, id);
    return user ? sendToUser(context, caller, card, robot, user) : noSpace;
  }
  const found = (await context.store.conversations.byOpenId(id)).find((one) => one.corpId === corpId);
  if (!found || found.isGroup !== (type === 'IM_GROUP')) return noSpace;
  if (found.disbandedAt !== null) return 'group is disbanded';
  if (!(await context.store.conversations.hasRobot(corpId, found.id, robot.id))) return 'robot is not in the group';
  await noteCardMedia(context, card);
  const to = { userCodes: [], conversationId: found.id };
  return (await sendCard(context, caller, card, robot, to)) ?? 'group is disbanded';
}

/** Finds the robot that a call names; without a name, the one whose code is the appKey, or the first one of the app. */
function findRobot({ directory }: Context, { app, organization }: Caller, robotCode?: string): Robot | undefined {
  const { now } = directory;
  const own = now.robots().filter((one) => one.appId === app.id && now.isInstalled(organization.corpId, one.id));
  if (robotCode !== undefined) return own.find(({ code }) => code === robotCode);
  return own.find(({ code }) => code === app.code) ?? own[0];
}

async function sendToUser(
  context: Context,
  caller: Caller,
  card: Card,
  robot: Robot,
  user: { readonly id: number; readonly code: string },
): Promise<Sent | string> {
  const own = await context.store.cards.privateOf(card, user.id);
  await noteCardMedia(context, card, own && [own]);
  const sent = await sendCard(context, caller, card, robot, { userCodes: [user.code] });
  if (!sent) return noSpace;
  if (sent.filtered.length > 0) return 'robot is blocked by the user';
  return sent.flowControlled.length > 0 ? 'user is flow controlled' : sent;
}

/** Sends a message that shows a card, to a user or, with its number, to a conversation. */
function sendCard(
  context: Context,
  caller: Caller,
  card: Card,
  robot: Robot,
  to: { readonly userCodes: readonly string[]; readonly conversationId?: number },
): Promise<Sent | undefined> {
  const param = JSON.stringify({ cardId: card.code, title: card.title });
  const given = { robot, kind: cardKind.number, param, cardId: card.id, ...to };
  return acceptAndDeliver(context, caller, given, { key: undefined, content: '' });
}
