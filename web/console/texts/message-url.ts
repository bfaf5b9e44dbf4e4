import { isolate } from '../../shared/isolate.ts';

/** The texts about the address to which messages to the robots of an app are posted. */
export const messageUrlEn = {
  title: 'Messages by HTTP',
  hint: 'Messages of people to the robots of the app are posted to this address, signed with the secret of the app. Without an address, they go to the Stream connections.',
  url: 'Address for messages (messageUrl)',
  urlHint: 'Private addresses need the option --callback-allow. Empty the field to use Stream mode.',
  needsSecret:
    'Nothing is posted yet: the server has only a hash of the secret. Rotate the secret, and give the new one to the program that checks the signatures.',
  test: 'Send test message',
  tested: (status: string, ms: string) => `The address answered with status ${status} in ${ms} ms.`,
  testFailed: (reason: string) => `The address did not accept the message: ${isolate(reason)}`,
  status: (status: string) => `status ${status}`,
};

export const messageUrlZh: typeof messageUrlEn = {
  title: 'HTTP 接收消息',
  hint: '用户发给应用机器人的消息以 POST 请求发送到此地址，并用应用密钥签名。未设置地址时，消息通过 Stream 连接推送。',
  url: '接收消息的地址（messageUrl）',
  urlHint: '内网地址需要用选项 --callback-allow 放行。清空后改用 Stream 模式。',
  needsSecret: '目前不会发送任何消息：服务器只保存了密钥的哈希值。请更换密钥，并把新密钥填入校验签名的程序。',
  test: '发送测试消息',
  tested: (status, ms) => `已响应：状态码 ${status}，用时 ${ms} 毫秒。`,
  testFailed: (reason) => `地址未接受消息：${isolate(reason)}`,
  status: (status) => `状态码 ${status}`,
};
