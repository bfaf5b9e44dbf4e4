/**
 * A failed request. `code` is an error code of the server, or `unreachable` (with status 0) if there was no response.
 */
export class CallError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'CallError';
    this.status = status;
    this.code = code;
  }
}

export type CallOptions = {
  /** Sent as JSON, or as a form with a file. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Completes the request even if the page is closed. */
  readonly keepalive?: boolean;
};

/** Sends a request with the session's cookie and returns the JSON of the response. Throws a CallError. */
export async function call<T>(
  method: string,
  path: string,
  { body, headers, signal, keepalive = false }: CallOptions = {},
): Promise<T> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { ...headers }, keepalive };
  if (body instanceof FormData) init.body = body;
  else if (body)
    Object.assign(init, { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } });
  if (signal) init.signal = signal;
  const throwCallError = (error: unknown) => {
    throw signal?.aborted ? error : new CallError(0, 'unreachable', 'the server cannot be reached');
  };
  const answer = await fetch(path, init).catch(throwCallError);
  // The connection may be lost or aborted while the body is read. That is an error, not an empty response.
  if (answer.ok) return answer.json().catch(throwCallError);
  const { code = '', message = '' }: { code?: string; message?: string } = await answer.json().catch(() => ({}));
  throw new CallError(answer.status, code, message);
}

/** Whether an error means that there is no session. After any other error it is unknown. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof CallError && error.status === 401;
}

/** Whether the same request may succeed later, because the server or a proxy was unavailable. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof CallError) || error.status === 0 || error.status >= 500;
}
