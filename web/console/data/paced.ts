import { useEffect, useMemo, useRef } from 'react';

/** A function that runs an action at a limited pace. */
export type Paced = { run(): void; stop(): void };

/**
 * Runs `action` at most once in `pause` milliseconds: at once, and once more at the end of the pause if it was asked
 * for during it. Without a pause it runs every time.
 */
export function createPaced(action: () => void, pause: number): Paced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWanted = false;
  const run = () => {
    isWanted = timer !== undefined;
    if (isWanted) return;
    action();
    if (pause > 0) timer = setTimeout(end, pause);
  };
  const end = () => {
    timer = undefined;
    if (isWanted) run();
  };
  return { run, stop: () => clearTimeout(timer) };
}

/** Like `createPaced`, for the newest `action` of a component. */
export function usePaced(action: () => void, pause: number): () => void {
  const latest = useRef(action);
  latest.current = action;
  const paced = useMemo(() => createPaced(() => latest.current(), pause), [pause]);
  useEffect(() => paced.stop, [paced]);
  return paced.run;
}
