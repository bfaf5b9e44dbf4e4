import { createDueList, type Due, type DueList } from './due-list.ts';

/** The clock that all time rules use, in epoch milliseconds. */
export type Clock = {
  now(): number;
  /**
   * Runs a callback at a time, or immediately if that has passed. Returns a function that cancels it. `every`
   * (milliseconds) declares that the callback schedules itself again at this interval, and that one run also does the
   * work of missed runs. A test clock that is moved then skips all runs but the last one before another callback is
   * due.
   */
  at(time: number, run: () => void | Promise<void>, every?: number): () => void;
};

/** A clock that tests can move. */
export type TestClock = Clock & {
  /**
   * Moves the time forward and runs all callbacks that fall due, in order. Resolves when they have finished, and
   * rejects if one fails.
   */
  advance(milliseconds: number): Promise<void>;
  /** Sets the time: forward like `advance`, backward without undoing anything. */
  set(time: number): Promise<void>;
  /** Stops the time, or lets it continue from where it is. */
  freeze(frozen: boolean): void;
  state(): ClockState;
  restore(state: ClockState): void;
  /** Returns to the clock's initial time. */
  restart(): void;
};

/**
 * `offset`: how far the clock is ahead of the machine's, in ms. `frozenAt`: the time (epoch ms) of a frozen clock, or
 * null.
 */
export type ClockState = { readonly offset: number; readonly frozenAt: number | null };

/** The initial state of a test clock: `time` in epoch ms (default: the machine's), and whether it is frozen. */
export type ClockBeginning = { readonly time?: number | undefined; readonly frozen?: boolean | undefined };

/** Returns the machine's clock. */
export function systemClock(): Clock {
  return {
    now: Date.now,
    at(time, run) {
      const timer = longTimeout(() => time - Date.now(), run);
      return () => timer.cancel();
    },
  };
}

/** Creates a clock that runs with the machine's until a test advances, sets or freezes it. */
export function testClock(begin: ClockBeginning = {}): TestClock {
  const hands = createHands(begin);
  const due = createDueList();
  const turns = createTurns();
  const alarm = createAlarm(hands, due, () => turns.take(() => runUntil(hands.now())));
  const runUntil = async (time: number) => {
    alarm.silence();
    try {
      for (let next = due.first(); next && next.time <= time; next = due.first()) {
        due.remove(next);
        const when = lastRepeat(next, due.first()?.time, time);
        if (when > hands.now()) hands.moveTo(when);
        await next.run();
      }
    } finally {
      alarm.arm();
    }
  };
  const moveUntil = async (time: number) => {
    await runUntil(time);
    hands.moveTo(time);
    alarm.rearm();
  };
  return {
    now: hands.now,
    at(time, run, every) {
      const one = { time, run, every };
      due.add(one);
      alarm.rearm();
      return () => {
        if (due.remove(one)) alarm.rearm();
      };
    },
    advance: (milliseconds) => turns.take(() => moveUntil(hands.now() + milliseconds)),
    set: (time) => turns.take(() => moveUntil(time)),
    freeze(frozen) {
      hands.freeze(frozen);
      alarm.rearm();
    },
    state: hands.state,
    restore(state) {
      hands.restore(state);
      alarm.rearm();
    },
    restart() {
      hands.restart();
      alarm.rearm();
    },
  };
}

/**
 * Returns when to run a due callback. For a repeating one that is its last repetition before the time `other` and not
 * after `end`.
 */
function lastRepeat({ time, every }: Due, other: number | undefined, end: number): number {
  if (every === undefined) return time;
  const untilEnd = Math.floor((end - time) / every);
  const untilOther = other === undefined ? untilEnd : Math.ceil((other - time) / every) - 1;
  return time + Math.max(0, Math.min(untilEnd, untilOther)) * every;
}

/** Creates the time of a test clock: an offset from the machine's clock, or a frozen time. */
function createHands({ time: beginning, frozen = false }: ClockBeginning) {
  let offset = 0;
  let frozenAt: number | null = null;
  const restart = () => {
    offset = frozen || beginning === undefined ? 0 : beginning - Date.now();
    frozenAt = frozen ? (beginning ?? Date.now()) : null;
  };
  restart();
  const now = () => frozenAt ?? Date.now() + offset;
  const moveTo = (time: number) => {
    if (frozenAt === null) offset = time - Date.now();
    else frozenAt = time;
  };
  return {
    now,
    moveTo,
    restart,
    freeze(frozen: boolean) {
      const time = now();
      frozenAt = frozen ? time : null;
      if (!frozen) moveTo(time);
    },
    state: (): ClockState => ({ offset, frozenAt }),
    restore(state: ClockState) {
      ({ offset, frozenAt } = state);
    },
  };
}

/** Creates a queue that runs one move of the clock at a time. */
function createTurns() {
  let turn = Promise.resolve();
  return {
    take(move: () => Promise<void>): Promise<void> {
      const moved = turn.then(move);
      turn = moved.catch(() => {});
      return moved;
    },
  };
}

/**
 * Creates a timer that calls `ring` when the first callback falls due without a move of the clock; it is off while a
 * move runs callbacks.
 */
function createAlarm(hands: ReturnType<typeof createHands>, due: DueList, ring: () => Promise<void>) {
  let wake: { cancel(): void } | undefined;
  let silent = false;
  const rearm = () => {
    wake?.cancel();
    wake = undefined;
    const next = silent ? undefined : due.first();
    const { frozenAt } = hands.state();
    // On a frozen clock only callbacks that are already due can run without a move.
    if (next && (frozenAt === null || next.time <= frozenAt)) wake = longTimeout(() => next.time - hands.now(), ring);
  };
  return {
    rearm,
    silence() {
      silent = true;
      rearm();
    },
    arm() {
      silent = false;
      rearm();
    },
  };
}

/**
 * Milliseconds. Node's timers last at most 24 days; longer waits are split. These timers do not keep the process alive.
 */
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
