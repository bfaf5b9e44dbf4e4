import { requireCaller } from '../../core/access/caller.ts';
import { listPlugins, setInfo, setPlugins, setStatus } from '../../core/robot-settings.ts';
import { settingsPermission } from '../../wire/permissions.ts';
import type { PluginsAnswer, ResultAnswer, SuccessAnswer } from '../../wire/vendor/robot-settings.ts';
import type { Route, RouteRequest } from '../server/route.ts';

const done = JSON.stringify({ result: true } satisfies ResultAnswer);

/** `POST /v1.0/robot/plugins/set` */
async function set({ context, caller, body: { robotCode, pluginInfoList } }: RouteRequest): Promise<string> {
  await setPlugins(context, requireCaller(caller), robotCode, pluginInfoList);
  return done;
}

/** `POST /v1.0/robot/plugins/query` */
function query({ context, caller, body: { robotCode } }: RouteRequest): string {
  const plugins = listPlugins(context, requireCaller(caller), robotCode);
  return JSON.stringify({ pluginInfoList: [...plugins] } satisfies PluginsAnswer);
}

/** `POST /v1.0/robot/plugins/clear` */
async function clear({ context, caller, body: { robotCode } }: RouteRequest): Promise<string> {
  await setPlugins(context, requireCaller(caller), robotCode, []);
  return done;
}

/** `POST /v1.0/robot/statuses/manage` */
async function manageStatus({ context, caller, body: { robotCode, status } }: RouteRequest): Promise<string> {
  await setStatus(context, requireCaller(caller), robotCode, status);
  return done;
}

/** `PUT /v1.0/robot/managements/infos` */
async function manageInfo({ context, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, updateType, name, icon, brief, description } = body;
  const info = { updateType, name, icon, brief, description };
  await setInfo(context, requireCaller(caller), robotCode, info);
  return JSON.stringify({ success: true } satisfies SuccessAnswer);
}

const permission = settingsPermission;
const required = ['robotCode'] as const;

/** The routes of the calls for a robot's settings. */
export const robotSettingsRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1.0/robot/plugins/set', permission, required, handler: set },
  { method: 'POST', path: '/v1.0/robot/plugins/query', permission, required, handler: query },
  { method: 'POST', path: '/v1.0/robot/plugins/clear', permission, required, handler: clear },
  {
    method: 'POST',
    path: '/v1.0/robot/statuses/manage',
    permission,
    required: ['robotCode', 'status'],
    handler: manageStatus,
  },
  {
    method: 'PUT',
    path: '/v1.0/robot/managements/infos',
    permission,
    required: ['robotCode', 'updateType'],
    handler: manageInfo,
  },
];
