/** The calls for the conversations of an inbox. */
import type { ErrorCode } from '../errors.ts';
import * as own from '../own/inbox-conversations.ts';
import type { Call } from './call.ts';
import { bodyErrors, exampleMessage } from './inbox.ts';

const openConversationId = 'cidwT8Nfr2zNQ0bXbQcJH2zkA==';
const conversationId = `group:${openConversationId}`;
const title = '项目群';

const group = {
  conversationId,
  kind: 'group',
  title,
  openConversationId,
  state: 'open',
  muted: false,
  unreadCount: 1,
  lastMessage: { ...exampleMessage, conversationId, conversation: { openConversationId, title } },
  robot: null,
} as const;

const members = [{ userId: '201382020', name: '曲大岳', role: 'owner' }] as const;
const { robotCode, robotName } = exampleMessage;
const errors: readonly ErrorCode[] = ['huizhi.badRequest', 'huizhi.unauthorized', 'huizhi.notFound', 'system.error'];

/** The calls under `/inbox/v1/conversations`. */
export const inboxConversationCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/inbox/v1/conversations',
    id: 'listConversations',
    tag: 'inbox',
    summary:
      'Conversations of the recipient (with robots, in groups, of two people), with unread counts and newest messages',
    answer: {
      name: 'InboxConversationsAnswer',
      schema: own.inboxConversationsAnswer,
      example: { conversations: [group], sequence: 12 },
    },
    errors: ['huizhi.unauthorized', 'system.error'],
  },
  {
    method: 'put',
    path: '/inbox/v1/conversations/{conversationId}',
    id: 'setConversation',
    tag: 'inbox',
    summary: 'Mutes or unmutes a conversation',
    body: {
      name: 'InboxConversationBody',
      schema: own.inboxConversationBody,
      example: { muted: true },
    },
    answer: {
      name: 'InboxConversationSettings',
      schema: own.inboxConversationSettings,
      example: { conversationId, muted: true },
    },
    errors: [...bodyErrors, 'huizhi.unauthorized', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/inbox/v1/conversations/{conversationId}/members',
    id: 'listConversationMembers',
    tag: 'inbox',
    summary: 'Members and robots of a conversation that the recipient is in',
    query: own.inboxMembersQuery,
    answer: {
      name: 'InboxMembersAnswer',
      schema: own.inboxMembersAnswer,
      example: { members, robots: [{ robotCode, robotName }], cursor: null },
    },
    errors,
  },
];
