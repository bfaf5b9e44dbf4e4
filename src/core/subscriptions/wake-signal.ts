/** Wakes a loop, and says when it has nothing to do. */
export type WakeSignal = {
  /** Wakes the loop. While it is busy, its next wait returns at once. */
  wake(): void;
  /** Waits until the loop is woken. `isIdle`: no request is running until then. */
  wait(isIdle: boolean): Promise<void>;
  /** Resolves when the loop waits and no request is running, or when the loop has ended. */
  idle(): Promise<void>;
  /** The loop has ended. */
  end(): void;
};

/** Creates the signal of a loop that is busy at first. */
export function createWakeSignal(): WakeSignal {
  let isWoken = false;
  let isIdle = false;
  let hasEnded = false;
  let resume: (() => void) | undefined;
  let waiters: (() => void)[] = [];
  const becomeIdle = () => {
    isIdle = true;
    const all = waiters;
    waiters = [];
    for (const waiter of all) waiter();
  };
  return {
    wake() {
      isWoken = true;
      isIdle = hasEnded;
      resume?.();
    },
    async wait(willBeIdle) {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          resume = resolve;
          if (willBeIdle) becomeIdle();
        });
      }
      isWoken = false;
      resume = undefined;
    },
    async idle() {
      while (!isIdle && !hasEnded) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    end() {
      hasEnded = true;
      becomeIdle();
    },
  };
}
