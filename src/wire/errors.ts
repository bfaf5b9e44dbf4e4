/**
 * The errors of all APIs. Handlers throw a WireError, and src/http/server/render.ts writes it as a response by the
 * error table.
 */

import { errorTable } from './error-table/index.ts';
import type { ErrorRow } from './error-table/row.ts';

export type { ErrorRow } from './error-table/row.ts';

/** Every error code that the server can return, except the `errcode`s of the old host. */
export type ErrorCode = keyof typeof errorTable;

/** A field of a request body whose absence has its own error code, `Missing` + the field name. */
export type RequiredField = Exclude<
  ErrorCode extends infer C ? (C extends `Missing${infer F}` ? F : never) : never,
  'body'
>;

/** The row of each code: HTTP status, message on the wire, layer, anchor in the reference, summary. */
export const errors: { readonly [code in ErrorCode]: ErrorRow } = errorTable;

/**
 * Value for `{hint}` of `invalid.processQueryKey` if the key contains a space, because a `+` was sent without URL
 * encoding.
 */
export const unencodedKeyHint = '，疑似未做URL编码（加号变成了空格）';

/** The details of one error: its actual cause, and the variable parts of the response. */
export type Cause = {
  /** The actual cause as a sentence, for logs and the emulator's request journal; never sent to the caller. */
  readonly why: string;
  /** Values for the placeholders of the message. */
  readonly fill?: Readonly<Record<string, string>>;
  /** Replaces the HTTP status of the table. */
  readonly status?: number;
  /** Replaces the message of the table, where a call has several messages for the code. */
  readonly message?: string;
  /** Permissions that the app lacks. */
  readonly requiredScopes?: readonly string[];
  /** Seconds until the caller should retry. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
};

/** An error response, by the error table. */
export class WireError extends Error {
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  readonly why: string;
  /** The message on the wire, with placeholders filled. */
  readonly text: string;
  readonly requiredScopes?: readonly string[];
  /** Seconds. */
  readonly retryAfter?: number;

  constructor(code: ErrorCode, cause: Cause) {
    super(`${code}: ${cause.why}`, cause.cause === undefined ? undefined : { cause: cause.cause });
    this.name = 'WireError';
    this.code = code;
    this.status = cause.status ?? errors[code].status;
    this.why = cause.why;
    this.text = fillPlaceholders(cause.message ?? errors[code].message, cause.fill ?? {});
    if (cause.requiredScopes !== undefined) this.requiredScopes = cause.requiredScopes;
    if (cause.retryAfter !== undefined) this.retryAfter = cause.retryAfter;
  }
}

/** A code of huizhi's own, as opposed to the vendor's. */
type HuizhiCode = Extract<ErrorCode, `huizhi.${string}`>;

/** Creates the error of a code, for the caller to throw. */
export function wireError(code: ErrorCode, cause: Cause): WireError {
  return new WireError(code, cause);
}

/**
 * Creates an error of huizhi's own whose message contains a reason. The reason is also its cause in the log.
 *
 * @param more the underlying error, and the seconds after which a repeat makes sense
 */
export function huizhiError(
  code: HuizhiCode,
  reason: string,
  more: Pick<Cause, 'cause' | 'retryAfter'> = {},
): WireError {
  return wireError(code, { why: reason, fill: { reason }, ...more });
}

// Values may come from the caller. They are cut to this length, so that a response never echoes a long text.
const longestValue = 200;

function fillPlaceholders(message: string, values: Readonly<Record<string, string>>): string {
  return message.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    (values[name] ?? '').slice(0, longestValue).toWellFormed(),
  );
}
