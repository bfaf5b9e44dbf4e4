/** The errors that a client throws. Each has a `code`, and the request id under which the server logged the call. */
import type { ErrorCode } from '../wire/errors.ts';

/** A code of the error reference, or any other code that the server returns. */
export type ApiCode = ErrorCode | (string & {});

type Facts = {
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
};

/** Base class of all errors of the client. Its own code is `token`: the function that supplies the token failed. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly code: string;
  /** The server's id of the request; undefined if there was no response. */
  readonly requestId: string | undefined;

  constructor(code: string, message: string, { requestId, cause }: Facts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.requestId = requestId;
  }
}

/** The server returned an error. */
export class ApiError extends ClientError {
  override readonly name = 'ApiError';
  declare readonly code: ApiCode;
  /** HTTP status. */
  readonly status: number;
  /** Milliseconds to wait before a repeat, from the `Retry-After` header; undefined without it. */
  readonly retryAfter: number | undefined;
  /** Permissions that the app lacks. */
  readonly requiredScopes: readonly string[];

  constructor(
    code: ApiCode,
    message: string,
    facts: Facts & { status: number; retryAfter?: number | undefined; requiredScopes?: readonly string[] },
  ) {
    super(code, `${code}: ${message}`, facts);
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
    this.requiredScopes = facts.requiredScopes ?? [];
  }
}

/**
 * There was no usable response: `connection` (refused, dropped, unknown host), `timeout`, or `invalidAnswer` (not a
 * response of the API). The server may have processed the call nevertheless.
 */
export class ConnectionError extends ClientError {
  override readonly name = 'ConnectionError';
  declare readonly code: 'connection' | 'timeout' | 'invalidAnswer';
  /** HTTP status of an `invalidAnswer`. */
  readonly status: number | undefined;

  constructor(
    code: ConnectionError['code'],
    message: string,
    { status, ...facts }: Facts & { readonly status?: number | undefined } = {},
  ) {
    super(code, message, facts);
    this.status = status;
  }
}

/** Whether the server has refused a call because there were too many; nothing has happened then. */
export function isThrottled(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 429 || /\.Qp[sm]LimitFor/.test(error.code));
}
