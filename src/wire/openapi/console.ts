/** The console calls for sessions, sign-in codes and messages. */

import type { ErrorCode } from '../errors.ts';
import {
  consoleDoneAnswer,
  consoleSessionAnswer,
  consoleSessionBody,
  consoleStatusAnswer,
  signInCodeAnswer,
  signInCodeBody,
} from '../own/console.ts';
import * as messages from '../own/console-messages.ts';
import { eventsPage } from '../own/endpoints.ts';
import type { Call, Named } from './call.ts';
import { exampleEvent } from './event-example.ts';

/** Errors of every call with a body. */
const bodyErrors: readonly ErrorCode[] = [
  'huizhi.badRequest',
  'huizhi.tooDeep',
  'huizhi.tooLarge',
  'huizhi.requestTimeout',
  'huizhi.busy',
];
/** Errors of every console call, and of every one that changes something. */
export const askErrors: readonly ErrorCode[] = ['huizhi.unauthorized', 'huizhi.tooManyRequests', 'system.error'];
export const listErrors: readonly ErrorCode[] = [...askErrors, 'huizhi.badRequest', 'huizhi.notFound'];
export const changeErrors: readonly ErrorCode[] = [...askErrors, ...bodyErrors, 'huizhi.forbidden', 'huizhi.notFound'];

const session = {
  csrfToken: '5f0c…',
  expiresAt: 1778482200000,
  emulator: false,
  operator: { operatorId: 'op5f0c2b7a91d3e846', name: '王芳', email: 'wang.fang@example.com' },
  roles: [{ role: 'auditor', corpId: 'dingcorp0001', userId: 'user003', rights: ['messages.read', 'audit.read'] }],
  rights: ['messages.read', 'audit.read'],
};
const sessionAnswer: Named = { name: 'ConsoleSession', schema: consoleSessionAnswer, example: session };

const held = { now: 1778740800000, knownTime: 1778481600000, messages: 1200, total: 1200 };
const statusAnswer: Named = {
  name: 'ConsoleStatus',
  schema: consoleStatusAnswer,
  example: { heldRetention: held },
};

const message = {
  messageId: '3f1b0c5d9e7a42688c0d1e2f3a4b5c6d',
  corpId: 'dingcorp0001',
  sender: 'robot',
  operator: null,
  robotCode: 'dingzxcifuvdfbvegdf',
  robotName: '通知助手',
  taskId: null,
  msgKey: 'sampleText',
  msgParam: '{"content":"Hello"}',
  sentAt: 1778481600000,
  recalledAt: null,
  status: 'success',
  recipientCount: 1,
  readCount: 0,
  presentCount: 1,
  presentReadCount: 0,
  leftCount: 0,
  conversation: null,
};
const detail = {
  ...message,
  deliveredAt: 1778481600010,
  processQueryKey: 'q7Yc2vQ/0kW9u2Zl5mN8xR1tY4bV6cX3pL+sD7fG9hI=',
  recipients: [{ userId: '201382020', name: '曲大岳', readAt: null, manner: null, leftAt: null }],
  filtered: [],
  members: null,
  readCurve: [{ at: message.sentAt, reads: 0 }],
  sequence: 2,
};
const detailAnswer: Named = { name: 'ConsoleMessageDetail', schema: messages.consoleMessageDetail, example: detail };
const { messageId, robotCode, robotName, msgKey, msgParam, sentAt } = message;
const waiting = {
  messageId,
  robotCode,
  robotName,
  msgKey,
  msgParam,
  sentAt,
  userId: '201382020',
  name: '曲大岳',
  waiting: 60_000,
};

const createCall = (given: Omit<Call, 'tag'>): Call => ({ ...given, tag: 'console' });

