/** Schemas of the console API for groups. */
import { z } from 'zod';
import { maxGroupMembers } from '../limits.ts';
import { cleanText, code, epochMs, strictObject } from '../schema.ts';
import { pageCursor, pageParameters, pageTotal } from './console.ts';
import { groupTitle } from './group-fields.ts';

const userIds = () => z.array(code()).max(maxGroupMembers);

export const groupsQuery = strictObject({
  corpId: code(),
  text: cleanText(128)
    .optional()
    .describe('Only groups whose title or openConversationId contains this; ASCII letters match case-insensitively.'),
  state: z
    .enum(['active', 'disbanded'])
    .optional()
    .describe('A filtered call scans a limited number of groups, so a page can be short although there is a next one.'),
  ...pageParameters,
});
export const groupMembersQuery = strictObject({ corpId: code(), ...pageParameters });
export const membershipsQuery = groupMembersQuery;

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

/** Response of `GET /console/v1/groups/{openConversationId}/memberships`. */
export const membershipsAnswer = z.object({
  memberships: z
    .array(
      z.object({
        userId: z.string(),
        name: z.string(),
        isAdmin: z.boolean(),
        joined: z.int().min(1).describe('The number of the change of members with which the membership began.'),
        left: z.int().nullable().describe('The number of the change with which it ended; null if no change ended it.'),
        leftAt: epochMs().nullable().describe('When the person left the group or the organization.'),
        current: z.boolean(),
      }),
    )
    .describe('Current and ended ones. A message is sent to those whose membership had begun and not ended then.'),
  cursor: pageCursor,
});
export type MembershipsAnswer = z.infer<typeof membershipsAnswer>;
