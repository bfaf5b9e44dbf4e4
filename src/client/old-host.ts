import type { Answer } from './answer.ts';
import { ApiError } from './errors.ts';

/** Returns the error of a response of the old host, which is HTTP 200; undefined if it is a success. */
export function findOldHostError({ fields, requestId, headers }: Answer): ApiError | undefined {
  const { errcode = 0, errmsg, sub_code: subCode, sub_msg: subMsg } = fields;
  if (Number(errcode) === 0) return undefined;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiError(String(subCode ?? errcode), String(subMsg ?? errmsg ?? 'no message'), {
    status: 200,
    requestId,
    retryAfter: seconds >= 0 ? seconds * 1000 : undefined,
    requiredScopes: [],
  });
}
