/** An answer that is not a success; `code` is of the table of errors, or `unreachable` when there was no answer at all. */
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

export type Ask = {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The call is finished even when the page goes away. */
  readonly keepalive?: boolean;
};

/** Makes a call of our own surface with the session's cookie, and answers its JSON. Throws a CallError. */
export async function call<T>(
  method: string,
  path: string,
  { body, headers, signal, keepalive = false }: Ask = {},
): Promise<T> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { ...headers }, keepalive };
  if (body)
    Object.assign(init, { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } });
  if (signal) init.signal = signal;
  const failed = (error: unknown) => {
    throw signal?.aborted ? error : new CallError(0, 'unreachable', 'the server cannot be reached');
  };
  const answer = await fetch(path, init).catch(failed);
  // The head of an answer is there before its body, which may be given up or break off: that is no empty answer.
  if (answer.ok) return answer.json().catch(failed);
  const { code = '', message = '' }: { code?: string; message?: string } = await answer.json().catch(() => ({}));
  throw new CallError(answer.status, code, message);
}

/** Whether an error says that there is no session: any other leaves that open. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof CallError && error.status === 401;
}

/** Whether the same call may succeed later: the server or what stands before it was away. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof CallError) || error.status === 0 || error.status >= 500;
}
