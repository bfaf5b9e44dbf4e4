import type { CardDelivery } from '../../store/cards/deliveries.ts';
import type { Store } from '../../store/store.ts';
import { type ErrorCode, wireError } from '../../wire/errors.ts';
import { toText } from '../../wire/json.ts';
import { maxCardSpaces } from '../../wire/limits.ts';
import { type Fields, isGiven, parseObject } from './fields.ts';

/** The kinds of places that show cards: a robot's chat with one user, a group, a chat of two people, the top of a group. */
export type SpaceType = 'IM_ROBOT' | 'IM_GROUP' | 'IM_SINGLE' | 'ONE_BOX';

/** A place to which a card is to be delivered. `robotCode` is undefined if the call names no robot. */
export type Space = {
  readonly type: SpaceType;
  readonly id: string;
  readonly robotCode: string | undefined;
};

/** A place that shows a card. `openId` is that of its conversation; undefined for the chat of a robot with one user. */
type ShownSpace =
  | { readonly type: 'IM_ROBOT'; readonly openId?: undefined }
  | { readonly type: 'IM_GROUP' | 'IM_SINGLE'; readonly openId: string };

/** Finds the place to which a card was delivered. Conversations are never removed before the messages in them. */
export async function findSpace(
  { conversations }: Pick<Store, 'conversations'>,
  corpId: number,
  { conversationId }: Pick<CardDelivery, 'conversationId'>,
): Promise<ShownSpace> {
  if (conversationId === 0) return { type: 'IM_ROBOT' };
  const found = await conversations.find(corpId, conversationId);
  return { type: found?.isGroup === false ? 'IM_SINGLE' : 'IM_GROUP', openId: found?.openId ?? '' };
}

/** The field with the options of a delivery, by place. */
const models: Readonly<Record<SpaceType, string>> = {
  IM_ROBOT: 'imRobotOpenDeliverModel',
  IM_GROUP: 'imGroupOpenDeliverModel',
  IM_SINGLE: 'imSingleOpenDeliverModel',
  ONE_BOX: 'topOpenDeliverModel',
};

/**
 * Parses the `openSpaceId` of a call and the options of each place.
 *
 * @param emptyModel the error of a place without options
 */
export function parseSpaces(body: Fields, emptyModel: ErrorCode): readonly Space[] {
  const { openSpaceId } = body;
  if (!isGiven(openSpaceId) || openSpaceId === '')
    throw wireError('param.openSpaceIdEmpty', { why: 'there is no openSpaceId' });
  const [, list] = /^dtv1\.card\/\/(.+)$/i.exec(typeof openSpaceId === 'string' ? openSpaceId : '') ?? [];
  const texts = list?.split(';') ?? [];
  if (texts.length === 0 || texts.length > maxCardSpaces) throw badSpace();
  return texts.map((text) => {
    const [, kind = '', id = ''] = /^(\w+)\.(\S.*)$/.exec(text) ?? [];
    const type = kind.toUpperCase();
    if (!isSpaceType(type)) throw badSpace();
    return { type, id, robotCode: parseRobotCode(body, type, emptyModel) };
  });
}

const isSpaceType = (type: string): type is SpaceType => Object.hasOwn(models, type);

function badSpace() {
  const why = `openSpaceId is not dtv1.card// and up to ${maxCardSpaces} places such as IM_ROBOT.userId`;
  return wireError('param.openSpaceIdInvalid', { why });
}

function parseRobotCode(body: Fields, type: SpaceType, emptyModel: ErrorCode): string | undefined {
  const name = models[type];
  const model = parseObject(body[name], name, 'param.openDeliverModelError');
  if (!model) throw wireError(emptyModel, { why: `there is no ${name}` });
  const { robotCode, spaceType } = model;
  if (isGiven(spaceType) && toText(spaceType)?.toUpperCase() !== type)
    throw wireError('param.openDeliverModelError', { why: `the spaceType of ${name} is not ${type}` });
  if (!isGiven(robotCode) || robotCode === '') return undefined;
  if (typeof robotCode === 'string') return robotCode;
  throw wireError('param.openDeliverModelError', { why: `the robotCode of ${name} is not a text` });
}
