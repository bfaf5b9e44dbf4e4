/** `/robot/send`, the calls that manage custom robots, and the console calls for them. */
import { consoleDoneAnswer } from '../own/console.ts';
import { organizationQuery } from '../own/console-directory.ts';
import * as own from '../own/custom-robots.ts';
import * as wire from '../vendor/custom-robots.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const token = '2f0a7d5c9b3e4816a1c8f7720d94be53e6b1c05a8f3d27946c0be9a1745d83f2';
const resultAnswer = createNamed('CustomRobotAnswer', wire.customRobotAnswer, { result: true });
const manageErrors = [
  ...callerErrors,
  ...bodyErrors,
  'Missingtoken',
  'invalidParameter.param.invalid',
  'token.notExisted',
  'system.error',
] as const;
const actionBody = createNamed('CustomRobotActionBody', wire.customRobotBody, {
  token,
  actionType: '1',
  sendNotification: false,
});

/** The body and the answer of a message of a custom robot, and of a reply through a sessionWebhook. */
export const webhookMessageBody = createNamed('WebhookBody', wire.webhookBody, {
  msgtype: 'text',
  text: { content: '磁盘空间不足' },
  at: { atUserIds: ['user001'], isAtAll: false },
});
export const webhookMessageAnswer = createNamed('WebhookAnswer', wire.webhookAnswer, { errcode: 0, errmsg: 'ok' });

/** The vendor's calls for custom robots. */
export const customRobotCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/robot/send',
    id: 'sendByWebhook',
    tag: 'robot',
    summary:
      'Sends a message of a custom robot to the members of its group; the token is that of the robot, and the response is always HTTP 200',
    query: wire.webhookQuery,
    hasForeignQuery: true,
    body: webhookMessageBody,
    answer: webhookMessageAnswer,
    errors: [],
  },
  {
    method: 'post',
    path: '/v1.0/robot/custom/enable',
    id: 'enableCustomRobot',
    tag: 'robot',
    summary: 'Enables a custom robot',
    body: actionBody,
    answer: resultAnswer,
    errors: [...manageErrors, 'MissingactionType', 'MissingsendNotification'],
  },
  {
    method: 'post',
    path: '/v1.0/robot/custom/delete',
    id: 'deleteCustomRobot',
    tag: 'robot',
    summary: 'Deletes a custom robot; its token ends at once, and its messages stay',
    body: actionBody,
    answer: resultAnswer,
    errors: [...manageErrors, 'MissingactionType', 'MissingsendNotification'],
  },
  {
    method: 'post',
    path: '/v1.0/robot/custom/outgoing/update',
    id: 'updateCustomRobotOutgoing',
    tag: 'robot',
    summary: 'Stores the outgoing address of a custom robot; nothing is sent to it',
    body: createNamed('CustomRobotOutgoingBody', wire.outgoingBody, {
      token,
      outgoingUrl: 'https://example.com/dingtalk',
      userCustomToken: 'my-token',
    }),
    answer: createNamed('CustomRobotOutgoingAnswer', wire.outgoingAnswer, {
      result: true,
      originalUrl: '',
      targetUrl: 'https://example.com/dingtalk',
    }),
    errors: [...manageErrors, 'MissingoutgoingUrl', 'invalidParameter.outgoingUrl.invalid'],
  },
];

const robot = {
  robotCode: 'customdemorobot',
  name: '报警机器人',
  openConversationId: 'cidFfyFtIq9gRbZ3nXt0LwKxg==',
  groupTitle: '值班群',
  keywords: ['报警'],
  addresses: ['10.0.0.0/8'],
  sign: true,
  disabled: false,
  outgoingUrl: null,
  createdAt: 1778481600000,
};
const robotAnswer = createNamed('ConsoleCustomRobot', own.customRobot, robot);
const secret = 'SEC7b1e90d4c2a85f36e0d7914ab8c3f52690e1d7ab43c8f5260b9e7d1a4c3f8e25';
const one = '/console/v1/customRobots/{robotCode}';
const change = { tag: 'console', query: organizationQuery, errors: changeErrors } as const;

/** The calls under `/console/v1/customRobots`. */
export const consoleCustomRobotCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/customRobots',
    id: 'listCustomRobots',
    tag: 'console',
    summary: 'Lists the custom robots of an organization, oldest first',
    query: own.customRobotsQuery,
    answer: createNamed('CustomRobotsAnswer', own.customRobotsAnswer, { customRobots: [robot], cursor: null }),
    errors: listErrors,
  },
  {
    method: 'post',
    path: '/console/v1/customRobots',
    id: 'createCustomRobot',
    tag: 'console',
    summary: 'Creates a custom robot in a group, and returns its token and secret, which are not shown again',
    body: createNamed('CustomRobotBody', own.customRobotBody, {
      corpId: 'dingcorp0001',
      openConversationId: robot.openConversationId,
      name: robot.name,
      keywords: robot.keywords,
      sign: true,
    }),
    answer: createNamed('NewCustomRobot', own.newCustomRobot, { ...robot, token, secret }),
    errors: [...changeErrors, 'huizhi.conflict'],
  },
  {
    method: 'get',
    path: one,
    id: 'findCustomRobot',
    tag: 'console',
    summary: 'Returns one custom robot',
    query: organizationQuery,
    answer: robotAnswer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    ...change,
    method: 'put',
    path: one,
    id: 'changeCustomRobot',
    summary: 'Changes the name or the security settings of a custom robot, disables or enables it',
    body: createNamed('CustomRobotChangeBody', own.customRobotChangeBody, { disabled: true }),
    answer: robotAnswer,
  },
  {
    ...change,
    method: 'post',
    path: `${one}/token`,
    id: 'replaceCustomRobotToken',
    summary: 'Replaces the token of a custom robot; the old one ends at once',
    answer: createNamed('CustomRobotTokenAnswer', own.tokenAnswer, { token }),
  },
  {
    ...change,
    method: 'post',
    path: `${one}/secret`,
    id: 'replaceCustomRobotSecret',
    summary: 'Replaces the secret of a custom robot, whose messages need a signature from now on',
    answer: createNamed('CustomRobotSecretAnswer', own.secretAnswer, { secret }),
  },
  {
    ...change,
    method: 'delete',
    path: one,
    id: 'removeCustomRobot',
    summary: 'Deletes a custom robot; its messages stay',
    answer: createNamed('ConsoleDone', consoleDoneAnswer, {}),
  },
];
