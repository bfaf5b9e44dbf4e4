/**
 * Schemas of the calls that make and show groups. Handlers check the input and return the vendor's codes.
 * https://open.dingtalk.com/document/development/create-a-scene-group
 * https://open.dingtalk.com/document/development/session-management-creates-groups
 * https://open.dingtalk.com/document/development/obtain-a-group-session
 */

import { z } from 'zod';
import {
  defaultMembersPage,
  maxChatMembers,
  maxChatName,
  maxChatUsers,
  maxGroupsPage,
  maxMembersPage,
  maxSceneGroupTitle,
  maxSceneGroupUsers,
  maxUuid,
} from '../limits.ts';
import { createOldAnswer } from './old-host.ts';
import { groupSwitches, groupSwitchNames } from './values.ts';

const flag = () => z.int().min(0).max(1).optional();
const switches = {
  showHistoryType: flag().describe('1: new members see earlier messages.'),
  searchable: flag().describe('1: the group can be found by search.'),
  validationType: flag().describe('1: joining needs consent.'),
  mentionAllAuthority: flag().describe('1: only the owner may mention all members.'),
  managementType: flag().describe('1: only the owner manages the group.'),
  chatBannedType: flag().describe('1: members may not write.'),
};
const snakeSwitches = Object.fromEntries(
  groupSwitchNames.map((name) => [groupSwitches[name], switches[name]]),
) as z.ZodRawShape;

const openConversationId = () => z.string().describe('The group: cid and base64 of 16 bytes.');
const chatId = () => z.string().describe('The old id of the group: chat and 32 hexadecimal digits.');
const templateId = () => z.string().describe('The template of the group. Every id is accepted.');
const uuid = () =>
  z.string().max(maxUuid).optional().describe('A repeat with the same uuid within 24 hours returns the first group.');
const icon = () => z.string().optional().describe('mediaId of the icon.');
const robotCode = () => z.string().describe('Code of the robot.');
const userIds = () => z.array(z.string());

/** Request body of `POST /v1.0/im/sceneGroups`. */
export const sceneGroupsBody = z.object({
  groupName: z.string(),
  groupOwnerId: z.string().describe('userId of the owner, who becomes a member.'),
  templateId: templateId(),
  userIdList: userIds().max(maxSceneGroupUsers).optional(),
  icon: icon(),
  uuid: uuid(),
  managementOptions: z.object(switches).optional(),
});
/** Response of `POST /v1.0/im/sceneGroups`. */
export const sceneGroupsAnswer = z.object({ openConversationId: openConversationId(), chatId: chatId() });
export type SceneGroupsAnswer = z.infer<typeof sceneGroupsAnswer>;

/** Request body of `POST /v1.0/im/sceneGroup/create`. */
export const sceneGroupBody = z.object({
  title: z.string(),
  owner_user_id: z.string().describe('userId of the owner, who becomes a member.'),
  template_id: templateId(),
  user_ids: userIds().max(maxSceneGroupUsers).optional(),
  subadmin_ids: userIds().optional().describe('Administrators, who become members.'),
  icon: icon(),
  uuid: uuid(),
  management_options: z.object(snakeSwitches).optional(),
});
/** Response of `POST /v1.0/im/sceneGroup/create`. */
export const sceneGroupAnswer = z.object({ open_conversation_id: openConversationId(), chat_id: chatId() });
export type SceneGroupAnswer = z.infer<typeof sceneGroupAnswer>;

/** Response of `POST /v1.0/im/chat/{chatId}/convertToOpenConversationId`. */
export const convertAnswer = z.object({ openConversationId: openConversationId() });

/** Request body of `POST /v1.0/im/sceneGroups/query`. */
export const groupQueryBody = z.object({
  openConversationId: openConversationId(),
  coolAppCode: z.string().optional().describe('Ignored.'),
});
/** Response of `POST /v1.0/im/sceneGroups/query`. */
export const groupQueryAnswer = z.object({
  title: z.string(),
  openConversationId: openConversationId(),
  templateId: z.string(),
  ownerUserId: z.string(),
  icon: z.string(),
  groupUrl: z.string().describe('Always empty.'),
  status: z.int().describe('1: normal. 2: disbanded.'),
  success: z.boolean(),
});
export type GroupQueryAnswer = z.infer<typeof groupQueryAnswer>;

/** Request body of `POST /v1.0/im/sceneGroups/members/query`. */
export const membersQueryBody = z.object({
  openConversationId: openConversationId(),
  cursor: z.string().optional().describe('nextCursor of the previous page; absent, empty or 0 for the first page.'),
  size: z.int().min(1).max(maxMembersPage).optional().describe(`Default: ${defaultMembersPage}.`),
  coolAppCode: z.string().optional().describe('Ignored.'),
});
/** Response of `POST /v1.0/im/sceneGroups/members/query`. */
export const membersQueryAnswer = z.object({
  memberUserIds: userIds(),
  hasMore: z.boolean(),
  nextCursor: z.string().optional().describe('Absent in the last page.'),
  success: z.boolean(),
});
export type MembersQueryAnswer = z.infer<typeof membersQueryAnswer>;

