import type { ServerResponse } from 'node:http';

type Ending = {
  /** Called if a chunk of a response on a socket cannot be sent. The connection is closed then. */
  readonly onFailure: (error: unknown) => void;
  /** Called when no more chunks are read, for any reason; may be called several times. */
  readonly onEnd?: () => void;
};

/**
 * Streams a body, one chunk at a time, as the client reads. A response that waits behind an earlier one on its
 * connection reads nothing, because its chunks would stay in memory until its turn.
 *
 * @param outgoing the response on a socket; undefined without one
 */
export function streamBody(
  chunks: AsyncIterator<Uint8Array, unknown>,
  outgoing: ServerResponse | undefined,
  { onFailure, onEnd = () => {} }: Ending,
): ReadableStream<Uint8Array> {
  const readNext = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (outgoing) await waitForSocket(outgoing);
    const next = await chunks.next();
    if (!next.done) return controller.enqueue(next.value);
    onEnd();
    controller.close();
  };
  return new ReadableStream(
    {
      pull: (controller) =>
        readNext(controller).catch((error: unknown) => {
          onEnd();
          if (!outgoing) throw error;
          onFailure(error);
          // The headers are sent already, so only the end of the connection tells the client.
          outgoing.destroy();
          controller.close();
        }),
      cancel: onEnd,
    },
    { highWaterMark: 0 },
  );
}

/** Resolves when a response has its connection for itself. Rejects if the connection closes first. */
async function waitForSocket(outgoing: ServerResponse): Promise<void> {
  if (outgoing.socket) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(new Error('the connection closed before the response began'));
  outgoing.once('socket', resolve).once('close', onClose);
  await promise.finally(() => outgoing.off('socket', resolve).off('close', onClose));
}
