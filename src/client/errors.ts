/** What a client throws. Every error has a code to decide by, and the request id under which the server has logged the call. */
import type { ErrorCode } from '../wire/errors.ts';

/** A code of the error table, or one that a newer server or the vendor answers. */
export type ApiCode = ErrorCode | (string & {});

type Facts = {
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
};

/** What all errors of the client have in common. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly code: string;
  /** The server's id of the request; absent when no answer came. */
  readonly requestId: string | undefined;

  constructor(code: string, message: string, { requestId, cause }: Facts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.requestId = requestId;
  }
}

/** The server has answered with an error. */
export class ApiError extends ClientError {
  override readonly name = 'ApiError';
  declare readonly code: ApiCode;
  /** HTTP status. */
  readonly status: number;
  /** Milliseconds until a repeat makes sense, where the server says so. */
  readonly retryAfter: number | undefined;
  /** Permissions that the app needs and does not have. */
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
 * No usable answer came: `connection` (refused, dropped, no such host), `timeout`, or `invalidAnswer` (not what the API answers). What
 * was asked for may have happened all the same.
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
