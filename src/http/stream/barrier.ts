import type { WebSocket } from 'ws';

/** The close code of a connection after an error of the server; see section 7.4.1 of RFC 6455. */
export const faultCode = 1011;

/** Stands between the listeners of a connection and the process, which an error in a listener would end. */
export type Barrier = {
  /** Runs the work of a listener, unless earlier work has failed. */
  run(work: () => void): void;
  /** Runs what the end of the connection needs, in any case. */
  end(work: () => void): void;
};

/**
 * Creates the barrier of a client's connection. The first error closes this connection, and no other one, with code 1011.
 * Further errors of the connection are dropped: they follow from the first.
 *
 * @param onFault called with the first error
 */
export function createBarrier(client: Pick<WebSocket, 'close'>, onFault: (error: unknown) => void): Barrier {
  let hasFailed = false;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      client.close(faultCode, 'internal error');
      onFault(error);
    }
  };
  return {
    run: (work) => {
      if (!hasFailed) attempt(work);
    },
    end: attempt,
  };
}
