/** The calls about interactive cards: on the vendor's paths, and in inbox, console and emulator. */
import type { ErrorCode } from '../errors.ts';
import * as own from '../own/cards.ts';
import * as vendor from '../vendor/cards.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, listErrors } from './console.ts';
import { bodyErrors as ownBodyErrors } from './inbox.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const outTrackId = 'approval-20260105-1';
const robotCode = 'dingzxcifuvdfbvegdf';
const cardTemplateId = '382e4302-551d-4880-bf29-a30acfab2e71.schema';
const cardParamMap = { title: '请假申请', reason: '**三天**年假' };
const cardData = { cardParamMap };
const openSpaceId = 'dtv1.card//IM_ROBOT.201382020';
const imRobotOpenDeliverModel = { spaceType: 'IM_ROBOT', robotCode };
const delivered = {
  spaceType: 'IM_ROBOT',
  spaceId: '201382020',
  success: true,
  carrierId: '4v+AzUEDuC0dKuOVbV9cR0x4Yk1nT2pRc3R1dnd4eXo=',
  errorMsg: '',
};
const created = { cardTemplateId, outTrackId, cardData, callbackType: 'STREAM' };

const anyErrors: readonly ErrorCode[] = [
  ...callerErrors,
  ...bodyErrors,
  'param.empty',
  'param.invalid',
  // A parameter of the query that is given twice.
  'invalidParameter.param.invalid',
  'system.error',
];
const createErrors: readonly ErrorCode[] = [
  'param.cardTemplateIdEmpty',
  'param.outTrackIdEmpty',
  'param.cardPublicDataEmpty',
  'param.openSpaceModelInvalid',
  'param.dynamicSourceIdEmpty',
  'param.dynamicDataPullConfigEmpty',
  'param.dynamicDataSourcePullStrategyEmpty',
  'param.dynamicDataPullIntervalInvalid',
  'param.dynamicDataPullIntervalTimeUnitInvalid',
  'param.userIdEmpty',
  'param.userIdNotExist',
  'param.templateNotExist',
  'param.templateUnpublished',
  'param.callbackRouteKeyEmpty',
  'param.cardAlreadyExist',
  'param.stream.content',
];
const placeErrors: readonly ErrorCode[] = [
  'param.openSpaceIdEmpty',
  'param.openSpaceIdInvalid',
  'param.openDeliverModelError',
];
const updateErrors: readonly ErrorCode[] = [
  'param.outTrackIdEmpty',
  'param.cardDataAndPrivateDataBothEmpty',
  'param.cardNotExist',
  'param.userIdEmpty',
  'param.userIdNotExist',
  'param.cardPublicDataEmpty',
  'param.stream.content',
];

