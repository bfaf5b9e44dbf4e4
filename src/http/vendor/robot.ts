import { requireCaller } from '../../core/access/caller.ts';
import { recall } from '../../core/recall.ts';
import { send } from '../../core/send.ts';
import type { ErrorCode } from '../../wire/errors.ts';
import { idempotencyHeader } from '../../wire/headers.ts';
import type { BatchRecallAnswer, BatchSendAnswer } from '../../wire/vendor/robot.ts';
import type { FailingKeys } from '../server/call.ts';
import type { RouteRequest } from '../server/route.ts';

export const batchSendPath = '/v1.0/robot/oToMessages/batchSend';
export const batchRecallPath = '/v1.0/robot/otoMessages/batchRecall';

/** `POST /v1.0/robot/oToMessages/batchSend` */
export async function batchSend({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, userIds, msgKey, msgParam } = body;
  const given = { robotCode, userIds, msgKey, msgParam };
  const sent = await send(context, requireCaller(caller), given, call.header(idempotencyHeader));
  return JSON.stringify({
    flowControlledStaffIdList: [...sent.flowControlled],
    invalidStaffIdList: [...sent.invalid],
    filteredStaffIdList: [...sent.filtered],
    processQueryKey: sent.processQueryKey,
  } satisfies BatchSendAnswer);
}

/** `POST /v1.0/robot/otoMessages/batchRecall` */
export async function batchRecall({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, processQueryKeys } = body;
  const given = { robotCode, processQueryKeys };
  const { recalled, failed } = await recall(context, requireCaller(caller), given, createFailureLookup(call.failing));
  return JSON.stringify({
    successResult: [...recalled],
    failedResult: Object.fromEntries(failed),
  } satisfies BatchRecallAnswer);
}

/** Returns a function that maps a key to the error code that a fault rule injects for it, or to undefined. */
export function createFailureLookup(failing: FailingKeys | undefined): (key: string) => ErrorCode | undefined {
  return (key) => (failing && (failing.keys === true || failing.keys.includes(key)) ? failing.code : undefined);
}
