import type { Card, CardValues } from '../../store/cards/cards.ts';
import { wireError } from '../../wire/errors.ts';
import { cutText } from '../../wire/text.ts';
import type { Caller, Context } from '../context.ts';
import { composeCard } from './compose.ts';
import { checkDynamicData } from './dynamic-data.ts';
import {
  cleanValue,
  type Fields,
  findUser,
  invalid,
  isGiven,
  noUser,
  parseObject,
  parseParamMap,
  parsePrivates,
  parseText,
  parseUserIdType,
  refuseEmpty,
} from './fields.ts';
import { noteCardMedia } from './media.ts';
import { streamingOf } from './streaming.ts';

/** A validated card, and the variables of single users. */
export type NewCard = { readonly card: Omit<Card, 'id'>; readonly privates: ReadonlyMap<number, CardValues> };

/** Bytes of the code of a card. */
const codeBytes = 16;

/**
 * Validates the body of a call that creates a card.
 * https://open.dingtalk.com/document/development/create-and-deliver-cards
 */
export async function parseNewCard(context: Context, { app, organization }: Caller, body: Fields): Promise<NewCard> {
  const { corpId } = organization;
  refuseEmpty(body);
  const templateId = parseText(body.cardTemplateId, 'param.cardTemplateIdEmpty', 'cardTemplateId');
  const outTrackId = parseText(body.outTrackId, 'param.outTrackIdEmpty', 'outTrackId');
  const data = parseParamMap(body.cardData, 'cardData');
  if (!data) throw wireError('param.cardPublicDataEmpty', { why: 'there is no cardData.cardParamMap' });
  const summary = findSummary(body);
  checkDynamicData(body.openDynamicDataConfig);
  const userIdType = parseUserIdType(body.userIdType);
  await checkCreator(context, corpId, userIdType, body.userId);
  const privates = await parsePrivates(context, corpId, userIdType, body.privateData);
  await checkTemplate(context, app, templateId);
  const now = context.clock.now();
  const card = {
    ...{ corpId, appId: app.id, code: createCode(context), outTrackId, templateId, data, userIdType, guid: null },
    ...(await parseCallback(context, app, body)),
    title: summary ?? composeCard({ data }).title,
    streaming: streamingOf(data) ?? 'none',
    ...{ revision: 1, createdAt: now, updatedAt: now },
  } as const;
  return { card, privates };
}

export function createCode({ randomBytes }: Context): string {
  return Buffer.from(randomBytes(codeBytes)).toString('base64url');
}

/** Stores a card. Throws `param.cardAlreadyExist` if the app has one with this outTrackId. */
export async function storeCard(context: Context, { card, privates }: NewCard): Promise<Card> {
  const stored = { ...card, id: await context.store.number('card') };
  if (!(await context.store.cards.create(stored, privates)))
    throw wireError('param.cardAlreadyExist', { why: `there is a card with the outTrackId ${card.outTrackId}` });
  await noteCardMedia(context, stored, [...privates.values()]);
  return stored;
}

const spaceModels = ['imGroupOpenSpaceModel', 'imRobotOpenSpaceModel', 'imSingleOpenSpaceModel', 'topOpenSpaceModel'];

/** Returns what lists show instead of the title: the Chinese or the first text of a `lastMessageI18n`. */
function findSummary(body: Fields): string | undefined {
  const texts = spaceModels.flatMap((name) => {
    const model = parseObject(body[name], name, 'param.openSpaceModelInvalid') ?? {};
    const last = parseObject(model.lastMessageI18n, `${name}.lastMessageI18n`, 'param.openSpaceModelInvalid') ?? {};
    return [last.ZH_CN, last.zh_CN, ...Object.values(last)];
  });
  const found = texts.find((text) => typeof text === 'string' && text.trim() !== '');
  return typeof found === 'string' ? cutText(cleanValue(found), longestSummary) : undefined;
}

const longestSummary = 200;

async function checkCreator(context: Context, corpId: number, type: 1 | 2, userId: unknown): Promise<void> {
  if (!isGiven(userId)) return;
  const id = parseText(userId, 'param.userIdEmpty', 'userId');
  if (!(await findUser(context, corpId, type, id))) throw noUser(id);
}

/** Throws `param.templateNotExist` or `param.templateUnpublished` for a template that the configuration refuses. */
async function checkTemplate({ store }: Context, app: Caller['app'], templateId: string): Promise<void> {
  const state = await store.cards.template(app.corpId, app.id, templateId);
  if (state === 'active') return;
  const code = state === 'removed' ? 'param.templateNotExist' : 'param.templateUnpublished';
  throw wireError(code, { why: `the configuration says that template ${templateId} is ${state}` });
}

async function parseCallback(
  { store }: Context,
  app: Caller['app'],
  { callbackType, callbackRouteKey }: Fields,
): Promise<Pick<Card, 'callback' | 'routeKey'>> {
  if (!isGiven(callbackType)) return { callback: 'none', routeKey: null };
  if (callbackType === 'STREAM') return { callback: 'stream', routeKey: null };
  if (callbackType !== 'HTTP') throw invalid('callbackType is neither STREAM nor HTTP');
  const routeKey = parseText(callbackRouteKey, 'param.callbackRouteKeyEmpty', 'callbackRouteKey');
  if (!(await store.cards.callback({ corpId: app.corpId, appId: app.id, routeKey })))
    throw invalid(`no address is registered for the callbackRouteKey ${routeKey}`);
  return { callback: 'http', routeKey };
}
