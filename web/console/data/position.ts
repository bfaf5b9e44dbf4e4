/** The scroll position of a page. It is stored in the history entry, so that Back and a reload restore it. */
export type Position = {
  /** The vertical scroll offset in pixels. */
  readonly y: number;
  /**
   * Heights in pixels of the chunks of a list. Chunks outside the viewport are not rendered, so their heights cannot be
   * measured.
   */
  readonly heights: readonly number[];
};

/** The state of a history entry of the console. */
export type Entry = Partial<Position> & {
  /** Path and query of the page that linked to this one, such as `/console/messages?read=all`. */
  readonly from?: string;
  /** How many entries were created on this page since it was opened, by filters and the like. */
  readonly steps?: number;
  /** Opening a drawer created this entry, so closing the drawer can go back. */
  readonly isOpened?: boolean;
  /** Typing into this filter created the entry; further typing replaces it instead of creating another one. */
  readonly typed?: string | undefined;
};

/** Milliseconds without scrolling before the position is saved: once per gesture. */
const pause = 150;

/** Milliseconds for which a restored position is kept while the content of the page still changes its height. */
const hold = 2000;

/** The position to restore once the page has loaded its content; undefined when there is none or the user has moved. */
let pending: Position | undefined;
let timer: number | undefined;
let holding: number | undefined;

/** The state of the current history entry. */
export const entryOf = (): Entry => (history.state as Entry | null) ?? {};

/**
 * Saves the position while the user scrolls. Turns off the browser's own restoration, which runs before a list has
 * loaded.
 */
export function trackPositions(): void {
  history.scrollRestoration = 'manual';
  pending = positionOf(entryOf());
  addEventListener('popstate', ({ state }) => {
    clearTimeout(timer);
    forgetPending();
    pending = positionOf((state as Entry | null) ?? {}) ?? { y: 0, heights: [] };
  });
  addEventListener('scroll', () => {
    clearTimeout(timer);
    timer = window.setTimeout(savePosition, pause);
  });
  addEventListener('pagehide', savePosition);
  // Once the user moves, the saved position is no longer restored.
  for (const act of ['wheel', 'touchstart', 'pointerdown', 'keydown']) addEventListener(act, forgetPending);
}

function positionOf({ y, heights }: Entry): Position | undefined {
  return y === undefined ? undefined : { y, heights: heights ?? [] };
}

function forgetPending(): void {
  clearTimeout(holding);
  holding = undefined;
  pending = undefined;
}

/** The current scroll offset and chunk heights. */
export function currentPosition(): Position {
  const chunks = [...document.querySelectorAll<HTMLElement>('[data-chunk]')];
  return { y: Math.round(scrollY), heights: chunks.map(({ offsetHeight }) => offsetHeight) };
}

/** Writes the position to the history entry, unless the saved one has not been restored yet. */
export function savePosition(): void {
  clearTimeout(timer);
  if (pending === undefined || isAt(pending)) history.replaceState({ ...entryOf(), ...currentPosition() }, '');
}

/** Scrolls to the top, for a page that was opened by a link. */
export function startAtTop(): void {
  clearTimeout(timer);
  forgetPending();
  scrollTo(0, 0);
}

/** The saved heights of the chunks of a list, for its first render. */
export const savedHeights = (): readonly number[] => entryOf().heights ?? [];

/**
 * Scrolls to the saved position. Call it on each render after the content has loaded: while the page is not high enough,
 * the browser scrolls less far.
 */
export function restorePosition(): void {
  if (pending === undefined) return;
  if (!isAt(pending)) scrollTo(0, pending.y);
  if (isAt(pending)) holding ??= window.setTimeout(forgetPending, hold);
}

const isAt = ({ y }: Position) => Math.round(scrollY) === y;
