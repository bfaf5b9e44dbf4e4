/**
 * The older calls for interactive cards, which the Stream SDK for Python makes.
 * https://open.dingtalk.com/document/development/robots-send-interactive-cards
 */
import type { Card, CardValues } from '../../store/cards/cards.ts';
import { wireError } from '../../wire/errors.ts';
import { isObject } from '../../wire/json.ts';
import type { Caller, Context } from '../context.ts';
import { composeCard, standardCardKey } from './compose.ts';
import { deliverAll, requireCard } from './deliver.ts';
import { cleanValue, type Fields, invalid, isGiven, isTooLarge, parsePrivates, parseText, tooLarge } from './fields.ts';
import { createCode, storeCard } from './new-card.ts';
import { parseJson } from './parts.ts';
import type { Space } from './spaces.ts';
import { changeCard, editOf, parseOptions } from './update.ts';

/** Creates a card and delivers it to a user or a group. Resolves with the processQueryKey of the message. */
export async function sendOldCard(context: Context, caller: Caller, body: Fields): Promise<string> {
  const outTrackId = parseText(body.cardBizId, 'param.outTrackIdEmpty', 'cardBizId');
  const templateId = parseText(body.cardTemplateId, 'param.cardTemplateIdEmpty', 'cardTemplateId');
  const robotCode = parseText(body.robotCode, 'param.invalid', 'robotCode');
  const data = parseOldData(body.cardData);
  const space = parseOldSpace(body, robotCode);
  const { corpId } = caller.organization;
  const privates = await parseOldPrivates(context, corpId, body);
  const now = context.clock.now();
  const card = await storeCard(context, {
    card: {
      ...{ corpId, appId: caller.app.id, code: createCode(context), outTrackId, templateId, data },
      title: composeCard({ data }).title,
      ...{ callback: 'stream', routeKey: null, userIdType: 1, streaming: 'none', guid: null, revision: 1 },
      ...{ createdAt: now, updatedAt: now },
    },
    privates,
  });
  const [result] = await deliverAll(context, caller, card, [space]);
  if (result?.success) return result.carrierId;
  // The call has no place for the failure of a delivery.
  throw invalid(`the card was not delivered: ${result?.errorMsg ?? ''}`);
}

/** Changes a card that `sendOldCard` has sent. Resolves with the processQueryKey of its message. */
export async function updateOldCard(context: Context, caller: Caller, body: Fields): Promise<string> {
  const outTrackId = parseText(body.cardBizId, 'param.outTrackIdEmpty', 'cardBizId');
  const data = isGiven(body.cardData) ? parseOldData(body.cardData) : undefined;
  const privates = await parseOldPrivates(context, caller.organization.corpId, body);
  if (!data && privates.size === 0)
    throw wireError('param.cardDataAndPrivateDataBothEmpty', { why: 'there is neither cardData nor private data' });
  const card = await requireCard(context, caller, outTrackId);
  const options = parseOptions(body.updateOptions);
  await changeCard(context, card, privates, editOf({ data, privates, ...options }));
  return findKey(context, card);
}

async function findKey({ store, seal }: Context, card: Card): Promise<string> {
  const [first] = await store.cards.deliveries(card);
  const receipt = first && (await store.receipt(card.corpId, first.messageId));
  if (!receipt) return '';
  const { robotId, messageId, sentAt } = receipt;
  return seal.sealKey({ corpId: card.corpId, robotId, messageId, sentAt });
}

/** Returns the variables of a card whose content is the JSON text of its parts. */
function parseOldData(given: unknown): CardValues {
  if (!isGiven(given) || given === '') throw wireError('param.cardPublicDataEmpty', { why: 'there is no cardData' });
  if (typeof given !== 'string' || !isObject(parseJson(given)))
    throw invalid('cardData is not a string with a JSON object');
  const data = { [standardCardKey]: cleanValue(given) };
  if (isTooLarge(data)) throw tooLarge();
  return data;
}

/** Returns where a card goes: to the user of `singleChatReceiver`, a string with a JSON object, or to a group. */
function parseOldSpace({ openConversationId, singleChatReceiver }: Fields, robotCode: string): Space {
  if (isGiven(openConversationId) && openConversationId !== '') {
    return { type: 'IM_GROUP', id: parseText(openConversationId, 'param.invalid', 'openConversationId'), robotCode };
  }
  const receiver = parseJson(singleChatReceiver);
  const userId = isObject(receiver) ? receiver.userId : undefined;
  if (typeof userId !== 'string' || userId.trim() === '')
    throw wireError('param.userIdEmpty', {
      why: 'there is no openConversationId, and no userId in singleChatReceiver',
    });
  return { type: 'IM_ROBOT', id: userId, robotCode };
}

/**
 * Returns the private contents of a card by user number, given by userId and by unionId. Each is the JSON text of its
 * parts. For a person in both maps, that by userId counts.
 */
async function parseOldPrivates(
  context: Context,
  corpId: number,
  { userIdPrivateDataMap, unionIdPrivateDataMap }: Fields,
): Promise<ReadonlyMap<number, CardValues>> {
  const byUnionId = parseOldMap(unionIdPrivateDataMap, 'unionIdPrivateDataMap');
  const byUserId = parseOldMap(userIdPrivateDataMap, 'userIdPrivateDataMap');
  return new Map([
    ...(await parsePrivates(context, corpId, 2, byUnionId)),
    ...(await parsePrivates(context, corpId, 1, byUserId)),
  ]);
}

function parseOldMap(given: unknown, what: string): Fields {
  const people = isGiven(given) && given !== '' ? parseJson(given) : {};
  if (!isObject(people)) throw invalid(`${what} is not a string with a JSON object`);
  const data = Object.entries(people).map(([id, content]) => [
    id,
    { cardParamMap: parseOldData(typeof content === 'string' ? content : JSON.stringify(content)) },
  ]);
  return Object.fromEntries(data) as Fields;
}
