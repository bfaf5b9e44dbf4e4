import type { Setup, SetupApp, SetupRobot, SetupUser } from './setup.ts';

/** Names of user001 … user029, in order. */
const names = [
  '王秀英 李伟 张敏 刘洋 陈静 杨帆 赵磊 黄丽华 周涛 吴倩',
  '徐志强 孙晓燕 马超 朱琳 胡建国 郭雨桐 何俊杰 高洁 林子涵 罗海波',
  '郑雪 梁宇轩 谢婷婷 宋文博 唐欣怡 许国栋 韩梅 冯思远 邓佳慧',
].flatMap((line) => line.split(' '));

const otherNames = '曹明 彭慧 曾凡 萧然 田甜'.split(' ');

const numbered = (prefix: string, list: readonly string[]): SetupUser[] =>
  list.map((name, index) => ({ userId: prefix + String(index + 1).padStart(3, '0'), name }));

const permissions = ['qyapi_robot_sendmsg'];

/** What `dev` starts with: two organizations, one app of each kind and one more, and a robot of each app. The first app also has a robot whose robotCode is the
 * appKey, as it is in the vendor's internal apps. */
export const demoSetup: Setup = {
  organizations: [
    {
      corpId: 'dingcorp0001',
      name: '示例公司',
      users: [{ userId: '201382020', name: '曲大岳' }, ...numbered('user', names)],
    },
    { corpId: 'dingcorp0002', name: '另一家公司', users: numbered('other', otherNames) },
  ],
  apps: [
    { appKey: 'dingappinternal', appSecret: 's3cret-internal', kind: 'internal', corpId: 'dingcorp0001', permissions },
    {
      appKey: 'suitethirdparty',
      appSecret: 's3cret-suite',
      kind: 'thirdParty',
      authorizedBy: ['dingcorp0001'],
      permissions,
    },
    { appKey: 'dingappother', appSecret: 's3cret-other', kind: 'internal', corpId: 'dingcorp0002', permissions },
  ],
  robots: [
    { robotCode: 'dingzxcifuvdfbvegdf', name: '通知助手', appKey: 'dingappinternal', installedIn: ['dingcorp0001'] },
    { robotCode: 'dingappinternal', name: '应用机器人', appKey: 'dingappinternal', installedIn: ['dingcorp0001'] },
    { robotCode: 'dingsuiterobot01', name: '套件机器人', appKey: 'suitethirdparty', installedIn: ['dingcorp0001'] },
    { robotCode: 'dingrobotother', name: '另一个机器人', appKey: 'dingappother', installedIn: ['dingcorp0002'] },
  ],
};

/** The appSecrets that everyone can read here; `serve` refuses to start with any of them. */
export const demoSecrets: readonly string[] = demoSetup.apps.map((app) => app.appSecret);

/** An app that can send, a robot of it, and whom it can send to. */
export type Sender = {
  readonly app: SetupApp;
  readonly robot: SetupRobot;
  readonly recipient: SetupUser;
  readonly userIds: readonly string[];
};

/** The first internal app of a setup with a robot, and somebody to send to. */
export function firstSender(setup: Setup): Sender | undefined {
  return setup.apps.map((app) => senderOf(app, setup)).find((found) => found !== undefined);
}

function senderOf(app: SetupApp, { organizations, robots }: Setup): Sender | undefined {
  if (app.kind !== 'internal' || !app.permissions.includes('qyapi_robot_sendmsg')) return undefined;
  const users = organizations.find(({ corpId }) => corpId === app.corpId)?.users ?? [];
  const robot = robots.find((one) => one.appKey === app.appKey && one.installedIn.length > 0 && !one.disabled);
  const [recipient] = users;
  return robot && recipient && { app, robot, recipient, userIds: users.map(({ userId }) => userId) };
}
