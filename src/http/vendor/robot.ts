import { createOpenedCache } from '../../core/access/opened.ts';
import type { Caller, Context, Eventually } from '../../core/context.ts';
import { type Parameter, type Person, type Receipt, readStatus } from '../../core/read-status.ts';
import { recall } from '../../core/recall.ts';
import { send } from '../../core/send.ts';
import type { ErrorCode } from '../../wire/errors.ts';
import { idempotencyHeader, leftHeader } from '../../wire/headers.ts';
import type { BatchRecallAnswer, BatchSendAnswer, ReadStatusAnswer } from '../../wire/vendor/robot.ts';
import type { FailingKeys } from '../server/call.ts';
import type { RouteRequest, Success } from '../server/gateway.ts';
import { checkedParameter } from '../server/query.ts';

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
export function readStatusRoute({ context, call, caller }: RouteRequest): Eventually<Success> {
  const before = asked.get(call.query);
  const { robotCode, key } = before ?? questionIn(call.query);
  return readStatus(context, known(caller), robotCode, key, (receipt) => {
    // Who asks about a message twice will ask again.
    if (before === undefined && receipt.text !== undefined && call.query.length <= longestAsked)
      asked.set(call.query, { robotCode, key });
    const body = rendered(context, receipt);
    return receipt.unreadLeft === 0 ? body : { body, headers: { [leftHeader]: String(receipt.unreadLeft) } };
  });
}

type Question = { readonly robotCode: Parameter; readonly key: Parameter };

/** Query texts that were taken apart before. What they say depends on nothing else, so all servers of a process share this. */
const asked = createOpenedCache<Question>(4096);
/** Characters; no query that is in earnest is longer. */
const longestAsked = 512;

function questionIn(query: string): Question {
  return { robotCode: checkedParameter(query, 'robotCode'), key: checkedParameter(query, 'processQueryKey') };
}

/**
 * A {@link ReadStatusAnswer} as text, kept with the receipt, which is the same object until something about it changes. Written piece by
 * piece: building it as an object first would cost as much as the store.
 */
function rendered({ options }: Context, receipt: Receipt): string {
  if (receipt.text !== undefined) return receipt.text;
  let text = `{"sendStatus":"${sendStatus(receipt)}","messageReadInfoList":[`;
  if (fetched(receipt) === 0) return `${text}]}`;
  let comma = '';
  for (const { user, readAt } of receipt.deliveries) {
    text += comma + (user.text ?? beginning(user));
    text += readAt === null ? '"UNREAD"}' : `"READ"${timestamp(readAt, options.readTimestamp)}}`;
    comma = ',';
  }
  receipt.text = flat(`${text}]}`);
  return receipt.text;
}

/**
 * Returns the length of the texts of all recipients, and counts those who left without reading. The texts are at different places in
 * memory: a loop that does little else loads them into the processor's caches in parallel, while reading them as the answer is written
 * loads one after the other, which took twice as long for five recipients.
 */
function fetched(receipt: Receipt): number {
  let length = 0;
  let left = 0;
  for (const { user, readAt } of receipt.deliveries) {
    length += (user.text ?? beginning(user)).length;
    if (user.leftAt !== null && readAt === null) left++;
  }
  receipt.unreadLeft = left;
  return length;
}

/** How the item of a person begins, kept with the person as the bytes of its UTF-8; all else in the answer is ASCII. */
function beginning(person: Person): string {
  person.text = utf8(`{"name":${JSON.stringify(person.name)},"userId":${JSON.stringify(person.code)},"readStatus":`);
  return person.text;
}

/** V8 keeps a concatenation as a tree until a character is asked for; the tree would be walked for each answer again. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1');

function timestamp(readAt: number, unit: Context['options']['readTimestamp']): string {
  if (unit === 'off') return '';
  return `,"readTimestamp":${unit === 'seconds' ? Math.floor(readAt / 1000) : readAt}`;
}

function sendStatus({ state, recalledAt }: Receipt): ReadStatusAnswer['sendStatus'] {
  if (recalledAt !== null) return 'RECALLED';
  return state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
}

/** `POST /v1.0/robot/otoMessages/batchRecall` */
export async function batchRecall({ context, call, caller, body }: RouteRequest): Promise<string> {
  const { robotCode, processQueryKeys } = body;
  const given = { robotCode, processQueryKeys };
  const { recalled, failed } = await recall(context, known(caller), given, reasonsOf(call.failing));
  return JSON.stringify({
    successResult: [...recalled],
    failedResult: Object.fromEntries(failed),
  } satisfies BatchRecallAnswer);
}

/** The reason for which a fault lets a key fail, or undefined. */
function reasonsOf(failing: FailingKeys | undefined): (key: string) => ErrorCode | undefined {
  return (key) => (failing && (failing.keys === true || failing.keys.includes(key)) ? failing.code : undefined);
}

/** A route with a permission always has a caller. */
function known(caller: Caller | undefined): Caller {
  if (!caller) throw new TypeError('a robot call was routed without its permission');
  return caller;
}
