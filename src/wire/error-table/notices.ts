/**
 * The errors of the calls for work notices.
 * https://open.dingtalk.com/document/development/asynchronous-sending-of-enterprise-session-messages
 * https://open.dingtalk.com/document/development/server-api-error-codes-1
 */
export const noticeErrcodes = {
  1: {
    errmsg: 'Platform System error',
    summary: 'The lists of the receivers of a work notice are empty, and it is not sent to all users.',
  },
  40007: { errmsg: '不合法的媒体文件id', summary: 'The media_id of a work notice is absent or blank.' },
  40008: { errmsg: '不合法的消息类型', summary: 'The msgtype of a work notice is none of those that it can have.' },
  40056: { errmsg: '不合法的agentid', summary: 'The agent_id is not that of the app whose token the call has.' },
  41028: { errmsg: '禁止给全员发送消息', summary: 'A third-party app sends a work notice to all users.' },
  41029: {
    errmsg: '超过消息接收者人数上限，企业接入为5000，ISV接入为1000',
    summary:
      'A work notice has more than 5,000 receivers, or more than 1,000 from a third-party app; with the strict limits, its list has more than 100 userids.',
  },
  41045: {
    errmsg: '单应用全员消息/每天总量超限',
    summary: 'The app has sent three work notices to all users on this day.',
  },
  41052: {
    errmsg: '本次发送人数过多,不再返回发送结果',
    summary:
      'With the strict limits: the result or the status bar of a work notice with more than 100 receivers, or of one that is still being delivered.',
  },
  44004: { errmsg: '文本消息内容为空', summary: 'The text of a work notice is absent or blank.' },
  45002: {
    errmsg: '消息内容超过限制',
    summary:
      'A text of a work notice has more than 5,000 characters, or all of it more than 15,000 bytes; with the strict limits, more than 2,048 bytes.',
  },
  885001: { errmsg: '消息模板不存在', summary: 'The app has no template with this template_id.' },
  885006: { errmsg: '消息模板不可用', summary: 'The template with this template_id is stopped.' },
} as const;
