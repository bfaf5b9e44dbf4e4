/**
 * The errors of the calls for conversations that the calls for single users do not have. The texts are those of the
 * documentation or, where it prints only `%s`, observed ones or texts in the vendor's style.
 * https://open.dingtalk.com/document/development/the-robot-sends-a-group-message
 * https://open.dingtalk.com/document/development/chatbot-queries-the-read-status-of-a-message
 * https://open.dingtalk.com/document/development/enterprise-chatbot-withdraws-internal-group-messages
 */
import { createRows } from './row.ts';

/** Rows of the calls for conversations, all of layer `business`. */
export const groupRows = createRows('business', {
  'resource.not.found': {
    status: 400,
    message: '错误描述: robot 不存在；解决方案:请确认 robotCode 是否正确；',
    summary: 'A call for a conversation names a robot that does not exist or is not installed in the organization.',
  },
  'invalidParameter.robotCode.auth': {
    status: 400,
    message: '此应用appkey和机器人robotCode不匹配，请使用机器人应用的appkey',
    summary:
      'A send to a conversation names a robot of another app; or a downloadCode is of another robot or organization, or its robot belongs to another app; the text says which.',
  },
  'invalidParameter.robotCode.coolApp': {
    status: 400,
    message: '酷应用编码和机器人不匹配，请使用此酷应用绑定的机器人发送消息',
    summary: 'The robot has a coolAppCode, and a send to a conversation has another one or none.',
  },
  'miss.openConversationId': {
    status: 400,
    message: '缺少openConversationId',
    summary: 'A send or recall has no openConversationId, or it is blank.',
  },
  'openConversationId.notExisted': {
    status: 400,
    message: 'openConversationId不能和token同时为空',
    summary: 'A query has no openConversationId, or it is blank.',
  },
  'invalid.openConversationId': {
    status: 400,
    message: '无效的openConversationId',
    summary: 'No conversation for this call has this openConversationId.',
  },
  'conversation.org.notMatch': {
    status: 400,
    message: '会话所属组织信息不匹配',
    summary: 'A send, or another call about a group, names a conversation of another organization.',
  },
  'conversation.org.dismatch': {
    status: 400,
    message: '会话不属于当前企业',
    summary: 'A query names a conversation of another organization.',
  },
  'group.disbanded': {
    status: 400,
    message: '群已经解散',
    summary: 'A send, or another call about a group, names a group that is disbanded.',
  },
  'bot.stopped': {
    status: 400,
    message: '群机器人已经停用',
    summary: 'The robot is disabled, or is not in the conversation.',
  },
  'invalidParameter.pageSize.invalid': {
    status: 400,
    message: '无效的maxResults',
    summary: 'maxResults is not a number from 1 to 200.',
  },
  'invalidParameter.cursor.invalid': {
    status: 400,
    message: '无效的nextToken',
    summary: 'The nextToken was not issued for this message.',
  },
  'miss.chatbotId': { status: 400, message: '缺少chatbotId', summary: 'A recall has a blank robotCode or chatbotId.' },
});
