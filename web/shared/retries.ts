import { useEffect, useRef } from 'react';

const first = 1000;
const most = 30_000;

/** Calls `retry` again and again while something is away: after 1 s, then ever less often up to 30 s, and at once when the browser is online again. */
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
