/** The console calls with which an operator sends a message. */
import type { ErrorCode } from '../errors.ts';
import { composeAnswer, composeBody, composeCheckAnswer, composeCheckBody } from '../own/compose.ts';
import type { Call } from './call.ts';
import { changeErrors } from './console.ts';
import { paramErrors } from './vendor.ts';

const errors: readonly ErrorCode[] = [
  ...changeErrors,
  'invalidParameter.robotCode.notExsit',
  'invalidParameter.robotCode.invalid',
  'chatbotId.notAllow.sendOTO',
  'invalidParameter.userIds.empty',
  'invalidParameter.robotCode.empty',
  'invalidParameter.msgKey.empty',
  'invalidParameter.msgKey.invalid',
  'template.not.existed',
  'template.stopped',
  'invalidParameter.msgParam.invalid',
  'invalidParameter.msgParam.tooLong',
  ...paramErrors,
  'staffId.notExisted',
  'resource.not.found',
  'miss.openConversationId',
  'invalid.openConversationId',
  'conversation.org.notMatch',
  'group.disbanded',
  'bot.stopped',
];

const content = {
  corpId: 'dingcorp0001',
  robotCode: 'dingzxcifuvdfbvegdf',
  userIds: ['201382020'],
  msgKey: 'sampleText',
  msgParam: '{"content":"Hello"}',
};
const sent = {
  messageId: '3f1b0c5d9e7a42688c0d1e2f3a4b5c6d',
  processQueryKey: 'q7Yc2vQ/0kW9u2Zl5mN8xR1tY4bV6cX3pL+sD7fG9hI=',
};

/** The calls under `/console/v1/messages` that send. */
export const composeCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/console/v1/messages',
    id: 'sendConsoleMessage',
    tag: 'console',
    summary: 'Sends a message of a robot to users and departments, or to a group',
    body: {
      name: 'ComposeBody',
      schema: composeBody,
      example: { ...content, sendId: '7f8f3f0e-3f0b-4f5e-9d0a-1b2c3d4e5f60' },
    },
    answer: {
      name: 'ComposeAnswer',
      schema: composeAnswer,
      example: { messages: [sent], invalidUserIds: [], flowControlledUserIds: [], filteredUserIds: [] },
    },
    errors: [...errors, 'huizhi.idempotencyMismatch'],
  },
  {
    method: 'post',
    path: '/console/v1/messages/check',
    id: 'checkConsoleMessage',
    tag: 'console',
    summary: 'Makes the checks of a send, and returns how many users and messages it would have; sends nothing',
    body: { name: 'ComposeCheckBody', schema: composeCheckBody, example: content },
    answer: {
      name: 'ComposeCheckAnswer',
      schema: composeCheckAnswer,
      example: { recipientCount: 1, messageCount: 1, invalidUserIds: [] },
    },
    errors,
  },
];
