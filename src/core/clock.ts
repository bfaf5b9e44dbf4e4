import { createDueList, type Due, type DueList } from './due-list.ts';

/** The clock that all time rules use, in epoch milliseconds. */
export type Clock = {
  now(): number;
  /**
   * Runs a callback at a time, or immediately if that has passed. Returns a function that cancels it. `every`
   * (milliseconds) marks a callback that schedules itself again at this interval and makes up for missed runs. When a
   * test clock jumps, only the last of its runs before the next other callback is executed.
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
export type ClockStart = { readonly time?: number | undefined; readonly frozen?: boolean | undefined };

/** Returns the machine's clock. */
export function createSystemClock(): Clock {
  return {
    now: Date.now,
    at(time, run) {
      const timer = startLongTimeout(() => time - Date.now(), run);
      return () => timer.cancel();
    },
  };
}

/** Creates a clock that runs with the machine's until a test advances, sets or freezes it. */
export function createTestClock(begin: ClockStart = {}): TestClock {
  const source = createTimeSource(begin);
  const due = createDueList();
  const queue = createQueue();
  const timer = createWakeTimer(source, due, () => queue.add(() => runUntil(source.now())));
  const runUntil = async (time: number) => {
    timer.pause();
    try {
      for (let next = due.first(); next && next.time <= time; next = due.first()) {
        due.remove(next);
        const when = findLastRepeat(next, due.first()?.time, time);
        if (when > source.now()) source.moveTo(when);
        await next.run();
      }
    } finally {
      timer.resume();
    }
  };
  const moveUntil = async (time: number) => {
    await runUntil(time);
    source.moveTo(time);
    timer.reschedule();
  };
  return {
    now: source.now,
    at(time, run, every) {
      const one = { time, run, every };
      due.add(one);
      timer.reschedule();
      return () => {
        if (due.remove(one)) timer.reschedule();
      };
    },
    advance: (milliseconds) => queue.add(() => moveUntil(source.now() + milliseconds)),
    set: (time) => queue.add(() => moveUntil(time)),
    freeze(frozen) {
      source.freeze(frozen);
      timer.reschedule();
    },
    state: source.state,
    restore(state) {
      source.restore(state);
      timer.reschedule();
    },
    restart() {
      source.restart();
      timer.reschedule();
    },
  };
}

/**
 * Returns when to run a due callback. For a repeating one that is its last repetition before the time `other` and not
 * after `end`.
 */
function findLastRepeat({ time, every }: Due, other: number | undefined, end: number): number {
  if (every === undefined) return time;
  const untilEnd = Math.floor((end - time) / every);
  const untilOther = other === undefined ? untilEnd : Math.ceil((other - time) / every) - 1;
  return time + Math.max(0, Math.min(untilEnd, untilOther)) * every;
}

/** Creates the time of a test clock: an offset from the machine's clock, or a frozen time. */
function createTimeSource({ time: beginning, frozen = false }: ClockStart) {
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
function createQueue() {
  let last = Promise.resolve();
  return {
    add(move: () => Promise<void>): Promise<void> {
      const moved = last.then(move);
      last = moved.catch(() => {});
      return moved;
    },
  };
}

/**
 * Creates a timer that calls `onDue` when the first callback falls due without a move of the clock; it is off while a
 * move runs callbacks.
 */
function createWakeTimer(source: ReturnType<typeof createTimeSource>, due: DueList, onDue: () => Promise<void>) {
  let wake: { cancel(): void } | undefined;
  let isPaused = false;
  const reschedule = () => {
    wake?.cancel();
    wake = undefined;
    const next = isPaused ? undefined : due.first();
    const { frozenAt } = source.state();
    // On a frozen clock only callbacks that are already due can run without a move.
    if (next && (frozenAt === null || next.time <= frozenAt))
      wake = startLongTimeout(() => next.time - source.now(), onDue);
  };
  return {
    reschedule,
    pause() {
      isPaused = true;
      reschedule();
    },
    resume() {
      isPaused = false;
      reschedule();
    },
  };
}

/**
 * Milliseconds. Node's timers last at most 24 days; longer waits are split. These timers do not keep the process alive.
 */
const longestTimeout = 2_000_000_000;

function startLongTimeout(remaining: () => number, run: () => void | Promise<void>): { cancel(): void } {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const left = remaining();
    timer = setTimeout(left > longestTimeout ? arm : run, Math.max(0, Math.min(left, longestTimeout)));
    timer.unref();
  };
  arm();
  return { cancel: () => clearTimeout(timer) };
}
