/** Work that is tried again until it succeeds: the database may be unavailable. */
export type Retry = {
  /**
   * Runs the work after some milliseconds of the machine's clock. Does nothing, and returns false, if a run is due
   * already.
   */
  begin(delay: number): boolean;
  close(): void;
};

/** Milliseconds until the next attempt, by the machine's clock. */
export const retryAfter = 500;

/** @param onFailure gets the error of each attempt that failed */
export function createRetry(work: () => Promise<void>, onFailure: (error: unknown) => void): Retry {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const begin = (delay: number): boolean => {
    if (closed || timer) return false;
    timer = setTimeout(run, delay).unref();
    return true;
  };
  const run = async () => {
    timer = undefined;
    try {
      await work();
    } catch (error) {
      onFailure(error);
      begin(retryAfter);
    }
  };
  return {
    begin,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
