import { isolate } from '../../shared/isolate.ts';

/** The texts of the checklist for a new installation, and of the page that connects a program. */
export const startEn = {
  title: 'Get started',
  done: (done: number, of: number) => `${done} of ${of} done`,
  hide: 'Hide',
  isDone: 'Done',
  steps: {
    organization: ['Add an organization', 'The company whose people get messages.'],
    people: ['Add people', 'One by one, or from a CSV file.'],
    app: ['Create an app', 'The credentials with which your program calls huizhi.'],
    robot: ['Create a robot', 'It belongs to the app, and is installed in the organization.'],
    message: ['Send the first message', 'Write it here, or send it from your program.'],
    read: ['Have it read', 'Sign in to the inbox as one of the people, and open the message.'],
  } as Readonly<Record<Step, readonly [title: string, hint: string]>>,
};

export type Step = 'organization' | 'people' | 'app' | 'robot' | 'message' | 'read';

export const startZh: typeof startEn = {
  title: '开始使用',
  done: (done, of) => `已完成 ${done}/${of}`,
  hide: '隐藏',
  isDone: '已完成',
  steps: {
    organization: ['添加组织', '消息收件人所在的公司。'],
    people: ['添加用户', '逐个添加，或从 CSV 文件导入。'],
    app: ['创建应用', '程序调用 huizhi 时使用的凭证。'],
    robot: ['创建机器人', '属于应用，并安装到组织中。'],
    message: ['发送第一条消息', '在这里撰写，或从程序中发送。'],
    read: ['阅读消息', '以用户的身份登录收件箱，打开消息。'],
  },
};

export const connectEn = {
  hint: 'A program for each language that sends a message and prints who has read it, with the values of this server.',
  robot: 'Robot',
  user: 'Recipient',
  language: 'Language',
  address: 'Address',
  program: (language: string) => `Program: ${language}`,
  run: 'Install and run',
  unknownSecret: (appKey: string) =>
    `The secret of ${isolate(appKey)} is not available: it was changed, or the app was created after the start, and only its hash is stored. Put it in yourself.`,
  newSecret: 'Or create a new secret on the page of apps.',
  thirdParty: (appKey: string) =>
    `${isolate(appKey)} is a third-party app, which gets its tokens for an organization. These programs are for internal apps.`,
  noPermission: (appKey: string, permission: string) =>
    `${isolate(appKey)} does not have the permission ${permission}, so its sends are refused.`,
  special: (names: string) =>
    `Put in yourself, with the escapes of the language: ${names}. They contain special characters.`,
  nothing: 'A robot and a user are needed. Create them first.',
  failed: 'The programs could not be loaded.',
};

export const connectZh: typeof connectEn = {
  hint: '各语言的示例程序：发送一条消息并输出已读情况，其中已填入本服务器的参数。',
  robot: '机器人',
  user: '收件人',
  language: '语言',
  address: '地址',
  program: (language) => `程序：${language}`,
  run: '安装和运行',
  unknownSecret: (appKey) =>
    `${isolate(appKey)} 的密钥不可用：密钥已更换，或应用在启动后创建，服务器只保存了哈希值。请自行填入。`,
  newSecret: '也可以在应用页面生成新的密钥。',
  thirdParty: (appKey) => `${isolate(appKey)} 是第三方应用，须按组织获取令牌；这些程序适用于企业内部应用。`,
  noPermission: (appKey, permission) => `${isolate(appKey)} 没有 ${permission} 权限，发送会被拒绝。`,
  special: (names) => `以下值含有特殊字符，请按所用语言的转义规则自行填入：${names}。`,
  nothing: '需要一个机器人和一名用户，请先创建。',
  failed: '无法加载示例程序。',
};
