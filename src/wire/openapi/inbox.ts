/** The calls of recipients, and the operational calls. */
import type { ErrorCode } from '../errors.ts';
import { inboxCardEvent } from '../own/cards.ts';
import * as inbox from '../own/inbox.ts';
import { documentQuery, healthAnswer } from '../own/operations.ts';
import type { Call, Named } from './call.ts';
import { inboxDingEvents } from './dings.ts';

export const bodyErrors: readonly ErrorCode[] = [
  'huizhi.badRequest',
  'huizhi.tooDeep',
  'huizhi.tooLarge',
  'huizhi.requestTimeout',
  'huizhi.busy',
];

export const exampleMessage = {
  messageId: 'm_7Yc2vQ',
  conversationId: 'robot:dingzxcifuvdfbvegdf',
  robotCode: 'dingzxcifuvdfbvegdf',
  robotName: '通知助手',
  sender: { kind: 'robot', name: '通知助手', userId: null },
  msgKey: 'sampleText',
  msgParam: '{"content":"Hello"}',
  sentAt: 1778481600000,
  readAt: null,
  recalled: false,
  conversation: null,
  quote: null,
  emotions: [],
  card: null,
} as const;
const message = exampleMessage;
const match = { field: 'text', excerpt: 'Hello', marks: [{ start: 0, end: 5 }] } as const;
const user = { corpId: 'dingcorp0001', userId: '201382020', name: '曲大岳' };
const robot = { robotCode: message.robotCode, robotName: message.robotName, installed: true } as const;
const shown = { brief: null, description: null, quickEntries: [] };
const choices = { muted: true, blocked: false, unblockable: false, wasMute: false, unreadCount: 1, ...shown };
const robotAnswer: Named = { name: 'InboxRobot', schema: inbox.inboxRobot, example: { ...robot, ...choices } };

