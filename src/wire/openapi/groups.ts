/** The calls for messages to groups and to conversations of two people. */
import type { ErrorCode } from '../errors.ts';
import * as groups from '../vendor/groups.ts';
import * as robot from '../vendor/robot.ts';
import type { Call } from './call.ts';
import { bodyErrors, callerErrors, paramErrors } from './vendor.ts';

const key = 'Ea3z43TUw4zz+ICFHC9Td9fUecqxUsoWgPqAaN7DrXU=';
const target = { openConversationId: 'cidZqNkLVhRkgFDQWYzUhbVyQ==', robotCode: 'dingzxcifuvdfbvegdf' };

const sendErrors: readonly ErrorCode[] = [
  ...callerErrors,
  ...bodyErrors,
  'MissingmsgKey',
  'MissingmsgParam',
  'invalidParameter.param.invalid',
  'invalidParameter.robotCode.missing',
  'invalidParameter.robotCode.empty',
  'resource.not.found',
  'invalidParameter.robotCode.auth',
  'invalidParameter.robotCode.coolApp',
  'miss.openConversationId',
  'invalid.openConversationId',
  'conversation.org.notMatch',
  'bot.stopped',
  'invalidParameter.msgKey.empty',
  'invalidParameter.msgKey.invalid',
  'template.not.existed',
  'template.stopped',
  'invalidParameter.msgParam.invalid',
  'invalidParameter.msgParam.tooLong',
  ...paramErrors,
  'huizhi.idempotencyMismatch',
  'system.error',
];

const queryErrors: readonly ErrorCode[] = [
  ...callerErrors,
  ...bodyErrors,
  'MissingprocessQueryKey',
  'invalidParameter.param.invalid',
  'invalidParameter.robotCode.missing',
  'resource.not.found',
  'invalidParameter.robotCode.invalid',
  'openConversationId.notExisted',
  'invalid.openConversationId',
  'conversation.org.dismatch',
  'bot.stopped',
  'invalidParameter.processQueryKey.missing',
  'invalid.processQueryKey',
  'invalidParameter.pageSize.invalid',
  'invalidParameter.cursor.invalid',
  'processQueryKey.expireTime',
  'template.not.existed',
  'template.stopped',
  'system.error',
];

const recallErrors: readonly ErrorCode[] = [
  ...callerErrors,
  ...bodyErrors,
  'MissingopenConversationId',
  'MissingprocessQueryKeys',
  'invalidParameter.param.invalid',
  'miss.chatbotId',
  'invalidParameter.robotCode',
  'miss.openConversationId',
  'invalid.openConversationId',
  'bot.stopped',
  'invalidParameter.processQueryKey.missing',
  'invalidParameter.processQueryKeys.overMax',
  'system.error',
];

const sendBody = {
  name: 'GroupSendBody',
  schema: groups.groupSendBody,
  example: { ...target, msgKey: 'sampleText', msgParam: '{"content":"Hello"}' },
};
const sendAnswer = { name: 'GroupSendAnswer', schema: groups.groupSendAnswer, example: { processQueryKey: key } };
const queryBody = {
  name: 'GroupQueryBody',
  schema: groups.groupQueryBody,
  example: { ...target, processQueryKey: key, maxResults: 200 },
};
const recallBody = {
  name: 'GroupRecallBody',
  schema: groups.groupRecallBody,
  example: { ...target, processQueryKeys: [key] },
};
const recallAnswer = {
  name: 'BatchRecallAnswer',
  schema: robot.batchRecallAnswer,
  example: { successResult: [key], failedResult: {} },
};
const page = { sendStatus: 'SUCCESS', readUserIds: ['201382020'], hasMore: false } as const;

/** The calls for conversations. Each needs the permission qyapi_robot_sendmsg. */
export const groupCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/robot/groupMessages/send',
    id: 'groupSend',
    tag: 'robot',
    summary:
      'Sends a message to the members of a group; responds when the message is durable, and delivers it afterwards',
    headers: robot.batchSendHeaders,
    body: sendBody,
    answer: sendAnswer,
    errors: [...sendErrors, 'group.disbanded'],
  },
  {
    method: 'post',
    path: '/v1.0/robot/groupMessages/query',
    id: 'groupQuery',
    tag: 'robot',
    summary:
      'Returns which members of a group have read a message, within 24 hours of the send, in the order of reading',
    body: queryBody,
    answer: {
      name: 'GroupQueryAnswer',
      schema: groups.groupQueryAnswer,
      example: { ...page, readUsers: [{ unionId: '6143u2l2f10nv73tkfntl8vofk', userId: '201382020' }] },
    },
    errors: queryErrors,
  },
  {
    method: 'post',
    path: '/v1.0/robot/groupMessages/recall',
    id: 'groupRecall',
    tag: 'robot',
    summary: 'Recalls up to 20 messages to a group, within 24 hours after the send',
    body: recallBody,
    answer: recallAnswer,
    errors: [...recallErrors, 'MissingrobotCode', 'invalidParameter.robotCode.notExsit'],
  },
  {
    method: 'post',
    path: '/v1.0/robot/groupMessages/batchRecall',
    id: 'groupBatchRecall',
    tag: 'robot',
    summary: 'The same as groupMessages/recall; names the robot by chatbotId',
    body: {
      name: 'GroupBatchRecallBody',
      schema: groups.groupBatchRecallBody,
      example: {
        chatbotId: target.robotCode,
        openConversationId: target.openConversationId,
        processQueryKeys: [key],
      },
    },
    answer: recallAnswer,
    errors: [...recallErrors, 'MissingchatbotId', 'invalidParameter.robotCode.notExsit'],
  },
  {
    method: 'post',
    path: '/v1.0/robot/privateChatMessages/send',
    id: 'privateSend',
    tag: 'robot',
    summary: 'Sends a message to the two people of a conversation',
    headers: robot.batchSendHeaders,
    body: sendBody,
    answer: sendAnswer,
    errors: sendErrors,
  },
  {
    method: 'post',
    path: '/v1.0/robot/privateChatMessages/query',
    id: 'privateQuery',
    tag: 'robot',
    summary: 'Returns which of two people have read a message, within 24 hours of the send, in the order of reading',
    body: queryBody,
    answer: { name: 'PrivateQueryAnswer', schema: groups.privateQueryAnswer, example: page },
    errors: queryErrors,
  },
  {
    method: 'post',
    path: '/v1.0/robot/privateChatMessages/batchRecall',
    id: 'privateBatchRecall',
    tag: 'robot',
    summary: 'Recalls up to 20 messages to two people, within 24 hours after the send',
    body: recallBody,
    answer: recallAnswer,
    errors: [...recallErrors, 'MissingrobotCode', 'resource.not.found'],
  },
];
