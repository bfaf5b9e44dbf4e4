import type { Caller, Context, Eventually } from '../core/context.ts';
import { type Parameter, type Receipt, readStatus } from '../core/read-status.ts';
import { recall } from '../core/recall.ts';
import { send } from '../core/send.ts';
import { wireError } from '../wire/errors.ts';
import { idempotencyHeader } from '../wire/headers.ts';
import type { BatchRecallAnswer, BatchSendAnswer, MessageReadInfo, ReadStatusAnswer } from '../wire/robot.ts';
import type { RouteRequest } from './gateway.ts';

/** `POST /v1.0/robot/oToMessages/batchSend` */
export async function batchSend({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, userIds, msgKey, msgParam } = body;
  const given = { robotCode, userIds, msgKey, msgParam };
  const sent = await send(context, known(caller), given, call.header(idempotencyHeader));
  return JSON.stringify({
    flowControlledStaffIdList: [...sent.flowControlled],
    invalidStaffIdList: [...sent.invalid],
    filteredStaffIdList: [...sent.filtered],
    processQueryKey: sent.processQueryKey,
  } satisfies BatchSendAnswer);
}

/** `GET /v1.0/robot/oToMessages/readStatus` */
export function readStatusRoute({ context, call, caller }: RouteRequest): Eventually<string> {
  const [robotCode, key] = parameters(call.query.parameter);
  const receipt = readStatus(context, known(caller), robotCode, key);
  return receipt instanceof Promise ? receipt.then((later) => rendered(context, later)) : rendered(context, receipt);
}

function parameters(parameter: (name: string) => Parameter): readonly [Parameter, Parameter] {
  try {
    return [parameter('robotCode'), parameter('processQueryKey')];
  } catch (cause) {
    throw wireError('invalidParameter.param.invalid', { why: 'a percent escape of the query is broken', cause });
  }
}

/** The text of a receipt, kept as long as the receipt is the same object, which it is until something about it changes. */
const texts = new WeakMap<Receipt, string>();

function rendered({ options }: Context, receipt: Receipt): string {
  const kept = texts.get(receipt);
  if (kept !== undefined) return kept;
  const text = JSON.stringify(toAnswer(receipt, options.readTimestamp));
  texts.set(receipt, text);
  return text;
}

function toAnswer(receipt: Receipt, unit: Context['options']['readTimestamp']): ReadStatusAnswer {
  return {
    sendStatus: sendStatus(receipt),
    messageReadInfoList: receipt.deliveries.map(({ userName, userCode, readAt }): MessageReadInfo => {
      if (readAt === null) return { name: userName, userId: userCode, readStatus: 'UNREAD' };
      const read = { name: userName, userId: userCode, readStatus: 'READ' as const };
      return unit === 'off'
        ? read
        : { ...read, readTimestamp: unit === 'seconds' ? Math.floor(readAt / 1000) : readAt };
    }),
  };
}

function sendStatus({ state, recalledAt }: Receipt): ReadStatusAnswer['sendStatus'] {
  if (recalledAt !== null) return 'RECALLED';
  return state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
}

/** `POST /v1.0/robot/otoMessages/batchRecall` */
export async function batchRecall({ context, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, processQueryKeys } = body;
  const { recalled, failed } = await recall(context, known(caller), { robotCode, processQueryKeys });
  return JSON.stringify({
    successResult: [...recalled],
    failedResult: Object.fromEntries(failed),
  } satisfies BatchRecallAnswer);
}

/** A route with a permission always has a caller. */
function known(caller: Caller | undefined): Caller {
  if (!caller) throw new TypeError('a robot call was routed without its permission');
  return caller;
}
