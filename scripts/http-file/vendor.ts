import { fileInForm, type Section } from './step.ts';

const cardWithButton = JSON.stringify({
  header: { title: { type: 'text', text: '请假申请' } },
  contents: [
    { type: 'markdown', text: '**三天**年假', id: 'reason' },
    {
      type: 'action',
      id: 'actions',
      actions: [{ type: 'button', id: 'agree', label: { type: 'text', text: '同意' }, actionType: 'request' }],
    },
  ],
});

/** The calls of the vendor, and those of the emulator that prepare something for them. */
export const vendorSections: readonly Section[] = [
  {
    title: 'Tokens',
    steps: [
      { call: 'accessToken', save: { token: 'accessToken' } },
      { call: 'token', name: 'tokenOfOrganization' },
      { call: 'getToken', parameters: { appkey: '{{appKey}}', appsecret: '{{appSecret}}' } },
      { call: 'createSuiteTicket', save: { suiteTicket: 'suiteTicket' } },
      'listSuiteTickets',
      { call: 'corpAccessToken', body: { suiteTicket: '{{suiteTicket}}' }, save: { suiteToken: 'accessToken' } },
      'openConnection',
    ],
  },
  {
    title: 'Messages to users',
    steps: [
      { call: 'batchSend', body: { userIds: ['201382020', 'user001'] }, save: { key: 'processQueryKey' } },
      'readNow',
      'readStatus',
      'batchRecall',
    ],
  },
  {
    title: 'Messages to groups and to two people',
    steps: [
      { call: 'groupSend', save: { groupKey: 'processQueryKey' } },
      { call: 'groupQuery', body: { processQueryKey: '{{groupKey}}' } },
      { call: 'groupRecall', body: { processQueryKeys: ['{{groupKey}}'] } },
      { call: 'groupBatchRecall', body: { processQueryKeys: ['{{groupKey}}'] } },
      {
        call: 'makeGroup',
        name: 'makePrivateConversation',
        body: { kind: 'private', title: undefined },
        save: { pair: 'openConversationId' },
      },
      { call: 'privateSend', body: { openConversationId: '{{pair}}' }, save: { pairKey: 'processQueryKey' } },
      { call: 'privateQuery', body: { openConversationId: '{{pair}}', processQueryKey: '{{pairKey}}' } },
      { call: 'privateBatchRecall', body: { openConversationId: '{{pair}}', processQueryKeys: ['{{pairKey}}'] } },
    ],
  },
  {
    title: 'Webhooks of custom robots',
    steps: [
      {
        call: 'makeCustomRobot',
        body: { sign: false, keywords: undefined, openConversationId: '{{group}}' },
        save: { webhook: 'webhook', customRobot: 'robotCode', customToken: 'token' },
      },
      { call: 'sendByWebhook', parameters: { access_token: '{{customToken}}' } },
      { call: 'enableCustomRobot', body: { token: '{{customToken}}' } },
      { call: 'updateCustomRobotOutgoing', body: { token: '{{customToken}}', outgoingUrl: '{{bot}}/outgoing' } },
      { call: 'deleteCustomRobot', body: { token: '{{customToken}}' } },
    ],
  },
  {
    title: 'DINGs',
    steps: [
      { call: 'sendDing', save: { openDingId: 'openDingId' } },
      { call: 'sendDingMessage', body: { openConversationId: '{{group}}' } },
      'emulatedDings',
      'readEmulatedDing',
      'dingReadStatuses',
      'recallDing',
      'setEmulatedDingQuota',
    ],
  },
  {
    title: 'Interactive cards',
    steps: [
      'createCard',
      'deliverCard',
      'updateCard',
      { call: 'streamCard', body: { key: 'reason' } },
      'emulatedCard',
      'clickEmulatedCard',
      { call: 'createAndDeliverCard', body: { outTrackId: 'approval-20260105-2' } },
      { call: 'registerCardCallback', body: { callbackUrl: '{{bot}}/cards' } },
      { call: 'sendOldCard', body: { cardBizId: 'approval-20260105-3', cardData: cardWithButton } },
      {
        call: 'emulatedCard',
        name: 'emulatedCardWithButton',
        parameters: { outTrackId: 'approval-20260105-3' },
        save: { cardId: 'cardId' },
      },
      { call: 'updateOldCard', body: { cardBizId: 'approval-20260105-3', cardData: cardWithButton } },
    ],
  },
  {
    title: 'Work notices',
    steps: [
      {
        call: 'sendNotice',
        body: {
          msg: {
            msgtype: 'oa',
            oa: {
              message_url: 'https://example.com',
              head: { bgcolor: 'FFBBBBBB', text: '请假' },
              body: { title: '请假申请' },
              status_bar: { status_value: '待处理', status_bg: '0xFFFF9D46' },
            },
          },
        },
        save: { taskId: 'task_id' },
      },
      'noticeProgress',
      'readEmulatedWorkNotice',
      'noticeResult',
      'emulatedWorkNotices',
      'emulatedWorkNotice',
      'updateNoticeStatusBar',
      'recallNotice',
      {
        call: 'sendNoticeByTemplate',
        parameters: { access_token: '{{suiteToken}}' },
        body: { agent_id: 3_000_000_002 },
      },
    ],
  },
  {
    title: 'Users and departments',
    steps: [
      { call: 'getUser', save: { unionId: 'result.unionid' } },
      'getUserByMobile',
      { call: 'getUserByUnionId', body: { unionid: '{{unionId}}' } },
      'listMembers',
      'listSimpleMembers',
      'listMemberIds',
      'countUsers',
      'getDepartment',
      'listDepartments',
      'listDepartmentIds',
      'listParentDepartments',
      { call: 'getPerson', parameters: { unionId: '{{unionId}}' } },
      'searchUsers',
      'searchDepartments',
      { call: 'getUserV1', parameters: { userid: 'user003' } },
      { call: 'getUserByMobileV1', parameters: { mobile: '13800000003' } },
      { call: 'listSimpleMembersV1', parameters: { department_id: '101' } },
      'listDepartmentsV1',
      { call: 'listDepartmentIdsV1', parameters: { id: '100' } },
    ],
  },
  {
    title: 'Groups',
    steps: [
      { call: 'createSceneGroups', save: { sceneGroup: 'openConversationId', sceneChat: 'chatId' } },
      'createSceneGroup',
      'querySceneGroup',
      'querySceneGroupMembers',
      { call: 'convertToOpenConversationId', parameters: { chatId: '{{sceneChat}}' } },
      { call: 'addGroupRobot', body: { openConversationId: '{{sceneGroup}}' } },
      'queryGroupRobots',
      'queryRobotGroups',
      'queryInstalledGroups',
      'createOldSceneGroup',
      {
        call: 'createOldSceneGroupByQuery',
        parameters: { title: 'project', template_id: 'template-1', owner_user_id: '201382020' },
      },
      { call: 'createChat', save: { chatId: 'chatid' } },
      'updateChat',
      { call: 'getChat', parameters: { chatid: '{{chatId}}' } },
      { call: 'sendChatMessage', save: { chatMessage: 'messageId' } },
      { call: 'listChatReaders', parameters: { messageId: '{{%chatMessage}}', cursor: '0', size: '10' } },
    ],
  },
  {
    title: 'Settings of robots',
    steps: ['setPlugins', 'queryPlugins', 'clearPlugins', 'manageRobotStatus', 'updateRobotInfo'],
  },
  {
    title: 'Files',
    steps: [
      { call: 'uploadMedia', parameters: { type: 'file' }, raw: fileInForm, save: { mediaId: 'media_id' } },
      { call: 'putMedia', raw: fileInForm, parameters: { type: 'file' } },
      { call: 'createDownloadCode', body: { mediaId: '{{mediaId}}' }, save: { downloadCode: 'downloadCode' } },
      { call: 'downloadMessageFile', body: { downloadCode: '{{downloadCode}}' }, save: { downloadUrl: 'downloadUrl' } },
      { call: 'downloadFile', url: '{{downloadUrl}}' },
    ],
  },
  {
    title: 'Addresses for events',
    note: 'They need a program at {{bot}} that confirms the address: how-to/receive-events.md.',
    steps: [
      { call: 'registerCallback', body: { url: '{{bot}}/events' } },
      'getCallback',
      { call: 'updateCallback', body: { url: '{{bot}}/events' } },
      'takeFailedEvents',
      'listFailedEvents',
      'deleteCallback',
    ],
  },
];
