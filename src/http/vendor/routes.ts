import type { Context } from '../../core/context.ts';
import { basePermission, robotPermission as send } from '../../wire/permissions.ts';
import type { Route } from '../server/route.ts';
import { cardRoutes } from './cards.ts';
import { chatMessageRoutes } from './chat-messages.ts';
import { contactRoutes } from './contacts/routes.ts';
import { dingRoutes } from './ding.ts';
import { emotionRoutes } from './emotions.ts';
import { groupManagementRoutes } from './group-management.ts';
import { groupRobotRoutes } from './group-robots.ts';
import { groupRoutes } from './groups.ts';
import { downloadMessageFile, uploadMedia } from './media.ts';
import { noticeRoutes } from './notices.ts';
import { createAccessToken, createCorpAccessToken, createUnifiedToken, getToken } from './oauth.ts';
import { oldGroupRoutes } from './old-groups.ts';
import { pushRoutes } from './push.ts';
import { createReadStatusRoute, readStatusPath } from './read-status.ts';
import { batchRecall, batchRecallPath, batchSend, batchSendPath } from './robot.ts';
import { robotSettingsRoutes } from './robot-settings.ts';
import { streamRoutes } from './stream.ts';
import { webhookRoutes } from './webhook.ts';

/** The token calls. They need no token. */
const tokenRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1.0/oauth2/accessToken', required: ['appKey', 'appSecret'], handler: createAccessToken },
  {
    method: 'POST',
    path: '/v1.0/oauth2/corpAccessToken',
    required: ['suiteKey', 'suiteSecret', 'authCorpId', 'suiteTicket'],
    handler: createCorpAccessToken,
  },
  {
    method: 'POST',
    path: '/v1.0/oauth2/{corpId}/token',
    required: ['client_id', 'client_secret', 'grant_type'],
    handler: createUnifiedToken,
  },
  { method: 'GET', path: '/gettoken', handler: getToken },
];

/** The calls for messages of a robot to users. */
const createRobotRoutes = (context: Context): readonly Route[] => [
  {
    method: 'GET',
    path: readStatusPath,
    bytes: true,
    isRead: true,
    permission: send,
    handler: createReadStatusRoute(context),
  },
  {
    method: 'POST',
    path: batchSendPath,
    permission: send,
    required: ['robotCode', 'userIds', 'msgKey', 'msgParam'],
    handler: batchSend,
  },
  {
    method: 'POST',
    path: batchRecallPath,
    permission: send,
    required: ['robotCode', 'processQueryKeys'],
    handler: batchRecall,
  },
];

/** The calls for files. */
const mediaRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/media/upload',
    oldHost: true,
    isStreamed: true,
    permission: basePermission,
    handler: uploadMedia,
  },
  {
    method: 'POST',
    path: '/v1.0/robot/messageFiles/download',
    permission: send,
    required: ['downloadCode', 'robotCode'],
    handler: downloadMessageFile,
  },
];

/**
 * Creates the route table of the vendor's API: what each call requires before its handler runs. The calls that are used
 * most are first, because the gateway compares in this order.
 */
export const createVendorRoutes = (context: Context): readonly Route[] => [
  ...createRobotRoutes(context),
  ...groupRoutes,
  ...webhookRoutes,
  ...dingRoutes,
  ...cardRoutes,
  ...robotSettingsRoutes,
  ...emotionRoutes,
  ...tokenRoutes,
  ...streamRoutes,
  ...contactRoutes,
  ...mediaRoutes,
  ...groupManagementRoutes,
  ...groupRobotRoutes,
  ...oldGroupRoutes,
  ...chatMessageRoutes,
  ...noticeRoutes,
  ...pushRoutes,
];
