/** The vendor's calls that make and show groups, of both families. */
import type { ErrorCode } from '../errors.ts';
import * as chats from '../vendor/chat-messages.ts';
import * as groups from '../vendor/group-management.ts';
import { type Call, createNamed, type Named } from './call.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const openConversationId = 'cidFfyFtIq9gRbZ3nXt0LwKxg==';
const chatId = 'chat15fc85b48abd8116d99d7b74d0bc0ac6';
const robotCode = 'dingzxcifuvdfbvegdf';
const owner = '201382020';
const ids = { openConversationId, chatId };
const oldIds = { open_conversation_id: openConversationId, chat_id: chatId };

const callErrors: readonly ErrorCode[] = [...callerErrors, 'invalidParameter.param.invalid', 'system.error'];
const groupErrors: readonly ErrorCode[] = [
  'MissingopenConversationId',
  'invalid.openConversationId',
  'conversation.org.notMatch',
];
const robotErrors: readonly ErrorCode[] = [
  'MissingrobotCode',
  'invalidParameter.robotCode.empty',
  'invalidParameter.robotCode.notExsit',
  'invalidParameter.robotCode.invalid',
];
const creationErrors: readonly ErrorCode[] = ['parameter.invalid', 'member.exceed', 'member.notFound'];

function createCall(
  path: string,
  id: string,
  summary: string,
  body: Named,
  answer: Named,
  errors: readonly ErrorCode[],
): Call {
  return {
    method: 'post',
    path: `/v1.0/${path}`,
    id,
    tag: 'groups',
    summary,
    body,
    answer,
    errors: [...callErrors, ...bodyErrors, ...errors],
  };
}

const versionedCalls: readonly Call[] = [
  createCall(
    'im/sceneGroups',
    'createSceneGroups',
    'Creates a scene group; any template id is accepted, and a repeat with the same uuid within 24 hours returns the first group',
    createNamed('SceneGroupsBody', groups.sceneGroupsBody, {
      groupName: '项目群',
      groupOwnerId: owner,
      templateId: 'template-1',
      userIdList: ['user001', 'user002'],
    }),
    createNamed('SceneGroupsAnswer', groups.sceneGroupsAnswer, ids),
    ['MissinggroupName', 'MissinggroupOwnerId', 'MissingtemplateId', ...creationErrors],
  ),
  createCall(
    'im/sceneGroup/create',
    'createSceneGroup',
    'Creates a scene group, with underscores in the names of the fields',
    createNamed('SceneGroupBody', groups.sceneGroupBody, {
      title: '项目群',
      owner_user_id: owner,
      template_id: 'template-1',
      user_ids: ['user001', 'user002'],
    }),
    createNamed('SceneGroupAnswer', groups.sceneGroupAnswer, oldIds),
    ['Missingtitle', 'Missingtemplate_id', 'Missingowner_user_id', ...creationErrors],
  ),
  createCall(
    'im/sceneGroups/query',
    'querySceneGroup',
    'Returns the properties of a group, also of a disbanded one',
    createNamed('SceneGroupQueryBody', groups.groupQueryBody, { openConversationId }),
    createNamed('SceneGroupQueryAnswer', groups.groupQueryAnswer, {
      title: '项目群',
      openConversationId,
      templateId: 'template-1',
      ownerUserId: owner,
      icon: '',
      groupUrl: '',
      status: 1,
      success: true,
    }),
    groupErrors,
  ),
  createCall(
    'im/sceneGroups/members/query',
    'querySceneGroupMembers',
    'Returns a page of the userIds of the members of a group',
    createNamed('MembersQueryBody', groups.membersQueryBody, { openConversationId, cursor: '', size: 200 }),
    createNamed('MembersQueryAnswer', groups.membersQueryAnswer, {
      memberUserIds: [owner, 'user001'],
      hasMore: false,
      success: true,
    }),
    [...groupErrors, 'group.disbanded'],
  ),
  {
    method: 'post',
    path: '/v1.0/im/chat/{chatId}/convertToOpenConversationId',
    id: 'convertToOpenConversationId',
    tag: 'groups',
    summary: 'Returns the openConversationId of a chatId',
    answer: createNamed('ConvertAnswer', groups.convertAnswer, { openConversationId }),
    errors: [...callErrors, 'invalideChatId', 'permession.checkFailed'],
  },
  createCall(
    'robot/groups/robots/query',
    'queryGroupRobots',
    'Lists the robots in a group',
    createNamed('GroupRobotsBody', groups.groupRobotsBody, { openConversationId }),
    createNamed('GroupRobotsAnswer', groups.groupRobotsAnswer, {
      chatbotInstanceVOList: [{ robotCode, name: '通知助手', downloadIconURL: '', openRobotType: 2 }],
    }),
    ['MissingopenConversationId', 'illegal.openconevrsation.id', 'unauthorized', 'reject'],
  ),
  createCall(
    'robot/groups/query',
    'queryRobotGroups',
    'Lists the groups that a robot is in, by page number',
    createNamed('RobotGroupsBody', groups.robotGroupsBody, { robotCode, pageNumber: 1, pageSize: 20 }),
    createNamed('RobotGroupsAnswer', groups.robotGroupsAnswer, {
      openConversationIds: [openConversationId],
      hasMore: false,
    }),
    [...robotErrors, 'MissingpageNumber', 'MissingpageSize'],
  ),
  createCall(
    'robot/installed/groups/query',
    'queryInstalledGroups',
    'Lists the groups that a robot is in, page by page',
    createNamed('InstalledGroupsBody', groups.installedGroupsBody, { robotCode, maxResult: 20 }),
    createNamed('InstalledGroupsAnswer', groups.installedGroupsAnswer, {
      openConversationIds: [openConversationId],
      hasMore: false,
    }),
    [...robotErrors, 'MissingmaxResult'],
  ),
  createCall(
    'robot/groups/orgRobots/add',
    'addGroupRobot',
    'Adds a robot to a group',
    createNamed('AddRobotBody', groups.addRobotBody, { openConversationId, robotCode }),
    createNamed('AddRobotAnswer', groups.addRobotAnswer, { result: true }),
    [...robotErrors, ...groupErrors, 'group.disbanded'],
  ),
];

