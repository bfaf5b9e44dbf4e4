import { useEffect, useLayoutEffect, useRef, useState } from 'react';

const near = 60;

/** `isReady`: what is looked for, or the first unread message, is loaded. */
type Watched = { readonly older: number; readonly count: number; readonly isReady: boolean };

/**
 * Where a conversation is scrolled to: first to what is looked for, to what is new or to the end; then it stays where it is when older
 * messages come in above, and at the end when it was there and something new comes in below.
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
    // Pictures take their place when they are there.
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

/** Remembers how far the end of the content is from the upper edge: that stays the same when something is put in above. */
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
      // Whoever scrolls before the place is found wants to stay where they are.
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

/** Scrolls to what is looked for, to the first unread message, or else to the end. */
function placeFirst(scroller: HTMLElement): void {
  const target = scroller.querySelector('[data-target]');
  const divider = scroller.querySelector('[data-divider]')?.closest('li');
  if (target) target.scrollIntoView({ block: 'center' });
  else if (divider) scroller.scrollTop += divider.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  else scroller.scrollTop = scroller.scrollHeight;
}