/** Request body of `POST /v1.0/robot/groups/robots/query`. */
export const groupRobotsBody = z.object({ openConversationId: openConversationId() });
/** Response of `POST /v1.0/robot/groups/robots/query`. */
export const groupRobotsAnswer = z.object({
  chatbotInstanceVOList: z.array(
    z.object({
      robotCode: robotCode(),
      name: z.string(),
      downloadIconURL: z.string().describe('Always empty.'),
      openRobotType: z.int().describe('2: of an internal app. 3: of a third-party app.'),
    }),
  ),
});
export type GroupRobotsAnswer = z.infer<typeof groupRobotsAnswer>;

/** Request body of `POST /v1.0/robot/groups/query`. */
export const robotGroupsBody = z.object({
  robotCode: robotCode(),
  pageNumber: z.int().min(1).describe('From 1.'),
  pageSize: z.int().min(1).max(maxGroupsPage),
});
/** Response of `POST /v1.0/robot/groups/query`. */
export const robotGroupsAnswer = z.object({ openConversationIds: z.array(openConversationId()), hasMore: z.boolean() });
export type RobotGroupsAnswer = z.infer<typeof robotGroupsAnswer>;

/** Request body of `POST /v1.0/robot/installed/groups/query`. */
export const installedGroupsBody = z.object({
  robotCode: robotCode(),
  maxResult: z.int().min(1).max(maxGroupsPage),
  nextToken: z.string().optional().describe('nextToken of the previous page; absent or empty for the first page.'),
});
/** Response of `POST /v1.0/robot/installed/groups/query`. */
export const installedGroupsAnswer = robotGroupsAnswer.extend({
  nextToken: z.string().optional().describe('Absent in the last page.'),
});
export type InstalledGroupsAnswer = z.infer<typeof installedGroupsAnswer>;

/** Request body of `POST /v1.0/robot/groups/orgRobots/add`. */
export const addRobotBody = z.object({ openConversationId: openConversationId(), robotCode: robotCode() });
/** Response of `POST /v1.0/robot/groups/orgRobots/add`. */
export const addRobotAnswer = z.object({ result: z.boolean().describe('true, also if the robot was in the group.') });

/** Parameters of `/topapi/im/chat/scenegroup/create`. */
export const oldSceneGroupBody = z.object({
  title: z.string().max(maxSceneGroupTitle),
  template_id: templateId(),
  owner_user_id: z.string().describe('userid of the owner, who becomes a member.'),
  user_ids: z.string().optional().describe(`At most ${maxSceneGroupUsers} userids with commas between them.`),
  subadmin_ids: z.string().optional().describe('Administrators, who become members; userids with commas.'),
  uuid: uuid(),
  icon: icon(),
  ...snakeSwitches,
});
/** Response of `/topapi/im/chat/scenegroup/create`. */
export const oldSceneGroupAnswer = createOldAnswer({ result: sceneGroupAnswer, success: z.boolean() });

const chatUsers = () => z.array(z.string()).max(maxChatUsers);
/** Request body of `POST /chat/create`. */
export const chatCreateBody = z.object({
  name: z.string().min(1).max(maxChatName),
  owner: z.string().describe('userid of the owner, who must be in useridlist.'),
  useridlist: chatUsers().min(1),
  icon: icon(),
  ...switches,
});
/** Response of `POST /chat/create`. */
export const chatCreateAnswer = createOldAnswer({
  chatid: chatId(),
  conversationTag: z.int().describe('Always 2: a group of the organization.'),
  openConversationId: openConversationId(),
});

/** Request body of `POST /chat/update`; what is absent stays as it is. */
export const chatUpdateBody = z.object({
  chatid: chatId(),
  name: z.string().min(1).max(maxChatName).optional(),
  owner: z.string().optional().describe('userid of the new owner, who must be a member.'),
  add_useridlist: chatUsers().optional().describe(`The group has at most ${maxChatMembers} members.`),
  del_useridlist: chatUsers().optional(),
  icon: icon(),
  isBan: z.boolean().optional().describe('The same as chatBannedType.'),
  ...switches,
});
/** Response of `POST /chat/update`. */
export const chatUpdateAnswer = createOldAnswer({});

/** Query parameters of `GET /chat/get`. */
export const chatGetQuery = z.object({ chatid: chatId() });
/** Response of `GET /chat/get`. */
export const chatGetAnswer = createOldAnswer({
  chat_info: z.object({
    chatid: chatId(),
    name: z.string(),
    owner: z.string(),
    useridlist: userIds(),
    icon: z.string(),
    conversationTag: z.int(),
    status: z.int().describe('1: normal. 2: disbanded.'),
    ...z.object(switches).required().shape,
  }),
});
