/** Schemas of the conversations of an inbox. */
import { z } from 'zod';
import { defaultPage, maxPage } from '../limits.ts';
import { cleanText, queryInteger, strictObject } from '../schema.ts';
import { inboxMessage, inboxRobot } from './inbox.ts';
import { conversationId } from './inbox-fields.ts';

/** A conversation of an inbox: the messages of a robot to the user alone, a group, or a conversation of two people. */
export const inboxConversation = z.object({
  conversationId: conversationId(),
  kind: z.enum(['robot', 'group', 'private', 'notice']),
  title: z
    .string()
    .describe('The name of the robot, the title of the group, the name of the other person, or the name of the app.'),
  openConversationId: z.string().nullable().describe('null for a robot, and for the work notices of an app.'),
  state: z
    .enum(['open', 'left', 'disbanded'])
    .describe(
      'left: the user is no longer a member, or the robot is no longer installed. disbanded: the group has ended.',
    ),
  muted: z.boolean().describe('Messages arrive without a notification. They are unread like others.'),
  unreadCount: z.int().min(0),
  lastMessage: inboxMessage
    .nullable()
    .describe('The newest message; null if it is not among the newest 256 of the inbox.'),
  robot: inboxRobot
    .omit({ robotName: true, muted: true, unreadCount: true })
    .nullable()
    .describe('The robot with the settings of the user; null for other conversations.'),
});
export type InboxConversation = z.infer<typeof inboxConversation>;

/** Response of `GET /inbox/v1/conversations`. */
export const inboxConversationsAnswer = z.object({
  conversations: z
    .array(inboxConversation)
    .readonly()
    .describe(
      'In no particular order. Left and disbanded ones are listed while they have unread or recent messages. Of more than 1,000 groups, those created last and those with unread or recent messages are listed.',
    ),
  sequence: z.int().min(0).describe('Number of the newest event of this person that the counts include.'),
});
export type InboxConversationsAnswer = z.infer<typeof inboxConversationsAnswer>;

/** Request body of `PUT /inbox/v1/conversations/{conversationId}`. */
export const inboxConversationBody = strictObject({
  muted: z.boolean().describe('Whether messages arrive without a notification.'),
});

/** Response of `PUT /inbox/v1/conversations/{conversationId}`. */
export const inboxConversationSettings = z.object({ conversationId: conversationId(), muted: z.boolean() });
export type InboxConversationSettings = z.infer<typeof inboxConversationSettings>;

/** Query parameters of `GET /inbox/v1/conversations/{conversationId}/members`. */
export const inboxMembersQuery = strictObject({
  limit: queryInteger(1, maxPage)
    .optional()
    .describe(`Maximum number of members in the page. Default: ${defaultPage}.`),
  cursor: cleanText(256).min(1).optional().describe('The cursor of the previous page.'),
});

/** A member of a group or of a conversation of two people. */
export const inboxMember = z.object({
  userId: z.string(),
  name: z.string(),
  role: z.enum(['owner', 'admin', 'member']),
});
export type InboxMember = z.infer<typeof inboxMember>;

/** Response of `GET /inbox/v1/conversations/{conversationId}/members`. */
export const inboxMembersAnswer = z.object({
  members: z.array(inboxMember).readonly().describe('In the order in which the users were created.'),
  robots: z.array(z.object({ robotCode: z.string(), robotName: z.string() })).readonly(),
  cursor: z.string().nullable().describe('The cursor of the next page; null on the last page.'),
});
export type InboxMembersAnswer = z.infer<typeof inboxMembersAnswer>;
