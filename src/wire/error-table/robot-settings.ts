/**
 * The errors of the calls for a robot's settings.
 * https://open.dingtalk.com/document/development/set-robot-quick-entrance
 */
import { createRows } from './row.ts';

/** Rows of the calls for settings, all of layer `business`. */
export const robotSettingsRows = createRows('business', {
  'param.illegal': {
    status: 400,
    message: '参数错误',
    summary: 'A setting of a robot has the wrong type, is blank or too long, or a quick entry has no address.',
  },
  'invalidRequest.robotCodeNotMatch': {
    status: 400,
    message: '应用与绑定的机器人robotCode不相符',
    summary: 'The settings are those of a robot of another app.',
  },
  'invalidRequest.robotNotExist': {
    status: 400,
    message: '机器人不存在，请核实后添加',
    summary: 'The settings are those of a robot that is unknown or not installed in the organization.',
  },
  'invalidRequest.robotIsStop': {
    status: 400,
    message: '机器人已经被组织停用',
    summary: 'The settings are those of a robot that is disabled.',
  },
  'invalidRequest.exceededMaximumLimit': {
    status: 400,
    message: '超过插件最大个数限制',
    summary: 'A robot would have more than 10 quick entries.',
  },
  'invalidRequest.jsonFormatErroj': {
    status: 400,
    message: 'json格式错误',
    summary: 'The name of a quick entry is not a JSON object of texts by language.',
  },
  'invalidRequest.pluginInstallFail': {
    status: 500,
    message: '插件安装失败',
    summary: 'Only as a fault: the quick entries could not be installed.',
  },
});
