import { useEffect, useRef } from 'react';

/**
 * Returns a function that calls `action` at most once in `pace` milliseconds: at once, and once more at the end of the
 * pause if it was called during it. Without a pace it calls it every time.
 */
export function usePaced(action: () => void, pace: number): () => void {
  const latest = useRef(action);
  latest.current = action;
  const timer = useRef<number>(undefined);
  const isWaiting = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const run = () => {
    if (pace === 0) return latest.current();
    if (timer.current !== undefined) {
      isWaiting.current = true;
      return;
    }
    latest.current();
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      if (!isWaiting.current) return;
      isWaiting.current = false;
      run();
    }, pace);
  };
  return run;
}
