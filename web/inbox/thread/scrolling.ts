import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Within this many pixels of its end, a conversation counts as scrolled to the end. */
const near = 60;

/** `isReady`: the search target, or else the first unread message, is loaded. */
type Watched = { readonly older: number; readonly count: number; readonly isReady: boolean };

/**
 * Controls the scroll position of a conversation. It starts at the search target, the first unread message, or the end.
 * Afterwards it keeps the visible messages in place when older ones are prepended, and stays at the end when new ones
 * are appended.
 */
export function useScrolling({ older, count, isReady }: Watched) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [place] = useState(() => createPlace(() => scroller.current, setAtEnd));
  useLayoutEffect(() => {
    if (count > 0) place.grown(older, isReady);
  }, [older, count, isReady, place]);
  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    element.addEventListener('scroll', place.scrolled, { passive: true });
    // Pictures change the height when they have loaded.
    const observer = new ResizeObserver(place.resized);
    observer.observe(content.current);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', place.scrolled);
      observer.disconnect();
    };
  }, [place]);
  return { scroller, content, isAtEnd, toEnd: place.toEnd };
}

/**
 * Stores the distance from the upper edge of the viewport to the end of the content, which prepending does not change.
 */
function createPlace(scrollerOf: () => HTMLElement | null, onChange: (isAtEnd: boolean) => void) {
  let isAtEnd = true;
  let isPlaced = false;
  let below = 0;
  let older = 0;
  const note = () => {
    const element = scrollerOf();
    if (!element) return;
    below = element.scrollHeight - element.scrollTop;
    isAtEnd = below - element.clientHeight < near;
    onChange(isAtEnd);
  };
  const toEnd = () => {
    const element = scrollerOf();
    if (element) element.scrollTop = element.scrollHeight;
  };
  return {
    scrolled() {
      // A user who scrolls before the first position is set must not be moved.
      if ((scrollerOf()?.scrollTop ?? 0) > 0) isPlaced = true;
      note();
    },
    toEnd,
    grown(olderNow: number, isReady: boolean) {
      const element = scrollerOf();
      if (!element) return;
      if (!isPlaced) {
        if (isReady) placeFirst(element);
        isPlaced = isReady;
      } else if (olderNow !== older) element.scrollTop = element.scrollHeight - below;
      else if (isAtEnd) toEnd();
      older = olderNow;
      note();
    },
    resized() {
      if (isAtEnd && isPlaced) toEnd();
      note();
    },
  };
}

/** Scrolls to the search target, the first unread message, or else the end. */
function placeFirst(scroller: HTMLElement): void {
  const target = scroller.querySelector('[data-target]');
  const divider = scroller.querySelector('[data-divider]')?.closest('li');
  if (target) target.scrollIntoView({ block: 'center' });
  else if (divider) scroller.scrollTop += divider.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  else scroller.scrollTop = scroller.scrollHeight;
}