/** The calls under `/console/v1` for sessions and messages. */
export const consoleCalls: readonly Call[] = [
  createCall({
    method: 'post',
    path: '/console/v1/sessions',
    id: 'signInOperator',
    summary: 'Signs in with the admin token or with the one-time link of an operator; the session is a cookie',
    body: { name: 'ConsoleSessionBody', schema: consoleSessionBody, example: { adminToken: 'of the server' } },
    answer: sessionAnswer,
    errors: [...bodyErrors, ...askErrors],
  }),
  createCall({
    method: 'get',
    path: '/console/v1/sessions/current',
    id: 'operatorSession',
    summary: 'Returns the session of the cookie, with the operator and their rights',
    answer: sessionAnswer,
    errors: askErrors,
  }),
  createCall({
    method: 'delete',
    path: '/console/v1/sessions/current',
    id: 'signOutOperator',
    summary: 'Ends the current session',
    answer: { name: 'ConsoleDone', schema: consoleDoneAnswer, example: {} },
    errors: [...askErrors, 'huizhi.forbidden'],
  }),
  createCall({
    method: 'get',
    path: '/console/v1/status',
    id: 'installationStatus',
    summary: 'Returns the state of the installation that operators need to know',
    answer: statusAnswer,
    errors: askErrors,
  }),
  createCall({
    method: 'post',
    path: '/console/v1/retention/confirm',
    id: 'confirmRetention',
    summary: 'Confirms that the clock is right, so that the waiting retention sweep deletes expired data',
    answer: statusAnswer,
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.conflict'],
  }),
  createCall({
    method: 'post',
    path: '/console/v1/backup',
    id: 'backUpDatabase',
    summary: 'Returns a consistent copy of the whole SQLite database, with its secrets, as one file',
    answer: { mediaType: 'application/octet-stream', description: 'A SQLite database, which `huizhi restore` takes.' },
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.conflict'],
  }),
  createCall({
    method: 'post',
    path: '/console/v1/signInCodes',
    id: 'createSignInCode',
    summary: 'Creates a one-time sign-in code for a recipient',
    body: {
      name: 'SignInCodeBody',
      schema: signInCodeBody,
      example: { corpId: 'dingcorp0001', userId: '201382020' },
    },
    answer: {
      name: 'SignInCodeAnswer',
      schema: signInCodeAnswer,
      example: {
        name: '王芳',
        code: '1-V7yDk2mQ',
        url: 'http://127.0.0.1:8720/?code=1-V7yDk2mQ',
        expiresAt: 1778482200000,
      },
    },
    errors: changeErrors,
  }),
  createCall({
    method: 'get',
    path: '/console/v1/messages',
    id: 'listConsoleMessages',
    summary: 'Lists messages of an organization, newest first',
    query: messages.consoleMessagesQuery,
    answer: {
      name: 'ConsoleMessagesAnswer',
      schema: messages.consoleMessagesAnswer,
      example: {
        messages: [message],
        cursor: null,
        total: { count: 1, isExact: true },
        scannedTo: message.sentAt,
        sequence: 12,
      },
    },
    errors: listErrors,
  }),
  createCall({
    method: 'get',
    path: '/console/v1/messages/{messageId}',
    id: 'consoleMessage',
    summary: 'Returns a message with all recipients and the time of each read',
    answer: detailAnswer,
    errors: [...askErrors, 'huizhi.notFound'],
  }),
  createCall({
    method: 'post',
    path: '/console/v1/messages/{messageId}/recall',
    id: 'recallConsoleMessage',
    summary: 'Recalls a message of any age',
    answer: detailAnswer,
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.notFound'],
  }),
  createCall({
    method: 'get',
    path: '/console/v1/messages/{messageId}/readers',
    id: 'listMessageReaders',
    summary: 'Lists who has read a message to a conversation, in the order of reading',
    query: messages.consoleReadersQuery,
    answer: {
      name: 'ConsoleReadersAnswer',
      schema: messages.consoleReadersAnswer,
      example: {
        readers: [{ userId: '201382020', name: '曲大岳', leftAt: null, readAt: sentAt + 60_000, manner: 'seen' }],
        cursor: null,
      },
    },
    errors: [...listErrors, 'huizhi.conflict'],
  }),
  createCall({
    method: 'get',
    path: '/console/v1/messages/{messageId}/nonReaders',
    id: 'listMessageNonReaders',
    summary: 'Lists who got a message to a conversation and has not read it; a page can be short or empty',
    query: messages.consoleReadersQuery,
    answer: {
      name: 'ConsoleNonReadersAnswer',
      schema: messages.consoleNonReadersAnswer,
      example: {
        nonReaders: [{ userId: 'user001', name: '王芳', leftAt: null, delivered: true }],
        cursor: null,
      },
    },
    errors: [...listErrors, 'huizhi.conflict'],
  }),
  createCall({
    method: 'get',
    path: '/console/v1/messages/{messageId}/recipients.csv',
    id: 'exportRecipients',
    summary: 'Returns the recipients of a message as CSV',
    answer: { mediaType: 'text/csv', description: 'userId, name, status, sentAt, readAt, seconds from send to read.' },
    errors: [...askErrors, 'huizhi.notFound'],
  }),
  createCall({
    method: 'get',
    path: '/console/v1/unread',
    id: 'listUnread',
    summary: 'Who has not read which message, and for how long',
    query: messages.consoleUnreadQuery,
    answer: {
      name: 'ConsoleUnreadAnswer',
      schema: messages.consoleUnreadAnswer,
      example: { unread: [waiting], cursor: null, total: { count: 1, isExact: true }, scannedTo: message.sentAt },
    },
    errors: listErrors,
  }),
  createCall({
    method: 'get',
    path: '/console/v1/events',
    id: 'followOrganization',
    summary: 'Streams the events of an organization, resumable; with accept: application/json, returns a page of them',
    query: messages.consoleEventsQuery,
    headers: messages.consoleEventsHeaders,
    answer: {
      mediaType: 'text/event-stream',
      events: [{ name: 'ConsoleEvent', schema: messages.consoleEvent }],
      json: {
        name: 'EventsPage',
        schema: eventsPage,
        example: { events: [exampleEvent], next: exampleEvent.number },
      },
      description:
        'Server-sent events sent, delivered, read, recalled and removed, and those of groups, users and departments such as chat_add_member (data: ConsoleEvent). The id of an event is its number in the stream of the organization, without gaps.',
    },
    errors: listErrors,
  }),
];
