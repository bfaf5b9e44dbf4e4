/** The calls about DINGs: on the vendor's paths, and in inbox, console and emulator. */
import type { ErrorCode } from '../errors.ts';
import * as own from '../own/dings.ts';
import * as vendor from '../vendor/ding.ts';
import type { Call, Named } from './call.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const openDingId = '3f1c0a9be27d4586a1c3e5f70912b4d63f1c0a9be27d4586a1c3e5f70912b4d6';
const robotCode = 'dingzxcifuvdfbvegdf';
const reference = { robotCode, openDingId };

const ding = {
  dingId: '7b0f4c21d9e35a86b2c4d6e8f0a1b3c5',
  robotCode,
  robotName: '通知助手',
  channel: 'app',
  content: '服务器磁盘已满',
  sentAt: 1778481600000,
  readAt: null,
} as const;

const delivery = {
  robotCode,
  robotName: ding.robotName,
  userId: '201382020',
  name: '曲大岳',
  channel: 'phone',
  state: 'unread',
  callVoice: 'Standard_Female_Voice',
  content: ding.content,
  sentAt: ding.sentAt,
  readAt: null,
  recalledAt: null,
} as const;

const quotas = { sms: { quota: 100, used: 3 }, phone: { quota: null, used: 0 } };

const ownErrors: readonly ErrorCode[] = ['huizhi.badRequest', 'huizhi.unauthorized', 'system.error'];
const emulatorErrors: readonly ErrorCode[] = ['huizhi.badRequest', 'huizhi.notFound', 'system.error'];

/** The calls on the vendor's paths. Each needs the permission Premium.Ding.Write. */
const vendorCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/robot/ding/send',
    id: 'sendDing',
    tag: 'robot',
    summary: 'Sends a DING in the app, by SMS or by phone; SMS and calls go to the outbox and never leave huizhi',
    headers: vendor.dingSendHeaders,
    body: {
      name: 'DingSendBody',
      schema: vendor.dingSendBody,
      example: { robotCode, remindType: 1, receiverUserIdList: ['201382020'], content: ding.content },
    },
    answer: { name: 'DingSendAnswer', schema: vendor.dingSendAnswer, example: { openDingId, failedList: {} } },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingrobotCode',
      'MissingremindType',
      'MissingreceiverUserIdList',
      'Missingcontent',
      'invalidParameter.param.invalid',
      'invalid.chatbotId',
      'send.ding.exception',
      'miss.staffId',
      'ding.receivercount.limit',
      'toomuch.msg',
      'ding.serverquota.insufficient',
      'huizhi.idempotencyMismatch',
      'system.error',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/robot/dingMessages/send',
    id: 'sendDingMessage',
    tag: 'robot',
    summary: 'Sends a DING in the app to members of a conversation, with the values of a template as its text',
    headers: vendor.dingSendHeaders,
    body: {
      name: 'DingMessageBody',
      schema: vendor.dingMessageBody,
      example: {
        robotCode,
        openConversationId: 'cidL9xTq1yVd0kz8mR4pWcBvg==',
        dingTemplateId: 'alarm',
        contentParams: { content: ding.content },
        receiverUserIdList: ['201382020'],
      },
    },
    answer: {
      name: 'DingMessageAnswer',
      schema: vendor.dingMessageAnswer,
      example: { dingSendResultId: openDingId },
    },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingcontentParams',
      'MissingdingTemplateId',
      'MissingopenConversationId',
      'MissingreceiverUserIdList',
      'MissingrobotCode',
      'invalidParameter.param.invalid',
      'invalid.chatbotId',
      'send.ding.exception',
      'miss.staffId',
      'ding.receivercount.limit',
      'toomuch.msg',
      'huizhi.idempotencyMismatch',
      'system.error',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/robot/ding/recall',
    id: 'recallDing',
    tag: 'robot',
    summary: 'Recalls a DING; its text is deleted, and who has read it stays on record',
    body: { name: 'DingBody', schema: vendor.dingBody, example: reference },
    answer: { name: 'DingRecallAnswer', schema: vendor.dingRecallAnswer, example: { openDingId } },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingrobotCode',
      'MissingopenDingId',
      'invalidParameter.param.invalid',
      'recall.ding.exception',
      'system.error',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/robot/ding/readStatuses/query',
    id: 'dingReadStatuses',
    tag: 'robot',
    summary: 'Returns the receivers of a DING and whether they have read it',
    body: { name: 'DingBody', schema: vendor.dingBody, example: reference },
    answer: {
      name: 'DingReadStatusAnswer',
      schema: vendor.dingReadStatusAnswer,
      example: {
        success: true,
        result: { robotDingReadInfoList: [{ userId: delivery.userId, readStatus: 'UNREAD' }] },
      },
    },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingrobotCode',
      'MissingopenDingId',
      'invalidParameter.param.invalid',
      'system.error',
    ],
  },
];

