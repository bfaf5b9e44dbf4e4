import { useEffect, useRef } from 'react';

const first = 1000;
const most = 30_000;

/**
 * Calls `retry` repeatedly while `isAway`, with a delay that doubles from 1 s to 30 s, and at once when the browser is
 * back online.
 */
export function useRetries(isAway: boolean, retry: () => unknown): void {
  const latest = useRef(retry);
  latest.current = retry;
  useEffect(() => {
    if (!isAway) return;
    let delay = first;
    let timer: number | undefined;
    const schedule = () => {
      timer = window.setTimeout(run, delay);
      delay = Math.min(most, 2 * delay);
    };
    const run = () => {
      window.clearTimeout(timer);
      latest.current();
      schedule();
    };
    schedule();
    window.addEventListener('online', run);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('online', run);
    };
  }, [isAway]);
}
