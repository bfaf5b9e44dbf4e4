/**
 * The errors of the robot calls: those that the vendor documents for sending, querying and recalling one-to-one
 * messages, and that can occur in this server.
 * https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
 * https://open.dingtalk.com/document/development/chatbot-batch-query-the-read-status-of-messages
 * https://open.dingtalk.com/document/development/batch-message-recall-chat
 */
import { createRows } from './row.ts';

// The real service also sends the two spaces after the URL.
const reference =
  '参考链接:请参考本接口对应文档查看参数获取方式，或者在https://open.dingtalk.com/document/  搜索对应文档;';

/** Rows of the robot calls, all of layer `business`. */
export const robotRows = createRows('business', {
  'invalidParameter.robotCode.missing': {
    status: 400,
    message: '缺少robotCode',
    summary: 'The query has no robotCode.',
  },
  'invalidParameter.robotCode.empty': {
    status: 400,
    message: formatMessage('robotCode为空', '请传入正确的robotCode'),
    summary: 'robotCode is empty or blank.',
  },
  'invalidParameter.robotCode.notExsit': {
    status: 400,
    message: '错误描述: robot 不存在；解决方案:请确认 robotCode 是否正确；',
    summary: 'No robot has this robotCode.',
  },
  'invalidParameter.robotCode.invalid': {
    status: 400,
    message: '无效的robotCode',
    summary: 'The robot is not installed in the organization of the token, or belongs to another app.',
  },
  'invalidParameter.robotCode': {
    status: 400,
    message: formatMessage('robotCode无效', '请确认机器人存在并且已安装在本组织'),
    summary: 'A recall names a robot that is unknown, not installed, or of another app.',
  },
  'chatbotId.notAllow.sendOTO': {
    status: 400,
    message: formatMessage('机器人已经停用或者未启用', '请确认机器人是否已启用'),
    summary: 'The robot is disabled.',
  },
  'invalidParameter.param.invalid': {
    status: 400,
    message: '参数不合法{what}',
    summary: 'A parameter has the wrong type, is empty, malformed, or given twice.',
  },
  'invalidParameter.userIds.empty': {
    status: 400,
    message: formatMessage('userIds为空', '请至少传入一个userId'),
    summary: 'userIds is an empty list.',
  },
  'invalidParameter.userIds.overMax': {
    status: 400,
    message: formatMessage('userIds数量超过上限', '每次最多传入20个userId'),
    summary: 'userIds has more than 20 members.',
  },
  'staffId.notExisted': {
    status: 400,
    message: 'staff 不存在',
    summary: 'None of the userIds is a user of the organization.',
  },
  'invalidParameter.msgKey.empty': {
    status: 400,
    message: formatMessage('msgKey为空', '请传入msgKey'),
    summary: 'msgKey is empty or blank.',
  },
  'invalidParameter.msgKey.invalid': {
    status: 400,
    message:
      '错误描述: 不支持类型 {msgKey} ;解决方案:请使用支持的类型;参考链接:请参考本接口对应文档查看支持的消息类型，或者在https://open.dingtalk.com/document/ 搜索对应文档;',
    summary: 'No message kind has this msgKey.',
  },
  'template.not.existed': {
    status: 400,
    message: '机器人模板不存在',
    summary: 'The template of the robot for the msgKey has been removed.',
  },
  'template.stopped': {
    status: 400,
    message: '机器人模板已经停用',
    summary: 'The template of the robot for the msgKey has been stopped.',
  },
  'invalidParameter.msgParam.invalid': {
    status: 400,
    message: '错误描述:msgParam格式不正确;解决方案:请使用json格式;',
    summary: 'msgParam is not the text of a JSON object.',
  },
  'invalidParameter.msgParam.tooLong': {
    status: 400,
    message: formatMessage('msgParam内容过长', '请将msgParam缩短到15000字节以内'),
    summary: 'msgParam is longer than 15,000 bytes of UTF-8.',
  },
  'miss.param.contentOfText': describeMissingParam('text --》 content', 'content of a sampleText'),
  'miss.param.markdownTotitle': describeMissingParam('markdown --》 title', 'title of a sampleMarkdown'),
  'miss.param.markdownTotext': describeMissingParam('markdown --》 text', 'text of a sampleMarkdown'),
  'miss.param.photoTophotoUrl': describeMissingParam('photo --》 photoURL', 'photoURL of a sampleImageMsg'),
  'miss.param.textOfLink': describeMissingParam('link --》 text', 'text of a sampleLink'),
  'miss.param.titleOfLink': describeMissingParam('link --》 title', 'title of a sampleLink'),
  'miss.param.messageUrlOfLink': describeMissingParam('link --》 messageUrl', 'messageUrl of a sampleLink'),
  'miss.param.actionCardTotitle': describeMissingParam('actionCard --》 title', 'title of an action card'),
  'miss.param.actionCardTotext': describeMissingParam('actionCard --》 text', 'text of an action card'),
  'miss.param.actionCardTosingleTitle': describeMissingParam(
    'actionCard --》 singleTitle',
    'singleTitle of a sampleActionCard',
  ),
  'miss.param.actionCardTosingleUrl': describeMissingParam(
    'actionCard --》 singleURL',
    'singleURL of a sampleActionCard',
  ),
  'miss.param.actionCardTobtnsTotitle': describeMissingParam(
    'actionCard --》 btns --》 title',
    'title of one of the buttons',
  ),
  'miss.param.actionCardTobtnsToactionUrl': describeMissingParam(
    'actionCard --》 btns --》 actionURL',
    'address of one of the buttons',
  ),
  'miss.param.audio': describeMissingParam('audio', 'mediaId or the duration of a sampleAudio'),
  'miss.param.file': describeMissingParam('file', 'mediaId, fileName or fileType of a sampleFile'),
  'miss.param.video': describeMissingParam('video', 'videoMediaId of a sampleVideo'),
  'invalidParameter.processQueryKey.missing': {
    status: 400,
    message: '缺少processQueryKey',
    summary: 'The query has no processQueryKey, or a recall names none.',
  },
  'invalidParameter.processQueryKeys.overMax': {
    status: 400,
    message: formatMessage('processQueryKeys数量超过上限', '每次最多传入20个processQueryKey'),
    summary: 'processQueryKeys has more than 20 members.',
  },
  'invalid.processQueryKey': {
    status: 400,
    message: '无效的processQueryKey{hint}',
    summary: 'The key is malformed or forged, or of another robot or organization.',
  },
  'processQueryKey.expireTime': {
    status: 400,
    message: 'processQueryKey还未生成消息查询数据或已过期',
    summary: 'The message is older than the read window, or was deleted by retention.',
  },
  'unknown.send.result': {
    status: 400,
    message: formatMessage('消息发送结果未知', '请稍后重试'),
    summary: 'The outcome of the delivery is unknown until a retry has succeeded.',
  },
  'not.allowed.robotCode': {
    status: 400,
    message: formatMessage('该消息由其他机器人发送，不允许操作', '请使用发送该消息的机器人'),
    summary: 'A recall names a message that another robot sent.',
  },
  'robot.processQueryKey.expired': {
    status: 400,
    message: formatMessage('processQueryKey已过期', '请在消息发送后24小时内撤回'),
    summary: 'A recall names a message that is older than 24 hours.',
  },
  'notRevoke.all.messages': {
    status: 400,
    message: formatMessage('消息未能全部撤回', '请稍后重试'),
    summary: 'Only as a fault: not every copy of the message could be recalled.',
  },
});

function formatMessage(what: string, remedy: string): string {
  return `错误描述:${what};解决方案:${remedy};`;
}

function describeMissingParam(path: string, what: string) {
  const message = `错误描述:参数 ${path} 缺失，或者参数格式不正确; 解决方案:请填充上对应参数;${reference}`;
  return { status: 400, message, summary: `msgParam lacks the ${what}, or it is blank or not text.` };
}
