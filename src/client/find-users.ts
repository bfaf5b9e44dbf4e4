import type { Answer } from './answer.ts';
import { createAnswerReader } from './answer.ts';
import type { Caller } from './call.ts';
import { checkValue, filledStrings, isObject } from './check.ts';
import { ApiError, ConnectionError } from './errors.ts';
import type { CallOptions } from './options.ts';
import { mapConcurrently } from './pace.ts';

/** The result of a search for users. Every mobile is in exactly one of the two lists. */
export type FoundUsers = {
  readonly found: readonly { readonly mobile: string; readonly userId: string }[];
  /** Mobiles that no user of the organization has, or none whom the app may see. */
  readonly unknown: readonly string[];
};

/** The errcodes for a mobile number that no user has, and for a text that is not a number. */
const notFound: readonly string[] = ['60121', '40104'];

/**
 * Finds the users with these mobiles, in one call for each. Rejects with the first error if a call fails.
 * https://open.dingtalk.com/document/development/query-users-by-phone-number
 */
export async function findUsers(
  caller: Caller,
  mobiles: string | readonly string[],
  { signal }: CallOptions = {},
): Promise<FoundUsers> {
  checkValue('findUsers: mobiles', mobiles, filledStrings);
  const all = [...new Set([mobiles].flat())];
  const userIds = await mapConcurrently(all, caller.settings.concurrency, (mobile) => find(caller, mobile, signal));
  const found = all.flatMap((mobile, i) => {
    const userId = userIds[i];
    return userId === undefined ? [] : [{ mobile, userId }];
  });
  return { found, unknown: all.filter((_, i) => userIds[i] === undefined) };
}

async function find(caller: Caller, mobile: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const path = '/topapi/v2/user/getbymobile';
  try {
    const answer = await caller.call({ method: 'POST', path, form: { mobile }, signal }, true);
    return createAnswerReader('getbymobile', readResult(answer)).text('userid');
  } catch (error) {
    if (error instanceof ApiError && notFound.includes(error.code)) return undefined;
    throw error;
  }
}

function readResult(answer: Answer): Answer {
  const { result } = answer.fields;
  if (isObject(result)) return { ...answer, fields: result };
  const { requestId, status } = answer;
  throw new ConnectionError('invalidAnswer', 'getbymobile returned result, which is not an object', {
    requestId,
    status,
  });
}
