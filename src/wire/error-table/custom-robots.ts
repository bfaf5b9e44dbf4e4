import { createRows } from './row.ts';

/**
 * The errors of `/robot/send`, with the texts of the real service where they are recorded. Several texts share the code
 * 310000.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages
 */

const link = 'link:请参考本接口对应文档获得具体要求，或者在https://open.dingtalk.com/document/  搜索相关文档;';

/** The texts of 310000. */
export const securityTexts = {
  keyword: '错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;',
  signature: `description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确;${link}`,
  timestamp: `description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在 timestampms 以内;${link}`,
  address: 'description:ip 不在白名单中;solution:请联系对应群的管理员，设置机器人安全ip地址段;',
} as const;

/** Errors of `/robot/send`. */
export const webhookErrcodes = {
  43004: {
    errmsg: '无效的HTTP HEADER Content-Type',
    summary: 'The body of a message of a custom robot is not sent as JSON.',
  },
  300005: { errmsg: 'token is not exist', summary: 'No custom robot has this token.' },
  300001: {
    errmsg: 'session 不存在',
    summary: 'The session of a sessionWebhook is unknown or has ended, or its robot, user or conversation is gone.',
  },
  310000: {
    errmsg: securityTexts.signature,
    summary:
      'The message of a custom robot is refused by its security settings: it has no keyword, no valid signature, or comes from another address.',
  },
  400013: { errmsg: '群已被解散', summary: 'The group of the custom robot was disbanded.' },
  400102: { errmsg: '机器人已停用', summary: 'The custom robot is disabled.' },
  400105: { errmsg: '不支持的消息类型', summary: 'A custom robot has no messages of this msgtype.' },
  410100: {
    errmsg: '发送速度太快而限流',
    summary: 'Too many unknown tokens came from this address; Retry-After says when to retry.',
  },
  460101: {
    errmsg: '错误描述: body 大小不合法;解决方案:请保持大小在 20000bytes 以内。',
    summary: 'The body of a message of a custom robot has more than 20,000 bytes.',
  },
  660026: {
    errmsg: 'sending too many messages per minute',
    summary:
      'The custom robot sent more than 20 messages in a minute, which blocks it for ten minutes; or a robot more than 20 replies through one sessionWebhook.',
  },
} as const;

/**
 * Rows of the calls that manage custom robots. The vendor documents no errors of them; `token.notExisted` is one of its
 * sends by the token of a webhook.
 */
export const customRobotRows = createRows('business', {
  'token.notExisted': {
    status: 400,
    message: 'TOKEN不存在',
    summary: 'The organization has no custom robot with this token.',
  },
  'invalidParameter.outgoingUrl.invalid': {
    status: 400,
    message: '错误描述:outgoingUrl 不合法;解决方案:请填写以 http:// 或 https:// 开头的地址;',
    summary: 'The outgoing address of a custom robot is not an http or https address.',
  },
});
