import { closeSync, fdatasync, openSync } from 'node:fs';
import { logPathOf } from './sqlite-files.ts';

export type LogFlusher = {
  /** Begins to write the log to disk, unless that is under way. */
  flush(): void;
  close(): void;
};

/**
 * Writes the write-ahead log to disk in the background, after commits that need not be durable: the next durable commit
 * then has little left to write, and blocks the process for a shorter time (bench/README.md, "Uploads").
 *
 * Nothing depends on it. If it fails, the next durable commit fails, too: the kernel reports an error of the disk to
 * every descriptor of the file. The log has no locks, which closing a second descriptor would release.
 */
export function createLogFlusher(path: string): LogFlusher {
  let descriptor: number | undefined;
  let isBusy = false;
  let isClosed = false;
  const closeIdle = () => {
    if (descriptor === undefined || isBusy || !isClosed) return;
    closeSync(descriptor);
    descriptor = undefined;
  };
  return {
    flush() {
      if (isBusy || isClosed) return;
      isBusy = true;
      try {
        descriptor ??= openSync(logPathOf(path), 'r');
      } catch {
        isBusy = false;
        return;
      }
      fdatasync(descriptor, () => {
        isBusy = false;
        closeIdle();
      });
    },
    close() {
      isClosed = true;
      closeIdle();
    },
  };
}

/** A database in memory has no log. */
export const noFlusher: LogFlusher = { flush() {}, close() {} };