/** The vendor's calls for cards. */
const vendorCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/card/instances',
    id: 'createCard',
    tag: 'robot',
    summary: 'Creates an interactive card, which is not shown until it is delivered',
    body: createNamed('CardCreateBody', vendor.cardCreateBody, created),
    answer: createNamed('CardCreateAnswer', vendor.cardCreateAnswer, { result: outTrackId, success: true }),
    errors: [...anyErrors, ...createErrors],
  },
  {
    method: 'post',
    path: '/v1.0/card/instances/deliver',
    id: 'deliverCard',
    tag: 'robot',
    summary: 'Sends a message with a card to users or conversations; failures of single spaces are in the response',
    body: createNamed('CardDeliverBody', vendor.cardDeliverBody, { outTrackId, openSpaceId, imRobotOpenDeliverModel }),
    answer: createNamed('CardDeliverAnswer', vendor.cardDeliverAnswer, { success: true, result: [delivered] }),
    errors: [
      ...anyErrors,
      ...placeErrors,
      'param.outTrackIdEmpty',
      'param.spaceDeliverModelEmpty',
      'param.cardNotExist',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/card/instances/createAndDeliver',
    id: 'createAndDeliverCard',
    tag: 'robot',
    summary: 'Creates an interactive card and sends messages with it',
    body: createNamed('CardCreateDeliverBody', vendor.cardCreateDeliverBody, {
      ...created,
      openSpaceId,
      imRobotOpenDeliverModel,
    }),
    answer: createNamed('CardCreateDeliverAnswer', vendor.cardCreateDeliverAnswer, {
      success: true,
      result: { outTrackId, deliverResults: [delivered] },
    }),
    errors: [...anyErrors, ...createErrors, ...placeErrors, 'param.openDeliverModelEmpty'],
  },
  {
    method: 'put',
    path: '/v1.0/card/instances',
    id: 'updateCard',
    tag: 'robot',
    summary: 'Changes the variables of a card, for all or for single people',
    body: createNamed('CardUpdateBody', vendor.cardUpdateBody, {
      outTrackId,
      cardData: { cardParamMap: { status: '已同意' } },
      cardUpdateOptions: { updateCardDataByKey: true },
    }),
    answer: createNamed('CardUpdateAnswer', vendor.cardUpdateAnswer, { success: true, result: true }),
    errors: [...anyErrors, ...updateErrors.filter((code) => code !== 'param.cardPublicDataEmpty')],
  },
  {
    method: 'put',
    path: '/v1.0/card/streaming',
    id: 'streamCard',
    tag: 'robot',
    summary: 'Writes the text of a variable of a card as it grows; needs the permission Card.Streaming.Write',
    body: createNamed('CardStreamBody', vendor.cardStreamBody, {
      outTrackId,
      guid: '0c6f1b7e-3a52-4a0e-9a6b-2f1d8c7e5b40',
      key: 'msgContent',
      content: '你好，',
      isFull: true,
      isFinalize: false,
      isError: false,
    }),
    answer: createNamed('CardUpdateAnswer', vendor.cardUpdateAnswer, { success: true, result: true }),
    errors: [
      ...anyErrors,
      'param.outTrackIdEmpty',
      'param.stream.guidEmpty',
      'param.stream.keyEmpty',
      'param.stream.contentEmpty',
      'param.stream.outTrackId',
      'param.stream.isFull',
      'param.stream.content',
      'unknownError',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/card/callbacks/register',
    id: 'registerCardCallback',
    tag: 'robot',
    summary: 'Registers the address to which clicks on cards are posted',
    body: createNamed('CardCallbackBody', vendor.cardCallbackBody, {
      callbackRouteKey: 'approvals',
      callbackUrl: 'https://bot.example.com/cards',
      apiSecret: 'example-secret',
      forceUpdate: true,
    }),
    answer: createNamed('CardCallbackAnswer', vendor.cardCallbackAnswer, {
      success: true,
      result: { callbackUrl: 'https://bot.example.com/cards', apiSecret: 'example-secret' },
    }),
    errors: [
      ...anyErrors,
      'param.callbackRouteKeyEmpty',
      'param.callbackUrlEmpty',
      'param.callbackRouteKeyExist',
      'system.updateCallbackFailed',
    ],
  },
];

const standardCard = JSON.stringify({
  header: { title: { type: 'text', text: '请假申请' } },
  contents: [{ type: 'markdown', text: '**三天**年假', id: 'reason' }],
});
const oldAnswer = createNamed('OldCardAnswer', vendor.oldCardAnswer, { processQueryKey: delivered.carrierId });

/** The older calls for cards. */
const oldCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/im/v1.0/robot/interactiveCards/send',
    id: 'sendOldCard',
    tag: 'robot',
    summary: "Sends a StandardCard to a user or a group; the path is the vendor's",
    body: createNamed('OldCardBody', vendor.oldCardBody, {
      cardTemplateId: 'StandardCard',
      cardBizId: outTrackId,
      robotCode,
      cardData: standardCard,
      singleChatReceiver: '{"userId":"201382020"}',
    }),
    answer: oldAnswer,
    errors: [
      ...anyErrors.filter((code) => code !== 'param.empty'),
      'param.outTrackIdEmpty',
      'param.cardTemplateIdEmpty',
      'param.cardPublicDataEmpty',
      'param.userIdEmpty',
      'param.userIdNotExist',
      'param.cardAlreadyExist',
      'param.stream.content',
    ],
  },
  {
    method: 'put',
    path: '/v1.0/im/robots/interactiveCards',
    id: 'updateOldCard',
    tag: 'robot',
    summary: 'Changes a StandardCard',
    body: createNamed('OldCardUpdateBody', vendor.oldCardUpdateBody, { cardBizId: outTrackId, cardData: standardCard }),
    answer: oldAnswer,
    errors: [...anyErrors.filter((code) => code !== 'param.empty'), ...updateErrors],
  },
];

