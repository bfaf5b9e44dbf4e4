/**
 * Schemas of the calls for a robot's settings: quick entries, the status of its one-to-one chat, and how it is shown.
 * https://open.dingtalk.com/document/development/set-robot-quick-entrance
 */

import { z } from 'zod';
import { maxPlugins } from '../limits.ts';
import { stoppedStatuses } from './values.ts';

const robotCode = z.string().describe('Code of the robot.');

/** A quick entry: a link in the conversation with the robot. */
export const plugin = z.object({
  icon: z.string().describe('A URL or a mediaId.'),
  name: z.string().describe('A JSON object, as a string, with a text for each language, such as {"zh_CN":"帮助"}.'),
  mobileUrl: z.string().optional().describe('Address on phones; one of the two is required.'),
  pcUrl: z.string().optional().describe('Address on computers.'),
});
export type Plugin = z.infer<typeof plugin>;

/** Request body of `POST /v1.0/robot/plugins/set`. */
export const pluginsBody = z.object({
  robotCode,
  pluginInfoList: z.array(plugin).describe('All quick entries of the robot.').meta({ maxItems: maxPlugins }),
});

/** Request body of `POST /v1.0/robot/plugins/query` and of `POST /v1.0/robot/plugins/clear`. */
export const robotOnlyBody = z.object({ robotCode });

/** Response of `plugins/query`. */
export const pluginsAnswer = z.object({ pluginInfoList: z.array(plugin) });
export type PluginsAnswer = z.infer<typeof pluginsAnswer>;

/** Response of `plugins/set`, `plugins/clear` and `statuses/manage`. */
export const resultAnswer = z.object({ result: z.literal(true) });
export type ResultAnswer = z.infer<typeof resultAnswer>;

/** Request body of `POST /v1.0/robot/statuses/manage`. */
export const statusBody = z.object({
  robotCode,
  status: z.string().describe(`Any status; ${stoppedStatuses.join(', ')} stop the one-to-one chat.`),
});

/** Request body of `PUT /v1.0/robot/managements/infos`. An absent field stays unchanged. */
export const robotInfoBody = z.object({
  robotCode,
  updateType: z.int().describe('Any number; it has no effect.'),
  name: z.string().optional().describe('Name of the robot in this organization.'),
  icon: z.string().optional().describe('A URL or a mediaId.'),
  brief: z.string().optional().describe('A short description.'),
  description: z.string().optional(),
});

/** Response of `managements/infos`. */
export const successAnswer = z.object({ success: z.literal(true) });
export type SuccessAnswer = z.infer<typeof successAnswer>;
