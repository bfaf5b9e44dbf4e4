import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** At most this share of the time is spent on rendering a text that grows. */
const share = 0.1;

/**
 * Follows a text. While it grows, it is rendered less often the longer that takes, so that the page stays usable:
 * Markdown can be slow to parse. The whole text is returned as soon as it is complete.
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
