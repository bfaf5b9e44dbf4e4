import { requireCaller } from '../../core/access/caller.ts';
import { sendDingMessage } from '../../core/ding-messages.ts';
import { readDingReceipts, recallDing, sendDing } from '../../core/dings.ts';
import { idempotencyHeader } from '../../wire/headers.ts';
import { dingPermission } from '../../wire/permissions.ts';
import type {
  DingMessageAnswer,
  DingReadStatusAnswer,
  DingRecallAnswer,
  DingSendAnswer,
} from '../../wire/vendor/ding.ts';
import type { Route, RouteRequest } from '../server/route.ts';

/** `POST /v1.0/robot/ding/send` */
async function send({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, remindType, receiverUserIdList, content, callVoice } = body;
  const given = { robotCode, remindType, receiverUserIdList, content, callVoice };
  const sent = await sendDing(context, requireCaller(caller), given, call.header(idempotencyHeader));
  return JSON.stringify({
    openDingId: sent.openDingId,
    failedList: {
      ...(sent.invalid.length > 0 && { 'staffId.notExisted': [...sent.invalid] }),
      ...(sent.filtered.length > 0 && { 'staffId.filtered': [...sent.filtered] }),
    },
  } satisfies DingSendAnswer);
}

/** `POST /v1.0/robot/ding/recall` */
async function recall({ context, caller, body: { robotCode, openDingId } }: RouteRequest): Promise<string> {
  await recallDing(context, requireCaller(caller), { robotCode, openDingId });
  return JSON.stringify({ openDingId: String(openDingId) } satisfies DingRecallAnswer);
}

/** `POST /v1.0/robot/ding/readStatuses/query` */
async function queryReadStatuses({ context, caller, body: { robotCode, openDingId } }: RouteRequest): Promise<string> {
  const receivers = await readDingReceipts(context, requireCaller(caller), { robotCode, openDingId });
  const robotDingReadInfoList = receivers.map(({ code, readAt }) => {
    return { userId: code, readStatus: readAt === null ? ('UNREAD' as const) : ('READ' as const) };
  });
  return JSON.stringify({ success: true, result: { robotDingReadInfoList } } satisfies DingReadStatusAnswer);
}

/** `POST /v1.0/robot/dingMessages/send` */
async function sendMessage({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, openConversationId, dingTemplateId, contentParams, receiverUserIdList } = body;
  const given = { robotCode, openConversationId, dingTemplateId, contentParams, receiverUserIdList };
  const sent = await sendDingMessage(context, requireCaller(caller), given, call.header(idempotencyHeader));
  return JSON.stringify({ dingSendResultId: sent.openDingId } satisfies DingMessageAnswer);
}

const permission = dingPermission;
const method = 'POST';

/** The routes of the DING calls. */
export const dingRoutes: readonly Route[] = [
  {
    method,
    path: '/v1.0/robot/ding/send',
    permission,
    required: ['robotCode', 'remindType', 'receiverUserIdList', 'content'],
    handler: send,
  },
  {
    method,
    path: '/v1.0/robot/dingMessages/send',
    permission,
    required: ['contentParams', 'dingTemplateId', 'openConversationId', 'receiverUserIdList', 'robotCode'],
    handler: sendMessage,
  },
  { method, path: '/v1.0/robot/ding/recall', permission, required: ['robotCode', 'openDingId'], handler: recall },
  {
    method,
    path: '/v1.0/robot/ding/readStatuses/query',
    permission,
    required: ['robotCode', 'openDingId'],
    handler: queryReadStatuses,
  },
];
