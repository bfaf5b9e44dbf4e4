/** The calls on the vendor's paths. */

import type { ErrorCode } from '../errors.ts';
import { leftHeader } from '../headers.ts';
import { messageKinds } from '../vendor/messages.ts';
import * as oauth from '../vendor/oauth.ts';
import * as robot from '../vendor/robot.ts';
import type { Call } from './call.ts';

const token = 'nvosnghskaknz8an3b82';
const key = 'Ea3z43TUw4zz+ICFHC9Td9fUecqxUsoWgPqAaN7DrXU=';
const robotCode = 'dingzxcifuvdfbvegdf';

export const bodyErrors: readonly ErrorCode[] = [
  'Missingbody',
  'Invalidbody',
  'huizhi.tooLarge',
  'huizhi.tooDeep',
  'huizhi.requestTimeout',
  'huizhi.busy',
];

export const callerErrors: readonly ErrorCode[] = [
  'AuthenticationFailed.MissingParameter',
  'InvalidAuthentication',
  'Forbidden.AccessDenied.AccessTokenPermissionDenied',
  'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
  'Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi',
];

const paramErrors = [...new Set(messageKinds.flatMap((kind) => kind.fields).map((field) => field.missing))];

/** The token calls, for internal and third-party apps. */
const tokenCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/oauth2/accessToken',
    id: 'accessToken',
    tag: 'token',
    summary:
      'Returns the token of an internal app; a repeated call while it is valid returns the same token and extends it',
    body: {
      name: 'AccessTokenBody',
      schema: oauth.accessTokenBody,
      example: { appKey: 'dingappinternal', appSecret: 's3cret-internal' },
    },
    answer: {
      name: 'AccessTokenAnswer',
      schema: oauth.accessTokenAnswer,
      example: { expireIn: 7200, accessToken: token },
    },
    errors: [
      ...bodyErrors,
      'MissingappKey',
      'MissingappSecret',
      'invalidClientIdOrSecret',
      'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
      'system.error',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/oauth2/corpAccessToken',
    id: 'corpAccessToken',
    tag: 'token',
    summary: 'Returns a new token of a third-party app for one organization that has authorized it',
    body: {
      name: 'CorpAccessTokenBody',
      schema: oauth.corpAccessTokenBody,
      example: {
        suiteKey: 'suitethirdparty',
        suiteSecret: 's3cret-suite',
        authCorpId: 'dingcorp0001',
        suiteTicket: 'q1w2e3r4t5y6',
      },
    },
    answer: {
      name: 'AccessTokenAnswer',
      schema: oauth.corpAccessTokenAnswer,
      example: { expireIn: 7200, accessToken: token },
    },
    errors: [
      ...bodyErrors,
      'MissingsuiteKey',
      'MissingsuiteSecret',
      'MissingauthCorpId',
      'MissingsuiteTicket',
      'invalidSuiteKey',
      'invalidSuiteTicket',
      'invalidAuthInfo',
      'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
      'system.error',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/oauth2/{corpId}/token',
    id: 'token',
    tag: 'token',
    summary: 'Returns a token of an app of either kind for one organization',
    body: {
      name: 'TokenBody',
      schema: oauth.tokenBody,
      example: { client_id: 'dingappinternal', client_secret: 's3cret-internal', grant_type: 'client_credentials' },
    },
    answer: { name: 'TokenAnswer', schema: oauth.tokenAnswer, example: { access_token: token, expires_in: 7200 } },
    errors: [
      ...bodyErrors,
      'Missingclient_id',
      'Missingclient_secret',
      'Missinggrant_type',
      'unsupported.grant.type',
      'invalid.client',
      'unauthorized.client',
      'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
      'unknownError',
      'system.error',
    ],
  },
  {
    method: 'get',
    path: '/gettoken',
    id: 'getToken',
    tag: 'token',
    summary: 'Returns the token of an internal app in the legacy form: always HTTP 200, with the result in errcode',
    query: oauth.getTokenQuery,
    answer: {
      name: 'GetTokenAnswer',
      schema: oauth.getTokenAnswer,
      example: { errcode: 0, access_token: token, errmsg: 'ok', expires_in: 7200 },
    },
    errors: [],
  },
];

