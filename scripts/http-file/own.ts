import { file, type Section } from './step.ts';

/** The calls of the server itself and of the inbox. */
export const ownSections: readonly Section[] = [
  {
    title: 'Inbox',
    steps: [
      { call: 'batchSend', name: 'sendToInbox' },
      { call: 'signIn', save: { inboxToken: 'token' } },
      'whoAmI',
      'listPeople',
      {
        call: 'listMessages',
        parameters: { robotCode: '{{robotCode}}' },
        save: { inboxMessage: 'messages[0].messageId' },
      },
      { call: 'searchMessages', parameters: { text: 'Hello' } },
      { call: 'markRead', body: { messageIds: ['{{inboxMessage}}'] } },
      'listRobots',
      { call: 'chooseAboutRobot', body: { muted: false } },
      'listConversations',
      { call: 'setConversation', parameters: { conversationId: 'group:{{%group}}' }, body: { muted: false } },
      { call: 'listConversationMembers', parameters: { conversationId: 'group:{{%group}}' } },
      { call: 'writeMessage', parameters: { conversationId: 'robot:{{robotCode}}' } },
      { call: 'sendDing', name: 'sendDingToInbox' },
      { call: 'listDings', save: { dingId: 'dings[0].dingId' } },
      { call: 'readDings', body: { dingIds: ['{{dingId}}'] } },
      {
        call: 'uploadInboxMedia',
        parameters: { type: 'file', name: 'note.pdf' },
        raw: file,
        save: { inboxMedia: 'mediaId' },
      },
      {
        call: 'writeMessage',
        name: 'writeFile',
        parameters: { conversationId: 'robot:{{robotCode}}' },
        body: { msgtype: 'file', text: undefined, mediaId: '{{inboxMedia}}', sendId: '0c6f1b7f' },
        save: { fileMessage: 'message.messageId' },
      },
      { call: 'showMedia', parameters: { messageId: '{{fileMessage}}', mediaId: '{{%inboxMedia}}' } },
      { call: 'readCard', parameters: { cardId: '{{cardId}}' } },
      { call: 'clickCard', parameters: { cardId: '{{cardId}}' } },
      'dismissNotices',
    ],
  },
];
