import { performance } from 'node:perf_hooks';

/** The share of time in which the event loop works, from which on requests of callers come first. */
const busyShare = 0.9;

/** Milliseconds over which the share is measured. */
const window = 50;

/**
 * Creates a function that returns whether this process is busy with requests: it has answered some lately, and its event
 * loop has hardly been idle. Events then wait, because callers wait for their responses, and nobody waits for an event.
 *
 * @param requests returns how many requests were answered so far
 */
export function createBusyCheck(requests: () => number): () => boolean {
  let last = performance.eventLoopUtilization();
  let measuredAt = performance.now();
  let answered = requests();
  let isBusy = false;
  return () => {
    const now = performance.now();
    if (now - measuredAt < window) return isBusy;
    const current = performance.eventLoopUtilization();
    isBusy = requests() > answered && performance.eventLoopUtilization(current, last).utilization > busyShare;
    answered = requests();
    last = current;
    measuredAt = now;
    return isBusy;
  };
}
