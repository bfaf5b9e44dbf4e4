import { requireCaller } from '../../core/access/caller.ts';
import type { Family } from '../../core/groups/conversation.ts';
import { type GroupQueryBody, queryReaders, type Readers } from '../../core/groups/query.ts';
import { recallInConversation } from '../../core/groups/recall.ts';
import { sendToConversation } from '../../core/groups/send.ts';
import { idempotencyHeader } from '../../wire/headers.ts';
import { robotPermission as permission } from '../../wire/permissions.ts';
import type { GroupQueryAnswer, GroupSendAnswer, PrivateQueryAnswer } from '../../wire/vendor/groups.ts';
import type { BatchRecallAnswer } from '../../wire/vendor/robot.ts';
import type { Route, RouteRequest } from '../server/route.ts';
import { createFailureLookup } from './robot.ts';

const groupPath = '/v1.0/robot/groupMessages';
const privatePath = '/v1.0/robot/privateChatMessages';

/** The calls for messages to groups and to conversations of two people. */
export const groupRoutes: readonly Route[] = [
  createSendRoute('group', `${groupPath}/send`),
  createQueryRoute(`${groupPath}/query`, async (request) => renderGroupPage(await query('group', request))),
  createRecallRoute('group', `${groupPath}/recall`, 'robotCode'),
  createRecallRoute('group', `${groupPath}/batchRecall`, 'chatbotId'),
  createSendRoute('private', `${privatePath}/send`),
  createQueryRoute(`${privatePath}/query`, async (request) => renderPrivatePage(await query('private', request))),
  createRecallRoute('private', `${privatePath}/batchRecall`, 'robotCode'),
];

function createSendRoute(family: Family, path: string): Route {
  const handler = async ({ context, call, caller, body }: RouteRequest): Promise<string> => {
    const { robotCode, openConversationId, msgKey, msgParam, coolAppCode } = body;
    const given = { robotCode, openConversationId, msgKey, msgParam, coolAppCode };
    const sending = { family, path, idempotencyKey: call.header(idempotencyHeader) };
    const { processQueryKey } = await sendToConversation(context, requireCaller(caller), given, sending);
    return JSON.stringify({ processQueryKey } satisfies GroupSendAnswer);
  };
  return { method: 'POST', path, permission, required: ['msgKey', 'msgParam'], handler };
}

function createQueryRoute(path: string, handler: Route['handler']): Route {
  return { method: 'POST', path, permission, required: ['processQueryKey'], handler };
}

function query(family: Family, { context, caller, body }: RouteRequest): Promise<Readers> {
  const { robotCode, openConversationId, processQueryKey, maxResults, nextToken } = body;
  const given: GroupQueryBody = { robotCode, openConversationId, processQueryKey, maxResults, nextToken };
  return queryReaders(context, requireCaller(caller), family, given);
}

function renderGroupPage({ sendStatus, users, nextToken }: Readers): string {
  return JSON.stringify({
    sendStatus,
    readUserIds: users.map(({ userId }) => userId),
    readUsers: users.map(({ unionId, userId }) => ({ unionId, userId })),
    ...(nextToken === undefined ? {} : { nextToken }),
    hasMore: nextToken !== undefined,
  } satisfies GroupQueryAnswer);
}

function renderPrivatePage({ sendStatus, users, nextToken }: Readers): string {
  return JSON.stringify({
    sendStatus,
    readUserIds: users.map(({ userId }) => userId),
    ...(nextToken === undefined ? {} : { nextToken }),
    hasMore: nextToken !== undefined,
  } satisfies PrivateQueryAnswer);
}

/** @param robotField the field that names the robot: the two recalls of the vendor name it differently */
function createRecallRoute(family: Family, path: string, robotField: 'robotCode' | 'chatbotId'): Route {
  const handler = async ({ context, call, caller, body }: RouteRequest): Promise<string> => {
    const { openConversationId, processQueryKeys } = body;
    const given = { robotCode: body[robotField], openConversationId, processQueryKeys };
    const faultOf = createFailureLookup(call.failing);
    const { recalled, failed } = await recallInConversation(context, requireCaller(caller), family, given, faultOf);
    return JSON.stringify({
      successResult: [...recalled],
      failedResult: Object.fromEntries(failed),
    } satisfies BatchRecallAnswer);
  };
  return {
    method: 'POST',
    path,
    permission,
    required: ['openConversationId', robotField, 'processQueryKeys'],
    handler,
  };
}
