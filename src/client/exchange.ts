/** One request and its answer, as typed results and typed errors. */
import { requestIdHeader } from '../wire/headers.ts';
import type { Answer, Fields } from './answer.ts';
import { readText, TooLongError, withDeadline } from './body.ts';
import { isObject } from './check.ts';
import { ApiError, ConnectionError } from './errors.ts';
import type { Settings } from './options.ts';

export type Ask = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Encoded here; a processQueryKey holds `+`, `/` and `=`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
};

/** Asks once. Throws an ApiError for an answer that is an error, a ConnectionError for none, or the reason of the caller's signal. */
export async function exchange(settings: Settings, ask: Ask, attempt: number): Promise<Answer> {
  const { on, now, serverTime } = settings;
  const { method, path } = ask;
  const begun = now();
  on({ type: 'request', method, path, attempt });
  const { response, text } = await answerOf(settings, ask);
  const { status } = response;
  const fields = text === undefined ? undefined : fieldsOf(text);
  const requestId = response.headers.get(requestIdHeader) ?? textOf(fields?.requestid);
  const ended = now();
  const time = serverTime.observe(response.headers, begun, ended);
  on({ type: 'answer', method, path, attempt, status, requestId, duration: ended - begun });
  if (fields === undefined) {
    const what = text === undefined ? 'with more than any answer of the API has' : 'without a JSON object';
    const message = `${method} ${path} was answered ${status} ${what}`;
    throw new ConnectionError('invalidAnswer', message, { requestId, status });
  }
  if (!response.ok) throw apiError(response, fields, requestId);
  return { fields, time, headers: response.headers, status, requestId };
}

type Whole = {
  readonly response: Response;
  /** Absent when the answer is too long. */
  readonly text: string | undefined;
};

async function answerOf({ endpoint, fetch, timeout }: Settings, ask: Ask): Promise<Whole> {
  const { method, path, query, body, headers, signal } = ask;
  signal?.throwIfAborted();
  let isLate = false;
  try {
    return await withDeadline(timeout, signal, async (deadline) => {
      deadline.addEventListener('abort', () => {
        isLate = signal?.aborted !== true;
      });
      const response = await fetch(`${endpoint}${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
        method,
        // The API never redirects, and another server must not get the token.
        redirect: 'error',
        headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
        signal: deadline,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { response, text: await textUnlessTooLong(response, deadline) };
    });
  } catch (cause) {
    signal?.throwIfAborted();
    if (isLate) {
      throw new ConnectionError('timeout', `${endpoint} did not answer ${method} ${path} within ${timeout} ms`, {
        cause,
      });
    }
    throw new ConnectionError('connection', `${method} ${endpoint}${path} failed: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

async function textUnlessTooLong(response: Response, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await readText(response, signal);
  } catch (error) {
    if (error instanceof TooLongError) return undefined;
    throw error;
  }
}

/** fetch says "fetch failed", and what has failed is in the cause. */
function reasonOf(error: unknown): string {
  const { cause = error } = Object(error) as { cause?: unknown };
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? cause);
}

function apiError({ status, headers }: Response, body: Fields, requestId: string | undefined): ApiError {
  const detail = body.accessdenieddetail as { requiredScopes?: unknown } | undefined;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ApiError(textOf(body.code) ?? `http.${status}`, textOf(body.message) ?? 'no message', {
    status,
    requestId,
    retryAfter: seconds >= 0 ? seconds * 1000 : undefined,
    requiredScopes: textsOf(detail?.requiredScopes),
  });
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The value if it is a text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list; none when it is absent. */
function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
