import type { Band } from './reading.ts';

/** Pixels between two tests of what lies on top. */
const stride = 8;

/**
 * The band of the screen in which an element shows its content: within the window and its visible part (which a keyboard or a zoom makes smaller), and
 * not under anything else of the page. Undefined when there is none, or the tab is hidden.
 */
export function viewOf(frame: Element): Band | undefined {
  if (document.visibilityState !== 'visible') return undefined;
  const box = frame.getBoundingClientRect();
  const { offsetTop, height } = window.visualViewport ?? { offsetTop: 0, height: window.innerHeight };
  const top = Math.max(0, box.top, offsetTop);
  const bottom = Math.min(window.innerHeight, box.bottom, offsetTop + height);
  const points = [0.25, 0.5].map((share) => box.left + box.width * share);
  const isFree = (y: number) => points.every((x) => frame.contains(document.elementFromPoint(x, y)));
  return uncovered({ top, bottom }, isFree);
}

/** A band without what is covered at its upper and lower edge; undefined when something covers its middle. */
export function uncovered({ top, bottom }: Band, isFree: (y: number) => boolean): Band | undefined {
  let [first, last] = [top, bottom];
  // A whole pixel inside: the edge itself may round to a point outside of the window.
  while (first < last && !isFree(first + 1)) first += stride;
  while (first < last && !isFree(last - 1)) last -= stride;
  const inner = [0.25, 0.5, 0.75].map((share) => first + (last - first) * share);
  return last - first >= 1 && inner.every(isFree) ? { top: first, bottom: last } : undefined;
}

/** Whether a picture is still to come; one that has failed is not. */
export function isLoading(content: Element): boolean {
  return [...content.querySelectorAll('img')].some((image) => !image.complete);
}

/** Whether a text is cut off. */
export function isFolded(content: Element): boolean {
  return [...content.querySelectorAll('[data-foldable]')].some((text) => text.scrollHeight > text.clientHeight + 1);
}
