import type { Setup, SetupApp, SetupDepartment, SetupGroup, SetupRobot, SetupUser } from './setup.ts';

/** Names of user001 … user029, in order. */
const names = [
  '王秀英 李伟 张敏 刘洋 陈静 杨帆 赵磊 黄丽华 周涛 吴倩',
  '徐志强 孙晓燕 马超 朱琳 胡建国 郭雨桐 何俊杰 高洁 林子涵 罗海波',
  '郑雪 梁宇轩 谢婷婷 宋文博 唐欣怡 许国栋 韩梅 冯思远 邓佳慧',
].flatMap((line) => line.split(' '));

const otherNames = '曹明 彭慧 曾凡 萧然 田甜'.split(' ');

/** The departments of the first organization; `size` is the number of users that each gets, in order. */
const departments: readonly (SetupDepartment & { readonly size: number })[] = [
  { deptId: 100, name: '研发中心', size: 2 },
  { deptId: 101, name: '后端组', parentId: 100, size: 7 },
  { deptId: 102, name: '前端组', parentId: 100, size: 6 },
  { deptId: 200, name: '市场部', size: 8 },
  { deptId: 300, name: '人力行政部', size: 6 },
];

const departmentOfUsers = departments.flatMap(({ deptId, size }) => Array.from({ length: size }, () => deptId));

const createUsers = (prefix: string, list: readonly string[], firstMobile: number): SetupUser[] =>
  list.map((name, index) => ({
    userId: prefix + String(index + 1).padStart(3, '0'),
    name,
    mobile: String(firstMobile + index + 1),
  }));

/** The users of the first organization after the first one. The first of each department manages it, and one is in two. */
const createColleagues = (): SetupUser[] =>
  createUsers('user', names, 13800000000).map((user, index) => {
    const deptId = departmentOfUsers[index] ?? 1;
    const manages = departmentOfUsers.indexOf(deptId) === index && { manages: [deptId] };
    return { ...user, departments: user.userId === 'user004' ? [deptId, 102] : [deptId], ...manages };
  });

const permissions = [
  'qyapi_robot_sendmsg',
  'qyapi_chat_manage',
  'qyapi_chat_read',
  'qyapi_get_member',
  'qyapi_get_member_by_mobile',
  'qyapi_get_department_list',
  'qyapi_get_department_member',
  'qyapi_addresslist_search',
  'Contact.User.Read',
  'Contact.User.mobile',
  'fieldMobile',
  'fieldEmail',
  'Premium.Ding.Write',
  'Robot.SingleChat.ReadWrite',
  'Card.Instance.Write',
  'Card.Streaming.Write',
];

/** A placeholder in a template of work notices. */
const placeholder = (name: string) => `\${${name}}`;

/**
 * The default setup of `dev`: two organizations, one with a group, two internal apps and one third-party app, and a
 * robot for each app.
 * The first app has a second robot whose robotCode equals its appKey, as is usual for internal apps of the vendor.
 */