/** The calls under `/inbox/v1`. */
export const inboxCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/inbox/v1/sessions',
    id: 'signIn',
    tag: 'inbox',
    summary: 'Signs a recipient in, with a one-time code or, in dev, by userId',
    body: {
      name: 'InboxSessionBody',
      schema: inbox.inboxSessionBody,
      example: { corpId: 'dingcorp0001', userId: '201382020' },
    },
    answer: {
      name: 'InboxSessionAnswer',
      schema: inbox.inboxSessionAnswer,
      example: { token: 's_Jx81bN', user },
    },
    errors: [...bodyErrors, 'huizhi.unauthorized', 'huizhi.tooManyRequests', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/sessions',
    id: 'whoAmI',
    tag: 'inbox',
    summary: 'Returns who is signed in, if anybody, and the available ways to sign in',
    answer: {
      name: 'InboxWhoAnswer',
      schema: inbox.inboxWhoAnswer,
      example: { user, sequence: 12, signIn: ['code'], remotePictures: 'allow' },
    },
    errors: ['huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/people',
    id: 'listPeople',
    tag: 'inbox',
    summary: 'In dev only: lists the organizations and people to sign in as',
    query: inbox.inboxPeopleQuery,
    answer: {
      name: 'InboxPeopleAnswer',
      schema: inbox.inboxPeopleAnswer,
      example: { organizations: [{ corpId: user.corpId, name: '示例公司' }], people: [user] },
    },
    errors: ['huizhi.badRequest', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/oidc/start',
    id: 'startOidc',
    tag: 'inbox',
    summary: 'Redirects to the OpenID provider',
    query: inbox.inboxOidcQuery,
    answer: {
      redirect: 'To the provider, with a cookie of this sign-in; or to /?signIn=failed if the provider is unavailable.',
    },
    errors: ['huizhi.badRequest', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/oidc/callback',
    id: 'finishOidc',
    tag: 'inbox',
    summary: 'The redirect URI for the OpenID provider',
    hasForeignQuery: true,
    answer: {
      redirect: 'To the inbox, signed in; or to /?signIn=failed, or to /?signIn=unknown if the person is not a user.',
    },
    errors: ['huizhi.notFound', 'system.error'],
  },
  {
    method: 'delete',
    path: '/inbox/v1/sessions',
    id: 'signOut',
    tag: 'inbox',
    summary: 'Signs the recipient out and invalidates the token and the cookie',
    answer: { name: 'InboxSignOutAnswer', schema: inbox.inboxSignOutAnswer, example: {} },
    errors: ['huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/messages',
    id: 'listMessages',
    tag: 'inbox',
    summary: 'Lists messages of the recipient, newest first',
    query: inbox.inboxMessagesQuery,
    answer: {
      name: 'InboxMessagesAnswer',
      schema: inbox.inboxMessagesAnswer,
      example: { messages: [message], cursor: null, unreadCount: 1 },
    },
    errors: ['huizhi.badRequest', 'huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/messages/search',
    id: 'searchMessages',
    tag: 'inbox',
    summary: 'Searches the messages of the recipient, newest first; a call scans a limited number of messages',
    query: inbox.inboxSearchQuery,
    answer: {
      name: 'InboxSearchAnswer',
      schema: inbox.inboxSearchAnswer,
      example: { messages: [{ ...message, matches: [match] }], cursor: '17179869311', scannedTo: message.sentAt },
    },
    errors: ['huizhi.badRequest', 'huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'post',
    path: '/inbox/v1/messages/read',
    id: 'markRead',
    tag: 'inbox',
    summary: 'Marks up to 100 messages read; the time of the first read is kept',
    body: {
      name: 'InboxReadBody',
      schema: inbox.inboxReadBody,
      example: { messageIds: [message.messageId], manner: 'seen' },
    },
    answer: { name: 'InboxReadAnswer', schema: inbox.inboxReadAnswer, example: { read: 1 } },
    errors: [...bodyErrors, 'huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/events',
    id: 'followInbox',
    tag: 'inbox',
    summary: 'Streams the events of the inbox; resumable',
    query: inbox.inboxEventsQuery,
    headers: inbox.inboxEventsHeaders,
    answer: {
      mediaType: 'text/event-stream',
      events: [
        { name: 'InboxMessageEvent', schema: inbox.inboxMessageEvent },
        { name: 'InboxReadEvent', schema: inbox.inboxReadEvent },
        { name: 'InboxRecallEvent', schema: inbox.inboxRecallEvent },
        { name: 'InboxRobotEvent', schema: inbox.inboxRobotEvent },
        { name: 'InboxConversationEvent', schema: inbox.inboxConversationEvent },
        { name: 'InboxEmotionEvent', schema: inbox.inboxEmotionEvent },
        ...inboxDingEvents,
        { name: 'InboxCardEvent', schema: inboxCardEvent },
      ],
      description:
        'Server-sent events message (data: InboxMessageEvent), read (InboxReadEvent), recall (InboxRecallEvent), robot (InboxRobotEvent), conversation (InboxConversationEvent), emotion (InboxEmotionEvent), ding (InboxDingEvent), dingRead (InboxDingReadEvent), dingRecall (InboxDingRecallEvent) and card (InboxCardEvent). The id of an event is its number in the stream of this person, without gaps. An event card has no id and is not repeated after a reconnect, so read the cards on the page again then. A person can have 32 streams on one process; one more closes the oldest.',
    },
    errors: ['huizhi.badRequest', 'huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/robots',
    id: 'listRobots',
    tag: 'inbox',
    summary: 'Robots of the organization, with the settings of the recipient',
    answer: {
      name: 'InboxRobotsAnswer',
      schema: inbox.inboxRobotsAnswer,
      example: { robots: [{ ...robot, ...choices }], sequence: 12 },
    },
    errors: ['huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'put',
    path: '/inbox/v1/robots/{robotCode}',
    id: 'chooseAboutRobot',
    tag: 'inbox',
    summary: 'Mutes, unmutes, blocks or unblocks a robot; absent settings stay as they are',
    body: { name: 'InboxRobotBody', schema: inbox.inboxRobotBody, example: { muted: true } },
    answer: robotAnswer,
    errors: [...bodyErrors, 'huizhi.unauthorized', 'huizhi.robotUnblockable', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'delete',
    path: '/inbox/v1/notices',
    id: 'dismissNotices',
    tag: 'inbox',
    summary: 'Dismisses the notice that mutes have become blocks',
    answer: { name: 'InboxNoticesAnswer', schema: inbox.inboxNoticesAnswer, example: {} },
    errors: ['huizhi.unauthorized', 'system.error'],
  },
];

/** The operational calls: health, metrics and documentation. */
export const operationsCalls: readonly Call[] = [
  createProbe('/healthz', 'health', 'Checks that the process runs', []),
  createProbe('/readyz', 'ready', 'Checks that the database accepts writes', [
    'system.error',
    'huizhi.newerSchema',
    'huizhi.busy',
  ]),
  { ...createPage('/metrics', 'metrics', 'Metrics for Prometheus', 'text/plain'), errors: ['huizhi.unauthorized'] },
  { ...createPage('/openapi.json', 'openapi', 'This document', 'application/json'), query: documentQuery },
  { ...createPage('/docs', 'docs', 'This document in a browser', 'text/html'), query: documentQuery },
];

function createProbe(path: string, id: string, summary: string, errors: readonly ErrorCode[]): Call {
  const answer = { name: 'HealthAnswer', schema: healthAnswer, example: { status: 'ok' } };
  return { method: 'get', path, id, tag: 'operations', summary, answer, errors };
}

function createPage(path: string, id: string, summary: string, mediaType: string): Call {
  return {
    method: 'get',
    path,
    id,
    tag: 'operations',
    summary,
    answer: { mediaType, description: summary },
    errors: [],
  };
}