/** The robot calls. Each needs the permission qyapi_robot_sendmsg. */
const robotCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/robot/oToMessages/batchSend',
    id: 'batchSend',
    tag: 'robot',
    summary: 'Sends a message to up to 20 users; responds when the message is durable, and delivers it afterwards',
    headers: robot.batchSendHeaders,
    body: {
      name: 'BatchSendBody',
      schema: robot.batchSendBody,
      example: { robotCode, userIds: ['201382020'], msgKey: 'sampleText', msgParam: '{"content":"Hello"}' },
    },
    answer: {
      name: 'BatchSendAnswer',
      schema: robot.batchSendAnswer,
      example: {
        flowControlledStaffIdList: [],
        invalidStaffIdList: [],
        filteredStaffIdList: [],
        processQueryKey: key,
      },
    },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingrobotCode',
      'MissinguserIds',
      'MissingmsgKey',
      'MissingmsgParam',
      'invalidParameter.param.invalid',
      'invalidParameter.robotCode.empty',
      'invalidParameter.robotCode.notExsit',
      'invalidParameter.robotCode.invalid',
      'chatbotId.notAllow.sendOTO',
      'invalidParameter.userIds.empty',
      'invalidParameter.userIds.overMax',
      'invalidParameter.msgKey.empty',
      'invalidParameter.msgKey.invalid',
      'template.not.existed',
      'template.stopped',
      'invalidParameter.msgParam.invalid',
      'invalidParameter.msgParam.tooLong',
      ...paramErrors,
      'staffId.notExisted',
      'huizhi.idempotencyMismatch',
      'system.error',
    ],
  },
  {
    method: 'get',
    path: '/v1.0/robot/oToMessages/readStatus',
    id: 'readStatus',
    tag: 'robot',
    summary: 'Returns who has read a message, within 24 hours of the send',
    query: robot.readStatusQuery,
    answer: {
      name: 'ReadStatusAnswer',
      schema: robot.readStatusAnswer,
      headers: { [leftHeader]: { $ref: '#/components/headers/Left' } },
      example: {
        sendStatus: 'SUCCESS',
        messageReadInfoList: [
          { name: '曲大岳', userId: '201382020', readStatus: 'READ', readTimestamp: 1778481700 },
          { name: '王小明', userId: 'user001', readStatus: 'UNREAD' },
        ],
      },
    },
    errors: [
      ...callerErrors,
      'invalidParameter.robotCode.missing',
      'invalidParameter.robotCode.empty',
      'invalidParameter.processQueryKey.missing',
      'invalidParameter.param.invalid',
      'invalidParameter.robotCode.notExsit',
      'invalidParameter.robotCode.invalid',
      'invalid.processQueryKey',
      'processQueryKey.expireTime',
      'template.not.existed',
      'template.stopped',
      'unknown.send.result',
      'system.error',
    ],
  },
  {
    method: 'post',
    path: '/v1.0/robot/otoMessages/batchRecall',
    id: 'batchRecall',
    tag: 'robot',
    summary: 'Recalls up to 20 messages, within 24 hours after the send',
    body: {
      name: 'BatchRecallBody',
      schema: robot.batchRecallBody,
      example: { robotCode, processQueryKeys: [key] },
    },
    answer: {
      name: 'BatchRecallAnswer',
      schema: robot.batchRecallAnswer,
      example: { successResult: [key], failedResult: {} },
    },
    errors: [
      ...callerErrors,
      ...bodyErrors,
      'MissingrobotCode',
      'MissingprocessQueryKeys',
      'invalidParameter.param.invalid',
      'invalidParameter.robotCode',
      'invalidParameter.processQueryKey.missing',
      'invalidParameter.processQueryKeys.overMax',
      'system.error',
    ],
  },
];

/** All calls on the vendor's paths. */
export const wireCalls: readonly Call[] = [...tokenCalls, ...robotCalls];
