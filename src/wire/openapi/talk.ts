/** The calls about what people write: of the inbox and the emulator, sessionWebhooks, and emotions. */
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import * as own from '../own/talk.ts';
import * as emotions from '../vendor/emotions.ts';
import * as session from '../vendor/session-webhook.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, changeErrors } from './console.ts';
import { webhookMessageAnswer, webhookMessageBody } from './custom-robots.ts';
import { exampleMessage, bodyErrors as ownBodyErrors } from './inbox.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const conversationId = 'robot:dingzxcifuvdfbvegdf';
const { robotCode, robotName } = exampleMessage;
const robots = [{ robotCode, robotName, reach: 'stream' }] as const;
const mediaId = '@lADPDeC2uZ1hTqHNAZDNAZA';
const text = { msgtype: 'text', text: { content: '你好' } } as const;
const message = {
  ...exampleMessage,
  conversationId,
  msgKey: 'personText',
  msgParam: '{"content":"你好"}',
  readAt: exampleMessage.sentAt,
  sender: { kind: 'person', name: '曲大岳', userId: '201382020' },
} as const;

const emotionErrors: readonly ErrorCode[] = [
  ...callerErrors,
  ...bodyErrors,
  'MissingrobotCode',
  'MissingopenConversationId',
  'MissingopenMsgId',
  'invalidParameter.param.invalid',
  'invalidParameter.robotCode.notExsit',
  'invalidParameter.robotCode.invalid',
  'bot.stopped',
  'invalid.openConversationId',
  'unknownError',
  'system.error',
];
const emotionBody = createNamed('EmotionBody', emotions.emotionBody, {
  robotCode,
  openConversationId: 'cidFfyFtIq9gRbZ3nXt0LwKxg==',
  openMsgId: 'msgY2hhdCBtZXNzYWdlIGlkIQ==',
  emotionType: 2,
  emotionName: '🤔Thinking',
  textEmotion: { emotionId: '2659900', emotionName: '🤔Thinking', text: '🤔Thinking', backgroundId: 'im_bg_1' },
});
const emotionAnswer = createNamed('EmotionAnswer', emotions.emotionAnswer, { success: true });

/** The vendor's calls about what people write. */
export const talkCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/robot/sendBySession',
    id: 'replyBySession',
    tag: 'robot',
    summary:
      'Sends a reply of a robot to the conversation of a message that it has received; the session is that of its sessionWebhook, and the response is always HTTP 200',
    query: session.sessionQuery,
    hasForeignQuery: true,
    body: webhookMessageBody,
    answer: webhookMessageAnswer,
    errors: [],
  },
  {
    method: 'post',
    path: '/v1.0/robot/emotion/reply',
    id: 'replyEmotion',
    tag: 'robot',
    summary: 'Attaches an emotion to a message that the robot has received',
    body: emotionBody,
    answer: emotionAnswer,
    errors: emotionErrors,
  },
  {
    method: 'post',
    path: '/v1.0/robot/emotion/recall',
    id: 'recallEmotion',
    tag: 'robot',
    summary: 'Removes an emotion that the robot has attached to a message',
    body: emotionBody,
    answer: emotionAnswer,
    errors: emotionErrors,
  },
];

const messageUrl = 'https://bot.example.com/dingtalk';
const messageUrlAnswer = createNamed('MessageUrlAnswer', own.messageUrlAnswer, { messageUrl, hasSecret: false });

/** Our own calls about what people write. */
export const ownTalkCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/inbox/v1/conversations/{conversationId}/messages',
    id: 'writeMessage',
    tag: 'inbox',
    summary: 'Writes a message of the signed-in person to a robot or in a conversation',
    body: createNamed('InboxSayBody', own.inboxSayBody, { ...text, sendId: '0c6f1b7e' }),
    answer: createNamed('InboxSayAnswer', own.inboxSayAnswer, { message, robots }),
    errors: [
      ...ownBodyErrors,
      'huizhi.unauthorized',
      'huizhi.notFound',
      'huizhi.conflict',
      'huizhi.idempotencyMismatch',
      'huizhi.tooManyRequests',
      'system.error',
    ],
  },
  {
    method: 'put',
    path: '/inbox/v1/media',
    id: 'uploadInboxMedia',
    tag: 'inbox',
    summary: 'Uploads a file to send; the body is the content of the file',
    query: own.inboxMediaQuery,
    body: {
      name: 'FileContent',
      schema: z.string().meta({ format: 'binary' }),
      mediaType: 'application/octet-stream',
    },
    answer: createNamed('InboxMediaAnswer', own.inboxMediaAnswer, {
      mediaId,
      type: 'image',
      name: 'plan.png',
      size: 20480,
    }),
    errors: [
      'huizhi.badRequest',
      'huizhi.unauthorized',
      'huizhi.tooLarge',
      'huizhi.conflict',
      'huizhi.tooManyRequests',
      'huizhi.requestTimeout',
      'huizhi.busy',
      'system.error',
    ],
  },
  {
    method: 'get',
    path: '/console/v1/apps/{appKey}/messageUrl',
    id: 'findMessageUrl',
    tag: 'console',
    summary: 'Returns the address to which messages of people to the robots of an app are posted',
    answer: messageUrlAnswer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    method: 'put',
    path: '/console/v1/apps/{appKey}/messageUrl',
    id: 'setMessageUrl',
    tag: 'console',
    summary: 'Sets or removes the address to which messages of people to the robots of an app are posted',
    body: createNamed('MessageUrlBody', own.messageUrlBody, { messageUrl }),
    answer: messageUrlAnswer,
    errors: changeErrors,
  },
  {
    method: 'post',
    path: '/console/v1/apps/{appKey}/messageUrl/test',
    id: 'testMessageUrl',
    tag: 'console',
    summary: 'Posts a signed message with the text test to the address of an app, and returns what it answers',
    answer: createNamed('MessageUrlTestAnswer', own.messageUrlTestAnswer, {
      delivered: true,
      status: 200,
      answer: '',
      duration: 12,
    }),
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.notFound', 'huizhi.conflict'],
  },
  {
    method: 'post',
    path: '/emulator/v1/messages',
    id: 'say',
    tag: 'emulator',
    summary: 'Writes a message of a person to a robot or in a conversation',
    body: createNamed('EmulatorSayBody', own.emulatorSayBody, { from: 'user001', robotCode, ...text }),
    answer: createNamed('EmulatorSayAnswer', own.emulatorSayAnswer, {
      messageId: exampleMessage.messageId,
      msgId: 'msgY2hhdCBtZXNzYWdlIGlkIQ==',
      conversationId,
      sentAt: exampleMessage.sentAt,
      sequence: 12,
      robots,
    }),
    errors: ['huizhi.notFound', 'huizhi.conflict', 'huizhi.tooManyRequests', 'system.error'],
  },
];
