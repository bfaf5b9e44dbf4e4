/** The one clock that every time rule asks, in epoch milliseconds. */
export type Clock = {
  now(): number;
  /** Runs something when the time has come; answers a function that cancels it. */
  at(time: number, run: () => void | Promise<void>): () => void;
};

/** A clock that a test moves. */
export type TestClock = Clock & {
  /** Moves the time forward, and runs on the way, in order, all that falls due; resolves when it has run. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the time; forward like `advance`, backward without undoing anything. */
  set(time: number): Promise<void>;
  /** Stops the time where it is, or lets it run on from there. */
  freeze(frozen: boolean): void;
  state(): ClockState;
  restore(state: ClockState): void;
};

/** How far the clock is from the machine's (`offset`, ms), and where it stands when it is frozen. */
export type ClockState = { readonly offset: number; readonly frozenAt: number | null };

/** The machine's clock. */
export function systemClock(): Clock {
  return {
    now: Date.now,
    at(time, run) {
      const timer = longTimeout(() => time - Date.now(), run);
      return () => timer.cancel();
    },
  };
}

type Due = { readonly time: number; readonly order: number; readonly run: () => void | Promise<void> };

/** A clock that runs like the machine's until a test advances, sets or freezes it. */
export function testClock(): TestClock {
  let offset = 0;
  let frozenAt: number | null = null;
  let order = 0;
  let wake: { cancel(): void } | undefined;
  let running = false;
  let turn = Promise.resolve();
  const waiting = new Set<Due>();

  const now = () => frozenAt ?? Date.now() + offset;
  const moveTo = (time: number) => {
    if (frozenAt === null) offset = time - Date.now();
    else frozenAt = time;
  };
  const first = () => [...waiting].sort((a, b) => a.time - b.time || a.order - b.order)[0];
  // One move at a time: what falls due while another thing still runs waits for its end.
  const inTurn = (move: () => Promise<void>) => {
    const moved = turn.then(move);
    turn = moved.catch(() => {});
    return moved;
  };
  const rearm = () => {
    wake?.cancel();
    const due = running ? undefined : first();
    // On a frozen clock only what is due at this very time can still fall due by itself.
    const isComing = due && (frozenAt === null || due.time <= frozenAt);
    wake = isComing
      ? longTimeout(
          () => due.time - now(),
          () => inTurn(() => runUntil(now())),
        )
      : undefined;
  };
  const runUntil = async (time: number) => {
    running = true;
    try {
      for (let due = first(); due && due.time <= time; due = first()) {
        waiting.delete(due);
        if (due.time > now()) moveTo(due.time);
        await due.run();
      }
    } finally {
      running = false;
      rearm();
    }
  };
  const moveUntil = async (time: number) => {
    await runUntil(time);
    moveTo(time);
    rearm();
  };
  return {
    now,
    at(time, run) {
      const due = { time, order: order++, run };
      waiting.add(due);
      rearm();
      return () => {
        if (waiting.delete(due)) rearm();
      };
    },
    advance: (milliseconds) => inTurn(() => moveUntil(now() + milliseconds)),
    set: (time) => inTurn(() => moveUntil(time)),
    freeze(frozen) {
      const time = now();
      frozenAt = frozen ? time : null;
      if (!frozen) moveTo(time);
      rearm();
    },
    state: () => ({ offset, frozenAt }),
    restore(state) {
      ({ offset, frozenAt } = state);
      rearm();
    },
  };
}

/** Node's timers hold 24 days at the most; longer waits are taken in steps. None of them keeps the process alive. */
const longestTimeout = 2_000_000_000;

function longTimeout(remaining: () => number, run: () => void | Promise<void>): { cancel(): void } {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const left = remaining();
    timer = setTimeout(left > longestTimeout ? arm : run, Math.max(0, Math.min(left, longestTimeout)));
    timer.unref();
  };
  arm();
  return { cancel: () => clearTimeout(timer) };
}
