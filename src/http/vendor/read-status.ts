import { requireCaller } from '../../core/access/caller.ts';
import type { Context, Eventually } from '../../core/context.ts';
import {
  createTextCache,
  type Person,
  parseStatusQuery,
  type ReadStatusQuery,
  type Receipt,
  readStatus,
} from '../../core/read-status.ts';
import { leftHeader } from '../../wire/headers.ts';
import type { ReadStatusAnswer } from '../../wire/vendor/robot.ts';
import { flatten } from '../server/headers.ts';
import { findValidParameter } from '../server/query.ts';
import type { RouteRequest, Success } from '../server/route.ts';

export const readStatusPath = '/v1.0/robot/oToMessages/readStatus';

/**
 * Creates the handler of `GET /v1.0/robot/oToMessages/readStatus`. The body is a byte string (see `Answer.bytes`). It
 * is concatenated directly, since building an object first costs as much as finding the receipt, and the name of each
 * user is encoded only once. Both together made a readStatus of a random key a third faster.
 */
export function createReadStatusRoute({ seal, lookups }: Pick<Context, 'seal' | 'lookups'>) {
  const queries = createTextCache<CachedQuery>(querySets);
  lookups.set('queries', queries.lookups);
  seal.onReplace(queries.clear);
  return ({ context, call, caller }: RouteRequest): Eventually<Success> => {
    const cached = queries.get(call.query);
    const query = cached ? cached.query : parseQuery(context, call.query);
    if (cached === undefined && call.query.length <= longestQuery && query.key && queries.admits(call.query))
      queries.set(call.query, { query, receipt: undefined, success: undefined });
    const receipt = readStatus(context, requireCaller(caller), query);
    const unit = context.options.readTimestamp;
    if (receipt instanceof Promise) return receipt.then((found) => toSuccess(found, render(found, unit)));
    return cached ? renderOnce(cached, receipt, unit) : toSuccess(receipt, render(receipt, unit));
  };
}

/** Sets of the query cache, of two entries each: up to 8192 queries, of one or two kilobytes each. */
const querySets = 4096;
/** Characters. Longer queries are not cached, because the cache holds their text; no working program sends them. */
const longestQuery = 512;

/** A cached query. `success` was rendered from `receipt`, and is valid as long as the store returns the same object. */
type CachedQuery = { readonly query: ReadStatusQuery; receipt: Receipt | undefined; success: Success | undefined };

type Unit = Context['options']['readTimestamp'];

function parseQuery(context: Context, query: string): ReadStatusQuery {
  return parseStatusQuery(
    context,
    findValidParameter(query, 'robotCode'),
    findValidParameter(query, 'processQueryKey'),
  );
}

/**
 * Renders a receipt, or returns the cached response if the receipt is unchanged. Rendered receipts are cached nowhere
 * else.
 */
function renderOnce(cached: CachedQuery, receipt: Receipt, unit: Unit): Success {
  if (cached.receipt !== receipt || cached.success === undefined) {
    cached.receipt = receipt;
    cached.success = toSuccess(receipt, flatten(render(receipt, unit)));
  }
  return cached.success;
}

/** Adds the header with the number of unread recipients who left their organization, if there are any. */
function toSuccess(receipt: Receipt, body: string): Success {
  const left = countUnreadLeavers(receipt);
  return left === 0 ? body : { body, headers: { [leftHeader]: String(left) } };
}

function countUnreadLeavers({ deliveries }: Receipt): number {
  let left = 0;
  for (const { user, readAt } of deliveries) if (user.leftAt !== null && readAt === null) left++;
  return left;
}

/** Renders a {@link ReadStatusAnswer} as a byte string of JSON. */
export function render(receipt: Receipt, unit: Unit): string {
  let text = `{"sendStatus":"${toSendStatus(receipt)}","messageReadInfoList":[`;
  if (prefetchUsers(receipt) === 0) return `${text}]}`;
  let comma = '';
  for (const { user, readAt } of receipt.deliveries) {
    text += comma + (user.text ?? renderItemStart(user));
    text += readAt === null ? '"UNREAD"}' : `"READ"${renderTimestamp(readAt, unit)}}`;
    comma = ',';
  }
  return `${text}]}`;
}

/**
 * Returns the total length of the rendered users of a receipt (0 if it has none). Reading them loads them into the
 * processor's caches. They are scattered in memory: in a loop that does nothing else the processor loads them in
 * parallel; loaded one by one while rendering, five users took twice as long.
 */
function prefetchUsers({ deliveries }: Receipt): number {
  let length = 0;
  for (const { user } of deliveries) length += (user.text ?? renderItemStart(user)).length;
  return length;
}

/**
 * Renders the beginning of a user's item as a byte string and caches it with the user. The rest of the body is ASCII.
 */
function renderItemStart(person: Person): string {
  person.text = toByteString(
    `{"name":${JSON.stringify(person.name)},"userId":${JSON.stringify(person.code)},"readStatus":`,
  );
  return person.text;
}

const toByteString = (text: string) => Buffer.from(text).toString('latin1');

function renderTimestamp(readAt: number, unit: Unit): string {
  if (unit === 'off') return '';
  return `,"readTimestamp":${unit === 'seconds' ? Math.floor(readAt / 1000) : readAt}`;
}

function toSendStatus({ state, recalledAt }: Receipt): ReadStatusAnswer['sendStatus'] {
  if (recalledAt !== null) return 'RECALLED';
  return state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
}