export const demoSetup: Setup = {
  organizations: [
    {
      corpId: 'dingcorp0001',
      name: '示例公司',
      departments: departments.map(({ size: _, ...department }) => department),
      users: [
        {
          userId: '201382020',
          name: '曲大岳',
          mobile: '13900000000',
          email: 'qu.dayue@example.com',
          jobNumber: '0001',
          title: '总经理',
          departments: [1],
        },
        ...createColleagues(),
      ],
      groups: [
        {
          name: 'project',
          title: '项目群',
          owner: '201382020',
          members: ['user001', 'user002', 'user003', 'user004', 'user005', 'user006', 'user007'],
          robots: ['dingzxcifuvdfbvegdf', 'dingappinternal'],
          openConversationId: 'cidV7mQ2xK9sT4bLw8ZpRcNfA==',
          chatId: 'chat57b9904f1a6e4d23b8c05f7e2a91d6c3',
          customRobots: [
            {
              robotCode: 'customdemorobot',
              name: '报警机器人',
              token: '2f0a7d5c9b3e4816a1c8f7720d94be53e6b1c05a8f3d27946c0be9a1745d83f2',
              secret: 'SEC7b1e90d4c2a85f36e0d7914ab8c3f52690e1d7ab43c8f5260b9e7d1a4c3f8e25',
            },
          ],
        },
      ],
    },
    { corpId: 'dingcorp0002', name: '另一家公司', users: createUsers('other', otherNames, 13700000000) },
  ],
  apps: [
    {
      appKey: 'dingappinternal',
      appSecret: 's3cret-internal',
      kind: 'internal',
      corpId: 'dingcorp0001',
      permissions,
      agentId: 3_000_000_001,
    },
    {
      appKey: 'suitethirdparty',
      appSecret: 's3cret-suite',
      kind: 'thirdParty',
      authorizedBy: ['dingcorp0001'],
      permissions,
      agentId: 3_000_000_002,
      noticeTemplates: [
        {
          templateId: 'alarm',
          message: { msgtype: 'text', text: { content: `服务器 ${placeholder('host')} 磁盘已满` } },
        },
      ],
    },
    {
      appKey: 'dingappother',
      appSecret: 's3cret-other',
      kind: 'internal',
      corpId: 'dingcorp0002',
      permissions,
      agentId: 3_000_000_003,
    },
  ],
  robots: [
    { robotCode: 'dingzxcifuvdfbvegdf', name: '通知助手', appKey: 'dingappinternal', installedIn: ['dingcorp0001'] },
    { robotCode: 'dingappinternal', name: '应用机器人', appKey: 'dingappinternal', installedIn: ['dingcorp0001'] },
    { robotCode: 'dingsuiterobot01', name: '套件机器人', appKey: 'suitethirdparty', installedIn: ['dingcorp0001'] },
    { robotCode: 'dingrobotother', name: '另一个机器人', appKey: 'dingappother', installedIn: ['dingcorp0002'] },
  ],
};

/** The appSecrets of the demo data. They are public, so `serve` refuses to start with any of them. */
export const demoSecrets: readonly string[] = demoSetup.apps.map((app) => app.appSecret);

/** The tokens of the custom robots of the demo data. They are public, too. */
export const demoTokens: readonly string[] = demoSetup.organizations
  .flatMap(({ groups = [] }) => groups)
  .flatMap(({ customRobots = [] }) => customRobots.map(({ token }) => token));

/** An app that can send, one of its robots, the first recipient, and the userIds of all possible recipients. */
export type Sender = {
  readonly app: SetupApp;
  readonly robot: SetupRobot;
  readonly recipient: SetupUser;
  readonly userIds: readonly string[];
};

/**
 * Returns the first group of the organization of a sender that the robot is in. Its openConversationId is known only if
 * the setup fixes it.
 */
export function findFirstGroup({ organizations }: Setup, { app, robot }: Sender): SetupGroup | undefined {
  const groups = organizations.find(({ corpId }) => corpId === app.corpId)?.groups ?? [];
  return groups.find(({ robots = [] }) => robots.includes(robot.robotCode));
}

/** Returns the first internal app of a setup that has a robot and a user to send to. */
export function findFirstSender(setup: Setup): Sender | undefined {
  return setup.apps.map((app) => findSender(app, setup)).find((found) => found !== undefined);
}

function findSender(app: SetupApp, { organizations, robots }: Setup): Sender | undefined {
  if (app.kind !== 'internal' || !app.permissions.includes('qyapi_robot_sendmsg')) return undefined;
  const users = organizations.find(({ corpId }) => corpId === app.corpId)?.users ?? [];
  const robot = robots.find((one) => one.appKey === app.appKey && one.installedIn.length > 0 && !one.disabled);
  const [recipient] = users;
  return robot && recipient && { app, robot, recipient, userIds: users.map(({ userId }) => userId) };
}
