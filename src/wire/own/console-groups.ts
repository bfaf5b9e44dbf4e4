/** Schemas of the console API for groups. */
import { z } from 'zod';
import { maxGroupMembers } from '../limits.ts';
import { code, epochMs, strictObject } from '../schema.ts';
import { pageCursor, pageParameters, pageTotal } from './console.ts';
import { groupTitle } from './group-fields.ts';

const userIds = () => z.array(code()).max(maxGroupMembers);

export const groupsQuery = strictObject({ corpId: code(), ...pageParameters });
export const groupMembersQuery = groupsQuery;

export const consoleGroup = z.object({
  openConversationId: z.string(),
  chatId: z.string(),
  title: z.string(),
  owner: z.string().describe('userId of the owner; empty if there is none.'),
  memberCount: z.int().min(0),
  robots: z.array(z.string()).describe('robotCodes of the robots in the group.'),
  createdAt: epochMs(),
  disbandedAt: epochMs().nullable(),
});
export type ConsoleGroup = z.infer<typeof consoleGroup>;
export const groupsAnswer = z.object({
  groups: z.array(consoleGroup).describe('Also disbanded ones, oldest first.'),
  cursor: pageCursor,
  total: pageTotal,
});
export type GroupsAnswer = z.infer<typeof groupsAnswer>;

export const groupBody = strictObject({
  corpId: code(),
  title: groupTitle(),
  owner: code().describe('userId of the owner, who becomes a member.'),
  members: z
    .union([z.literal('all'), userIds()])
    .optional()
    .describe(`userIds, or all: the current users of the organization. At most ${maxGroupMembers}.`),
  robots: z.array(code()).max(100).optional().describe('robotCodes; installed in the organization.'),
});
export const groupChangeBody = strictObject({
  title: groupTitle().optional(),
  owner: code().optional().describe('userId of a member.'),
});
export const groupMembersBody = strictObject({ add: userIds().optional(), remove: userIds().optional() });
export const groupMembersAnswer = z.object({
  members: z.array(z.object({ userId: z.string(), name: z.string(), isAdmin: z.boolean() })),
  cursor: pageCursor,
  total: pageTotal,
});
export type GroupMembersAnswer = z.infer<typeof groupMembersAnswer>;
