import type { Log } from '../log.ts';

/** Messages that are being passed on to the programs of robots. */
export type Hearings = {
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
  /** Runs work that nobody waits for. A failure is only logged. */
  run(work: () => Promise<void>): void;
  /** Resolves when no work is running. */
  idle(): Promise<void>;
  /** Aborts the signal, and resolves when no work is running. */
  close(): Promise<void>;
};

/** Creates the list of running work. */
export function createHearings(log: Log): Hearings {
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  const idle = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    signal: closing.signal,
    run(work) {
      const done = work().catch((err: unknown) => {
        if (!closing.signal.aborted) log.warn({ err }, 'a message could not be passed on to a robot');
      });
      running.add(done);
      void done.then(() => running.delete(done));
    },
    idle,
    async close() {
      closing.abort();
      await idle();
    },
  };
}