/** The events of DINGs in the stream of an inbox. */
export const inboxDingEvents: readonly Named[] = [
  { name: 'InboxDingEvent', schema: own.inboxDingEvent },
  { name: 'InboxDingReadEvent', schema: own.inboxDingReadEvent },
  { name: 'InboxDingRecallEvent', schema: own.inboxDingRecallEvent },
];

const inboxCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/inbox/v1/dings',
    id: 'listDings',
    tag: 'inbox',
    summary: 'Lists the unread DINGs of the recipient, newest first',
    query: own.inboxDingsQuery,
    answer: { name: 'InboxDingsAnswer', schema: own.inboxDingsAnswer, example: { dings: [ding], cursor: null } },
    errors: ownErrors,
  },
  {
    method: 'post',
    path: '/inbox/v1/dings/read',
    id: 'readDings',
    tag: 'inbox',
    summary: 'Marks up to 100 DINGs read; the time of the first read is kept',
    body: {
      name: 'InboxDingReadBody',
      schema: own.inboxDingReadBody,
      example: { dingIds: [ding.dingId], manner: 'seen' },
    },
    answer: { name: 'InboxDingReadAnswer', schema: own.inboxDingReadAnswer, example: { read: 1 } },
    errors: ownErrors,
  },
];

const quotaAnswer: Named = { name: 'DingQuotaAnswer', schema: own.dingQuotaAnswer, example: quotas };
const quotaPath = '/console/v1/organizations/{corpId}/dingQuota';

const consoleCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/dings',
    id: 'listDingDeliveries',
    tag: 'console',
    summary: 'Lists the outbox of DINGs: one item for each receiver, newest DING first',
    query: own.consoleDingsQuery,
    answer: {
      name: 'ConsoleDingsAnswer',
      schema: own.consoleDingsAnswer,
      example: { deliveries: [{ dingId: ding.dingId, ...delivery }], cursor: null },
    },
    errors: [...ownErrors, 'huizhi.notFound'],
  },
  {
    method: 'get',
    path: quotaPath,
    id: 'dingQuota',
    tag: 'console',
    summary: 'Returns the quotas of SMS and calls of an organization',
    answer: quotaAnswer,
    errors: [...ownErrors, 'huizhi.notFound'],
  },
  {
    method: 'put',
    path: quotaPath,
    id: 'setDingQuota',
    tag: 'console',
    summary: 'Sets the quotas of SMS and calls of an organization; what was used stays counted',
    body: { name: 'DingQuotaBody', schema: own.dingQuotaBody, example: { sms: 100 } },
    answer: quotaAnswer,
    errors: [...ownErrors, 'huizhi.forbidden', 'huizhi.notFound'],
  },
];

const emulatorCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/emulator/v1/dings',
    id: 'emulatedDings',
    tag: 'emulator',
    summary: 'Lists the outbox of DINGs with their openDingIds: one item for each receiver, newest DING first',
    query: own.emulatorDingsQuery,
    answer: {
      name: 'EmulatorDingsAnswer',
      schema: own.emulatorDingsAnswer,
      example: { deliveries: [{ openDingId, ...delivery }], cursor: null },
    },
    errors: emulatorErrors,
  },
  {
    method: 'post',
    path: '/emulator/v1/dings/read',
    id: 'readEmulatedDing',
    tag: 'emulator',
    summary: 'Lets receivers read a DING now',
    body: { name: 'EmulatorDingReadBody', schema: own.emulatorDingReadBody, example: { openDingId } },
    answer: { name: 'InboxDingReadAnswer', schema: own.inboxDingReadAnswer, example: { read: 1 } },
    errors: emulatorErrors,
  },
  {
    method: 'put',
    path: '/emulator/v1/dingQuotas',
    id: 'setEmulatedDingQuota',
    tag: 'emulator',
    summary: 'Sets the quotas of SMS and calls of an organization',
    body: {
      name: 'EmulatorDingQuotaBody',
      schema: own.emulatorDingQuotaBody,
      example: { corpId: 'dingcorp0001', sms: 100 },
    },
    answer: quotaAnswer,
    errors: emulatorErrors,
  },
];

/** All calls about DINGs. */
export const dingCalls: readonly Call[] = [...vendorCalls, ...inboxCalls, ...consoleCalls, ...emulatorCalls];
