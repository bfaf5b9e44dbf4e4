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
  const [position] = useState(() => createScrollPosition(() => scroller.current, setAtEnd));
  useLayoutEffect(() => {
    if (count > 0) position.onGrown(older, isReady);
  }, [older, count, isReady, position]);
  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    element.addEventListener('scroll', position.onScroll, { passive: true });
    // Pictures change the height when they have loaded.
    const observer = new ResizeObserver(position.onResize);
    observer.observe(content.current);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', position.onScroll);
      observer.disconnect();
    };
  }, [position]);
  return { scroller, content, isAtEnd, toEnd: position.toEnd };
}

/**
 * Stores the distance from the upper edge of the viewport to the end of the content, which prepending does not change.
 */
function createScrollPosition(scrollerOf: () => HTMLElement | null, onChange: (isAtEnd: boolean) => void) {
  let isAtEnd = true;
  let isPlaced = false;
  let below = 0;
  let older = 0;
  const measure = () => {
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
    onScroll() {
      // A user who scrolls before the first position is set must not be moved.
      if ((scrollerOf()?.scrollTop ?? 0) > 0) isPlaced = true;
      measure();
    },
    toEnd,
    onGrown(olderNow: number, isReady: boolean) {
      const element = scrollerOf();
      if (!element) return;
      if (!isPlaced) {
        if (isReady) scrollToStart(element);
        isPlaced = isReady;
      } else if (olderNow !== older) element.scrollTop = element.scrollHeight - below;
      else if (isAtEnd) toEnd();
      older = olderNow;
      measure();
    },
    onResize() {
      if (isAtEnd && isPlaced) toEnd();
      measure();
    },
  };
}

/** Scrolls to the search target, the first unread message, or else the end. */
function scrollToStart(scroller: HTMLElement): void {
  const target = scroller.querySelector('[data-target]');
  const divider = scroller.querySelector('[data-divider]')?.closest('li');
  if (target) target.scrollIntoView({ block: 'center' });
  else if (divider) scroller.scrollTop += divider.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  else scroller.scrollTop = scroller.scrollHeight;
}
