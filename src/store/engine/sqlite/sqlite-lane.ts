/** Work that has the connection to itself until it ends. It handles its own errors. */
type Step = () => Promise<void> | undefined;

export type Lane = {
  add(step: Step): void;
  /** Adds a step before all that wait. Resolves or rejects as the step does. */
  addFirst(step: () => Promise<void>): Promise<void>;
  /** Resolves when no step runs or waits. */
  whenIdle(): Promise<void>;
};

/** Creates a lane: its steps run one after the other, each in an event-loop turn of its own. */
export function createLane(): Lane {
  const steps: Step[] = [];
  let isBusy = false;
  let wakeIdle: (() => void)[] = [];

  const proceed = () => {
    if (steps.length > 0) {
      setImmediate(runNext);
      return;
    }
    isBusy = false;
    const waiting = wakeIdle;
    wakeIdle = [];
    for (const wake of waiting) wake();
  };
  const runNext = () => {
    const done = steps.shift()?.();
    if (done) done.then(proceed, proceed);
    else proceed();
  };
  const start = () => {
    if (isBusy) return;
    isBusy = true;
    setImmediate(runNext);
  };

  return {
    add(step) {
      steps.push(step);
      start();
    },
    addFirst: (step) =>
      new Promise((resolve, reject) => {
        steps.unshift(() => step().then(resolve, reject));
        start();
      }),
    whenIdle: () => (isBusy ? new Promise((resolve) => wakeIdle.push(resolve)) : Promise.resolve()),
  };
}
