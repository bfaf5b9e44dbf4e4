import type { Log } from '../../core/context.ts';
import { errors, WireError, wireError } from '../../wire/errors.ts';
import type { Answer } from './call.ts';

/** The content type of every JSON answer, as the vendor writes it. */
export const jsonType = 'application/json;charset=utf-8';

/**
 * The only place where an error becomes an answer. Gateway errors put `code` first and business errors `requestid`, as the vendor does.
 * What is not an error of the table is a failure of ours: `system.error`, with its cause in the log only.
 */
export function renderError(error: unknown, requestId: string, log: Log): Answer {
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
