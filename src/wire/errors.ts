/** The errors of every surface. The table says what each code means; handlers throw, and one edge turns a WireError into bytes. */

import { errorTable } from './error-table/index.ts';
import type { ErrorRow } from './error-table/row.ts';

export type { ErrorRow } from './error-table/row.ts';

/** Every code that the server can answer. */
export type ErrorCode = keyof typeof errorTable;

/** A field of a request body whose absence has a code of its own. */
export type RequiredField = Exclude<
  ErrorCode extends infer C ? (C extends `Missing${infer F}` ? F : never) : never,
  'body'
>;

/** What each code means: HTTP status, text on the wire, layer, anchor in the reference, one line of explanation. */
export const errors: { readonly [code in ErrorCode]: ErrorRow } = errorTable;

/** Fills `{hint}` of `invalid.processQueryKey` when a space in the key shows that a `+` was sent without encoding. */
export const unencodedKeyHint = '，疑似未做URL编码（加号变成了空格）';

/** What lies behind an error: the real cause, and what the answer needs beside the table's row. */
export type Cause = {
  /** The real cause in words, for logs and the emulator's list of requests; never sent to the caller. */
  readonly why: string;
  /** Values for the placeholders of the message. */
  readonly fill?: Readonly<Record<string, string>>;
  /** Permissions that the app would need. */
  readonly requiredScopes?: readonly string[];
  /** Seconds until a repeat makes sense. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
};

/** An answer that is an error of the table. */
export class WireError extends Error {
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  readonly why: string;
  /** The message on the wire, placeholders filled. */
  readonly text: string;
  readonly requiredScopes?: readonly string[];
  /** Seconds. */
  readonly retryAfter?: number;

  constructor(code: ErrorCode, cause: Cause) {
    super(`${code}: ${cause.why}`, cause.cause === undefined ? undefined : { cause: cause.cause });
    this.name = 'WireError';
    this.code = code;
    this.status = errors[code].status;
    this.why = cause.why;
    this.text = filled(errors[code].message, cause.fill ?? {});
    if (cause.requiredScopes !== undefined) this.requiredScopes = cause.requiredScopes;
    if (cause.retryAfter !== undefined) this.retryAfter = cause.retryAfter;
  }
}

/** Makes the error of a code; throw it. */
export function wireError(code: ErrorCode, cause: Cause): WireError {
  return new WireError(code, cause);
}

// A value may come from the caller: it is cut, so that an answer never echoes a long text.
const longestValue = 200;

function filled(message: string, values: Readonly<Record<string, string>>): string {
  return message.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    (values[name] ?? '').slice(0, longestValue).toWellFormed(),
  );
}
