/**
 * Schemas of the calls for interactive cards.
 * https://open.dingtalk.com/document/development/create-and-deliver-cards
 * https://open.dingtalk.com/document/development/api-streamingupdate
 */
import { z } from 'zod';
import { maxCardValue } from '../limits.ts';

const outTrackId = z.string().describe('The id of the card, which the app chooses; unique in the app.');
const paramMap = z.object({
  cardParamMap: z
    .record(z.string(), z.string())
    .describe(`The variables of the template: texts of up to ${maxCardValue} characters.`),
});
const cardData = paramMap.describe('What everybody sees.');
const privateData = z.record(z.string(), paramMap).describe('What single people see, by userId.');
const userIdType = z
  .int()
  .meta({ enum: [1, 2] })
  .describe('1: people are named by userId (default). 2: by unionId.');
const deliverModel = z.looseObject({ robotCode: z.string().optional().describe("Default: the app's robot.") });
const spaceModel = z.looseObject({
  supportForward: z.boolean().optional(),
  lastMessageI18n: z.record(z.string(), z.string()).optional().describe('What lists show instead of the title.'),
});

const newCard = {
  cardTemplateId: z.string().describe('Any template.'),
  outTrackId,
  cardData,
  privateData: privateData.optional(),
  userId: z.string().optional().describe('Who creates the card.'),
  userIdType: userIdType.optional(),
  callbackType: z
    .string()
    .meta({ enum: ['STREAM', 'HTTP'] })
    .optional()
    .describe('How clicks reach the program. Without it they do not.'),
  callbackRouteKey: z.string().optional().describe('For HTTP: a registered address.'),
  openDynamicDataConfig: z.looseObject({}).optional().describe('Checked, and not used.'),
  imGroupOpenSpaceModel: spaceModel.optional(),
  imRobotOpenSpaceModel: spaceModel.optional(),
  imSingleOpenSpaceModel: spaceModel.optional(),
  topOpenSpaceModel: spaceModel.optional(),
};

const places = {
  openSpaceId: z
    .string()
    .describe(
      '`dtv1.card//` and spaces separated by `;`: IM_ROBOT.userId, IM_GROUP.openConversationId, IM_SINGLE.openConversationId.',
    ),
  imGroupOpenDeliverModel: deliverModel.optional(),
  imRobotOpenDeliverModel: deliverModel.optional(),
  imSingleOpenDeliverModel: deliverModel.optional(),
  topOpenDeliverModel: deliverModel.optional(),
};

/** Request body of `POST /v1.0/card/instances`. */
export const cardCreateBody = z.object(newCard);

/** Response of `POST /v1.0/card/instances`. */
export const cardCreateAnswer = z.object({ result: outTrackId, success: z.boolean() });
export type CardCreateAnswer = z.infer<typeof cardCreateAnswer>;

/** Request body of `POST /v1.0/card/instances/deliver`. */
export const cardDeliverBody = z.object({ outTrackId, ...places, userIdType: userIdType.optional() });

const deliverResult = z.object({
  spaceType: z.string(),
  spaceId: z.string(),
  success: z.boolean(),
  carrierId: z.string().describe('The processQueryKey of the message; empty if it was not sent.'),
  errorMsg: z.string().describe('Why it was not sent; else empty.'),
});

/** Response of `POST /v1.0/card/instances/deliver`. */
export const cardDeliverAnswer = z.object({ success: z.boolean(), result: z.array(deliverResult) });
export type CardDeliverAnswer = z.infer<typeof cardDeliverAnswer>;

/** Request body of `POST /v1.0/card/instances/createAndDeliver`. */
export const cardCreateDeliverBody = z.object({ ...newCard, ...places });

/** Response of `POST /v1.0/card/instances/createAndDeliver`. */
export const cardCreateDeliverAnswer = z.object({
  success: z.boolean(),
  result: z.object({ outTrackId, deliverResults: z.array(deliverResult) }),
});
export type CardCreateDeliverAnswer = z.infer<typeof cardCreateDeliverAnswer>;

/** Request body of `PUT /v1.0/card/instances`. */
export const cardUpdateBody = z.object({
  outTrackId,
  cardData: cardData.optional(),
  privateData: privateData.optional(),
  cardUpdateOptions: z
    .object({
      updateCardDataByKey: z.boolean().optional(),
      updatePrivateDataByKey: z.boolean().optional(),
    })
    .optional()
    .describe('Whether variables that are not named stay. By default they are removed.'),
  userIdType: userIdType.optional(),
});

/** Response of `PUT /v1.0/card/instances` and `PUT /v1.0/card/streaming`. */
export const cardUpdateAnswer = z.object({ success: z.boolean(), result: z.boolean() });
export type CardUpdateAnswer = z.infer<typeof cardUpdateAnswer>;

/** Request body of `PUT /v1.0/card/streaming`. */
export const cardStreamBody = z.object({
  outTrackId,
  guid: z.string().describe('A repeat of the last update with the same guid changes nothing.'),
  key: z.string().describe('The variable.'),
  content: z.string().describe('Its text, or what is added to it.'),
  isFull: z.boolean().optional().describe('Whether content is the whole text.'),
  isFinalize: z.boolean().optional().describe('Whether the text is finished.'),
  isError: z.boolean().optional().describe('Whether the program gives up.'),
});

/** Request body of `POST /v1.0/card/callbacks/register`. */
export const cardCallbackBody = z.object({
  callbackRouteKey: z.string().describe('The name of the address, for cards.'),
  callbackUrl: z.string().describe('An http or https address.'),
  apiSecret: z.string().optional().describe('Signs the requests.'),
  forceUpdate: z.boolean().optional().describe('Replaces the address of the name.'),
});

/** Response of `POST /v1.0/card/callbacks/register`. */
export const cardCallbackAnswer = z.object({
  success: z.boolean(),
  result: z.object({ callbackUrl: z.string(), apiSecret: z.string().optional() }),
});
export type CardCallbackAnswer = z.infer<typeof cardCallbackAnswer>;

const oldData = z.string().describe('The parts of a StandardCard: a JSON object as a string.');

/** Request body of `POST /v1.0/im/v1.0/robot/interactiveCards/send`. */
export const oldCardBody = z.object({
  cardTemplateId: z.string().describe('StandardCard.'),
  cardBizId: z.string().describe('The id of the card, which the app chooses; unique in the app.'),
  robotCode: z.string(),
  cardData: oldData,
  openConversationId: z.string().optional().describe('The group.'),
  singleChatReceiver: z.string().optional().describe('Instead of a group: `{"userId":"…"}` as a string.'),
  userIdPrivateDataMap: z.string().optional().describe('What single people see, by userId: a JSON object as a string.'),
  unionIdPrivateDataMap: z.string().optional().describe('The same by unionId.'),
  sendOptions: z.looseObject({}).optional().describe('Not used.'),
});

/** Request body of `PUT /v1.0/im/robots/interactiveCards`. */
export const oldCardUpdateBody = z.object({
  cardBizId: z.string(),
  cardData: oldData.optional(),
  userIdPrivateDataMap: z.string().optional(),
  unionIdPrivateDataMap: z.string().optional(),
  updateOptions: z.looseObject({}).optional(),
});

/** Response of both calls. */
export const oldCardAnswer = z.object({ processQueryKey: z.string() });
export type OldCardAnswer = z.infer<typeof oldCardAnswer>;
