/** The calls for a robot's settings. Each needs the permission Robot.SingleChat.ReadWrite. */
import type { ErrorCode } from '../errors.ts';
import * as settings from '../vendor/robot-settings.ts';
import type { Call, Named } from './call.ts';
import { bodyErrors, callerErrors } from './vendor.ts';

const robotCode = 'dingzxcifuvdfbvegdf';
const plugin = { icon: '@lALPDe', name: '{"zh_CN":"帮助"}', pcUrl: 'https://example.com/help' };

const errors: readonly ErrorCode[] = [
  ...callerErrors,
  ...bodyErrors,
  'MissingrobotCode',
  'invalidParameter.param.invalid',
  'param.illegal',
  'invalidRequest.robotNotExist',
  'invalidRequest.robotCodeNotMatch',
  'invalidRequest.robotIsStop',
  'system.error',
];

const done: Named = { name: 'ResultAnswer', schema: settings.resultAnswer, example: { result: true } };
const robotOnly: Named = { name: 'RobotOnlyBody', schema: settings.robotOnlyBody, example: { robotCode } };

/** The calls for quick entries, status, and how a robot is shown. */
export const robotSettingsCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/robot/plugins/set',
    id: 'setPlugins',
    tag: 'robot',
    summary: 'Replaces the quick entries of a robot',
    body: { name: 'PluginsBody', schema: settings.pluginsBody, example: { robotCode, pluginInfoList: [plugin] } },
    answer: done,
    errors: [...errors, 'invalidRequest.exceededMaximumLimit', 'invalidRequest.jsonFormatErroj'],
  },
  {
    method: 'post',
    path: '/v1.0/robot/plugins/query',
    id: 'queryPlugins',
    tag: 'robot',
    summary: 'Returns the quick entries of a robot',
    body: robotOnly,
    answer: { name: 'PluginsAnswer', schema: settings.pluginsAnswer, example: { pluginInfoList: [plugin] } },
    errors,
  },
  {
    method: 'post',
    path: '/v1.0/robot/plugins/clear',
    id: 'clearPlugins',
    tag: 'robot',
    summary: 'Removes the quick entries of a robot',
    body: robotOnly,
    answer: done,
    errors,
  },
  {
    method: 'post',
    path: '/v1.0/robot/statuses/manage',
    id: 'manageRobotStatus',
    tag: 'robot',
    summary: 'Sets the status of the one-to-one chat with a robot',
    body: { name: 'RobotStatusBody', schema: settings.statusBody, example: { robotCode, status: 'enable' } },
    answer: done,
    errors: [...errors, 'Missingstatus'],
  },
  {
    method: 'put',
    path: '/v1.0/robot/managements/infos',
    id: 'updateRobotInfo',
    tag: 'robot',
    summary: 'Changes name, icon, brief and description of a robot in the organization; absent fields stay unchanged',
    body: {
      name: 'RobotInfoBody',
      schema: settings.robotInfoBody,
      example: { robotCode, updateType: 1, name: '值班助手' },
    },
    answer: { name: 'SuccessAnswer', schema: settings.successAnswer, example: { success: true } },
    errors: [...errors, 'MissingupdateType'],
  },
];
