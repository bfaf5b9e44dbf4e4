import type { Band } from './reading.ts';

/** Pixels between two points at which the topmost element is checked. */
const stride = 8;

/**
 * Returns the band of the screen in which an element is visible: inside the window and the visual viewport (which is
 * smaller with an on-screen keyboard or a zoom), and not covered by other elements. Undefined if there is none or the
 * tab is hidden.
 */
export function viewOf(frame: Element): Band | undefined {
  if (document.visibilityState !== 'visible') return undefined;
  const box = frame.getBoundingClientRect();
  const { offsetTop, height } = window.visualViewport ?? { offsetTop: 0, height: window.innerHeight };
  const top = Math.max(0, box.top, offsetTop);
  const bottom = Math.min(window.innerHeight, box.bottom, offsetTop + height);
  const points = [0.25, 0.5].map((share) => box.left + box.width * share);
  const isFree = (y: number) => points.every((x) => frame.contains(document.elementFromPoint(x, y)));
  return trimCovered({ top, bottom }, isFree);
}

/** Removes the covered ends of a band. Returns undefined if its middle is covered. */
export function trimCovered({ top, bottom }: Band, isFree: (y: number) => boolean): Band | undefined {
  let [first, last] = [top, bottom];
  // One pixel inside, because the edge itself may be rounded to a point outside the window.
  while (first < last && !isFree(first + 1)) first += stride;
  while (first < last && !isFree(last - 1)) last -= stride;
  const inner = [0.25, 0.5, 0.75].map((share) => first + (last - first) * share);
  return last - first >= 1 && inner.every(isFree) ? { top: first, bottom: last } : undefined;
}

/** Whether a picture or a card is still loading. A picture that failed to load is not. */
export function isLoading(content: Element): boolean {
  if (content.querySelector('[data-loading]')) return true;
  return [...content.querySelectorAll('img')].some((image) => !image.complete);
}

/** Whether a text is truncated. */
export function isFolded(content: Element): boolean {
  return [...content.querySelectorAll('[data-foldable]')].some((text) => text.scrollHeight > text.clientHeight + 1);
}
