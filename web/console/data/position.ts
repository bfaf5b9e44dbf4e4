/** Where a person was on a page: kept in the history entry, so that Back and a reload lead there again. */
export type Position = {
  /** The scroll position in pixels. */
  readonly y: number;
  /** Heights in pixels of the chunks of a list, most of which are not drawn when the page comes back. */
  readonly heights: readonly number[];
};

/** What a history entry of the console keeps. */
export type Entry = Partial<Position> & {
  /** Where this page was opened from, such as `/console/messages?read=all`. */
  readonly from?: string;
  /** The entry was made by opening a drawer, so that closing it may go back. */
  readonly isOpened?: boolean;
  /** The filter whose typing made this entry; more letters replace it. */
  readonly typed?: string | undefined;
};

/** Long enough to be called once for a gesture, in milliseconds. */
const pause = 150;

let pending: Position | undefined;
let timer: number | undefined;

/** What the current history entry keeps. */
export const entryOf = (): Entry => (history.state as Entry | null) ?? {};

/** Follows scrolling from now on, and takes over from the browser, which cannot know when a list has loaded. */
export function keepPositions(): void {
  history.scrollRestoration = 'manual';
  pending = positionIn(entryOf());
  addEventListener('popstate', ({ state }) => {
    clearTimeout(timer);
    pending = positionIn((state as Entry | null) ?? {}) ?? { y: 0, heights: [] };
  });
  addEventListener('scroll', () => {
    clearTimeout(timer);
    timer = window.setTimeout(savePosition, pause);
  });
  addEventListener('pagehide', savePosition);
  // A person who scrolls does not want to be taken elsewhere.
  for (const act of ['wheel', 'touchstart', 'pointerdown', 'keydown']) addEventListener(act, forgetPending);
}

function positionIn({ y, heights }: Entry): Position | undefined {
  return y === undefined ? undefined : { y, heights: heights ?? [] };
}

function forgetPending(): void {
  pending = undefined;
}

/** The position as it is, with the chunks of the list that is shown. */
export function currentPosition(): Position {
  const chunks = [...document.querySelectorAll<HTMLElement>('[data-chunk]')];
  return { y: Math.round(scrollY), heights: chunks.map(({ offsetHeight }) => offsetHeight) };
}

/** Writes the position into the history entry, unless the page is still on its way to it. */
export function savePosition(): void {
  clearTimeout(timer);
  if (pending === undefined) history.replaceState({ ...entryOf(), ...currentPosition() }, '');
}

/** A page begins at its top. */
export function startAtTop(): void {
  clearTimeout(timer);
  pending = undefined;
  scrollTo(0, 0);
}

/** The heights of a list that is about to be drawn again. */
export const savedHeights = (): readonly number[] => entryOf().heights ?? [];

/** Goes to where the person was; called when what they saw is there again. */
export function restorePosition(): void {
  if (pending === undefined) return;
  const { y } = pending;
  pending = undefined;
  if (Math.round(scrollY) !== y) scrollTo(0, y);
}
