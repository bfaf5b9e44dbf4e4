/**
 * The rule of when a message counts as read, as a pure state machine. Each `Sight` is a measurement of which part of
 * the message is in view, and `look` returns the next state. A message is read when the parts that were in view for a
 * quarter of a second cover its full height, and its end was in view for one second.
 */

/** Milliseconds that a part must be in view without a break. */
const stretchTime = 250;

/** Milliseconds that the end must be in view without a break. */
const endTime = 1000;

/** Total number of pixels that may remain unseen: borders, rounded corners and fractions of a pixel. */
const tolerance = 8;

/**
 * After this many milliseconds without a measurement, nothing is assumed about the time between: the machine may have
 * slept.
 */
const longestGap = 1000;

/**
 * A part that left the view counts until the measurement that noticed it, if that came within this many milliseconds.
 * (Scrolling triggers a measurement within one frame.)
 */
const shortGap = 200;

/** A part of a message, in pixels from its upper edge. */
export type Stretch = { readonly from: number; readonly to: number };

/** A part of the screen, in pixels from its upper edge. */
export type Band = { readonly top: number; readonly bottom: number };

/** A measurement of a message. */
export type Sight = {
  /** Milliseconds of a monotonic clock. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** The part in view; undefined if none is. */
  readonly seen: Stretch | undefined;
  /** Whether all pictures have loaded or failed and no text is folded; before that, the height is not final. */
  readonly isWhole: boolean;
};

/** The state: which parts of a message have been in view so far. */
export type Reading = {
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** The parts that were in view long enough, sorted, without overlaps. */
  readonly covered: readonly Stretch[];
  /** The parts in view now, with the time since when they have been in view without a break; sorted, without gaps. */
  readonly current: readonly Since[];
  readonly endSince: number | undefined;
  readonly isEndSeen: boolean;
};

type Since = Stretch & { readonly since: number };

/** The state before the first measurement. */
export const nothingSeen: Reading = {
  at: Number.NEGATIVE_INFINITY,
  width: 0,
  height: 0,
  covered: [],
  current: [],
  endSince: undefined,
  isEndSeen: false,
};

/**
 * Returns the state after a measurement. If the size of the message has changed, it starts from nothing, because the
 * text has moved.
 */
export function look(before: Reading, sight: Sight): Reading {
  const { at, width, height, seen } = sight;
  if (!sight.isWhole || height <= 0) return { ...nothingSeen, at, width, height };
  const known = isSameLayout(before, sight) ? before : nothingSeen;
  const gap = at - before.at;
  const isBroken = gap < 0 || gap > longestGap;
  const current = seen ? inViewSince(isBroken ? [] : known.current, seen, at) : [];
  const inView = gap >= 0 && gap <= shortGap ? known.current : current;
  const ripe = inView.filter(({ since }) => at - since >= stretchTime);
  const isEndInView = seen !== undefined && seen.to >= height - tolerance;
  const endSince = isEndInView ? ((isBroken ? undefined : known.endSince) ?? at) : undefined;
  return {
    at,
    width,
    height,
    covered: mergeStretches([...known.covered, ...ripe]),
    current: joinAdjacent(current, at),
    endSince,
    isEndSeen: known.isEndSeen || (endSince !== undefined && at - endSince >= endTime),
  };
}

/** Whether the whole message has been in view. */
export function isRead({ height, covered, isEndSeen }: Reading): boolean {
  const seen = covered.reduce((sum, { from, to }) => sum + to - from, 0);
  return isEndSeen && seen > 0 && height - seen <= tolerance;
}

/** Returns the part of a message that is within a band of the screen. */
export function stretchWithin(box: { readonly top: number; readonly height: number }, view: Band | undefined) {
  if (!view) return undefined;
  const from = Math.max(0, view.top - box.top);
  const to = Math.min(box.height, view.bottom - box.top);
  return to > from ? { from, to } : undefined;
}

function isSameLayout(a: Reading, b: Sight): boolean {
  return Math.abs(a.height - b.height) < 1 && Math.abs(a.width - b.width) < 1;
}

/**
 * Splits the part in view: what was in view before keeps its time, and what came into view above and below starts at
 * `at`.
 */
function inViewSince(before: readonly Since[], seen: Stretch, at: number): readonly Since[] {
  const kept = before.flatMap(({ from, to, since }) => {
    const part = { from: Math.max(from, seen.from), to: Math.min(to, seen.to), since };
    return part.to > part.from ? [part] : [];
  });
  const [first, last] = [kept[0], kept.at(-1)];
  if (!first || !last) return [{ ...seen, since: at }];
  const above = { from: seen.from, to: first.from, since: at };
  const below = { from: last.to, to: seen.to, since: at };
  return [above, ...kept, below].filter(({ from, to }) => to > from);
}

/** Merges adjacent parts that have been in view long enough; otherwise slow scrolling would leave one part per step. */
function joinAdjacent(parts: readonly Since[], at: number): readonly Since[] {
  const all: Since[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last && at - last.since >= stretchTime && at - part.since >= stretchTime) {
      all[all.length - 1] = { from: last.from, to: part.to, since: Math.max(last.since, part.since) };
    } else all.push(part);
  }
  return all;
}

function mergeStretches(parts: readonly Stretch[]): readonly Stretch[] {
  const all: Stretch[] = [];
  for (const { from, to } of parts.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && from <= last.to) all[all.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else all.push({ from, to });
  }
  return all;
}
