/**
 * Every error that the server can return, by its code. Texts that the real service is known to send are exact; the
 * others follow its style.
 * https://open.dingtalk.com/document/development/server-api-error-codes-1
 */

import { cardRows } from './cards.ts';
import { contactRows } from './contacts.ts';
import { customRobotRows } from './custom-robots.ts';
import { dingRows } from './ding.ts';
import { groupRows } from './groups.ts';
import { groupManagementRows } from './groups-management.ts';
import { mediaRows } from './media.ts';
import { robotRows } from './robot.ts';
import { robotSettingsRows } from './robot-settings.ts';
import { createRows, describeMissingField } from './row.ts';
import { streamRows } from './stream.ts';

const gatewayRows = createRows('gateway', {
  'InvalidAction.NotFound': {
    status: 404,
    message: 'Specified api is not found, please check your url and method.',
    summary: 'No call of the versioned API has this path and method.',
  },
  'AuthenticationFailed.MissingParameter': {
    status: 400,
    message: '缺少参数：x-acs-dingtalk-access-token',
    summary: 'The call carries no token.',
  },
  InvalidAuthentication: {
    status: 400,
    message: '不合法的access_token',
    summary: 'The token is unknown, has expired, or was revoked.',
  },
  'Forbidden.AccessDenied.AccessTokenPermissionDenied': {
    status: 403,
    message:
      '没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp-server/add-api-permission',
    summary: 'The app lacks the permission that the call needs.',
  },
  'Forbidden.AccessDenied.IpNotInWhiteList': {
    status: 403,
    message: '访问ip不在白名单之中',
    summary: 'Only as a fault: the address of the caller is not on the allowlist of the app.',
  },
  'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi': {
    status: 403,
    message: '您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'An internal app made more calls in a second than the server allows.',
  },
  'Forbidden.AccessDenied.QpmLimitForAppkeyAndApi': {
    status: 403,
    message: '您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'Only as a fault: an internal app made too many calls in a minute.',
  },
  'Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi': {
    status: 403,
    message: '您的ISV应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'A third-party app made more calls in a second for one organization than the server allows.',
  },
  'Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi': {
    status: 403,
    message: '您的ISV应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'Only as a fault: a third-party app made too many calls in a minute for one organization.',
  },
  'Forbidden.AccessDenied.QpsLimitForApi': {
    status: 403,
    message: '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'Only as a fault: all apps together made too many calls.',
  },
  'Forbidden.AccessDenied.ApiCountLimitForOrg': {
    status: 403,
    message: '错误描述:本组织当月的接口调用次数已用完;解决方案:请升级版本或者等待下个月;',
    summary: 'Only as a fault: the monthly number of calls of the organization is used up.',
  },
  Invalidbody: {
    status: 400,
    message: 'Specified parameter body is not valid. JSON parsing error',
    summary: 'The body is not a JSON object.',
  },
  Missingbody: describeMissingField('body', 'The body is empty or not sent as JSON.'),
  MissingappKey: describeMissingField('appKey'),
  MissingappSecret: describeMissingField('appSecret'),
  MissingsuiteKey: describeMissingField('suiteKey'),
  MissingsuiteSecret: describeMissingField('suiteSecret'),
  MissingauthCorpId: describeMissingField('authCorpId'),
  MissingsuiteTicket: describeMissingField('suiteTicket'),
  Missingclient_id: describeMissingField('client_id'),
  Missingclient_secret: describeMissingField('client_secret'),
  Missinggrant_type: describeMissingField('grant_type'),
  MissingrobotCode: describeMissingField('robotCode'),
  MissinguserIds: describeMissingField('userIds'),
  MissingmsgKey: describeMissingField('msgKey'),
  MissingmsgParam: describeMissingField('msgParam'),
  MissingprocessQueryKeys: describeMissingField('processQueryKeys'),
  MissingdownloadCode: describeMissingField('downloadCode'),
  MissingprocessQueryKey: describeMissingField('processQueryKey'),
  MissingchatbotId: describeMissingField('chatbotId'),
  MissingremindType: describeMissingField('remindType'),
  MissingreceiverUserIdList: describeMissingField('receiverUserIdList'),
  Missingcontent: describeMissingField('content'),
  MissingcontentParams: describeMissingField('contentParams'),
  MissingdingTemplateId: describeMissingField('dingTemplateId'),
  MissingopenConversationId: describeMissingField('openConversationId'),
  MissingopenDingId: describeMissingField('openDingId'),
  MissingopenMsgId: describeMissingField('openMsgId'),
  Missingstatus: describeMissingField('status'),
  MissingupdateType: describeMissingField('updateType'),
  Missingtoken: describeMissingField('token'),
  MissingactionType: describeMissingField('actionType'),
  MissingsendNotification: describeMissingField('sendNotification'),
  MissingoutgoingUrl: describeMissingField('outgoingUrl'),
  MissingclientId: describeMissingField('clientId'),
  MissingclientSecret: describeMissingField('clientSecret'),
  Missingsubscriptions: describeMissingField('subscriptions'),
});

