/** The most bytes of an answer, after decompression. The longest answer of the API is a hundredth of that. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** An answer that is longer than {@link maxAnswerBytes}. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/**
 * Reads a body as text. Ends with the signal's reason as soon as it aborts, whether or not the stream notices, and throws a TooLongError
 * instead of reading on without end.
 */
export async function readText(response: Response, signal: AbortSignal, limit = maxAnswerBytes): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.read(), signal);
      if (done) return text + decoder.decode();
      length += value.byteLength;
      if (length > limit) throw new TooLongError(`the answer is longer than ${limit} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // Not awaited, and of no interest: what was read so far decides. After the end it does nothing.
    reader.cancel().catch(() => {});
  }
}

/** The result of a promise, or a rejection with the signal's reason, whichever comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** Runs work under a signal that aborts after a time, or with the caller's. */
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
    return await orAborted(work(stop.signal), stop.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
