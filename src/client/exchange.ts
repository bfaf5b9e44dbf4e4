/** One request and its answer, as typed results and typed errors. */
import { requestIdHeader } from '../wire/headers.ts';
import { ApiError, ConnectionError } from './errors.ts';
import type { Settings } from './options.ts';

export type Fields = Readonly<Record<string, unknown>>;

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
export async function exchange(settings: Settings, ask: Ask, attempt: number): Promise<Fields> {
  const { on, now } = settings;
  const { method, path } = ask;
  const begun = now();
  on({ type: 'request', method, path, attempt });
  const { response, text } = await answerOf(settings, ask);
  const { status } = response;
  const body = fieldsOf(text);
  const requestId = response.headers.get(requestIdHeader) ?? textOf(body?.requestid);
  on({ type: 'answer', method, path, attempt, status, requestId, duration: now() - begun });
  if (body === undefined) {
    throw new ConnectionError('invalidAnswer', `${method} ${path} was answered ${status} without a JSON object`, {
      requestId,
    });
  }
  if (!response.ok) throw apiError(response, body, requestId);
  return body;
}

async function answerOf({ endpoint, fetch, timeout }: Settings, ask: Ask) {
  const { method, path, query, body, headers, signal } = ask;
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(`${endpoint}${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
      method,
      // The API never redirects, and whoever does must not get the token.
      redirect: 'error',
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { response, text: await response.text() };
  } catch (cause) {
    signal?.throwIfAborted();
    if (limit.aborted) {
      throw new ConnectionError('timeout', `${endpoint} did not answer ${method} ${path} within ${timeout} ms`, {
        cause,
      });
    }
    throw new ConnectionError('connection', `${endpoint} could not be asked ${method} ${path}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** fetch says "fetch failed", and what has failed is in the cause. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { code, message } = cause as { code?: unknown; message?: unknown };
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
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** The value if it is a text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a list; none when it is absent. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
