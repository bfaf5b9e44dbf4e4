import type { Log } from '../../core/context.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { errors, WireError, wireError } from '../../wire/errors.ts';
import type { Answer } from './call.ts';

/** The content type of every JSON response, spelled as the vendor does. */
export const jsonType = 'application/json;charset=utf-8';

/**
 * Renders an error as a response and logs it. No other code does this. Gateway errors put `code` first and business
 * errors `requestid`, as the vendor does. Any error that is not in the error table becomes `system.error`, whose cause
 * is only logged.
 */
export function renderError(error: unknown, requestId: string, log: Log): Answer {
  if (error instanceof OldHostError) return renderOldHostError(error, requestId, log);
  const refusal = error instanceof WireError ? error : toSystemError(error);
  // Not by status: the vendor answers some mistakes of callers with 500 too, and those do not concern the operator.
  const level = refusal.code === 'system.error' ? 'error' : 'debug';
  log[level](
    { requestId, code: refusal.code, why: cutWhy(refusal.why), ...(refusal.cause ? { err: refusal.cause } : {}) },
    'refused',
  );
  return {
    status: refusal.status,
    body: renderBody(refusal, requestId),
    error: refusal,
    ...(refusal.retryAfter === undefined ? {} : { headers: { 'retry-after': String(refusal.retryAfter) } }),
  };
}

/** Characters of a cause in the log. It may quote what the caller has sent. */
const longestWhy = 500;

/** Cuts the cause of a refusal for the log. */
export function cutWhy(why: string): string {
  return why.length > longestWhy ? `${why.slice(0, longestWhy)}…` : why;
}

/** Renders an error of the old host, always with HTTP 200. */
function renderOldHostError(error: OldHostError, requestId: string, log: Log): Answer {
  const { errcode, why, cause, text } = error;
  const { subcode, submsg, hasRequestId, retryAfter } = error.details;
  // Without a cause, the call was refused: there are too many bodies, or no space is left for media.
  log[errcode === -1 && cause !== undefined ? 'error' : 'debug'](
    { requestId, errcode, why, ...(cause ? { err: cause } : {}) },
    'refused',
  );
  const body = {
    errcode,
    ...(subcode !== undefined && { sub_code: subcode }),
    ...(submsg !== undefined && { sub_msg: submsg }),
    errmsg: text,
    ...(hasRequestId && { request_id: requestId }),
  };
  return {
    status: 200,
    body: JSON.stringify(body),
    error: { code: String(errcode), why },
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
  };
}

function toSystemError(cause: unknown): WireError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return wireError('system.error', { why, cause });
}

function renderBody(error: WireError, requestid: string): string {
  const { code, text: message, requiredScopes } = error;
  const denied = requiredScopes ? { accessdenieddetail: { requiredScopes } } : {};
  const isGateway = errors[code].layer === 'gateway';
  return JSON.stringify(isGateway ? { code, requestid, message, ...denied } : { requestid, code, message, ...denied });
}