const old = { tag: 'groups', isOldHost: true, errors: [] } as const;
const done = { errcode: 0, errmsg: 'ok', request_id: '01A08FE7-68C3-7BBD-B223-447768EA4B29' };
const scenePath = '/topapi/im/chat/scenegroup/create';
const sceneAnswer = createNamed('OldSceneGroupAnswer', groups.oldSceneGroupAnswer, {
  ...done,
  result: oldIds,
  success: true,
});
const chatInfo = {
  chatid: chatId,
  name: '项目群',
  owner,
  useridlist: [owner, 'user001'],
  icon: '',
  conversationTag: 2,
  status: 1,
  showHistoryType: 0,
  searchable: 0,
  validationType: 0,
  mentionAllAuthority: 0,
  managementType: 0,
  chatBannedType: 0,
};

const oldCalls: readonly Call[] = [
  {
    ...old,
    method: 'post',
    path: scenePath,
    id: 'createOldSceneGroup',
    summary: 'Creates a scene group in the legacy form; the parameters may also be a form or in the query',
    body: createNamed('OldSceneGroupBody', groups.oldSceneGroupBody, {
      title: '项目群',
      template_id: 'template-1',
      owner_user_id: owner,
      user_ids: 'user001,user002',
    }),
    answer: sceneAnswer,
  },
  {
    ...old,
    method: 'get',
    path: scenePath,
    id: 'createOldSceneGroupByQuery',
    summary: 'Creates a scene group in the legacy form, with all parameters in the query',
    query: groups.oldSceneGroupBody,
    answer: sceneAnswer,
  },
  {
    ...old,
    method: 'post',
    path: '/chat/create',
    id: 'createChat',
    summary: 'Creates a group in the oldest form',
    body: createNamed('ChatCreateBody', groups.chatCreateBody, {
      name: '项目群',
      owner,
      useridlist: [owner, 'user001'],
    }),
    answer: createNamed('ChatCreateAnswer', groups.chatCreateAnswer, {
      ...done,
      chatid: chatId,
      conversationTag: 2,
      openConversationId,
    }),
  },
  {
    ...old,
    method: 'post',
    path: '/chat/update',
    id: 'updateChat',
    summary: 'Changes name, owner, members and switches of a group',
    body: createNamed('ChatUpdateBody', groups.chatUpdateBody, { chatid: chatId, add_useridlist: ['user002'] }),
    answer: createNamed('ChatUpdateAnswer', groups.chatUpdateAnswer, done),
  },
  {
    ...old,
    method: 'get',
    path: '/chat/get',
    id: 'getChat',
    summary: 'Returns the properties and all members of a group',
    query: groups.chatGetQuery,
    answer: createNamed('ChatGetAnswer', groups.chatGetAnswer, { ...done, chat_info: chatInfo }),
  },
];

const messageId = 'msgSAVLnZGcpVazJRhRMa1jXKfdC0n+0vjkoI6b/gzG';

const chatMessageCalls: readonly Call[] = [
  {
    ...old,
    method: 'post',
    path: '/chat/send',
    id: 'sendChatMessage',
    summary: 'Sends a message of the app itself to the members of a group',
    headers: chats.chatSendHeaders,
    body: createNamed('ChatSendBody', chats.chatSendBody, {
      chatid: chatId,
      msg: { msgtype: 'text', text: { content: '服务器磁盘已满' } },
    }),
    answer: createNamed('ChatSendAnswer', chats.chatSendAnswer, { ...done, messageId }),
  },
  {
    ...old,
    method: 'get',
    path: '/chat/getReadList',
    id: 'listChatReaders',
    summary: "Returns a page of the members who have read the app's message to a group, in the order of reading",
    query: chats.chatReadersQuery,
    answer: createNamed('ChatReadersAnswer', chats.chatReadersAnswer, { ...done, readUserIdList: [owner] }),
  },
];

/** The calls that make and show groups, and those for messages of apps to them. */
export const groupManagementCalls: readonly Call[] = [...versionedCalls, ...oldCalls, ...chatMessageCalls];
