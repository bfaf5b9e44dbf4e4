import { performance } from 'node:perf_hooks';

/** The share of time in which the event loop works, from which on requests of callers come first. */
const busyShare = 0.9;

/** Milliseconds over which the share is measured. */
const window = 50;

/**
 * Creates a function that returns whether this process is busy: its event loop has hardly been idle lately. Webhooks then
 * wait, because callers wait for their responses, and nobody waits for a webhook.
 */
export function createBusyCheck(): () => boolean {
  let last = performance.eventLoopUtilization();
  let measuredAt = performance.now();
  let isBusy = false;
  return () => {
    const now = performance.now();
    if (now - measuredAt < window) return isBusy;
    const current = performance.eventLoopUtilization();
    isBusy = performance.eventLoopUtilization(current, last).utilization > busyShare;
    last = current;
    measuredAt = now;
    return isBusy;
  };
}
