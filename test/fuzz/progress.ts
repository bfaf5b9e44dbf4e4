import type { Report } from './report.ts';
import type { Request } from './requests.ts';

/** Milliseconds between two lines of progress. */
const interval = 5000;

/** The newest request of a run; `index` is -1 before the first one. */
export type Current = { index: number; request: Pick<Request, 'call' | 'kinds' | 'bytes'> };

/**
 * Prints at intervals how far a run is, so that one that waits for something says for what. Returns a function that
 * ends it.
 */
export function printProgress(report: Report, total: number, current: Current): () => void {
  const print = () =>
    void process.stderr.write(
      `  … ${report.command}: ${report.requests} of ${total} requests, at ${current.index} ${current.request.call}\n`,
    );
  const timer = setInterval(print, interval);
  return () => clearInterval(timer);
}
