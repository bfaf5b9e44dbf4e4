import type { Card, CardEdit, CardValues, EditedCard } from '../../store/cards/cards.ts';
import { wireError } from '../../wire/errors.ts';
import type { Caller, Context } from '../context.ts';
import { requireCard } from './deliver.ts';
import {
  checkName,
  cleanValue,
  type Fields,
  isGiven,
  isTooLarge,
  parseFlag,
  parseObject,
  parseParamMap,
  parsePrivates,
  parseText,
  parseUserIdType,
  refuseEmpty,
  tooLarge,
} from './fields.ts';
import { noteCardMedia } from './media.ts';
import { streamingOf } from './streaming.ts';

/** New variables of a card. Without `byKey` they replace all. */
export type CardUpdate = {
  readonly data: CardValues | undefined;
  readonly dataByKey: boolean;
  readonly privates: ReadonlyMap<number, CardValues>;
  readonly privateByKey: boolean;
};

/** Changes the variables of a card. */
export async function updateCard(context: Context, caller: Caller, body: Fields): Promise<void> {
  refuseEmpty(body);
  const outTrackId = parseText(body.outTrackId, 'param.outTrackIdEmpty', 'outTrackId');
  const data = parseParamMap(body.cardData, 'cardData');
  if (!data && !isGiven(body.privateData))
    throw wireError('param.cardDataAndPrivateDataBothEmpty', { why: 'there is neither cardData nor privateData' });
  const options = parseOptions(body.cardUpdateOptions);
  const card = await requireCard(context, caller, outTrackId);
  const type = parseUserIdType(body.userIdType ?? card.userIdType);
  const privates = await parsePrivates(context, card.corpId, type, body.privateData);
  await changeCard(context, card, privates, editOf({ data, privates, ...options }));
}

/** Returns which of the new variables are merged with those that the card has. */
export function parseOptions(given: unknown): Pick<CardUpdate, 'dataByKey' | 'privateByKey'> {
  const options = parseObject(given, 'cardUpdateOptions') ?? {};
  return {
    dataByKey: parseFlag(options.updateCardDataByKey, 'updateCardDataByKey'),
    privateByKey: parseFlag(options.updatePrivateDataByKey, 'updatePrivateDataByKey'),
  };
}

/** Returns the edit of an update. */
export function editOf({ data, dataByKey, privates, privateByKey }: CardUpdate): CardEdit {
  return (now: EditedCard) => {
    const all = data && dataByKey ? { ...now.data, ...data } : data;
    const own = [...privates].map(
      ([userId, values]) => [userId, privateByKey ? { ...now.privates.get(userId), ...values } : values] as const,
    );
    if ([all ?? {}, ...own.map(([, values]) => values)].some(isTooLarge)) return 'tooLarge';
    const streaming = data && streamingOf(data);
    return { ...(all && { data: all }), ...(streaming && { streaming }), privates: new Map(own) };
  };
}

/**
 * Writes an update and announces it. Throws `param.stream.content` and `param.cardNotExist`.
 *
 * @param privates the new variables of single people
 */
export async function changeCard(
  context: Context,
  card: Card,
  privates: CardUpdate['privates'],
  edit: CardEdit,
  missing: 'param.cardNotExist' | 'param.stream.outTrackId' = 'param.cardNotExist',
): Promise<Card> {
  const changed = await context.store.cards.changeLazily(card, [...privates.keys()], context.clock.now(), edit);
  if (changed === 'tooLarge') throw tooLarge();
  if (!changed) throw wireError(missing, { why: 'the card was removed' });
  await announceChange(context, changed, privates);
  return changed;
}

/** Tells the pages that show a card of its change, and notes that the card uses the files that it shows now. */
export async function announceChange(context: Context, card: Card, privates: CardUpdate['privates']): Promise<void> {
  context.cards.changed(card);
  await noteCardMedia(context, card, [...privates.values()]);
}

/**
 * Adds to a variable of a card, or replaces it. A repeat of the last update, by its guid, changes nothing.
 * https://open.dingtalk.com/document/development/api-streamingupdate
 */
export async function streamCard(context: Context, caller: Caller, body: Fields): Promise<void> {
  refuseEmpty(body);
  const outTrackId = parseText(body.outTrackId, 'param.outTrackIdEmpty', 'outTrackId');
  const guid = parseText(body.guid, 'param.stream.guidEmpty', 'guid');
  const key = parseText(body.key, 'param.stream.keyEmpty', 'key');
  checkName(key, 'key');
  const isFull = parseFlag(body.isFull, 'isFull', 'param.stream.isFull');
  const isError = parseFlag(body.isError, 'isError');
  const isFinal = parseFlag(body.isFinalize, 'isFinalize');
  const content = parseContent(body.content, isError || isFinal);
  const card = await requireCard(context, caller, outTrackId, 'param.stream.outTrackId');
  const streaming = isError ? 'failed' : isFinal ? 'finished' : 'growing';
  const edit: CardEdit = (now) => {
    if (now.guid === guid) return 'same';
    const before = Object.hasOwn(now.data, key) ? (now.data[key] ?? '') : '';
    // An update that only ends the text keeps it.
    const value = content === '' ? before : isFull ? content : before + content;
    const data = { ...now.data, [key]: value };
    return isTooLarge(data) ? 'tooLarge' : { data, streaming, guid };
  };
  await changeCard(context, card, new Map(), edit, 'param.stream.outTrackId');
}

/** @param mayBeEmpty whether the update ends the text, so that it need not add any */
function parseContent(content: unknown, mayBeEmpty: boolean): string {
  if (content === '' && mayBeEmpty) return '';
  if (!isGiven(content) || content === '') throw wireError('param.stream.contentEmpty', { why: 'there is no content' });
  if (typeof content === 'string') return cleanValue(content);
  throw wireError('param.invalid', { why: 'content is not a text' });
}
