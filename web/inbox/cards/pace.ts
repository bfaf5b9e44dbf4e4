import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** At most this share of the time is spent on rendering a text that grows. */
const share = 0.1;

/**
 * Returns a growing text in steps. The longer a rendering takes, the longer the next step is delayed, so that the page
 * stays usable even if the Markdown is slow to parse. A complete text is returned at once.
 */
export function usePacedText(text: string, isGrowing: boolean): string {
  const [shown, setShown] = useState(text);
  const due = useRef(0);
  useEffect(() => {
    if (text === shown) return;
    const render = () => {
      const begin = performance.now();
      flushSync(() => setShown(text));
      const end = performance.now();
      due.current = end + (end - begin) / share;
    };
    const timer = window.setTimeout(render, Math.max(0, due.current - performance.now()));
    return () => window.clearTimeout(timer);
  }, [text, shown]);
  return isGrowing ? shown : text;
}
