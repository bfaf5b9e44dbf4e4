import type { Log } from '../../core/context.ts';
import { errcodes, OldHostError } from '../../wire/error-table/errcode.ts';
import { errors, WireError, wireError } from '../../wire/errors.ts';
import type { Answer } from './call.ts';

/** The content type of every JSON answer, as the vendor writes it. */
export const jsonType = 'application/json;charset=utf-8';

/**
 * The only place where an error becomes an answer. Gateway errors put `code` first and business errors `requestid`, as the vendor does.
 * What is not an error of the table is a failure of ours: `system.error`, with its cause in the log only.
 */
export function renderError(error: unknown, requestId: string, log: Log): Answer {
  if (error instanceof OldHostError) return renderOldHostError(error, requestId, log);
  const known = error instanceof WireError ? error : failure(error);
  // The vendor answers 500 to some mistakes of callers, too; those are not for the operator.
  const level = known.code === 'system.error' ? 'error' : 'debug';
  log[level]({ requestId, code: known.code, why: known.why, ...(known.cause ? { err: known.cause } : {}) }, 'refused');
  return {
    status: known.status,
    body: errorBody(known, requestId),
    error: known,
    ...(known.retryAfter === undefined ? {} : { headers: { 'retry-after': String(known.retryAfter) } }),
  };
}

/** HTTP 200 whatever happened. The error of the router for `/topapi/` carries a request id in its body, the others do not. */
function renderOldHostError(error: OldHostError, requestId: string, log: Log): Answer {
  const { errcode, why, cause } = error;
  const { submsg, retryAfter } = error.details;
  log[errcode === -1 ? 'error' : 'debug']({ requestId, errcode, why, ...(cause ? { err: cause } : {}) }, 'refused');
  const errmsg = errcodes[errcode].errmsg.replace('{submsg}', () => submsg ?? '');
  const body = submsg === undefined ? { errcode, errmsg } : { errcode, sub_msg: submsg, errmsg, request_id: requestId };
  return {
    status: 200,
    body: JSON.stringify(body),
    error: { code: String(errcode), why },
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
  };
}

function failure(cause: unknown): WireError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return wireError('system.error', { why, cause });
}

function errorBody(error: WireError, requestid: string): string {
  const { code, text: message, requiredScopes } = error;
  const denied = requiredScopes ? { accessdenieddetail: { requiredScopes } } : {};
  const isGateway = errors[code].layer === 'gateway';
  return JSON.stringify(isGateway ? { code, requestid, message, ...denied } : { requestid, code, message, ...denied });
}