const cardId = 'o3m0q8Tn1VtR0m7cY2pXwA';
const card = {
  cardId,
  revision: 2,
  title: cardParamMap.title,
  markdown: cardParamMap.reason,
  pictures: [],
  buttons: [{ actionId: 'agree', text: '同意', url: null, disabled: false }],
  streaming: 'none',
  updatedAt: 1778481600000,
} as const;
const clicked = createNamed('CardActionAnswer', own.cardActionAnswer, { delivered: true, card });
const clickErrors: readonly ErrorCode[] = ['huizhi.conflict', 'huizhi.tooManyRequests', 'system.error'];
const listed = {
  ...{ cardId, outTrackId, appKey: 'dingappinternal', cardTemplateId, title: card.title, revision: 2 },
  ...{ streaming: 'none', createdAt: card.updatedAt, updatedAt: card.updatedAt },
} as const;

/** Our own calls for cards. */
const ownCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/inbox/v1/cards/{cardId}',
    id: 'readCard',
    tag: 'inbox',
    summary: 'Returns a card as the signed-in person sees it',
    answer: createNamed('InboxCard', own.inboxCard, card),
    errors: ['huizhi.unauthorized', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'post',
    path: '/inbox/v1/cards/{cardId}/actions',
    id: 'clickCard',
    tag: 'inbox',
    summary: 'Clicks a button of a card; its program has 2 seconds to answer, and its answer changes the card',
    body: createNamed('CardActionBody', own.cardActionBody, { actionId: 'agree' }),
    answer: clicked,
    errors: [...ownBodyErrors, 'huizhi.unauthorized', 'huizhi.notFound', ...clickErrors],
  },
  {
    method: 'get',
    path: '/console/v1/cards',
    id: 'listCards',
    tag: 'console',
    summary: 'Lists the interactive cards of an organization, newest first',
    query: own.consoleCardsQuery,
    answer: createNamed('ConsoleCardsAnswer', own.consoleCardsAnswer, { cards: [listed], cursor: null }),
    errors: listErrors,
  },
  {
    method: 'get',
    path: '/console/v1/cards/{cardId}',
    id: 'getCard',
    tag: 'console',
    summary: 'Returns a card without private data, and the messages that show it',
    query: own.consoleCardQuery,
    answer: createNamed('ConsoleCardAnswer', own.consoleCardAnswer, {
      ...listed,
      callbackType: 'STREAM',
      cardParamMap,
      ...{ markdown: card.markdown, pictures: [], buttons: card.buttons },
      deliveries: [{ messageId: 'm_7Yc2vQ', spaceType: 'IM_ROBOT', robotCode, sentAt: card.updatedAt }],
    }),
    errors: [...askErrors, 'huizhi.badRequest', 'huizhi.notFound'],
  },
  {
    method: 'get',
    path: '/emulator/v1/cards',
    id: 'emulatedCard',
    tag: 'emulator',
    summary: 'Returns a card by its outTrackId, as a person or as everybody sees it',
    query: own.emulatorCardQuery,
    answer: createNamed('EmulatorCard', own.emulatorCard, { ...card, outTrackId, cardParamMap }),
    errors: ['huizhi.badRequest', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'post',
    path: '/emulator/v1/cards/actions',
    id: 'clickEmulatedCard',
    tag: 'emulator',
    summary: 'Clicks a card as a person who has received it',
    body: createNamed('EmulatorCardActionBody', own.emulatorCardActionBody, {
      outTrackId,
      userId: '201382020',
      actionId: 'agree',
    }),
    answer: clicked,
    errors: [...ownBodyErrors, 'huizhi.notFound', ...clickErrors],
  },
];

/** All calls about cards. */
export const cardCalls: readonly Call[] = [...vendorCalls, ...oldCalls, ...ownCalls];
