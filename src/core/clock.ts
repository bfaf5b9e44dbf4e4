import { createDueList, type Due, type DueList } from './due-list.ts';

/** The one clock that every time rule asks, in epoch milliseconds. */
export type Clock = {
  now(): number;
  /**
   * Runs something when the time has come; answers a function that cancels it. `every` (milliseconds) says that the run repeats itself at this
   * interval and that a later one does the work of those before: a clock that is moved runs only the last one before something else is due.
   */
  at(time: number, run: () => void | Promise<void>, every?: number): () => void;
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
  /** Goes back to where the clock began. */
  restart(): void;
};

/** How far the clock is from the machine's (`offset`, ms), and where it stands when it is frozen. */
export type ClockState = { readonly offset: number; readonly frozenAt: number | null };

/** Where a test's clock begins: at a time (epoch ms), or at the machine's; standing, or running on from there. */
export type ClockBeginning = { readonly time?: number | undefined; readonly frozen?: boolean | undefined };

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

/** A clock that runs like the machine's until a test advances, sets or freezes it. */
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

/** When something that is due runs, of its repetitions before another thing is due and until the end of a move. */
function lastRepeat({ time, every }: Due, other: number | undefined, end: number): number {
  if (every === undefined) return time;
  const untilEnd = Math.floor((end - time) / every);
  const untilOther = other === undefined ? untilEnd : Math.ceil((other - time) / every) - 1;
  return time + Math.max(0, Math.min(untilEnd, untilOther)) * every;
}

/** Where a test's clock stands. */
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

/** One move at a time: what falls due while another thing still runs waits for its end. */
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

/** Rings when the first thing falls due by itself; silent while things run. */
function createAlarm(hands: ReturnType<typeof createHands>, due: DueList, ring: () => Promise<void>) {
  let wake: { cancel(): void } | undefined;
  let silent = false;
  const rearm = () => {
    wake?.cancel();
    wake = undefined;
    const next = silent ? undefined : due.first();
    const { frozenAt } = hands.state();
    // On a frozen clock only what is due at this very time can still fall due by itself.
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
