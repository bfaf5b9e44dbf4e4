/**
 * The errors of the calls for interactive cards. Most messages are the code itself.
 * https://open.dingtalk.com/document/development/create-and-deliver-cards
 * https://open.dingtalk.com/document/development/api-streamingupdate
 */
import { createRows } from './row.ts';

/** Describes an error whose message is its code, with status 400. */
function row<const C extends string>(code: C, summary: string, message: string = code) {
  return { [code]: { status: 400, message, summary } } as {
    readonly [code in C]: { readonly status: number; readonly message: string; readonly summary: string };
  };
}

/** Rows of the calls for cards, all of layer `business`. */
export const cardRows = createRows('business', {
  ...row('param.empty', 'The body of a call for cards has no fields.'),
  ...row('param.invalid', 'A field of a call for cards has a wrong type or value.'),
  ...row('param.outTrackIdEmpty', 'The outTrackId or cardBizId of a card is missing or blank.'),
  ...row('param.cardTemplateIdEmpty', 'The cardTemplateId of a card is missing or blank.'),
  ...row('param.cardPublicDataEmpty', 'A card has no cardData.'),
  ...row('param.openSpaceIdEmpty', 'The openSpaceId of a delivery is missing.'),
  ...row('param.openSpaceIdInvalid', 'The openSpaceId of a delivery is not a list of spaces.'),
  ...row('param.openDeliverModelEmpty', 'A space of createAndDeliver has no deliver model.'),
  ...row('param.openDeliverModelError', 'A deliver model is not an object, or its robotCode or spaceType is wrong.'),
  ...row('param.spaceDeliverModelEmpty', 'A space of deliver has no deliver model.', 'param.spaceDeliverModelError'),
  // The spelling is the vendor's: a small L instead of the first letter of Invalid.
  ...row('param.openSpaceModelInvalid', 'A space model of a card is not an object.', 'param.openSpaceModellnvalid'),
  ...row('param.userIdEmpty', 'The userId of a card is blank, or the receiver of a card is missing.'),
  ...row('param.userIdNotExist', 'A call for cards names a user who is not in the organization.'),
  ...row('param.dynamicSourceIdEmpty', 'A source of dynamic data has no dynamicDataSourceId.'),
  ...row('param.dynamicDataPullConfigEmpty', 'A source of dynamic data has no pullConfig.'),
  ...row('param.dynamicDataSourcePullStrategyEmpty', 'The pullStrategy of a source is missing or unknown.'),
  ...row('param.dynamicDataPullIntervalInvalid', 'The interval of a source is not a positive whole number.'),
  ...row('param.dynamicDataPullIntervalTimeUnitInvalid', 'The timeUnit of a source is unknown.'),
  ...row('param.dynamicDataMappingEmpty', 'Only as a fault: dynamic data has no mapping.'),
  ...row('param.dynamicDataMappingPathEmpty', 'Only as a fault: a mapping of dynamic data has no path.'),
  ...row('param.dynamicDataValueTypeEmpty', 'Only as a fault: a mapping of dynamic data has no type.'),
  ...row('param.contentUnsafe', 'Only as a fault: the content of a card is refused by a check.'),
  ...row('param.cardNotExist', 'The app has no card with the outTrackId.'),
  ...row('param.cardAlreadyExist', 'The app already has a card with the outTrackId.'),
  ...row('param.templateNotExist', 'The configuration says that the template of a card is removed.'),
  ...row('param.templateUnpublished', 'The configuration says that the template of a card is unpublished.'),
  ...row('param.cardDataAndPrivateDataBothEmpty', 'An update of a card has neither cardData nor private data.'),
  ...row('param.callbackRouteKeyEmpty', 'The callbackRouteKey is missing or blank.'),
  ...row('param.callbackUrlEmpty', 'The callbackUrl is missing.'),
  ...row('system.updateCallbackFailed', 'The callbackUrl is not allowed, or the app has 100 of them.'),
  'param.callbackRouteKeyExist': {
    status: 500,
    message: 'param.callbackRouteKeyExist',
    summary: 'The callbackRouteKey has an address already, and forceUpdate is not set.',
  },
  'system.busy': { status: 500, message: 'system.busy', summary: 'Only as a fault: the card service is busy.' },
  ...row('param.stream.guidEmpty', 'The guid of a streaming update is missing or blank.'),
  ...row('param.stream.keyEmpty', 'The key of a streaming update is missing or blank.'),
  ...row('param.stream.contentEmpty', 'The content of a streaming update is missing, or empty before its end.'),
  ...row('param.stream.outTrackId', 'A streaming update names a card that the app does not have.', 'card is not exist'),
  ...row(
    'param.stream.isFull',
    'The isFull of a streaming update is neither true nor false.',
    'streaming update the parameter isFull is null',
  ),
  ...row(
    'param.stream.content',
    'A variable of a card has more than 20,000 characters, or all together with their names more than 262,144.',
    'content is too large',
  ),
});