const tokenRows = createRows('business', {
  invalidClientIdOrSecret: {
    status: 400,
    message: '无效的clientId或者clientSecret',
    summary: 'No internal app has this appKey and appSecret.',
  },
  invalidSuiteKey: { status: 400, message: 'suitekey不合法', summary: 'No third-party app has this key and secret.' },
  invalidSuiteTicket: {
    status: 400,
    message: 'suiteTicket无效',
    summary: 'The ticket is not one of the two newest of the app.',
  },
  invalidAuthInfo: {
    status: 400,
    message: '授权关系不存在',
    summary: 'The organization is unknown or has not authorized the app.',
  },
  'invalid.client': {
    status: 400,
    message: 'invalid.client',
    summary: 'No app that may act for the organization has this client_id and client_secret.',
  },
  'unsupported.grant.type': {
    status: 400,
    message: 'unsupported.grant.type',
    summary: 'The grant_type is not client_credentials.',
  },
  'unauthorized.client': {
    status: 401,
    message: 'unauthorized.client',
    summary: 'The credentials are valid, but the organization has not authorized the app.',
  },
  'server.error': { status: 500, message: 'server.error', summary: 'Only as a fault: the token service failed.' },
  unknownError: {
    status: 500,
    message: '未知错误',
    summary:
      'The path names an organization that does not exist; an emotion is for a message of a robot; a connection of Stream mode is opened at an emulator without a socket; or, only as a fault, a streaming update has a key that the template lacks.',
  },
  'system.error': { status: 500, message: '未知的系统错误', summary: 'The store cannot answer.' },
});

const huizhiRows = createRows('huizhi', {
  'huizhi.badRequest': { status: 400, message: 'Bad request: {reason}', summary: 'A field or parameter is not valid.' },
  'huizhi.tooDeep': {
    status: 400,
    message: 'The body is nested too deeply: {reason}',
    summary: 'A JSON body has more than 64 levels.',
  },
  'huizhi.unauthorized': {
    status: 401,
    message: 'Sign in first: {reason}',
    summary: 'The session, bearer token or sign-in code is missing, wrong or expired.',
  },
  'huizhi.forbidden': {
    status: 403,
    message: 'Not allowed: {reason}',
    summary: 'The caller is not allowed to do this, or the request comes from a page of another site.',
  },
  'huizhi.robotUnblockable': {
    status: 403,
    message: 'Robot {robotCode} cannot be blocked',
    summary: 'The operator does not allow users to block this robot.',
  },
  'huizhi.notFound': { status: 404, message: 'Not found: {reason}', summary: 'The path or the object does not exist.' },
  'huizhi.methodNotAllowed': {
    status: 405,
    message: 'Method not allowed: {reason}',
    summary: 'The path exists, but not with this method.',
  },
  'huizhi.requestTimeout': {
    status: 408,
    message: 'The request took too long: {reason}',
    summary: 'The headers took longer than 10 seconds, or no byte of the body arrived for 15 seconds.',
  },
  'huizhi.conflict': {
    status: 409,
    message: 'Conflict: {reason}',
    summary: 'The state of the object does not allow the change.',
  },
  'huizhi.idempotencyMismatch': {
    status: 409,
    message: 'The idempotency-key was used for a send with other content',
    summary:
      'A send with the same idempotency-key, but another robot, other recipients or another content, was accepted within 24 hours.',
  },
  'huizhi.unknownHost': {
    status: 421,
    message: 'Unknown host: {reason}',
    summary: 'The Host header is not a name under which dev may be reached.',
  },
  'huizhi.tooManyRequests': {
    status: 429,
    message: 'Too many requests: {reason}',
    summary: 'Too many sign-in attempts are waiting; Retry-After says when to retry.',
  },
  'huizhi.tooLarge': {
    status: 413,
    message: 'The body is too large: {reason}',
    summary: 'A request body is larger than 1 MiB.',
  },
  'huizhi.newerSchema': {
    status: 503,
    message: 'Not ready: {reason}',
    summary: 'A newer huizhi migrated the database, so this process no longer writes.',
  },
  'huizhi.notImplemented': {
    status: 501,
    message: 'Not implemented: {reason}',
    summary: 'A body has a Transfer-Encoding other than chunked.',
  },
  'huizhi.busy': {
    status: 503,
    message: 'The server is busy: {reason}',
    summary: 'There are too many simultaneous connections, request bodies or pipelined requests.',
  },
});

/** The error table: each code with its status, message, layer, anchor and summary. */
export const errorTable = {
  ...gatewayRows,
  ...tokenRows,
  ...streamRows,
  ...robotRows,
  ...contactRows,
  ...mediaRows,
  ...groupRows,
  ...dingRows,
  ...cardRows,
  ...robotSettingsRows,
  ...customRobotRows,
  ...groupManagementRows,
  ...huizhiRows,
} as const;
