import type { Context, Eventually } from '../../core/context.ts';
import {
  createTextCache,
  openQuery,
  type Person,
  type ReadStatusQuery,
  type Receipt,
  readStatus,
} from '../../core/read-status.ts';
import { leftHeader } from '../../wire/headers.ts';
import type { ReadStatusAnswer } from '../../wire/vendor/robot.ts';
import { knownCaller, type RouteRequest, type Success } from '../server/gateway.ts';
import { checkedParameter } from '../server/query.ts';

/**
 * `GET /v1.0/robot/oToMessages/readStatus`. The body holds the bytes of its UTF-8, one in each character. It is written piece by piece, since
 * building an object first costs as much as finding the receipt; and names are encoded once for each person. Both together took a third off a
 * readStatus of a random key.
 */
export function createReadStatusRoute({ seal }: Pick<Context, 'seal'>) {
  const repeated = createTextCache<Repeated>(querySets);
  seal.onReplace(repeated.clear);
  return ({ context, call, caller }: RouteRequest): Eventually<Success> => {
    const known = repeated.get(call.query);
    const query = known ? known.query : parseQuery(context, call.query);
    if (known === undefined && call.query.length <= longestQuery && query.key && repeated.admits(call.query))
      repeated.set(call.query, { query, receipt: undefined, success: undefined });
    const receipt = readStatus(context, knownCaller(caller), query);
    const unit = context.options.readTimestamp;
    if (receipt instanceof Promise) return receipt.then((found) => toSuccess(found, render(found, unit)));
    return known ? renderOnce(known, receipt, unit) : toSuccess(receipt, render(receipt, unit));
  };
}

/** Sets of the cache of queries: up to 8192 of them, a kilobyte or two each. */
const querySets = 4096;
/** Characters; a cached query keeps its URL in memory, and no query of a working program is longer. */
const longestQuery = 512;

/** A query that was made before; `success` was rendered from `receipt`, and is right as long as the store returns the same object. */
type Repeated = { readonly query: ReadStatusQuery; receipt: Receipt | undefined; success: Success | undefined };

type Unit = Context['options']['readTimestamp'];

function parseQuery(context: Context, query: string): ReadStatusQuery {
  return openQuery(context, checkedParameter(query, 'robotCode'), checkedParameter(query, 'processQueryKey'));
}

/** The memo of a rendered receipt: the only place where one is cached. */
function renderOnce(repeated: Repeated, receipt: Receipt, unit: Unit): Success {
  if (repeated.receipt !== receipt || repeated.success === undefined) {
    repeated.receipt = receipt;
    repeated.success = toSuccess(receipt, flatten(render(receipt, unit)));
  }
  return repeated.success;
}

/** Adds the header with the number of recipients who left without reading, if there are any. */
function toSuccess(receipt: Receipt, body: string): Success {
  const left = countUnreadLeavers(receipt);
  return left === 0 ? body : { body, headers: { [leftHeader]: String(left) } };
}

function countUnreadLeavers({ deliveries }: Receipt): number {
  let left = 0;
  for (const { user, readAt } of deliveries) if (user.leftAt !== null && readAt === null) left++;
  return left;
}

/** A {@link ReadStatusAnswer} as text. */
export function render(receipt: Receipt, unit: Unit): string {
  let text = `{"sendStatus":"${sendStatus(receipt)}","messageReadInfoList":[`;
  if (touchPeople(receipt) === 0) return `${text}]}`;
  let comma = '';
  for (const { user, readAt } of receipt.deliveries) {
    text += comma + (user.text ?? beginItem(user));
    text += readAt === null ? '"UNREAD"}' : `"READ"${timestamp(readAt, unit)}}`;
    comma = ',';
  }
  return `${text}]}`;
}

/**
 * Returns the characters of all people in a receipt. Each person is somewhere else in memory. Touched in a loop that does nothing else, they
 * are loaded into the processor's caches side by side; touched while the text is written, one after the other, which took twice as long for five.
 */
function touchPeople({ deliveries }: Receipt): number {
  let length = 0;
  for (const { user } of deliveries) length += (user.text ?? beginItem(user)).length;
  return length;
}

/** Renders the beginning of a person's item, and stores it with the person: the bytes of its UTF-8. All else in the body is ASCII. */
function beginItem(person: Person): string {
  person.text = utf8(`{"name":${JSON.stringify(person.name)},"userId":${JSON.stringify(person.code)},"readStatus":`);
  return person.text;
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1');

/** V8 stores a concatenation as a tree until a character is read; the tree would be walked for each response again. */
function flatten(text: string): string {
  text.charCodeAt(0);
  return text;
}

function timestamp(readAt: number, unit: Unit): string {
  if (unit === 'off') return '';
  return `,"readTimestamp":${unit === 'seconds' ? Math.floor(readAt / 1000) : readAt}`;
}

function sendStatus({ state, recalledAt }: Receipt): ReadStatusAnswer['sendStatus'] {
  if (recalledAt !== null) return 'RECALLED';
  return state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
}
