/**
 * When a message counts as read, as a pure state machine: each sight says which part of the message is in view at a moment, and `look` returns the
 * state after it. A message is read when the stretches that were in view for a quarter of a second, united, cover its full height, and its end was in
 * view for one second.
 */

/** Milliseconds for which a stretch has to be in view. */
const stretchTime = 250;

/** Milliseconds for which the end has to be in view. */
const endTime = 1000;

/** Pixels that may be missing in all: borders, rounded corners and fractions of a pixel. */
const tolerance = 8;

/** Without a sight for so many milliseconds, nobody knows what was in view: the machine may have slept. */
const longestGap = 1000;

/** What leaves the view counts until the sight after it, if that came so many milliseconds later at most: a scroll is seen within a frame. */
const shortGap = 200;

/** Part of a message, in pixels from its upper edge. */
export type Stretch = { readonly from: number; readonly to: number };

/** A part of the screen, in pixels from its upper edge. */
export type Band = { readonly top: number; readonly bottom: number };

/** A message at a moment. */
export type Sight = {
  /** Milliseconds on a clock that is never set back. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** What is in view of it; undefined when nothing is. */
  readonly seen: Stretch | undefined;
  /** Whether all pictures have loaded or failed, and nothing is folded: before, the height says nothing. */
  readonly isWhole: boolean;
};

/** What has been in view of a message so far. */
export type Reading = {
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** What has been in view long enough: sorted, without overlaps. */
  readonly covered: readonly Stretch[];
  /** What is in view now, and since when without a break: sorted, without gaps. */
  readonly current: readonly Since[];
  readonly endSince: number | undefined;
  readonly isEndSeen: boolean;
};

type Since = Stretch & { readonly since: number };

/** The state before the first sight. */
export const nothingSeen: Reading = {
  at: Number.NEGATIVE_INFINITY,
  width: 0,
  height: 0,
  covered: [],
  current: [],
  endSince: undefined,
  isEndSeen: false,
};

/** The state after a sight. A change of the layout starts again: the same pixels show another text. */
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
    covered: united([...known.covered, ...ripe]),
    current: joined(current, at),
    endSince,
    isEndSeen: known.isEndSeen || (endSince !== undefined && at - endSince >= endTime),
  };
}

/** Whether the whole message has been in view. */
export function isRead({ height, covered, isEndSeen }: Reading): boolean {
  const seen = covered.reduce((sum, { from, to }) => sum + to - from, 0);
  return isEndSeen && seen > 0 && height - seen <= tolerance;
}

/** The part of a message that lies within a band of the screen. */
export function stretchWithin(box: { readonly top: number; readonly height: number }, view: Band | undefined) {
  if (!view) return undefined;
  const from = Math.max(0, view.top - box.top);
  const to = Math.min(box.height, view.bottom - box.top);
  return to > from ? { from, to } : undefined;
}

function isSameLayout(a: Reading, b: Sight): boolean {
  return Math.abs(a.height - b.height) < 1 && Math.abs(a.width - b.width) < 1;
}

/** What is in view now: the part that was in view before keeps its time, what came into view above and below begins now. */
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

/** Joins neighbours that are in view for long enough, so that slow scrolling does not leave a part for each of its steps. */
function joined(parts: readonly Since[], at: number): readonly Since[] {
  const all: Since[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last && at - last.since >= stretchTime && at - part.since >= stretchTime) {
      all[all.length - 1] = { from: last.from, to: part.to, since: Math.max(last.since, part.since) };
    } else all.push(part);
  }
  return all;
}

function united(parts: readonly Stretch[]): readonly Stretch[] {
  const all: Stretch[] = [];
  for (const { from, to } of parts.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && from <= last.to) all[all.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else all.push({ from, to });
  }
  return all;
}
