/**
 * Maximum size of a response body in bytes, after decompression. The longest response of the API has about a hundredth
 * of that.
 */
const maxAnswerBytes = 4 * 1024 * 1024;

/** A response body is longer than {@link maxAnswerBytes}. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/**
 * Reads a response body as text. Rejects with the signal's reason as soon as the signal aborts, even if the stream
 * ignores it, and with a TooLongError if the body has more than `limit` bytes.
 */
export async function readText(response: Response, signal: AbortSignal, limit = maxAnswerBytes): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await rejectOnAbort(reader.read(), signal);
      if (done) return text + decoder.decode();
      length += value.byteLength;
      if (length > limit) throw new TooLongError(`the response is longer than ${limit} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // Not awaited, and errors are ignored: the result is already decided. Has no effect if the stream has ended.
    reader.cancel().catch(() => {});
  }
}

/** Settles like the promise, or rejects with the signal's reason if the signal aborts first. */
export function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/**
 * Runs `work` with a signal that aborts after the given time (with a TimeoutError), or when the caller's signal aborts.
 */
export async function withDeadline<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  const timer = setTimeout(() => stop.abort(new DOMException('the time is up', 'TimeoutError')), milliseconds);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await rejectOnAbort(work(stop.signal), stop.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
