/** Delivers the events of the subscriptions that this process owns. */
export type Dispatcher = {
  /**
   * Reads the subscriptions again, after one has changed or a process has ended: starts and stops workers. Never
   * rejects.
   */
  check(): Promise<void>;
  /** Stops all workers, before the contents of the store are replaced. They start again with the next check. */
  pause(): Promise<void>;
  /** Resolves when no request is under way, or after a second. */
  idle(): Promise<void>;
  /** Returns the time of the oldest event that waits for its first attempt (epoch milliseconds); undefined if none does. */
  oldest(): number | undefined;
  close(): Promise<void>;
};
