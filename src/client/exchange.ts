/** Sends one HTTP request and parses its response. */
import { requestIdHeader } from '../wire/headers.ts';
import type { Answer, Fields } from './answer.ts';
import { readText, TooLongError, withDeadline } from './body.ts';
import { isObject } from './check.ts';
import { ApiError, ConnectionError } from './errors.ts';
import type { Settings } from './options.ts';

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Unencoded values: a processQueryKey contains `+`, `/` and `=`, which are percent-encoded in the URL. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The parameters of a call of the old host, which gets the token as one of them; with a file, a FormData. */
  readonly form?: Readonly<Record<string, string>> | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Sends a request once. Rejects with an ApiError for an error response, with a ConnectionError for no or an invalid
 * response, and with the reason of the caller's signal if it aborts.
 */
export async function sendRequest(settings: Settings, request: ApiRequest, attempt: number): Promise<Answer> {
  const { response, text, fields, time, requestId } = await exchange(settings, request, attempt);
  const { status, headers } = response;
  if (fields === undefined) throw createInvalidAnswer(request, response, requestId, text);
  if (!response.ok) throw createApiError(response, fields, requestId);
  if (request.form && fields.errcode !== 0) throw createOldHostError(response, fields);
  return { fields, time, headers, status, requestId };
}

/** Maximum size of a file in bytes. */
const maxFileBytes = 512 * 1024 * 1024;

/** Like `sendRequest`, for a call that returns a text file of the given type. */
export async function sendForFile(settings: Settings, request: ApiRequest, type: string): Promise<string> {
  const { response, text, fields, requestId } = await exchange(settings, request, 1, maxFileBytes);
  const isFile = response.headers.get('content-type')?.startsWith(type) ?? false;
  if (response.ok && isFile && text !== undefined) return text;
  if (!response.ok && fields) throw createApiError(response, fields, requestId);
  throw createInvalidAnswer(request, response, requestId, text);
}

type Exchanged = RawAnswer & {
  /** Undefined if the body is no JSON object. */
  readonly fields: Fields | undefined;
  readonly requestId: string | undefined;
  readonly time: number;
};

/** Sends a request, and publishes its events. */
async function exchange(
  settings: Settings,
  request: ApiRequest,
  attempt: number,
  maxBytes?: number,
): Promise<Exchanged> {
  const { on, now, serverTime } = settings;
  const { method, path } = request;
  const begun = now();
  on({ type: 'request', method, path, attempt });
  const { response, text } = await fetchAnswer(settings, request, maxBytes);
  const { status } = response;
  const fields = text === undefined ? undefined : parseFields(text);
  const requestId = response.headers.get(requestIdHeader) ?? toText(fields?.requestid ?? fields?.request_id);
  const ended = now();
  const time = serverTime.observe(response.headers, begun, ended);
  on({ type: 'answer', method, path, attempt, status, requestId, duration: ended - begun });
  return { response, text, fields, time, requestId };
}

function createInvalidAnswer(
  { method, path }: ApiRequest,
  { status }: Response,
  requestId: string | undefined,
  text: string | undefined,
): ConnectionError {
  const what = text === undefined ? 'a body that is too long' : 'no JSON object';
  return new ConnectionError('invalidAnswer', `${method} ${path} returned status ${status} with ${what}`, {
    requestId,
    status,
  });
}

type RawAnswer = {
  readonly response: Response;
  /** Undefined if the body is too long. */
  readonly text: string | undefined;
};

async function fetchAnswer(settings: Settings, request: ApiRequest, maxBytes?: number): Promise<RawAnswer> {
  const { fetch, timeout } = settings;
  const { method, path, query, form, headers, signal } = request;
  const base = form ? settings.oldEndpoint : settings.endpoint;
  const { body, type } = renderBody(request);
  signal?.throwIfAborted();
  let isLate = false;
  try {
    return await withDeadline(timeout, signal, async (deadline) => {
      deadline.addEventListener('abort', () => {
        isLate = signal?.aborted !== true;
      });
      const response = await fetch(`${base}${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
        method,
        // The API never redirects, and the token must not be sent to another server.
        redirect: 'error',
        headers: {
          accept: 'application/json',
          ...(type !== undefined && { 'content-type': type }),
          ...headers,
        },
        signal: deadline,
        ...(body !== undefined && { body }),
      });
      return { response, text: await readTextUnlessTooLong(response, deadline, maxBytes) };
    });
  } catch (cause) {
    signal?.throwIfAborted();
    if (isLate) {
      throw new ConnectionError('timeout', `${base} did not answer ${method} ${path} within ${timeout} ms`, {
        cause,
      });
    }
    throw new ConnectionError('connection', `${method} ${base}${path} failed: ${describeCause(cause)}`, {
      cause,
    });
  }
}

/** Renders a body with its content type; fetch adds that of a FormData, which contains the boundary. */
function renderBody({ form, body }: ApiRequest): { readonly body?: string | FormData; readonly type?: string } {
  if (form instanceof FormData) return { body: form };
  if (form) return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
  return body ? { body: JSON.stringify(body), type: 'application/json' } : {};
}

async function readTextUnlessTooLong(
  response: Response,
  signal: AbortSignal,
  maxBytes?: number,
): Promise<string | undefined> {
  try {
    return await readText(response, signal, maxBytes);
  } catch (error) {
    if (error instanceof TooLongError) return undefined;
    throw error;
  }
}

/** Describes why fetch failed: its own message is only "fetch failed", the reason is in the cause. */
function describeCause(error: unknown): string {
  const { cause = error } = Object(error) as { cause?: unknown };
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? cause);
}

function createApiError({ status, headers }: Response, body: Fields, requestId: string | undefined): ApiError {
  const detail = body.accessdenieddetail as { requiredScopes?: unknown } | undefined;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiError(toText(body.code) ?? `http.${status}`, toText(body.message) ?? 'no message', {
    status,
    requestId,
    retryAfter: seconds >= 0 ? seconds * 1000 : undefined,
    requiredScopes: toTexts(detail?.requiredScopes),
  });
}

/** The codes of the versioned API for errors that concern token, permission and rate, by `sub_code`. */
const codesBySubCode: Readonly<Record<string, string>> = {
  40000: 'AuthenticationFailed.MissingParameter',
  40014: 'InvalidAuthentication',
  60011: 'Forbidden.AccessDenied.AccessTokenPermissionDenied',
  90018: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
};

/** Creates the error of a call of the old host, whose status is 200: its code is that of the versioned API, or `errcode`. */
function createOldHostError({ status, headers }: Response, body: Fields): ApiError {
  const { errcode, errmsg, request_id, sub_code } = body;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiError(codesBySubCode[String(sub_code)] ?? String(errcode), toText(errmsg) ?? 'no message', {
    status: errcode === -1 ? 500 : status,
    requestId: toText(request_id),
    retryAfter: seconds >= 0 ? seconds * 1000 : undefined,
  });
}

function parseFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the value if it is a string, else undefined. */
function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns the strings of a list; an empty list for any other value. */
function toTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
